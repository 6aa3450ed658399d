"""Secrets: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from .settings import SETTINGS

HARDCODED_SECRET_KEY = Rule(
    name="hardcoded-secret-key",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` is {what}.",
    reason="Whoever can read the file can sign a session as any user, and every copy of "
    "the app that was installed with it has the same key.",
    mend='Make a key with `python -c "import secrets; print(secrets.token_hex())"`, keep '
    "it in the environment or a file that is not committed, and let the app refuse to "
    "start without it.",
    cwe=(321, 798, 547),
    asvs=("13.3.1",),
)

DEFAULT_SECRET = Rule(
    name="default-secret",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` falls back to a constant when it is not set.",
    reason="The fallback is what runs wherever someone forgot to set the variable, and "
    "anyone who has the source has it too.",
    mend='Read it with `os.environ["…"]`, so that an app without it does not start.',
    cwe=(798, 321, 259),
    asvs=("13.3.1", "13.2.3"),
)

HARDCODED_SECRET = Rule(
    name="hardcoded-secret",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="`{subject}` is {what}.",
    reason="Source is copied to laptops, build servers and forks, and stays in every old "
    "commit. A password in it is known to all who ever read it.",
    mend="Read it from the environment or a secret store, and change it: it is known.",
    cwe=(798, 259),
    asvs=("13.3.1",),
)

CREDENTIALS_IN_URL = Rule(
    name="credentials-in-url",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="An address at `{subject}` holds a user and a password.",
    reason="Addresses are logged, shown in errors and committed, and the password goes "
    "with them.",
    mend="Read the whole address from the environment, and change the password.",
    cwe=(798, 259, 522),
    asvs=("13.3.1",),
)

COMMITTED_PRIVATE_KEY = Rule(
    name="committed-private-key",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="A private key stands in {where}.",
    reason="Whoever reads it is the server, or the user, that it belongs to.",
    mend="Replace the key and revoke the old one; keep the new one outside the project.",
    cwe=(321, 798),
    asvs=("13.3.1",),
)

COMMITTED_TOKEN = Rule(
    name="committed-token",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="A token of {issuer} stands in {where}.",
    reason="It opens the account at that service to anyone who reads it, and bots look "
    "for exactly these formats in every public commit.",
    mend="Revoke it there and make a new one, which the app reads from the environment.",
    cwe=(798, 312),
    asvs=("13.3.1",),
)

FALLBACKS_AS_TEXT = Rule(
    name="fallbacks-as-text",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` is one text, so each of its characters is a key.",
    reason="Flask takes every element of it as an old key that still signs sessions in. "
    "An attacker tries a hundred characters and is anyone.",
    mend='Make it a list: `["the-old-key"]`.',
    cwe=(326, 331),
    asvs=("13.3.4",),
)

SECRET_IN_HISTORY = Rule(
    name="secret-in-history",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{what} stands in the commit {commit}.",
    reason="Deleting a line leaves it in every clone, and in the commit that had it.",
    mend="Make a new one and revoke this one. Rewriting the history alone helps nobody "
    "who has already read it.",
    cwe=(798, 312),
    asvs=("13.3.1", "13.3.4"),
)

SECRETS = Control(
    name="secrets",
    promise="Keys are strong, outside the code, encrypted at rest, and can be rotated.",
    settings=SETTINGS,
    rules=(
        HARDCODED_SECRET_KEY,
        DEFAULT_SECRET,
        HARDCODED_SECRET,
        CREDENTIALS_IN_URL,
        COMMITTED_PRIVATE_KEY,
        COMMITTED_TOKEN,
        FALLBACKS_AS_TEXT,
        SECRET_IN_HISTORY,
    ),
)
