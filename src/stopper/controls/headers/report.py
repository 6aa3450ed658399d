"""What browsers report of a policy, read from a body that anyone may have sent."""

from __future__ import annotations

import dataclasses
import json
import typing as t
import unicodedata
from collections.abc import Callable
from collections.abc import Iterator
from urllib.parse import urlsplit

#: The two media types: of the Reporting API, and of CSP before it.
REPORTS = "application/reports+json"
CSP_REPORT = "application/csp-report"

#: The longest body that is read, in bytes. A browser's report has one or two thousand.
MOST_BYTES = 64 * 1024

#: How many reports of one body are looked at. Browsers send a page's together.
MOST_REPORTS = 50

#: The longest text of one field that is kept, in characters.
MOST_TEXT = 200

_KINDS = ("csp-violation", "permissions-policy-violation", "coop")
_EXTENSIONS = ("-extension", "about", "moz-extension", "chrome", "resource", "safari")


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """One thing that a browser stopped, or would have.

    No field holds a query string, a fragment, a name or password of a URL, nor any
    text of the page.

    :param kind: ``"csp-violation"`` or another type of the Reporting API.
    :param directive: What forbade it: ``"script-src-elem"``, ``"camera"``.
    :param blocked: What was stopped: an address without its query, or one of the
        standard's words, ``"inline"``, ``"eval"``, ``"data"``.
    :param route: The URL rule of the page.
    :param source: The address of the file in which it stands, ``line`` its line there.
    :param enforced: Whether it was stopped, and not just reported.
    """

    kind: str
    directive: str
    blocked: str
    route: str
    source: str
    line: int
    enforced: bool


def read(
    body: bytes, media_type: str, route_of: Callable[[str], str]
) -> tuple[Report, ...]:
    """Return the reports in a body, none where it is no report.

    :param media_type: ``REPORTS`` or ``CSP_REPORT``.
    :param route_of: Returns the URL rule of a path; paths hold ids and tokens.
    """
    try:
        # A body that nests a thousand lists is refused by the parser.
        found = json.loads(body[: MOST_BYTES + 1])
    except (ValueError, RecursionError):
        return ()

    if media_type == CSP_REPORT:
        items = [_old(found)]
    elif media_type == REPORTS:
        items = found[:MOST_REPORTS] if isinstance(found, list) else [found]
    else:
        items = []

    return tuple(dict.fromkeys(_reports(items, route_of)))


def _old(found: object) -> object:
    inside = found.get("csp-report") if isinstance(found, dict) else None
    return {"type": "csp-violation", "body": inside}


def _reports(
    items: t.Iterable[object], route_of: Callable[[str], str]
) -> Iterator[Report]:
    for item in items:
        if not isinstance(item, dict) or item.get("type") not in _KINDS:
            continue

        body = item.get("body")

        if not isinstance(body, dict):
            continue

        blocked = address(_first(body, "blockedURL", "blocked-uri"))
        source = address(_first(body, "sourceFile", "source-file"))

        # What a visitor's own extensions do on the page is not the app's.
        if any(u.partition(":")[0].endswith(_EXTENSIONS) for u in (blocked, source)):
            continue

        page = _first(body, "documentURL", "document-uri") or item.get("url")
        number = _first(body, "lineNumber", "line-number")
        yield Report(
            kind=str(item["type"]),
            directive=directive(body),
            blocked=blocked,
            route=clean(route_of(_path(page))),
            source=source,
            line=number if type(number) is int and 0 < number < 10**7 else 0,
            enforced=body.get("disposition") != "report",
        )


def _first(body: dict[str, object], *names: str) -> object:
    return next((body[n] for n in names if body.get(n)), None)


def directive(body: dict[str, object]) -> str:
    """Return what forbade it; of an older browser's whole directive the name."""
    names = ("effectiveDirective", "effective-directive", "violated-directive")
    said = _first(body, *names, "policyId", "featureId")
    return clean(said).partition(" ")[0]


def address(value: object) -> str:
    """Return a URL without what may be secret in it, or one of the standard's words."""
    text = clean(value)

    if "://" not in text:
        # "inline", "data", "blob:…": the scheme says all that one may keep.
        return text.partition(":")[0].partition("?")[0][:40]

    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except ValueError:
        return ""

    return f"{parts.scheme}://{host}{port}{parts.path}"[:MOST_TEXT]


def _path(url: object) -> str:
    try:
        return urlsplit(url[:2000]).path if isinstance(url, str) else ""
    except ValueError:
        return ""


def clean(value: object) -> str:
    """Return text that is safe to show: one line, no control or hidden characters."""
    if not isinstance(value, str):
        return ""

    # Categories C*: control, format (which turn text around), surrogates, unassigned.
    text = value[: MOST_TEXT * 10]
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")[:MOST_TEXT]
