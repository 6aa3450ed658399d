"""Redirects: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from . import policy

REDIRECT_HOSTS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_REDIRECT_HOSTS",
    default=(),
    says="Hosts beside the app's own to which a redirect may lead although the request named them: `idp.example`, `https://idp.example`, `*.idp.example`.",
    source="OWASP ASVS 5.0, 3.7.2: other hosts by an allowlist",
    complain=policy.complain,
)

OPEN_REDIRECT = Rule(
    name="open-redirect",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} leads wherever `{origin}` says.",
    reason="A link to this site ends at a copy of its login page on another, and carries along codes and tokens that stand in the address.",
    mend="Redirect to url_for(...), or by stopper.safe_redirect(...), or to a path that was parsed and found to have no scheme and no host, with backslashes and double slashes refused.",
    cwe=(601,),
    asvs=("3.7.2",),
)

BROKEN_REDIRECT_CHECK = Rule(
    name="broken-redirect-check",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} lets addresses of other sites through: it {does}.",
    reason="Browsers take //evil.example, http:///evil.example and /\\evil.example for another site, and Python's URL parser sees no host in some of them.",
    mend="Ask stopper.redirects.leads_away(...), or take only what starts with one slash and neither a second one nor a backslash, and what urlsplit finds no scheme and no host in.",
    cwe=(601,),
    asvs=("3.7.2",),
)

REQUEST_FORGERY = Rule(
    name="request-forgery",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} fetches from a host that `{origin}` names.",
    reason="The server reaches what a visitor cannot: the cloud's metadata with its keys, databases and consoles of the inner network, services on localhost.",
    mend="Choose the host from a list of your own. Where any host must do, resolve it once, refuse private addresses, connect to the address that was checked, and follow no redirects, as stopper.fetch(...) does.",
    cwe=(918,),
    asvs=("1.3.6",),
)

REDIRECTS = Control(
    name="redirects",
    promise="A link of ours never leads to a stranger's site (open redirect), and the server fetches nothing inside for a stranger (SSRF)",
    settings=(REDIRECT_HOSTS,),
    rules=(OPEN_REDIRECT, BROKEN_REDIRECT_CHECK, REQUEST_FORGERY),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
