"""Tells what a stranger's request gives."""

from __future__ import annotations

import ast
import re

from ...module import Module
from ..flow import Flow
from ..flow import Origin
from ..frame import Guard
from .trail import Spot
from .trail import Trail

REQUEST = "flask.request."

_HARMLESS = frozenset(
    f"{REQUEST}{name}"
    for name in (
        "blueprint",
        "blueprints",
        "content_length",
        "endpoint",
        "environ",
        "is_json",
        "is_secure",
        "max_content_length",
        "method",
        "remote_addr",
        "remote_user",
        "routing_exception",
        "scheme",
        "server",
        "url_rule",
    )
)

#: What a request has of which a part is the stranger's value.
_WHOLES = frozenset(
    {
        *("args", "cookies", "environ", "files", "form", "headers", "json", "values"),
        *("get_json", "get_json()", "view_args"),
    }
)


class Request:
    """What of a request comes in where a search is."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._names = trail.program.names

    def read(self, spot: Spot, node: ast.expr, name: str) -> tuple[Flow, ...] | None:
        """Return what comes in with an expression, ``None`` if it is no request's.

        :param name: The expression's name, ``""`` if it has none.
        """
        source = self._source_of(spot, node, name)
        return None if source is None else self.source(spot, node, source)

    def source(self, spot: Spot, node: ast.expr, name: str) -> tuple[Flow, ...]:
        """Return what comes in with a source, unless it is harmless or was tested.

        :param name: The source's: ``flask.request.args``.
        """
        if name in _HARMLESS or self._tested(spot, node):
            return ()

        return (self._trail.found(spot, Origin.REQUEST, name, node),)

    def _source_of(self, spot: Spot, node: ast.expr, name: str) -> str | None:
        """Return which source an expression names by itself.

        What goes through a name of its own is followed: it may have been tested.
        """
        source = _source(name)

        if source is None:
            return None

        base = node

        while isinstance(base, ast.Attribute | ast.Subscript | ast.Call):
            base = base.func if isinstance(base, ast.Call) else base.value

        if not isinstance(base, ast.Name):
            return source

        named = self._names.name_of(spot.frame.module, base) or ""
        held = named.startswith(REQUEST) and named[len(REQUEST) :] not in _WHOLES
        return None if held else source

    def _tested(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether the same expression was tested against a list before."""
        module = spot.frame.module
        text = module.segment(node)

        for guard in spot.guards:
            current: Guard | None = guard

            while current is not None:
                if current.truth is True and _listed(module, current.test, text):
                    return True

                current = current.parent

        return False


def _listed(module: Module, test: ast.AST, text: str) -> bool:
    """Say whether a test tells if something is in a list, or is what a name holds."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.In | ast.Eq)
        and not isinstance(test.comparators[0], ast.Constant)
        and module.segment(test.left) == text
    )


def _source(name: str) -> str | None:
    """Return ``flask.request.args`` of ``flask.request.args[].x``, ``None`` of others."""
    if not name.startswith(REQUEST) or "()" in name:
        return None

    return REQUEST + re.split(r"[.\[(]", name[len(REQUEST) :])[0]
