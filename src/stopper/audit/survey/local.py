"""Whether an expression visibly holds a value of the request, seen from its own function.

The stand-in for the flow engine: it looks at one function and at nothing else. What
it sees is there; what it does not see may be there all the same.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
import typing as t

from .assigned import assigned
from .assigned import enclosing
from .assigned import reaching
from .index import Function
from .index import FUNCTIONS
from .index import parent_of
from .parameters import argument_of
from .parameters import is_parameter
from .parameters import open_parameters
from .parameters import typed
from .pieces import settled
from .pieces import text_pieces
from .pieces import UNKNOWN
from .project import Project
from .site import Site

#: How many names and operators the look follows.
DEPTH = 40

_REQUEST = "flask.request."

#: What the server says of a request, or what has too few shapes to do harm.
_HARMLESS = frozenset(
    f"{_REQUEST}{name}"
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


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Where a value of the request comes in.

    :param site: ``request.args``, or the parameter of the view.
    :param name: ``"flask.request.args"``; for a parameter, its own name.
    :param segment: Whether it is one segment of the URL's path, without a slash.
    """

    site: Site
    name: str
    segment: bool = False


def from_request(
    project: Project, site: Site, clears: frozenset[str] = frozenset()
) -> bool:
    """Say whether ``site`` visibly holds a value that the request brings."""
    return origin(project, site, clears) is not None


def origin(
    project: Project, site: Site, clears: frozenset[str] = frozenset()
) -> Origin | None:
    """Return where the value of the request comes in that ``site`` visibly holds.

    It is followed through the assignments of the function in which ``site`` stands,
    through f-strings, operators, containers, methods of ``str`` and ``Path``, and
    functions that pass their argument on (``passes`` in the models). ``int(...)``, a
    converter such as ``<int:id>``, ``type=int``, and a membership test of the name
    (``if name not in NAMES``) clear it.

    :param clears: Names of functions that make a value harmless for the question at
        hand, ``"werkzeug.utils.secure_filename"``, and attributes, ``".stem"``.
    :return: ``None`` where nothing is visible, which is no proof.
    """
    return _Look(project, clears).look(site, 0)


def from_caller(
    project: Project, site: Site, clears: frozenset[str] = frozenset()
) -> bool:
    """Say whether ``site`` visibly holds what the function was called with.

    Whether a stranger chose it only a data flow can say: a finding of low confidence.
    """
    return _Look(project, clears, callers=True).look(site, 0) is not None


def leads(project: Project, site: Site) -> Origin | None:
    """Return where the value of the request comes in that a URL visibly begins with.

    What stands behind a scheme and a host, or behind the first part of a path, cannot
    lead to another host: ``"https://example.org/" + name`` leads nowhere else.
    """
    return _Look(project, frozenset(), head=True).look(site, 0)


class _Look:
    """One look at one expression."""

    def __init__(
        self,
        project: Project,
        clears: frozenset[str],
        *,
        callers: bool = False,
        head: bool = False,
    ) -> None:
        self._project = project
        self._callers = callers
        self._head = head
        self._clears = clears
        self._passes = project.models.named("passes")
        self._seen: set[ast.AST] = set()

    def look(self, site: Site, depth: int) -> Origin | None:
        node = site.node

        if depth > DEPTH or node in self._seen:
            return None

        self._seen.add(node)

        if isinstance(node, ast.Call):
            pieces = text_pieces(node) if self._head else None

            if pieces is not None:
                return self._first(site, pieces, depth)

            return self._call(site, node, depth)

        if isinstance(node, ast.Name):
            return self._name(site, node, depth)

        if isinstance(node, ast.Attribute | ast.Subscript):
            if f".{getattr(node, 'attr', '')}" in self._clears:
                return None

            return self._read(site) or self.look(site.at(node.value), depth + 1)

        pieces = text_pieces(node) if self._head else None

        if pieces is not None:
            return self._first(site, pieces, depth)

        return self._any(site, _parts(node), depth)

    def _first(
        self, site: Site, pieces: list[str | ast.expr], depth: int
    ) -> Origin | None:
        """Look at what a URL's host is made of, and at nothing behind it."""
        text = ""

        for piece in pieces:
            constant = None if isinstance(piece, str) else site.at(piece).constant

            if isinstance(piece, str):
                text += piece
            elif constant is not None:
                text += str(constant.value)
            else:
                if settled(text):
                    return None

                found = self.look(site.at(piece), depth + 1)

                if found is not None:
                    return found

                text += UNKNOWN

        return None

    def _any(self, site: Site, parts: list[ast.expr], depth: int) -> Origin | None:
        found = (self.look(site.at(part), depth + 1) for part in parts)
        return next((o for o in found if o is not None), None)

    def _read(self, site: Site) -> Origin | None:
        """Return the origin if an expression reads the request directly."""
        node = site.node

        # What is called or indexed on the way was looked at by itself.
        if isinstance(node, ast.Attribute | ast.Subscript):
            if isinstance(_root(node), ast.Name):
                name = site.names.name_of(site.module, node) or ""
                base = _base(name)

                if base and base not in _HARMLESS and "()" not in name:
                    return Origin(site, base)

        return None

    def _call(self, site: Site, node: ast.Call, depth: int) -> Origin | None:
        name = site.name or ""

        if name in self._clears or _numeric(site):
            return None

        base = _base(name)

        if base and "()" not in name:
            return None if base in _HARMLESS else Origin(site, base)

        parts = [*node.args, *(k.value for k in node.keywords)]

        if name in self._passes:
            return self._any(site, parts, depth)

        method = getattr(node.func, "attr", "")

        if isinstance(node.func, ast.Attribute) and f"*.{method}" in self._passes:
            # ``NAMES.get(name)`` gives what the table holds, not the name.
            if method in {"get", "pop", "setdefault", "getlist"}:
                parts = parts[1:]

            if site.names.definition(name) is None:
                return self._any(site, [node.func.value, *parts], depth)

        return None

    def _name(self, site: Site, node: ast.Name, depth: int) -> Origin | None:
        loop = _loop(node)

        if loop is not None:
            return self.look(site.at(loop), depth + 1)

        for function in enclosing(node):
            if node.id in _listed(function):
                return None

            known = assigned(function).get(node.id, ())
            items, whole = reaching(known, node, function)

            for item in items:
                found = self.look(site.at(item.value), depth + 1)

                if found is not None:
                    return found

            if is_parameter(function, node.id):
                return None if whole else self._parameter(site, function, node.id)

            if known:
                return None

        # ``from flask import request as r`` is read through its attributes.
        return None

    def _parameter(self, site: Site, function: Function, name: str) -> Origin | None:
        views = open_parameters(self._project)
        open_ = views.get(function, {})

        if name in open_:
            return Origin(site.at(argument_of(function, name)), name, open_[name])

        # What else a view has, a converter or a decorator gave it.
        outside = function not in views and not typed(function)

        if self._callers and outside and name not in {"self", "cls"}:
            return Origin(site.at(argument_of(function, name)), name)

        return None


def _base(name: str) -> str:
    """Return ``flask.request.args`` of ``flask.request.args.get``."""
    if not name.startswith(_REQUEST):
        return ""

    return _REQUEST + re.split(r"[.\[(]", name[len(_REQUEST) :])[0]


def _numeric(call: Site) -> bool:
    """Say whether a call gives a number, or a text that only the server wrote."""
    name = call.name or ""
    converter = call.argument(-1, "type")
    converted = (converter.name if converter else "") or ""
    clear = {"int", "float", "bool", "len", "hash", "ord", "isinstance", "complex"}
    return (
        name in {f"builtins.{n}" for n in clear}
        or converted in {"builtins.int", "builtins.float", "builtins.bool"}
        or converted == "uuid.UUID"
        or name == "uuid.UUID"
    )


def _parts(node: ast.AST) -> list[ast.expr]:
    """Return the operands that an expression passes on."""
    match node:
        case ast.JoinedStr():
            return [p.value for p in node.values if isinstance(p, ast.FormattedValue)]
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text)):
            # ``"%d" % n`` fails on anything but a number.
            plain = re.fullmatch(r"(?:[^%]|%%|%\d*[dioxXeEfFgG])*", text)
            return [] if plain else [node.right]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.BoolOp():
            return node.values
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Tuple() | ast.List() | ast.Set():
            return node.elts
        case ast.Dict():
            return [*filter(None, node.keys), *node.values]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return [node.elt]
        case ast.Starred() | ast.Await() | ast.NamedExpr():
            return [node.value]
        case _:
            return []


def _root(node: ast.AST) -> ast.AST:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value

    return node


def _loop(node: ast.Name) -> ast.expr | None:
    """Return what is iterated over, if the name is that of a loop around it."""
    below: ast.AST = node
    above = parent_of(node)

    while above is not None and not isinstance(above, FUNCTIONS):
        if isinstance(above, ast.For | ast.AsyncFor) and below is not above.iter:
            if node.id in _targets(above.target):
                return above.iter

        for generator in getattr(above, "generators", ()):
            if node.id in _targets(generator.target) and below is not generator:
                return t.cast(ast.expr, generator.iter)

        below, above = above, parent_of(above)

    return None


def _targets(target: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


# A function is looked at many times in a row, once for every name in it.
@functools.lru_cache(maxsize=256)
def _listed(function: Function) -> frozenset[str]:
    """Return the names that the function asks for in a list of known ones."""
    return frozenset(
        node.left.id
        for node in ast.walk(function)
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and isinstance(node.ops[0], ast.In | ast.NotIn)
        and not _empty(node.comparators[0])
    )


def _empty(node: ast.expr) -> bool:
    """Say whether a membership test asks for text in a text, or for nothing at all."""
    elements = getattr(node, "elts", None)
    blank = elements is not None and not any(getattr(e, "value", e) for e in elements)
    return blank or isinstance(node, ast.Constant)
