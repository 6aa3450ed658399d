"""Which line of the app stands behind what a browser reported."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from collections.abc import Iterable
from urllib.parse import urlsplit

from .need import Need
from .need import OWN_FRAME
from .report import Report

#: What of a template an inline violation of a directive can be.
_INLINE = {
    "script-src-attr": frozenset({"event-handler"}),
    "script-src-elem": frozenset(
        {
            "javascript-url",
            "other-nonce",
            "script-attributes",
            "script-part",
            "script-src",
            "script-value",
            "translated",
        }
    ),
    "style-src-attr": frozenset({"style-attribute"}),
    "style-src-elem": frozenset({"other-nonce", "translated"}),
}
#: Browsers that know no ``-attr`` and ``-elem`` say only this much.
_INLINE["script-src"] = _INLINE["script-src-attr"] | _INLINE["script-src-elem"]
_INLINE["style-src"] = _INLINE["style-src-attr"] | _INLINE["style-src-elem"]

#: A longer line is a bundle's, which names addresses that it never asks.
LONGEST_LINE = 500

#: How many lines are named for one report.
MOST_PLACES = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Behind:
    """What of the app stands behind a report.

    :param places: ``"page.html:3"`` or ``"/static/app.js:12"``; several where the
        report does not say which.
    :param proven: Whether a line of the app's own script names what was blocked, so
        that the report is true whoever sent it.
    """

    places: tuple[str, ...] = ()
    proven: bool = False


def origin(address: str) -> str:
    """Return scheme, host and port of an address, empty for a word such as ``inline``."""
    found = re.match(r"(https?|wss?)://[A-Za-z0-9.-]+(?::[0-9]+)?(?=[/?#]|\Z)", address)
    return found[0].lower() if found else ""


def behind(
    report: Report,
    found: Iterable[Need],
    templates: frozenset[str],
    text_of: Callable[[str], str | None],
) -> Behind:
    """Return the lines that stand behind a report, as far as they can be known.

    :param found: What the templates need.
    :param templates: Those that the report's page was made of, empty if that is not
        known.
    :param text_of: Returns the text of the app's own static file at a URL's path.
    """
    script = _in_script(report, text_of)

    if script.places:
        return script

    mine = [n for n in found if not templates or n.template in templates]
    fits = [n for n in mine if _fits(report, n)]
    # A page has the lines of its template where nothing before them takes several.
    exact = [n for n in fits if n.line == report.line]
    places = dict.fromkeys(f"{n.template}:{n.line}" for n in exact or fits)
    return Behind(tuple(places)[:MOST_PLACES])


def _fits(report: Report, need: Need) -> bool:
    blocked = origin(report.blocked)

    if blocked:
        directive = re.sub(r"-(?:elem|attr)\Z", "", report.directive)
        ours = need.kind == OWN_FRAME and blocked == origin(report.source)
        return (ours or need.source == blocked) and need.directive == directive

    return report.blocked == "inline" and need.kind in _INLINE.get(
        report.directive, frozenset()
    )


def _in_script(report: Report, text_of: Callable[[str], str | None]) -> Behind:
    if not report.line or not origin(report.source):
        return Behind()

    path = urlsplit(report.source).path
    text = text_of(path)
    lines = text.split("\n") if text is not None else []

    if report.line > len(lines):
        return Behind()

    line = lines[report.line - 1]
    host = origin(report.blocked).partition("://")[2]
    named = bool(host) and len(line) <= LONGEST_LINE and _names(line, host)
    return Behind((f"{path}:{report.line}",), named)


def _names(line: str, host: str) -> bool:
    around = rf"(?<![A-Za-z0-9.-]){re.escape(host)}(?![A-Za-z0-9.:-])"
    return re.search(around, line, re.I) is not None
