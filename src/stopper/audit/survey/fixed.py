"""Whether a part of a text is one of a few that the source itself writes."""

from __future__ import annotations

import ast

from .assigned import assigned
from .assigned import enclosing
from .nodes import walk
from .parameters import is_parameter
from .site import Site

#: How deep a part is looked into.
DEPTH = 12

_NUMBERS = frozenset(
    {
        "builtins.int",
        "builtins.float",
        "builtins.len",
        "builtins.round",
        "builtins.bool",
    }
)


def fixed(site: Site, depth: int = 0) -> bool:
    """Say whether ``site`` can only be a number or one of the source's own texts.

    ``"?, ?, ?"`` made for the length of a list, ``"asc" if up else "desc"``, a loop over
    a constant tuple, an item of a constant dictionary.
    """
    node = site.node

    if depth > DEPTH:
        return False

    if site.literal:
        return True

    def all_(*parts: ast.expr) -> bool:
        return all(fixed(site.at(p), depth + 1) for p in parts)

    match node:
        case ast.IfExp():
            return all_(node.body, node.orelse)
        case ast.BoolOp():
            return all_(*node.values)
        case ast.BinOp(op=ast.Mult()):
            # A constant so many times.
            return all_(node.left) or all_(node.right)
        case ast.BinOp():
            return all_(node.left, node.right)
        case ast.JoinedStr():
            values = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
            return all_(*values)
        case ast.List() | ast.Tuple() | ast.Set():
            return all_(*node.elts)
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return all_(node.elt)
        case ast.Subscript():
            return site.at(node.value).literal
        case ast.Call():
            return _call(site, node, depth)
        case ast.Name():
            return _name(site, node, depth)
        case _:
            return False


def _call(site: Site, node: ast.Call, depth: int) -> bool:
    if (site.name or "") in _NUMBERS:
        return True

    if not isinstance(node.func, ast.Attribute):
        return site.name in {"builtins.str", "builtins.list", "builtins.tuple"} and all(
            fixed(site.at(a), depth + 1) for a in node.args
        )

    owner = site.at(node.func.value)

    if node.func.attr == "join":
        return fixed(owner, depth + 1) and all(
            fixed(site.at(a), depth + 1) for a in node.args
        )

    if node.func.attr == "get":
        return owner.literal and all(
            fixed(site.at(a), depth + 1) for a in node.args[1:]
        )

    if node.func.attr in {"upper", "lower", "strip", "rstrip", "lstrip"}:
        return fixed(owner, depth + 1)

    if node.func.attr == "format":
        given = (*node.args, *(k.value for k in node.keywords))
        return fixed(owner, depth + 1) and all(
            fixed(site.at(a), depth + 1) for a in given
        )

    return False


def _name(site: Site, node: ast.Name, depth: int) -> bool:
    """Say whether every value that a local name is given is fixed."""
    iterated = _iterated(site, node)

    if iterated is not None:
        return fixed(iterated, depth + 1)

    function = next(enclosing(node), None)

    if function is None or is_parameter(function, node.id):
        return False

    items = assigned(function).get(node.id, ())
    return bool(items) and all(fixed(site.at(i.value), depth + 1) for i in items)


def _iterated(site: Site, node: ast.Name) -> Site | None:
    for above in site.above():
        loops = [above.node] if isinstance(above.node, ast.For) else []

        for loop in (*loops, *getattr(above.node, "generators", ())):
            targets = {n.id for n in walk(loop.target) if isinstance(n, ast.Name)}

            if node.id in targets:
                return site.at(loop.iter)

    return None
