"""Whether a function judges a value before it uses it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .assigned import assigned
from .index import Function
from .site import Site


def judged(site: Site) -> bool:
    """Say whether a name that ``site`` is made of is judged by a call in a condition.

    ``if not is_safe(path): abort(400)`` and ``if path.startswith(base)``: the author
    thought of it, and only a flow engine can say whether it holds.
    """
    function = site.function
    names = {n.id for n in ast.walk(site.node) if isinstance(n, ast.Name)}

    if function is None or not names:
        return False

    # One step back: the test is often on what the value is made of.
    for name in tuple(names):
        for item in assigned(function).get(name, ()):
            names |= {n.id for n in ast.walk(item.value) if isinstance(n, ast.Name)}

    return any(_judges(call, names) for call in _conditions(function))


def _conditions(function: Function) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.Assert | ast.IfExp):
            yield from (n for n in ast.walk(node.test) if isinstance(n, ast.Call))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            # ``check_path(path)`` alone on its line can only be there to refuse.
            called = node.value.func
            name = getattr(called, "attr", getattr(called, "id", ""))

            if re.search(r"valid|check|verify|ensure|safe|sanit|assert|relative", name):
                yield node.value


def _judges(call: ast.Call, names: set[str]) -> bool:
    func = call.func

    # Whether a file is there says nothing about whose it is.
    if isinstance(func, ast.Attribute):
        if func.attr in {"exists", "isfile", "isdir", "is_file", "is_dir", "get"}:
            return False

        # ``request.args.get(...)`` reads.
        if isinstance(func.value, ast.Name) and func.value.id in names:
            return True

    return any(
        isinstance(n, ast.Name) and n.id in names
        for a in (*call.args, *(k.value for k in call.keywords))
        for n in ast.walk(a)
    )
