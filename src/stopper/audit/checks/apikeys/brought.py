"""Does a key come in a header, and never in a URL?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.apikeys.rules import APIKEY_IN_URL
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.index import Function
from ...survey.project import Project
from ...survey.site import Site

_KEY = re.compile(r"(?:x[-_])?(?:api|app|access|auth)[-_]?(?:key|token|secret)", re.I)

#: What says little by itself, and much where somebody asks who is there.
_BARE = re.compile(r"key|token|secret|jwt", re.I)

_ASKS = re.compile(
    r"^(?:_?(?:token|api_?key|key|auth)_?required|_?requires?_?(?:token|api_?key|key|auth)"
    r"|_?(?:check|verify|validate|require)_?(?:api_?)?(?:key|token|auth\w*)|_?authenticate\w*"
    r"|_?(?:is_)?authori[sz]ed?|load_user_from_request)$",
    re.I,
)

_URL = frozenset({"flask.request.args", "flask.request.values"})


@check(APIKEY_IN_URL, asks=Project)
def apikey_in_url(project: Project) -> Iterator[Finding]:
    """Does a key come in a header, and never in a URL?"""
    told: set[tuple[str, int]] = set()

    for site, holder, key in _read(project):
        place = site.place
        confidence = _confidence(site, key)

        if confidence is None or (place.path, place.line) in told or site.module.test:
            continue

        told.add((place.path, place.line))
        yield finding(
            APIKEY_IN_URL, place, holder.written, confidence=confidence, key=key
        )


def _read(project: Project) -> Iterator[tuple[Site, Site, str]]:
    """Yield what is read of the query of a URL, with its key."""
    for call in project.called("get", "getlist", "pop"):
        func = getattr(call.node, "func", None)
        key = call.argument(0, "key")

        if isinstance(func, ast.Attribute) and key is not None and key.constant:
            holder = call.at(func.value)

            if holder.type in _URL:
                yield call, holder, str(key.constant.value)

    for site in project.nodes(ast.Subscript):
        node = site.node
        assert isinstance(node, ast.Subscript)  # noqa: S101  # by its kind
        constant = site.at(node.slice).constant

        if constant is not None and site.at(node.value).type in _URL:
            yield site, site.at(node.value), str(constant.value)


def _confidence(site: Site, key: str) -> Confidence | None:
    if _KEY.fullmatch(key):
        return Confidence.MEDIUM

    if _BARE.fullmatch(key) and any(_ASKS.search(f.name) for f in _functions(site)):
        return Confidence.LOW

    return None


def _functions(site: Site) -> Iterator[Function]:
    """Yield the functions around, also those that the inner one stands in."""
    function = site.function

    while function is not None:
        yield function
        function = site.at(function).function
