"""Headers: the promise, its settings and its rules."""

from __future__ import annotations

import re

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from . import csp
from .policy import complain_of_permissions

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+\Z")


def _complain_of_path(path: str) -> str | None:
    # The path becomes part of a header and is compared as it comes.
    if not path or _PATH.match(path):
        return None

    return "takes a path such as '/.stopper/reports', or '' for no reports"


def _complain_of_ancestors(ancestors: tuple[str, ...]) -> str | None:
    return csp.complain({"frame-ancestors": ancestors})


CSP: Setting[dict[str, tuple[str, ...]]] = Setting(
    key="STOPPER_CSP",
    default={},
    says="Directives of the Content-Security-Policy that replace the default ones on every page, such as {'img-src': [\"'self'\", 'https://cdn.example']}.",
    source="W3C CSP Level 3; the default policy is nonce-based, as its section 8.1 shows",
    complain=csp.complain,
)

CSP_STRICT: Setting[bool] = Setting(
    key="STOPPER_CSP_STRICT",
    default=False,
    says="Whether a page is held to the policy too whose templates have inline handlers, style attributes or javascript: links, which the policy breaks.",
    source="such a page stays in report until they are gone, so that adopting Stopper breaks no page",
)

CSP_INLINE: Setting[str] = Setting(
    key="STOPPER_CSP_INLINE",
    default="nonce",
    choices=("nonce", "hash"),
    says="How a constant inline script is allowed: by the nonce of the request, or by its hash, which a page kept in a cache needs.",
    source="W3C CSP Level 3, 8.1 and 8.3",
)

TRUSTED_TYPES: Setting[bool | tuple[str, ...]] = Setting(
    key="STOPPER_TRUSTED_TYPES",
    default=False,
    takes=(tuple,),
    says="Whether browsers refuse text where a script makes markup or code of it; with names, the Trusted Types policies that scripts may make, such as ('dompurify',).",
    source="W3C Trusted Types; off, for it stops every script that sets innerHTML",
    complain=csp.complain_of_trusted_types,
)

CLEAR_ON_LOGOUT: Setting[bool] = Setting(
    key="STOPPER_CLEAR_ON_LOGOUT",
    default=False,
    says='Whether the answer that ends a session sends `Clear-Site-Data: "storage"`, by which a browser forgets what scripts kept.',
    source="W3C Clear Site Data; OWASP ASVS 5.0, 14.3.1. Not `cookies`, which clears those of the whole domain, nor `cache`, at which browsers stall",
)

FRAME_ANCESTORS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_FRAME_ANCESTORS",
    default=("'none'",),
    says="Which sites may show a page of the app inside theirs.",
    source="OWASP ASVS 5.0, 3.4.6",
    complain=_complain_of_ancestors,
)

REFERRER_POLICY: Setting[str] = Setting(
    key="STOPPER_REFERRER_POLICY",
    default="strict-origin-when-cross-origin",
    choices=("strict-origin-when-cross-origin", "strict-origin", "same-origin"),
    says="What other sites learn about the page that a visitor comes from. `no-referrer` is not taken: it makes `Origin` null, by which requests of other sites are told apart.",
    source="W3C Referrer Policy; OWASP ASVS 5.0, 3.4.5",
)

PERMISSIONS: Setting[dict[str, tuple[str, ...]]] = Setting(
    key="STOPPER_PERMISSIONS",
    default={},
    says="Powerful features that pages may use, with the origins that may use them, such as {'camera': ['self']}.",
    source="W3C Permissions Policy",
    complain=complain_of_permissions,
)

OPENER_POLICY: Setting[str] = Setting(
    key="STOPPER_OPENER_POLICY",
    default="same-origin-allow-popups",
    choices=("same-origin-allow-popups", "same-origin", "unsafe-none"),
    says="Which windows keep a hold on each other. The default keeps the pop-ups of payment and sign-in services working.",
    source="WHATWG HTML, 7.1.3; OWASP ASVS 5.0, 3.4.8",
)

RESOURCE_POLICY: Setting[str] = Setting(
    key="STOPPER_RESOURCE_POLICY",
    default="same-origin",
    choices=("same-origin", "same-site", "cross-origin"),
    says="Which sites may load pages and JSON of the app as if they were pictures or scripts.",
    source="WHATWG Fetch, 3.7",
)

REPORT_PATH: Setting[str] = Setting(
    key="STOPPER_REPORT_PATH",
    default="/.stopper/reports",
    says="Where browsers send reports of what the policy stopped; empty for no reports.",
    source="W3C Reporting API; OWASP ASVS 5.0, 3.4.7",
    complain=_complain_of_path,
)

REPORT_KEEP: Setting[int] = Setting(
    key="STOPPER_REPORT_KEEP",
    default=1000,
    unit="different reports",
    minimum=10,
    maximum=100_000,
    says="How many different reports are kept; those of unknown senders go first.",
    source="a page has few causes for reports, and a flood is one cause many times",
)

MISSING_CSP = Rule(
    name="missing-csp",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is a page without a Content-Security-Policy.",
    reason="Whoever gets markup into the page, through one forgotten escape, runs script in every visitor's name.",
    mend="Let Stopper send the policy (STOPPER_HEADERS_MODE is 'enforce'), or send one with nonces.",
    cwe=(1021, 79),
    asvs=("3.4.3",),
)

WEAK_CSP = Rule(
    name="weak-csp",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} has a Content-Security-Policy that does not stop an injected script: {fault}.",
    reason="A policy that lets injected script run protects nothing, and looks as if it did.",
    mend="Allow scripts by nonce: put csp_nonce() on them and take 'unsafe-inline' and wildcards out.",
    cwe=(942, 79, 693),
    asvs=("3.4.3",),
)

FRAMABLE_PAGE = Rule(
    name="framable-page",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is a page that any site may show inside its own.",
    reason="An attacker lays the page, invisible, over a game or a button, and the visitor clicks on what they do not see.",
    mend="Send frame-ancestors 'none', or the sites that may, in the Content-Security-Policy.",
    cwe=(1021,),
    asvs=("3.4.6",),
)

SNIFFABLE_RESPONSE = Rule(
    name="sniffable-response",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="{subject} is sent without X-Content-Type-Options: nosniff.",
    reason="A browser may take data or an upload for a script or a style, whatever type it is sent with.",
    mend="Send X-Content-Type-Options: nosniff with every answer.",
    cwe=(430, 693),
    asvs=("3.4.4",),
)

LEAKY_REFERRER = Rule(
    name="leaky-referrer",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="{subject} tells other sites the whole address of the page ({value}).",
    reason="Addresses hold ids, searches and the tokens of reset links, and every site that a page links to or loads from reads them.",
    mend="Send Referrer-Policy: strict-origin-when-cross-origin.",
    cwe=(201, 200),
    asvs=("3.4.5",),
)

CACHEABLE_COOKIE = Rule(
    name="cacheable-cookie",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} sets a cookie, and a shared cache may keep the answer.",
    reason="A proxy or a content network that keeps it hands one visitor's session to the next.",
    mend="Send Cache-Control: no-store beside Set-Cookie.",
    cwe=(524, 525),
    asvs=("14.3.2",),
)

XSS_FILTER_ON = Rule(
    name="xss-filter-on",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="{subject} turns the XSS filter of old browsers on ({value}).",
    reason="In the browsers that still have it, the filter lets another site switch off scripts of the page one by one, and read from that what the page holds.",
    mend="Leave X-XSS-Protection out, and rely on the Content-Security-Policy.",
    cwe=(693,),
    asvs=("3.4.3",),
)

HEADER_INJECTION = Rule(
    name="header-injection",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} puts {origin} into a header that is written by hand.",
    reason="A semicolon adds attributes to a cookie, and where nothing checks the line, its end begins another header or the page itself.",
    mend="Let Flask write it: response.set_cookie quotes the value, and response.headers refuses line ends.",
    cwe=(113,),
    asvs=("4.2.4",),
)

HEADERS = Control(
    name="headers",
    promise="The browser runs only what the app sent.",
    settings=(
        CSP,
        CSP_STRICT,
        CSP_INLINE,
        TRUSTED_TYPES,
        CLEAR_ON_LOGOUT,
        FRAME_ANCESTORS,
        REFERRER_POLICY,
        PERMISSIONS,
        OPENER_POLICY,
        RESOURCE_POLICY,
        REPORT_PATH,
        REPORT_KEEP,
    ),
    rules=(
        MISSING_CSP,
        WEAK_CSP,
        FRAMABLE_PAGE,
        SNIFFABLE_RESPONSE,
        LEAKY_REFERRER,
        CACHEABLE_COOKIE,
        XSS_FILTER_ON,
        HEADER_INJECTION,
    ),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
