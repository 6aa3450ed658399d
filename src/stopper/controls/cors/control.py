"""Cross-origin reads: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from . import policy


def _complain(value: tuple[str, ...]) -> str | None:
    return policy.complain(value, credentials=True)


CORS_ORIGINS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_CORS_ORIGINS",
    default=(),
    says="Origins that may read answers with cookies where a view or another extension lets them by headers of its own; `@stopper.cors(...)` needs no entry here.",
    source="OWASP ASVS 5.0, 3.4.2: an allowlist, and no origin that is just sent back",
    complain=_complain,
)

ANY_ORIGIN = Rule(
    name="any-origin",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="`{subject}` lets every site read {what}.",
    reason="A page that someone on your network opens can then read what only that "
    "network, or only that machine, should reach.",
    mend='Name the origins: `CORS(app, origins=["https://app.example.com"])`, or '
    '`@stopper.cors("https://app.example.com")` on the view.',
    cwe=(942, 346),
    asvs=("3.4.2",),
)

ANY_ORIGIN_WITH_CREDENTIALS = Rule(
    name="any-origin-with-credentials",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` lets every site read answers with the visitor's own cookies.",
    reason="Any page that a logged-in visitor opens reads their data here, and the tokens "
    "that protect them against forged requests.",
    mend="Name the origins that may, and keep credentials off for all others.",
    cwe=(942, 346),
    asvs=("3.4.2",),
)

REFLECTED_ORIGIN = Rule(
    name="reflected-origin",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="`{subject}` is whatever origin asks.",
    reason="Sending back the Origin header allows every site, and, unlike `*`, with "
    "cookies.",
    mend="Send it back only if it is one of a set of origins that you name.",
    cwe=(942, 346),
    asvs=("3.4.2",),
)

LOOSE_ORIGIN_PATTERN = Rule(
    name="loose-origin-pattern",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="The test of origins at `{subject}` {what}.",
    reason="An attacker registers a name that fits, such as `app.example.com.evil.net` "
    "or `appXexample.com`, and is one of yours.",
    mend=r"Name the origins, or write the whole pattern: "
    r"`r\"^https://[a-z0-9-]+\.example\.com$\"`.",
    cwe=(942, 625, 777),
    asvs=("3.4.2",),
)

CORS = Control(
    name="cors",
    promise="Only named origins read answers.",
    settings=(CORS_ORIGINS,),
    rules=(
        ANY_ORIGIN,
        ANY_ORIGIN_WITH_CREDENTIALS,
        REFLECTED_ORIGIN,
        LOOSE_ORIGIN_PATTERN,
    ),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
