"""Passwords: the ways in which the promise can be found broken."""

from __future__ import annotations

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

WEAK_PASSWORD_HASH = Rule(
    name="weak-password-hash",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="A password is hashed with {subject}, which is made to be fast.",
    reason="Whoever gets the table tries billions of passwords a second against it.",
    mend="Use argon2-cffi, bcrypt, or werkzeug.security.generate_password_hash with its default method.",
    cwe=(916, 328, 327),
    asvs=("11.4.2",),
)

PLAINTEXT_PASSWORD = Rule(
    name="plaintext-password",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="The password from {origin} is stored in {column} as it was typed.",
    reason="Whoever reads the table, a backup of it or one injected query has every "
    "user's password, and tries it on their other accounts.",
    mend="Store `stopper.passwords.hash(password)`, or what argon2-cffi's PasswordHasher "
    "makes of it, and compare with its verify().",
    cwe=(256, 312),
    asvs=("11.4.2",),
)

STATIC_SALT = Rule(
    name="static-salt",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is given the same salt for every password.",
    reason="Equal passwords have equal hashes, and one run over a list of passwords "
    "breaks all accounts at once.",
    mend="Make a salt for each password with os.urandom(16), or use argon2-cffi or bcrypt, "
    "which make it themselves and keep it in the hash.",
    cwe=(760, 916),
    asvs=("11.4.2",),
)

LOW_WORK_FACTOR = Rule(
    name="low-work-factor",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} hashes passwords with {cost}; the least is {least}.",
    reason="What a hash costs to make is what a guess costs. Below the floor a graphics "
    "card tries so many that most passwords fall.",
    mend="Leave the library's default in place, or measure with `flask stopper passwords "
    "calibrate` and take what it proposes.",
    cwe=(916,),
    asvs=("11.4.2",),
)

PASSWORD_IN_LOG = Rule(
    name="password-in-log",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} writes {secret} into a log.",
    reason="Logs are read by more people, kept for longer and sent to more places than "
    "the table of users.",
    mend="Log who it was and what happened, never what proves it.",
    cwe=(532,),
    asvs=("16.2.5",),
)

WEAK_PASSWORD_SETTING = Rule(
    name="weak-password-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{what}: {because}. Set {better}.",
    reason="The extension does as it is told, and this setting is weaker than what "
    "NIST SP 800-63B-4 and OWASP ask for.",
    mend="Set what the message names, or leave passwords to Stopper.",
    cwe=(521, 916),
    asvs=("6.2.1", "6.2.4"),
)

RULES: tuple[Rule, ...] = (
    WEAK_PASSWORD_HASH,
    PLAINTEXT_PASSWORD,
    STATIC_SALT,
    LOW_WORK_FACTOR,
    PASSWORD_IN_LOG,
    WEAK_PASSWORD_SETTING,
)
