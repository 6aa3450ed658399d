"""Whom does a guard let through unasked, and who decides that?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import LOOSE_EXEMPTION
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.site import Site
from .parts import negated
from .parts import own
from .parts import refused

#: What holds the query too: anything can stand in it.
_WHOLE = frozenset(
    f"flask.request.{name}" for name in ("url", "full_path", "query_string", "referrer")
)
_PATH = frozenset(
    f"flask.request.{name}" for name in ("path", "base_url", "script_root")
)


@check(LOOSE_EXEMPTION, asks=Project)
def loose_exemption(project: Project) -> Iterator[Finding]:
    """Does a guard let through whatever has a word somewhere in its address?"""
    for function, node in project.functions():
        if function.module.test or not project.refusals.refuses(function):
            continue

        for test in own(node):
            if isinstance(test, ast.If):
                for site, confidence in _loose(function, test.test):
                    if _lets_through(project, site, test) and not _bounded(site):
                        yield finding(
                            LOOSE_EXEMPTION,
                            site.place,
                            _subject(site),
                            confidence=confidence,
                            guard=f"{node.name}()",
                        )
                        break


def _loose(at: Site, test: ast.expr) -> Iterator[tuple[Site, Confidence]]:
    """Yield the parts of a test that hold for addresses that nobody thought of."""
    for node in walk(test):
        if isinstance(node, ast.Compare) and isinstance(
            node.ops[0], ast.In | ast.NotIn
        ):
            asked: ast.expr | None = node.comparators[0]
            known = len(node.ops) == 1 and _text(at, node.left)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            ends = node.func.attr == "endswith"
            searches = at.at(node).name == "re.search" and len(node.args) > 1
            asked = node.func.value if ends else node.args[1] if searches else None
            known = ends or (searches and not _anchored(at, node.args[0]))
        else:
            continue

        kind = at.at(asked).type if asked is not None and known else None

        if kind in _WHOLE:
            yield at.at(node), Confidence.HIGH
        elif kind in _PATH:
            yield at.at(node), Confidence.MEDIUM


def _text(at: Site, node: ast.expr) -> bool:
    constant = at.at(node).constant
    text = constant is not None and isinstance(constant.value, str)
    # ``any(word in request.path for word in WORDS)``
    return text or (constant is None and isinstance(node, ast.Name))


def _anchored(at: Site, pattern: ast.expr) -> bool:
    constant = at.at(pattern).constant
    return constant is None or str(constant.value).startswith(("^", "\\A"))


def _lets_through(project: Project, site: Site, test: ast.If) -> bool:
    """Say whether a test is one of whom nothing is asked, and not one of whom more is."""
    node = site.node
    absent = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn)
    other = negated(node, test.test) ^ absent
    refuses = refused(project, site, test.body)

    if other:
        return refuses

    return not refuses and _goes_on(test.body[-1])


def _bounded(site: Site) -> bool:
    """Say whether the address is asked for its beginning in the same breath."""
    return any(
        isinstance(above.node, ast.BoolOp)
        and isinstance(above.node.op, ast.And)
        and ".startswith(" in above.source
        for above in site.above()
    )


def _goes_on(last: ast.stmt) -> bool:
    """Say whether a block ends in what asks nothing more: the view, or no answer."""
    if isinstance(last, ast.Return):
        value = last.value
        view = isinstance(value, ast.Call) and any(
            isinstance(a, ast.Starred) for a in value.args
        )
        plain = isinstance(value, ast.Constant) and value.value in (None, True)
        return value is None or view or plain

    return isinstance(last, ast.Pass)


def _subject(site: Site) -> str:
    node = site.node

    if isinstance(node, ast.Compare):
        return site.at(node.comparators[0]).written

    return site.written
