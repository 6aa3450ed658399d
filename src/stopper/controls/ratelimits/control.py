"""Rate limits: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from .policy import complain_of_policies
from .policy import complain_of_rates

LOGIN: Setting[str] = Setting(
    key="STOPPER_LIMIT_LOGIN",
    default="10/minute; 100/hour",
    says="How often one client may send something to a route that looks like a login, a registration, a reset or a second factor; empty for no such limit.",
    source="OWASP ASVS 5.0, 6.3.1; NIST SP 800-63B-4, 3.2.2 has at most 100 failures in a row",
    complain=complain_of_rates,
)

ALL: Setting[str] = Setting(
    key="STOPPER_LIMIT_ALL",
    default="",
    says="How often one client may ask for anything at all, static files and probes aside, such as `1200/minute`; empty for no such limit.",
    source="how much is normal depends on the app, so no number is right for all",
    complain=complain_of_rates,
)

POLICIES: Setting[dict[str, str]] = Setting(
    key="STOPPER_LIMITS",
    default={},
    says='Limits by name, such as `{"api": "100/minute"}`, for `@stopper.limit("api")`.',
    source="one place for numbers that change without the code",
    complain=complain_of_policies,
)

LOGIN_WITHOUT_LIMIT = Rule(
    name="login-without-limit",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    message="{view} takes passwords or codes, and nothing counts the tries.",
    reason="A program tries thousands of passwords a minute, and the lists of what people chose elsewhere are long.",
    mend="Let Stopper count (STOPPER_LIMIT_LOGIN is on by default), or put a limit of Flask-Limiter on the view.",
    cwe=(307, 799),
    asvs=("6.3.1",),
)

RATELIMITS = Control(
    name="ratelimits",
    promise="Nobody gets unlimited tries.",
    settings=(LOGIN, ALL, POLICIES),
    rules=(LOGIN_WITHOUT_LIMIT,),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
