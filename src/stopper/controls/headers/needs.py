"""What a template needs of a policy, line by line, and the policy that follows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from collections.abc import Iterator

from ..templates.jinja import Syntax
from ..templates.model import Attribute
from ..templates.model import Element
from ..templates.reader import read
from ..templates.stamp import stamp
from . import csp
from .archive import Kept
from .behind import Behind
from .behind import origin
from .need import Need as Need
from .need import OWN_FRAME
from .report import clean

#: Element and attribute to the directive that says where it may come from.
_LOADS = {
    ("script", "src"): "script-src",
    ("img", "src"): "img-src",
    ("img", "srcset"): "img-src",
    ("input", "src"): "img-src",
    ("video", "poster"): "img-src",
    ("image", "href"): "img-src",
    ("image", "xlink:href"): "img-src",
    ("iframe", "src"): "frame-src",
    ("frame", "src"): "frame-src",
    ("audio", "src"): "media-src",
    ("video", "src"): "media-src",
    ("track", "src"): "media-src",
    ("object", "data"): "object-src",
    ("embed", "src"): "object-src",
    ("form", "action"): "form-action",
    ("button", "formaction"): "form-action",
    ("input", "formaction"): "form-action",
    ("a", "ping"): "connect-src",
    ("base", "href"): "base-uri",
}

#: What a link is for to the same.
_LINKS = {
    "stylesheet": "style-src",
    "icon": "img-src",
    "apple-touch-icon": "img-src",
    "manifest": "manifest-src",
    "modulepreload": "script-src",
}
_PRELOADS = {
    "script": "script-src",
    "style": "style-src",
    "font": "font-src",
    "image": "img-src",
    "fetch": "connect-src",
}

_ORIGIN = re.compile(
    r"\s*(https?:|wss?:)?//([A-Za-z0-9.-]+(?::[0-9]+)?)(?=[/?#]|\s|\Z)"
)
#: What begins with a scheme or a host; a browser reads a backslash as a slash.
_ELSEWHERE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2})")
_CONNECTS = re.compile(
    r"""\b(?:fetch|WebSocket|EventSource|sendBeacon|\.open)\s*\(\s*"""
    r"""(?:["'][A-Z]+["']\s*,\s*)?["'`]((?:https?|wss?)://[A-Za-z0-9.-]+(?::[0-9]+)?)(?=[/?#"'`])"""
)


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """Why a source is proposed: the line of a template, or what visitors reported."""

    directive: str
    source: str
    because: str


def needs(
    source: str, name: str = "", *, syntax: Syntax | None = None
) -> tuple[Need, ...]:
    """Return what a template needs beyond the default policy, in the order of lines."""
    reading = read(source, name, syntax=syntax)
    found = [
        Need(name, p.line, p.kind, p.text or p.message)
        for p in stamp(source, name, syntax=syntax).problems
    ]

    for element in reading.elements:
        found += _of_element(element, name)
        body = element.body

        if element.name == "script" and body and body.end >= 0:
            found += _connections(source, name, body.start, body.end)

    return tuple(sorted(set(found), key=lambda n: (n.line, n.kind, n.source)))


def _of_element(element: Element, template: str) -> Iterator[Need]:
    for attribute in element.attributes:
        directive = _directive(element, attribute)
        found = directive and _origin(attribute)

        if found:
            integrity = (
                element.attribute("integrity") is not None
                if element.name in ("script", "link")
                else None
            )
            yield Need(
                template,
                attribute.line,
                "third-party",
                f"<{element.name} {attribute.name}>",
                directive,
                found,
                found.partition("://")[2],
                integrity,
            )
        elif directive == "frame-src" and _own(attribute):
            tag = f"<{element.name} {attribute.name}>"
            yield Need(template, attribute.line, OWN_FRAME, tag, directive, "'self'")


def _own(attribute: Attribute) -> bool:
    """Say whether an address is one of the app itself: a path, or ``url_for``."""
    first = attribute.parts[0] if attribute.parts else ""

    if not isinstance(first, str):
        return first.call == "url_for"

    return bool(first.strip()) and not _ELSEWHERE.match(first)


def _directive(element: Element, attribute: Attribute) -> str:
    if element.name == "link" and attribute.name == "href":
        words = _text(element, "rel").split()
        preload = _PRELOADS.get(_text(element, "as"), "") if "preload" in words else ""
        return next((_LINKS[w] for w in words if w in _LINKS), preload)

    if element.name == "source":
        return {"src": "media-src", "srcset": "img-src"}.get(attribute.name, "")

    return _LOADS.get((element.name, attribute.name), "")


def _text(element: Element, name: str) -> str:
    attribute = element.attribute(name)
    return ((attribute.text if attribute else "") or "").strip().lower()


def _origin(attribute: Attribute) -> str:
    first = attribute.parts[0] if attribute.parts else ""

    if not isinstance(first, str):
        return ""

    found = _ORIGIN.match(first)

    # A host that an expression goes on is not known.
    if not found or (found.end() == len(first) and len(attribute.parts) > 1):
        return ""

    return f"{found[1] or 'https:'}//{found[2].lower()}"


def _connections(source: str, template: str, start: int, end: int) -> Iterator[Need]:
    line, last = 1, 0

    for match in _CONNECTS.finditer(source, start, end):
        line += source.count("\n", last, match.start())
        last = match.start()
        owner = match[1].partition("://")[2].lower()
        yield Need(
            template,
            line,
            "third-party",
            "a connection",
            "connect-src",
            match[1].lower(),
            owner,
        )


def proposal(
    policy: csp.Policy,
    found: Iterable[Need],
    reports: Iterable[tuple[Kept, Behind]],
) -> tuple[csp.Policy, tuple[Evidence, ...]]:
    """Return the policy that allows what the app itself needs, and why.

    Anyone can post a report, so those of strangers propose nothing, unless a line of
    the app's own script proves them. Scripts propose nothing either: the nonce that they
    get allows them, and a host in the list would allow every script on that host.
    """
    evidence = [*_from_templates(found), *_from_reports(reports)]
    proposed = dict(policy)
    used = []

    for item in evidence:
        sources = proposed.get(item.directive, proposed.get("default-src", ()))

        if item.source not in policy.get(item.directive, ()):
            used.append(item)

        if item.source not in sources:
            kept = tuple(s for s in sources if s != "'none'")
            proposed[item.directive] = (*kept, item.source)

    return proposed, tuple(dict.fromkeys(used))


def _from_templates(found: Iterable[Need]) -> Iterator[Evidence]:
    for need in found:
        if _proposable(need.directive) and need.source:
            because = f"{need.template}:{need.line}"
            yield Evidence(need.directive, need.source, because)


def _from_reports(reports: Iterable[tuple[Kept, Behind]]) -> Iterator[Evidence]:
    for kept, lines in reports:
        report = kept.report
        directive = re.sub(r"-(?:elem|attr)\Z", "", report.directive)
        source = origin(report.blocked)
        believed = kept.trusted or lines.proven

        if (
            believed
            and report.kind == "csp-violation"
            and source
            and _proposable(directive)
        ):
            who = "by visitors logged in" if kept.trusted else "and proven"
            where = f", {', '.join(lines.places)}" if lines.places else ""
            because = f"reported {kept.times} × {who}, on {report.route}{where}"
            yield Evidence(directive, source, clean(because))


def _proposable(directive: str) -> bool:
    # base-uri and object-src are traps, frame-ancestors is for others to ask.
    return directive in csp.DIRECTIVES - {
        "script-src",
        "base-uri",
        "object-src",
        "frame-ancestors",
        "sandbox",
    }
