"""Is what runs as code the app's own?"""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.commands.control import CHOSEN_CODE
from ....controls.commands.control import CODE_EVALUATION
from ....controls.commands.control import FORMAT_STRING
from ...check import check
from ...finding import Finding
from ...survey.argv import Reader
from ...survey.argv import started
from ...survey.argv import Word
from ...survey.argv import words
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.site import Site
from ...survey.uses import compared_only
from ..ends import affixed
from ..ends import ended
from ..ends import ends
from ..ends import led
from ..ends import packaged
from ..ends import unseen


@check(CODE_EVALUATION, asks=Project)
def code_evaluation(project: Project) -> Iterator[Finding]:
    """Is only the app's own text run as code?"""
    for found in project.sinks("code"):
        call, text = found.call, found.argument
        source = flows(project).first(text, "code")

        if source is not None:
            yield led(CODE_EVALUATION, call, f"`{source.name}`", flow=source)
        elif not text.literal and not _compiled(text):
            if flows(project).given(text, "code"):
                confidence = min(Confidence.MEDIUM, found.sink.confidence)
                said = "what the function is given"
                yield led(CODE_EVALUATION, call, said, confidence)
            else:
                yield unseen(CODE_EVALUATION, call, flows(project).typed(text, "code"))

    for found in project.sinks("process"):
        yield from _read(project, found.call, words(found.argument))

    for found in project.sinks("program"):
        yield from _read(project, found.call, started(found.call))

    yield from ends(project, CODE_EVALUATION, "frame-code")

    # Of an object of unknown type, a value of the request in a module that works with
    # frames says enough.
    for call in project.calls(*sorted(project.models.named("frame-method"))):
        formula = call.argument(0, "expr")

        if formula is not None and _has_frames(call):
            source = flows(project).first(formula, "frame-code")

            if source is not None:
                yield ended(CODE_EVALUATION, call, source, Confidence.MEDIUM)


def _read(project: Project, call: Site, read: Iterable[Word]) -> Iterator[Finding]:
    """Yield the findings of words that another interpreter runs: after ``python -c``."""
    for text, reader in read:
        source = flows(project).first(text, "code") if reader is Reader.CODE else None

        if source is not None:
            yield ended(CODE_EVALUATION, call, source)


def _has_frames(call: Site) -> bool:
    tree = call.module.tree
    imported = {a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names}
    return "pandas" in imported


@check(CHOSEN_CODE, asks=Project)
def chosen_code(project: Project) -> Iterator[Finding]:
    """Does the app alone choose which of its parts is used?"""
    yield from ends(project, CHOSEN_CODE, "import", named=packaged)
    yield from ends(
        project,
        CHOSEN_CODE,
        "attribute",
        most=Confidence.MEDIUM,
        named=affixed,
        harmless=compared_only,
    )
    tables = project.models.named("name-table")

    for item in project.nodes(ast.Subscript):
        node = t.cast(ast.Subscript, item.node)
        holder = node.value

        if isinstance(holder, ast.Call) and item.at(holder).name in tables:
            source = flows(project).first(item.at(node.slice), "attribute")

            if source is not None:
                at = item.at(holder)
                yield ended(CHOSEN_CODE, at, source)


@check(FORMAT_STRING, asks=Project)
def format_string(project: Project) -> Iterator[Finding]:
    """Are the patterns that values are filled into the app's own?"""
    yield from ends(project, FORMAT_STRING, "format")

    for call in project.called(*sorted(project.models.named("format-method"))):
        func = t.cast(ast.Call, call.node).func

        if not isinstance(func, ast.Attribute) or isinstance(func.value, ast.Constant):
            continue

        pattern = call.at(func.value)

        # Its parts are asked about only where it is no constant itself.
        if not pattern.literal and call.names.definition(call.name) is None:
            source = flows(project).first(pattern, "format")

            if source is not None:
                yield ended(FORMAT_STRING, call, source)


def _compiled(text: Site) -> bool:
    """Say whether the code comes from ``compile``, which is judged by itself."""
    node = text.node

    if isinstance(node, ast.Name) and text.bound is not None:
        node = text.bound[1].node or node

    return isinstance(node, ast.Call) and text.at(node).name == "builtins.compile"
