"""What the names and signs of templates stand for."""

from __future__ import annotations

import ast

from jinja2 import nodes

#: What Flask tells every template, and what its usual company does.
FLASK = {
    "url_for": "flask.url_for",
    "get_flashed_messages": "flask.get_flashed_messages",
    "request": "flask.request",
    "session": "flask.session",
    "g": "flask.g",
    "config": "flask.current_app.config",
    "current_user": "flask_login.current_user",
    "csrf_token": "flask_wtf.csrf.generate_csrf",
    "dict": "builtins.dict",
    "range": "builtins.range",
    "namespace": "types.SimpleNamespace",
}

#: Names that a view gives a template as well, now and then.
ALSO_GIVEN = frozenset({"config", "current_user", "csrf_token"})

#: What gives text of the app's own: translations, what a block or a caller prints.
OWN = frozenset({"super", "caller", "lipsum", "cycler", "joiner", "csp_nonce", "loop"})
TRANSLATES = frozenset(
    {"_", "gettext", "ngettext", "pgettext", "npgettext", "ungettext"}
)

#: Tests that compare, and how.
COMPARES: dict[str, type[ast.cmpop]] = {
    **dict.fromkeys(("eq", "equalto", "==", "sameas"), ast.Eq),
    **dict.fromkeys(("ne", "!="), ast.NotEq),
    "in": ast.In,
}
OPERATORS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "gt": ast.Gt,
    "gteq": ast.GtE,
    "lt": ast.Lt,
    "lteq": ast.LtE,
    "in": ast.In,
    "notin": ast.NotIn,
}
BINARY: dict[type[nodes.Node], type[ast.operator]] = {
    nodes.Add: ast.Add,
    nodes.Sub: ast.Sub,
    nodes.Mul: ast.Mult,
    nodes.Div: ast.Div,
    nodes.FloorDiv: ast.FloorDiv,
    nodes.Mod: ast.Mod,
    nodes.Pow: ast.Pow,
}


def cycles(node: nodes.Node) -> bool:
    """Say whether this is ``loop.cycle``."""
    inner = node.node if isinstance(node, nodes.Getattr) else None
    return isinstance(inner, nodes.Name) and inner.name == "loop"


def is_token(node: nodes.Node) -> bool:
    """Say whether this is a form's token, or what it is asked for: letters and dots."""
    while isinstance(node, nodes.Getattr | nodes.Call):
        if isinstance(node, nodes.Getattr) and node.attr == "csrf_token":
            return True

        node = node.node

    return False


def is_number(node: nodes.BinExpr) -> bool:
    """Say whether what is calculated can only be a number."""
    if isinstance(node, nodes.Sub | nodes.Div | nodes.FloorDiv | nodes.Pow):
        return True

    sides = [s.value for s in (node.left, node.right) if isinstance(s, nodes.Const)]
    return isinstance(node, nodes.Mul) and any(
        isinstance(v, int | float) and v > 1 for v in sides
    )
