"""Tells what a stranger's request gives."""

from __future__ import annotations

import ast
import re

from ...module import Module
from ...parameters import url_segment
from ..change import key
from ..flow import Flow
from ..flow import Origin
from ..frame import ANY
from ..frame import EACH
from ..frame import Guard
from ..frame import Path
from .trail import FAN
from .trail import PRINTED
from .trail import Spot
from .trail import Trail

REQUEST = "flask.request."

_VIEW_ARGS = "flask.request.view_args"

_HARMLESS = frozenset(
    f"{REQUEST}{name}"
    for name in (
        "blueprint",
        "blueprints",
        "content_length",
        "endpoint",
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

#: What the client says of what a server hands to the app.
_ENVIRON = {
    "PATH_INFO": "path",
    "RAW_URI": "full_path",
    "REQUEST_URI": "full_path",
    "QUERY_STRING": "query_string",
    "wsgi.input": "stream",
}
#: What holds nothing but texts, numbers and containers of them.
_PLAIN = frozenset(
    f"{REQUEST}{name}"
    for name in (
        *("args", "cookies", "data", "form", "get_data", "get_json", "headers"),
        *("json", "query_string", "values", "view_args"),
    )
)

#: What a request has of which a part is the stranger's value.
_WHOLES = frozenset(
    {
        *("args", "cookies", "environ", "files", "form", "headers", "json", "values"),
        *("get_json", "get_json()", "view_args"),
    }
)

#: What a request has by itself, that an app may set as well.
_FLASKS = frozenset(
    {
        *("args", "authorization", "base_url", "cookies", "data", "environ", "files"),
        *("form", "full_path", "get_data", "get_json", "headers", "host", "host_url"),
        *("json", "mimetype", "path", "query_string", "referrer", "root_url", "stream"),
        *("url", "url_root", "user_agent", "values", "view_args"),
    }
)


class Request:
    """What of a request comes in where a search is."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._names = trail.program.names
        self._project = trail.program.project
        self._kept: dict[str, bool] = {}

    def read(self, spot: Spot, node: ast.expr, name: str) -> tuple[Flow, ...] | None:
        """Return what comes in with an expression, ``None`` if it is no request's.

        :param name: The expression's name, ``""`` if it has none.
        """
        source = self._source_of(spot, node, name)
        return None if source is None else self.source(spot, node, source, spot.path)

    def source(
        self, spot: Spot, node: ast.expr, name: str, path: Path
    ) -> tuple[Flow, ...]:
        """Return what comes in with a source, unless it is harmless or was tested.

        :param name: The source's: ``flask.request.args``.
        :param path: Which part of it is asked for.
        """
        if name == f"{REQUEST}environ":
            name = _sent(_key(node, path))

        if not name or name in _HARMLESS or self._tested(spot, node):
            return ()

        # A file that is open has no path to choose.
        if name == f"{REQUEST}stream" and self._trail.kind == "path":
            return ()

        # Texts and what JSON gives have no attributes, but a template asks so for items.
        attribute = bool(path) and path[0].startswith(".")

        if name in _PLAIN and attribute and self._trail.kind not in PRINTED:
            return ()

        segment: bool | None = False

        if name == _VIEW_ARGS:
            segment = url_segment(self._project, _key(node, path))

        if segment is None:
            return ()

        return (self._trail.found(spot, Origin.REQUEST, name, node, segment=segment),)

    def _source_of(self, spot: Spot, node: ast.expr, name: str) -> str | None:
        """Return which source an expression names by itself.

        What goes through a name of its own is followed: it may have been tested.
        """
        source = _source(name)

        if source is None or self.is_kept(source):
            return None

        # Of what is kept in a variable, another place says which one it is.
        if source == _VIEW_ARGS and not isinstance(node, ast.Subscript | ast.Call):
            if name != _VIEW_ARGS:
                return None

        base = node

        while isinstance(base, ast.Attribute | ast.Subscript | ast.Call):
            base = base.func if isinstance(base, ast.Call) else base.value

        if not isinstance(base, ast.Name):
            return source

        named = self._names.name_of(spot.frame.module, base) or ""
        held = named.startswith(REQUEST) and named[len(REQUEST) :] not in _WHOLES
        return None if held else source

    def is_kept(self, name: str) -> bool:
        """Say whether the app itself has put this attribute on the request."""
        attribute = name.removeprefix(REQUEST)
        known = self._kept.get(attribute)

        if known is None:
            heap = self._trail.program.heap
            known = attribute not in _FLASKS and any(
                self._names.name_of(store.module, store.base) == "flask.request"
                for store in heap.named(f".{attribute}")[:FAN]
            )
            self._kept[attribute] = known

        return known

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


def _sent(key: str) -> str:
    """Return which part of a request a key of its environment names, empty if none."""
    if key.startswith("HTTP_") or key == "CONTENT_TYPE":
        return f"{REQUEST}headers"

    part = _ENVIRON.get(key, "")
    return part and REQUEST + part


def _key(node: ast.expr, path: Path) -> str:
    """Return by which name an item is asked for, the empty text if that is not seen."""
    if isinstance(node, ast.Subscript):
        part = key(node.slice)
    elif isinstance(node, ast.Call) and node.args:
        part = key(node.args[0])
    else:
        part = path[0] if path else ANY

    return "" if part in {ANY, EACH} else part[1:-1]


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
