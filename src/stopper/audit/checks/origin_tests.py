"""What a test of an origin, written by hand, lets in besides what was meant."""

from __future__ import annotations

import ast
import re

from ...controls.cors.policy import loose
from ..survey.nodes import walk
from ..survey.site import Site

#: Where a host begins: what ends in this ends in a whole name.
_WHOLE = (".", "://", "/")

#: Where a host has its end.
_END = re.compile(r"://[^/]+[/:]$")


def loosely(at: Site, name: str) -> str | None:
    """Say what is wrong with the tests around a place at which an origin is sent back.

    :param name: The origin, as it is written there.
    :return: ``None`` if nothing is, or if nothing is asked.
    """
    for above in at.above():
        if isinstance(above.node, ast.If | ast.IfExp):
            for node in walk(above.node.test):
                found = _test(above.at(node), name)

                if found is not None:
                    return found

    return None


def _test(site: Site, name: str) -> str | None:
    node = site.node

    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
        text = _text(site.at(node.left))
        holds = site.module.source(node.comparators[0]) == name
        return "looks for a name anywhere in it" if text and holds else None

    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None

    first = site.argument(0)
    text = _text(first) if first is not None else ""
    own = site.module.source(node.func.value) == name

    if own and node.func.attr == "endswith" and text and not text.startswith(_WHOLE):
        return "asks for an end that another's host may have too"

    if own and node.func.attr == "startswith" and "://" in text:
        return None if _END.search(text) else "has no end, so more may follow"

    second = site.argument(1)
    asked = second is not None and second.source == name

    if asked and site.name in {"re.match", "re.search"} and text:
        return loose(text)

    return None


def _text(site: Site) -> str:
    constant = site.constant
    return constant.value if constant and isinstance(constant.value, str) else ""
