"""Is a token asked for, or only looked at where one is brought?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.authorization.control import SKIPPABLE_CHECK
from ....controls.authorization.control import UNSET_SECRET
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.index import Function
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.site import Site
from .families import looks_at_who_asks
from .parts import asked_of
from .parts import origin
from .parts import own
from .parts import refused

#: What a setting is called that nobody may guess.
_SECRET = re.compile(
    r"secret|token|password|passwd|pwd|auth|api_?key|_key\b|\bkey\b", re.I
)

_BROUGHT = frozenset({"headers", "args", "cookies", "form", "values", "json"})


@check(SKIPPABLE_CHECK, asks=Project)
def skippable_check(project: Project) -> Iterator[Finding]:
    """Is who brings no token at all let in?"""
    for function, node in project.functions():
        if function.module.test:
            continue

        # Few functions have a test of this shape, which the index knows.
        if not any(map(_both, function.module.within(node, ast.If))):
            continue

        tests = [n for n in own(node) if isinstance(n, ast.If)]

        for test in tests:
            named = _only_if_there(function, test)

            if named is None or not refused(project, function, test.body):
                continue

            others = [other for other in tests if other is not test]

            if not _demanded(function, node, others, named):
                yield finding(
                    SKIPPABLE_CHECK,
                    function.at(test.test).place,
                    named,
                    guard=f"{node.name}()",
                )


def _only_if_there(at: Site, test: ast.If) -> str | None:
    """Return the name in ``if token and token != KEY``, which a request may leave out."""
    if not _both(test):
        return None

    first, *rest = t.cast(ast.BoolOp, test.test).values

    if not isinstance(first, ast.Name) or not _brought(at.at(first)):
        return None

    wrong = any(_wrong(value, first.id) for value in rest)
    return first.id if wrong else None


def _both(test: ast.If) -> bool:
    """Say whether this is ``if a and b`` without an ``else``."""
    both = isinstance(test.test, ast.BoolOp) and isinstance(test.test.op, ast.And)
    return both and not test.orelse


def _brought(site: Site) -> bool:
    said = asked_of(site)
    return said is not None and said[0] in _BROUGHT


def _wrong(value: ast.expr, name: str) -> bool:
    """Say whether an operand holds where the named value is not the right one."""
    if isinstance(value, ast.Compare):
        differs = isinstance(value.ops[0], ast.NotEq | ast.NotIn)
    else:
        differs = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)

    return differs and any(
        isinstance(n, ast.Name) and n.id == name for n in walk(value)
    )


def _demanded(at: Site, function: Function, others: list[ast.If], name: str) -> bool:
    """Say whether something else of the function asks for what may be left out."""
    if looks_at_who_asks(at.module.segment(function)):
        return True

    return any(
        isinstance(node, ast.Name) and node.id == name
        for other in others
        for node in walk(other.test)
    )


@check(UNSET_SECRET, asks=Project)
def unset_secret(project: Project) -> Iterator[Finding]:
    """Does a secret that nobody set match what nobody sent?"""
    for compared in project.nodes(ast.Compare):
        node = compared.node
        assert isinstance(node, ast.Compare)  # noqa: S101  # by its caller

        if compared.module.test or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue

        sides = [compared.at(node.left), compared.at(node.comparators[0])]

        for secret, sent in (sides, sides[::-1]):
            if len(node.ops) == 1 and _empty(sent) and _unset(secret):
                if not _tested(compared, secret):
                    yield finding(UNSET_SECRET, secret.place, secret.written)


def _empty(sent: Site) -> bool:
    """Say whether what a request sends may be ``None`` or empty."""
    call = origin(sent).node
    said = asked_of(sent)
    return (
        said is not None
        and said[0] in _BROUGHT
        and isinstance(call, ast.Call)
        and all(isinstance(a, ast.Constant) and not a.value for a in call.args[1:])
    )


def _unset(secret: Site) -> bool:
    """Say whether a secret is ``None``, or empty, unless somebody sets it."""
    made = origin(secret)
    call = made.node

    if not isinstance(call, ast.Call) or not 0 < len(call.args) < 3 or call.keywords:
        return False

    name = made.name or ""
    said = ast.unparse(call.args[0]) + secret.source

    if not _SECRET.search(said):
        return False

    reads = name in {"os.getenv", "os.environ.get"} or name.endswith(".config.get")
    default = call.args[1] if len(call.args) == 2 else None
    empty = default is None or (isinstance(default, ast.Constant) and not default.value)
    return reads and empty


def _tested(compared: Site, secret: Site) -> bool:
    """Say whether anything asks if the secret is there."""
    if not isinstance(secret.node, ast.Name):
        return False

    name = secret.node.id
    module = compared.module
    return any(
        isinstance(node, ast.Name) and node.id == name and node is not secret.node
        for test in module.index.nodes(ast.If)
        for node in walk(test.test)
        if node is not secret.node
    )
