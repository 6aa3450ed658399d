"""What the checks of this control ask of a function and of its tests."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from collections.abc import Iterator

from ...survey.guards import denial
from ...survey.index import Function
from ...survey.index import parent_of
from ...survey.nodes import children
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.site import Site

_LOCALS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def own(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, those of functions in it left out."""
    stack: list[ast.AST] = list(reversed(function.body))

    while stack:
        node = stack.pop()
        yield node

        if not isinstance(node, _LOCALS):
            stack.extend(reversed(children(node)))


def refused(project: Project, at: Site, body: Iterable[ast.AST]) -> bool:
    """Say whether statements refuse who asks: by a call, an error or an answer."""
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.Call) and project.refusals.refusal(at.at(node)):
                return True

            if isinstance(node, ast.Return) and _denies(node.value):
                return True

    return False


def _denies(value: ast.expr | None) -> bool:
    """Say whether an answer is 401 or 403, or ``False``."""
    elements = value.elts if isinstance(value, ast.Tuple) else [value]
    false = isinstance(value, ast.Constant) and value.value is False
    return false or any(denial(e) for e in elements if e is not None)


def negated(node: ast.AST, test: ast.expr) -> bool:
    """Say whether a part of a test holds where the test does not."""
    odd = False

    while node is not test:
        above = parent_of(node)

        if above is None:
            break

        odd ^= isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)
        node = above

    return odd ^ (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def origin(site: Site) -> Site:
    """Return what a name was made of, or the expression itself."""
    bound = site.bound

    if bound is not None and isinstance(bound[1].node, ast.expr):
        return Site(bound[0], bound[1].node, site.names, site.values)

    return site


def asked_of(site: Site) -> tuple[str, str] | None:
    """Return the part of the request that an expression reads, and its key.

    ``request.headers.get("X-Role")`` gives ``("headers", "X-Role")``.
    """
    site = origin(site)
    node = site.node

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr != "get" or not node.args:
            return None

        holder, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    else:
        return None

    name = site.at(holder).type or ""
    constant = site.at(key).constant

    if not name.startswith("flask.request.") or constant is None:
        return None

    part = name.removeprefix("flask.request.").partition("()")[0]
    return part.removeprefix("get_"), str(constant.value)
