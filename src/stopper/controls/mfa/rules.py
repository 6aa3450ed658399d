"""Second factors: the ways in which the promise can be found broken."""

from __future__ import annotations

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

MFA_SKIPPABLE = Rule(
    name="mfa-skippable",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} logs in with {subject} before the second factor is asked for.",
    reason="Who has the password leaves the page that asks for a code, and goes where he "
    "likes: the session says already that he is logged in.",
    mend="Keep the user's id under another key until the code was right, and log in then.",
    cwe=(304, 287),
    asvs=("6.3.3", "6.1.3"),
)

TOTP_WITHOUT_REPLAY_CHECK = Rule(
    name="totp-without-replay-check",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} takes the same code again, for nothing remembers that it was used.",
    reason="Who sees a code being typed, or has it from a page that looks like the app's, "
    "uses it as well, for as long as it counts.",
    mend="Keep the time step of the last code with the user, and refuse one that is not "
    "later (RFC 6238, section 5.2): pyotp's verify_and_get_timecode() gives it.",
    cwe=(294,),
    asvs=("6.5.1",),
)

TOTP_WIDE_WINDOW = Rule(
    name="totp-wide-window",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="{subject} takes codes of {count} time steps at once.",
    reason="Each step more is a code more that is right for a guess, and half a minute more "
    "in which a stolen one works.",
    mend="Take one step before and after at most: valid_window=1 (RFC 6238, section 5.2).",
    cwe=(307, 613),
    asvs=("6.5.5",),
)

TOTP_SECRET_IN_PLAIN = Rule(
    name="totp-secret-in-plain",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    message="{subject} keeps what codes are made of as it is.",
    reason="Whoever reads the table, or a backup of it, makes everyone's codes.",
    mend="Encrypt it with a key that is not in the database, with cryptography's "
    "MultiFernet or Stopper's second factors.",
    cwe=(312, 522),
    asvs=("6.5.3", "11.7.2"),
)

RECOVERY_CODE_IN_PLAIN = Rule(
    name="recovery-code-in-plain",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} keeps recovery codes as they are.",
    reason="A code replaces the second factor. Whoever reads the table, or a backup of it, "
    "has one for every account.",
    mend="Show the codes once and keep their hashes; take each out when it was used.",
    cwe=(256, 312),
    asvs=("6.5.2",),
)

WEAK_MFA_SETTING = Rule(
    name="weak-mfa-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{what}: {because}. Set {better}.",
    reason="The extension does as it is told, and this setting is weaker than it need be.",
    mend="Set what the message names, or leave second factors to Stopper.",
    cwe=(1188, 308),
    asvs=("6.5.1", "6.5.5"),
)

RULES: tuple[Rule, ...] = (
    MFA_SKIPPABLE,
    TOTP_WITHOUT_REPLAY_CHECK,
    TOTP_WIDE_WINDOW,
    TOTP_SECRET_IN_PLAIN,
    RECOVERY_CODE_IN_PLAIN,
    WEAK_MFA_SETTING,
)
