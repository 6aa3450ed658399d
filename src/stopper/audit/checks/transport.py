"""Does nothing travel in clear text, and is nobody's word believed about it?"""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.transport.control import HTTPS_NOT_ENFORCED
from ...controls.transport.control import PLAIN_URL_SCHEME
from ...controls.transport.control import TRUSTED_FORWARDING
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.deployment import rehearsal
from ..survey.deployment import where
from ..survey.guarded import guarded
from ..survey.project import Project
from ..survey.site import Site
from ..survey.whole import app_of
from ..survey.whole import keeps_sessions
from ..survey.whole import whole
from .secrets.keys import subject

#: What shows that someone thought of HTTPS: code, extensions, proxies.
_ENFORCED = (
    "strict-transport-security",
    "flask_talisman",
    "talisman(",
    "sslify",
    "is_secure",
    "force_https",
    "ssl_redirect",
    "ssl-redirect",
    "ssl_certificate",
    "return 301 https:",
    "redirect scheme https",
    "redirectscheme",
    "letsencrypt",
    "certbot",
    "tls.certresolver",
    'preferred_url_scheme = "https',
    'preferred_url_scheme"] = "https',
    'replace("http://", "https://',
    "replace('http://', 'https://",
)

_HEADERS = ("x_for", "x_proto", "x_host", "x_port", "x_prefix")


@check(PLAIN_URL_SCHEME, asks=Project)
def plain_url_scheme(project: Project) -> Iterator[Finding]:
    """Do links that the app makes outside of requests lead to plain HTTP?"""
    for setting in project.settings("PREFERRED_URL_SCHEME"):
        constant = setting.constant
        at = setting.target

        if rehearsal(setting.scope):
            continue

        if constant is not None and _plain(constant.value):
            sure = Confidence.LOW if rehearsal(at.place.path) else None
            yield finding(PLAIN_URL_SCHEME, at.place, subject(setting), confidence=sure)

    for entry in project.configured("PREFERRED_URL_SCHEME"):
        if _plain(entry.value):
            place, name = where(project, entry)
            sure = Confidence.LOW if rehearsal(entry.path) else None
            yield finding(PLAIN_URL_SCHEME, place, name, confidence=sure)


def _plain(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() == "http"


@check(TRUSTED_FORWARDING, asks=Project)
def trusted_forwarding(project: Project) -> Iterator[Finding]:
    """Is more of ``X-Forwarded-*`` believed than proxies set?"""
    for call in project.calls(
        "werkzeug.middleware.proxy_fix.ProxyFix", "werkzeug.contrib.fixers.ProxyFix"
    ):
        hops = _hops(call)

        if hops is None or call.open_ended:
            continue

        what, confidence = _excess(hops)

        if what:
            yield finding(
                TRUSTED_FORWARDING,
                call.place,
                call.written,
                confidence=confidence,
                what=what,
            )


def _hops(call: Site) -> dict[str, int] | None:
    """Return how many values of each header are believed, ``None`` if unknown."""
    found = {"x_for": 1, "x_proto": 1, "x_host": 0, "x_port": 0, "x_prefix": 0}

    for position, name in enumerate(_HEADERS, 1):
        argument = call.argument(position, name)

        if argument is not None:
            constant = argument.constant

            if constant is None or not isinstance(constant.value, int):
                return None

            found[name] = int(constant.value)

    return found


def _excess(hops: dict[str, int]) -> tuple[str, Confidence]:
    if all(hops.values()):
        return "believes every forwarded header", Confidence.MEDIUM

    most = max(hops.values())

    if most > 1:
        sure = Confidence.MEDIUM if most > 3 else Confidence.LOW
        return f"believes {most} proxies in a row", sure

    names = {"x_host": "X-Forwarded-Host", "x_prefix": "X-Forwarded-Prefix"}
    said = [header for key, header in names.items() if hops[key]]
    return (f"believes {' and '.join(said)}" if said else ""), Confidence.LOW


@check(HTTPS_NOT_ENFORCED, asks=Project)
def https_not_enforced(project: Project) -> Iterator[Finding]:
    """Does nothing in a whole app with sessions lead visitors to HTTPS?"""
    if not whole(project) or not keeps_sessions(project):
        return

    if guarded(project, "transport"):
        return

    for file in project.files.values():
        text = file.text.lower()

        if any(word in text for word in _ENFORCED):
            return

    app = app_of(project)

    if app is not None:
        yield finding(HTTPS_NOT_ENFORCED, app.place, app.written)
