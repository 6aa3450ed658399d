"""Is who was asked for and not let in refused, or only meant to be?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import ALWAYS_TRUE_CHECK
from ....controls.authorization.control import DROPPED_REFUSAL
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.guards import denial
from ...survey.index import Function
from ...survey.index import FUNCTIONS
from ...survey.index import parent_of
from ...survey.project import Project
from ...survey.site import Site
from .families import looks_at_who_asks
from .parts import own
from .parts import refused

#: What makes an answer and does nothing else.
_ANSWERS = frozenset(
    (
        *("flask.redirect", "flask.jsonify", "flask.make_response", "flask.Response"),
        *("flask.render_template", "werkzeug.utils.redirect"),
        *("flask_login.LoginManager.unauthorized",),
    )
)

_LOGIN = re.compile(r"log_?in|sign_?in|unauthori|forbidden|denied", re.I)

#: A function of such a name says whether, and refuses nobody.
_WHETHER = re.compile(r"^_?(?:is|has|can|may|check|verify|validate|require)_", re.I)


@check(DROPPED_REFUSAL, asks=Project)
def dropped_refusal(project: Project) -> Iterator[Finding]:
    """Is a refusal made and then left lying?"""
    said: dict[Function, bool] = {}

    for call in project.nodes(ast.Call):
        if call.function is None or call.module.test:
            continue

        beside = _left(call.node)

        if beside is not None and (_answer(call, beside) or _error(call)):
            yield finding(
                DROPPED_REFUSAL,
                call.place,
                call.written,
                view=f"{call.function.name}()",
            )
        elif beside is not None:
            yield from _told(project, call, said)


def _left(node: ast.AST) -> list[ast.expr] | None:
    """Return what stands beside a call in a statement of its own, ``None`` if it is none."""
    above = parent_of(node)

    if isinstance(above, ast.Tuple):
        return above.elts if isinstance(parent_of(above), ast.Expr) else None

    return [] if isinstance(above, ast.Expr) else None


def _answer(call: Site, beside: list[ast.expr]) -> bool:
    if call.name not in _ANSWERS:
        return False

    if any(map(denial, beside)):
        return True

    tests = [a.at(a.node.test) for a in call.above() if isinstance(a.node, ast.If)]

    if not tests:
        return False

    refuses = bool(_LOGIN.search(call.source))
    return refuses or any(looks_at_who_asks(test.source) for test in tests)


def _error(call: Site) -> bool:
    """Say whether this makes an HTTP error that nobody raises."""
    library, _, name = (call.name or "").rpartition(".")
    return library == "werkzeug.exceptions" and name in {"Forbidden", "Unauthorized"}


def _told(
    project: Project, call: Site, said: dict[Function, bool]
) -> Iterator[Finding]:
    """Yield where a function of the project says no and nobody listens.

    :param said: What is known of functions already: whether they only say it.
    """
    known = project.names.definition(call.name)

    if known is None or not isinstance(known[1], FUNCTIONS) or known[1].decorator_list:
        return

    site = project.site(known[0], known[1])

    if known[1] not in said:
        said[known[1]] = _only_says(project, site, known[1])

    if said[known[1]]:
        assert call.function is not None  # noqa: S101  # by its caller
        yield finding(
            DROPPED_REFUSAL,
            call.place,
            call.written,
            confidence=Confidence.MEDIUM,
            steps=(Step(site.place, f"{known[1].name} only says whether"),),
            view=f"{call.function.name}()",
        )


def _only_says(project: Project, site: Site, function: Function) -> bool:
    """Say whether a function judges who asks by nothing but what it returns."""
    if not looks_at_who_asks(site.module.segment(function)):
        return False

    nodes = list(own(function))
    returns = [n.value for n in nodes if isinstance(n, ast.Return)]

    if not returns:
        return False

    for node in nodes:
        # What changes something is called for that.
        if isinstance(node, ast.Raise | ast.Assign | ast.AugAssign | ast.Await):
            return False

        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            return False

        if isinstance(node, ast.Call) and (site.at(node).name or "").endswith("abort"):
            return False

    if all(map(_boolean, returns)):
        return bool(_WHETHER.search(function.name))

    answered = [site.at(v).name in _ANSWERS for v in returns if isinstance(v, ast.Call)]
    return any(answered) and refused(project, site, function.body)


def _boolean(value: ast.expr | None) -> bool:
    if isinstance(value, ast.BoolOp):
        return all(map(_boolean, value.values))

    negation = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    constant = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return negation or constant or isinstance(value, ast.Compare)


@check(ALWAYS_TRUE_CHECK, asks=Project)
def always_true_check(project: Project) -> Iterator[Finding]:
    """Does a test of who asks hold for everyone?"""
    methods = _methods(project)

    for test in project.nodes(ast.If):
        node = test.node
        assert isinstance(node, ast.If)  # noqa: S101  # by its caller

        if test.module.test:
            continue

        asked = looks_at_who_asks(test.at(node.test).source)

        for part in _parts(node.test):
            site = test.at(part)
            text = isinstance(part, ast.Constant) and isinstance(part.value, str)

            if (asked and text) or _uncalled(site, methods):
                yield finding(
                    ALWAYS_TRUE_CHECK,
                    site.place,
                    site.written,
                    confidence=Confidence.HIGH if text else Confidence.MEDIUM,
                )


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what a test asks for being true: the operands of ``and``, ``or``, ``not``."""
    stack = [test]

    while stack:
        node = stack.pop()

        if isinstance(node, ast.BoolOp):
            stack.extend(node.values)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            stack.append(node.operand)
        else:
            yield node


def _uncalled(site: Site, methods: dict[str, bool]) -> bool:
    """Say whether a function or a method is tested and not what it says."""
    node = site.node

    if isinstance(node, ast.Name):
        known = site.names.definition(site.name)
        function = known[1] if known else None
        return (
            known is not None
            and isinstance(function, FUNCTIONS)
            and not function.decorator_list
            and bool(_WHETHER.search(function.name))
            and looks_at_who_asks(known[0].segment(function))
        )

    if not isinstance(node, ast.Attribute):
        return False

    # Of somebody who is not there, Flask-Login has these as plain values.
    if node.attr in {"is_authenticated", "is_active", "is_anonymous"}:
        return False

    who = site.at(node.value).type or ""
    return "current_user" in who and methods.get(node.attr, False)


def _methods(project: Project) -> dict[str, bool]:
    """Return the methods of the project by name: whether each must be called."""
    found: dict[str, bool] = {}

    for site, node in project.functions():
        if isinstance(parent_of(node), ast.ClassDef) and not site.module.test:
            plain = not node.decorator_list
            found[node.name] = plain and found.get(node.name, True)

    return found
