"""Transport: the promise, its settings and its rules."""

from __future__ import annotations

import re

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from .policy import complain_of_proxies

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+/?\Z")


def _complain_of_paths(paths: tuple[str, ...]) -> str | None:
    # Of a page that people use nobody would know how it came to be open to plain HTTP.
    if all(isinstance(path, str) and _PATH.match(path) for path in paths):
        return None

    return "takes whole paths such as '/healthz', and not '/', which is a page"


PROXIES: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_PROXIES",
    default=(),
    says="The proxies in front of the app, one entry for each, the nearest first: its networks, with commas between them, or `unix`. Only from there `X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    source="whoever is not named could be anyone; OWASP ASVS 5.0, 4.1.3",
    complain=complain_of_proxies,
)

PROXY_HOST: Setting[bool] = Setting(
    key="STOPPER_PROXY_HOST",
    default=False,
    says="Whether `X-Forwarded-Host` of the proxies is believed; without it they have to pass `Host` on.",
    source="many proxies pass on a visitor's own X-Forwarded-Host",
)

HSTS_MAX_AGE: Setting[int] = Setting(
    key="STOPPER_HSTS_MAX_AGE",
    default=300,
    unit="seconds",
    minimum=0,
    maximum=63_072_000,
    says="How long browsers refuse plain HTTP for this host after each answer: 300 first, 86400 when nothing broke, 31536000 (one year) from then on; 0 makes them forget it.",
    source="RFC 6797, 6.1.1; the first step can be taken back after five minutes",
)

HSTS_SUBDOMAINS: Setting[bool] = Setting(
    key="STOPPER_HSTS_SUBDOMAINS",
    default=False,
    says="Whether that holds for every subdomain too, also for those that other people run.",
    source="RFC 6797, 6.1.2",
)

HSTS_PRELOAD: Setting[bool] = Setting(
    key="STOPPER_HSTS_PRELOAD",
    default=False,
    says="Whether the host may be put on the list that browsers are shipped with; taken only with one year and all subdomains.",
    source="https://hstspreload.org; leaving the list takes months",
)

HEALTH_PATHS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_HEALTH_PATHS",
    default=(),
    says="Paths that probes ask by GET: they are answered before the host, HTTPS and limits are looked at, without cookies.",
    source="a probe speaks plain HTTP to an address, and has no account",
    complain=_complain_of_paths,
)

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
    mend="Name your proxies in `STOPPER_PROXIES` and take ProxyFix away. Without Stopper, "
    "count the proxies that you run, name only the headers that they set, as in "
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
    mend="Let Stopper lead to HTTPS (`STOPPER_ORIGIN` says where), or redirect and send "
    "`Strict-Transport-Security` in the proxy or in the app.",
    cwe=(319, 523),
    asvs=("12.2.1", "3.4.1"),
)

TRANSPORT = Control(
    name="transport",
    promise="Nothing travels in clear text, and no redirect loops.",
    settings=(
        PROXIES,
        PROXY_HOST,
        HSTS_MAX_AGE,
        HSTS_SUBDOMAINS,
        HSTS_PRELOAD,
        HEALTH_PATHS,
    ),
    rules=(PLAIN_URL_SCHEME, TRUSTED_FORWARDING, HTTPS_NOT_ENFORCED),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
