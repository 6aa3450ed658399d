"""Does a value never become SQL?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.database.control import SQL_INJECTION
from ....controls.database.policy import names
from ....controls.database.policy import statement
from ...check import check
from ...finding import Finding
from ...survey.assigned import assigned
from ...survey.assigned import enclosing
from ...survey.assigned import reaching
from ...survey.fixed import fixed
from ...survey.flow.flow import Flow
from ...survey.flow.flows import flows
from ...survey.pieces import text_pieces
from ...survey.project import Project
from ...survey.site import Site
from ...survey.values import Built
from ..ends import led

_CLEANS = re.compile(r"quote|escape|identifier|literal|sanitiz", re.I)

_KEYWORDS = ("sql", "query", "statement", "operation", "text", "clause", "stmt")


@check(SQL_INJECTION, asks=Project)
def sql_injection(project: Project) -> Iterator[Finding]:
    """Are statements constant, and values passed beside them?"""
    for found in project.sinks("sql"):
        yield from _judge(project, found.call, found.argument, known=True)

    methods = {name.removeprefix("*.") for name in project.models.named("sql-method")}
    known = {
        name
        for rows in project.models.sinks.values()
        for r in rows
        if r.kind == "sql"
        for name in (r.name,)
    }

    for call in project.nodes(ast.Call):
        method = getattr(getattr(call.node, "func", None), "attr", "")

        if method in methods and call.name not in known:
            # The project's own ``execute`` is looked at where it is written.
            if call.names.definition(call.name) is None:
                text = _text(call)

                if text is not None:
                    yield from _judge(project, call, text, known=False)

    for call in project.calls(*sorted(project.models.named("sql-fragment"))):
        yield from _fragments(project, call)


def _fragments(project: Project, call: Site) -> Iterator[Finding]:
    """Yield the findings of texts that are put together and handed to a query.

    That they become SQL, only old releases of SQLAlchemy and smaller libraries do.
    """
    for argument in map(call.at, call.args):
        if isinstance(argument.value, Built) and not fixed(argument):
            source = flows(project).first(argument, "sql")

            if source is not None:
                most = min(source.confidence, Confidence.MEDIUM)
                yield led(SQL_INJECTION, call, f"`{source.name}`", most, source)


def _text(call: Site) -> Site | None:
    first = call.argument(0)
    given = (call.argument(-1, keyword) for keyword in _KEYWORDS)
    return first or next((g for g in given if g is not None), None)


def _judge(
    project: Project, call: Site, text: Site, *, known: bool
) -> Iterator[Finding]:
    if text.literal or fixed(text):
        return

    pieces = _pieces(text)

    if not pieces:
        source = flows(project).first(text, "sql") if known else None

        # All of the statement: a console for SQL, or an invitation.
        if source is not None:
            most = min(source.confidence, Confidence.MEDIUM)
            yield led(SQL_INJECTION, call, f"`{source.name}`", most, source)

        return

    shown = "".join(p if isinstance(p, str) else "{}" for p in pieces)

    if not known and not statement(shown):
        return

    worst: tuple[Confidence, str, Flow | None] | None = None
    before = ""

    for piece in pieces:
        if isinstance(piece, str):
            before += piece
            continue

        result = _hole(project, text.at(piece), before)
        before += "{}"

        if result is not None and (worst is None or result[0] > worst[0]):
            worst = result

    if worst is not None:
        yield led(SQL_INJECTION, call, worst[1], worst[0], worst[2])


def _hole(
    project: Project, part: Site, before: str
) -> tuple[Confidence, str, Flow | None] | None:
    """Return how surely a stranger fills a hole, ``None`` if the source does."""
    if fixed(part):
        return None

    found = flows(project).first(part, "sql")

    if found is not None:
        return found.confidence, f"`{found.name}`", found

    cleaned = isinstance(part.node, ast.Call) and _CLEANS.search(part.written)
    given = flows(project).given(part, "sql")

    if given and not given.doubts and not cleaned and not names(before):
        return Confidence.MEDIUM, "what the function is given", None

    typed = flows(project).typed(part, "sql")
    words = "what is typed at a command line" if typed else "more than constants"
    return Confidence.LOW, words, typed


def _pieces(text: Site) -> list[str | ast.expr]:
    """Return what a statement is put together from, through the names that hold it."""
    node = text.node

    if isinstance(node, ast.Name):
        function = next(enclosing(node), None)
        items = assigned(function).get(node.id, ()) if function else ()
        found, _ = reaching(items, node, function) if function else ([], False)
        built: list[str | ast.expr] = []

        for item in reversed(found):
            constant = text.at(item.value).constant

            if constant is not None:
                built.append(str(constant.value))
            else:
                inner = _unfolded(text.at(item.value))
                built += inner or ([item.value] if item.adds else [])

        holes = any(isinstance(p, ast.expr) for p in built)
        return built if holes and any(isinstance(p, str) for p in built) else []

    return _unfolded(text)


def _unfolded(text: Site, depth: int = 0) -> list[str | ast.expr]:
    """Return a text's pieces, with what is constant or put together in place."""
    node = text.node

    # ``"... ".strip()`` and ``textwrap.dedent(f"...")`` change no more than spaces.
    if isinstance(node, ast.Call) and depth < 4:
        if getattr(node.func, "attr", "") in {"strip", "rstrip", "lstrip"}:
            assert isinstance(node.func, ast.Attribute)  # noqa: S101  # by its attr
            return _unfolded(text.at(node.func.value), depth + 1)

        if text.name == "textwrap.dedent" and node.args:
            return _unfolded(text.at(node.args[0]), depth + 1)

    pieces = text_pieces(node)

    if pieces is None:
        value = text.value
        parts = getattr(value, "parts", ())
        return list(parts) if not isinstance(node, ast.Name) else []

    found: list[str | ast.expr] = []

    for piece in pieces:
        constant = None if isinstance(piece, str) else text.at(piece).constant

        if isinstance(piece, str):
            found.append(piece)
        elif constant is not None:
            found.append(str(constant.value))
        else:
            found.append(piece)

    return found
