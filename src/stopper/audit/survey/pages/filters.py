"""Jinja's own filters, as what they do to a value."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Mapping
from collections.abc import Sequence

Import = t.Callable[[str], ast.expr]

#: Filters that give what they are given, or a part of it, as far as harm goes.
_SAME = frozenset(
    (
        *("safe", "trim", "capitalize", "lower", "upper", "title", "truncate"),
        *("wordwrap", "indent", "center", "striptags", "nl2br", "reject", "rejectattr"),
        *("select", "selectattr"),
    )
)

#: Filters that are functions: of the value alone.
_FUNCTIONS = {
    "e": "markupsafe.escape",
    "escape": "markupsafe.escape",
    "forceescape": "markupsafe.escape",
    "urlize": "markupsafe.escape",
    "xmlattr": "markupsafe.escape",
    "tojson": "flask.json.htmlsafe_dumps",
    "urlencode": "urllib.parse.quote",
    "string": "builtins.str",
    "pprint": "builtins.str",
    "list": "builtins.list",
    "sort": "builtins.sorted",
    "unique": "builtins.sorted",
    "reverse": "builtins.sorted",
    "min": "builtins.min",
    "max": "builtins.max",
    "int": "builtins.int",
    "float": "builtins.float",
    "round": "builtins.round",
    "abs": "builtins.abs",
    "length": "builtins.len",
    "count": "builtins.len",
    "wordcount": "builtins.len",
    "sum": "builtins.len",
    "filesizeformat": "builtins.len",
}


def filtered(
    name: str,
    value: ast.expr,
    args: Sequence[ast.expr],
    named: Mapping[str, ast.expr],
    imported: Import,
) -> ast.expr | None:
    """Return what a filter makes of a value, ``None`` if it is none of Jinja's.

    :param imported: Returns the expression that is a library's function.
    """
    if name in _SAME:
        return value

    if name in _FUNCTIONS:
        return call(imported(_FUNCTIONS[name]), value)

    made = _MADE.get(name)
    return made(value, args, named) if made else None


def call(func: ast.expr, *args: ast.expr) -> ast.Call:
    """Return a call."""
    return ast.Call(func=func, args=list(args), keywords=[])


def item(value: ast.expr, key: t.Any) -> ast.Subscript:
    """Return an item of something."""
    return ast.Subscript(value, ast.Constant(key), ast.Load())


def either(*values: ast.expr) -> ast.expr:
    """Return what may be each of these."""
    return values[0] if len(values) == 1 else ast.BoolOp(ast.Or(), list(values))


def text(*values: ast.expr) -> ast.JoinedStr:
    """Return the text that is made of these."""
    return ast.JoinedStr([ast.FormattedValue(v, -1, None) for v in values])


_Args = Sequence[ast.expr]
_Named = Mapping[str, ast.expr]


def _default(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    other = [*args[:1], *filter(None, [named.get("default_value")])]
    return either(value, *other[:1])


def _replace(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    return call(ast.Attribute(value, "replace", ast.Load()), *args[:2])


def _first(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    return item(value, 0)


def _last(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    return item(value, -1)


def _each(value: ast.expr, made: t.Callable[[ast.expr], ast.expr]) -> ast.ListComp:
    """Return what is made of each item."""
    one = ast.Name("$one", ast.Load())
    source = ast.comprehension(ast.Name("$one", ast.Store()), value, [], 0)
    return ast.ListComp(made(one), [source])


def _attribute(node: ast.expr | None) -> t.Callable[[ast.expr], ast.expr] | None:
    """Return what takes an attribute, of which the name is given, out of an item."""
    named = node.value if isinstance(node, ast.Constant) else None

    if not isinstance(named, str):
        return None

    def taken(one: ast.expr) -> ast.expr:
        for part in named.split("."):
            one = ast.Attribute(one, part, ast.Load())

        return one

    return taken


def _map(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    taken = _attribute(named.get("attribute"))
    return _each(value, taken or (lambda one: one))


def _join(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    taken = _attribute(named.get("attribute") or (args[1] if args[1:] else None))
    value = _each(value, taken) if taken else value
    between = args[0] if args else named.get("d", ast.Constant(""))
    return call(ast.Attribute(between, "join", ast.Load()), value)


def _group(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    taken = _attribute(named.get("attribute") or (args[0] if args else None))
    key = taken(item(value, 0)) if taken else item(value, 0)
    pair = ast.Tuple([key, value], ast.Load())
    return ast.List([pair], ast.Load())


def _slices(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    return ast.List([value], ast.Load())


def _items(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    return call(ast.Attribute(value, "items", ast.Load()))


def _attr(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    taken = _attribute(args[0] if args else None)
    return taken(value) if taken else value


def _format(value: ast.expr, args: _Args, named: _Named) -> ast.expr:
    given = ast.Tuple(list(args), ast.Load())
    return text(value, *named.values()) if named else ast.BinOp(value, ast.Mod(), given)


_MADE = {
    "default": _default,
    "d": _default,
    "replace": _replace,
    "first": _first,
    "last": _last,
    "random": _first,
    "map": _map,
    "join": _join,
    "groupby": _group,
    "batch": _slices,
    "slice": _slices,
    "dictsort": _items,
    "items": _items,
    "attr": _attr,
    "format": _format,
}
