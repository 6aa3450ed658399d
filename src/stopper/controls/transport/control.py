"""Transport: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

PLAIN_URL_SCHEME = Rule(
    name="plain-url-scheme",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is `http`, so links in mails and redirects lead to plain HTTP.",
    reason="A password reset that is opened over plain HTTP hands its token to everyone "
    "on the way.",
    mend='Set `PREFERRED_URL_SCHEME = "https"`.',
    cwe=(319,),
    asvs=("12.2.1",),
)

TRUSTED_FORWARDING = Rule(
    name="trusted-forwarding",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="ProxyFix {what}.",
    reason="Whatever is believed beyond what the proxies really set comes from the "
    "visitor, who so chooses an address to evade limits with, or a host for the links "
    "in your mails.",
    mend="Count the proxies that you run, name only the headers that they set, as in "
    "`ProxyFix(app, x_for=1, x_proto=1)`, and set `TRUSTED_HOSTS`.",
    cwe=(348, 346),
    asvs=("4.1.3",),
)

HTTPS_NOT_ENFORCED = Rule(
    name="https-not-enforced",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    message="The app has sessions, and nothing in the project leads visitors to HTTPS.",
    reason="The first request of a visitor goes to plain HTTP unless something redirects "
    "it and HSTS forbids it from then on, and whoever is on the way reads the session.",
    mend="Redirect to HTTPS and send `Strict-Transport-Security`, in the proxy or in "
    "the app.",
    cwe=(319, 523),
    asvs=("12.2.1", "3.4.1"),
)

TRANSPORT = Control(
    name="transport",
    promise="Nothing travels in clear text, and no redirect loops.",
    rules=(PLAIN_URL_SCHEME, TRUSTED_FORWARDING, HTTPS_NOT_ENFORCED),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
