"""Does a value never become a command or code?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...controls.commands.control import CHOSEN_PROGRAM
from ...controls.commands.control import CODE_EVALUATION
from ...controls.commands.control import SHELL_COMMAND
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Step
from ..survey.local import from_caller
from ..survey.local import Origin
from ..survey.local import origin
from ..survey.project import Project
from ..survey.site import Site
from ..survey.values import Built

_SHELLS = frozenset(
    {"sh", "bash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell"}
)


@check(SHELL_COMMAND, asks=Project)
def shell_command(project: Project) -> Iterator[Finding]:
    """Is what a shell reads written by the app alone?"""
    for found in project.sinks("shell"):
        yield from _shell(project, found.call, found.argument)

    for found in project.sinks("process"):
        text = _shell_text(found.call, found.argument)

        if text is not None:
            yield from _shell(project, found.call, text)


def _shell_text(call: Site, argument: Site) -> Site | None:
    """Return what a shell will read: with ``shell=True``, or after ``sh -c``."""
    shell = call.keywords.get("shell")

    if shell is not None and not (shell.constant and not shell.constant.value):
        return argument

    listed = argument.node
    bound = argument.bound

    if bound is not None and bound[0] is argument.module and bound[1].node:
        listed = bound[1].node

    if not isinstance(listed, ast.List | ast.Tuple) or len(listed.elts) < 3:
        return None

    program, flag = (argument.at(e).constant for e in listed.elts[:2])
    name = str(program.value).rpartition("/")[2] if program else ""
    option = str(flag.value) if flag else ""

    # ``-lc`` and ``/c`` too.
    if name in _SHELLS and option.lower() in {"-c", "-lc", "-ec", "/c", "-command"}:
        return argument.at(listed.elts[2])

    return None


def _shell(project: Project, call: Site, text: Site) -> Iterator[Finding]:
    clears = project.models.named("shell-cleaner")
    found = origin(project, text, clears)

    if found is not None:
        yield _finding(SHELL_COMMAND, call, f"`{found.name}`", found=found)
        return

    if text.literal or _quoted(text, clears):
        return

    # Text with holes is meant to be filled by somebody; of a name nothing is seen.
    built = isinstance(text.value, Built) and from_caller(project, text, clears)
    confidence = Confidence.MEDIUM if built else Confidence.LOW
    source = "what the function is given" if built else "more than constants"
    yield _finding(SHELL_COMMAND, call, source, confidence)


def _quoted(text: Site, clears: frozenset[str]) -> bool:
    """Say whether every part that is not constant was quoted for the shell."""
    value = text.value

    if isinstance(text.node, ast.Call) and text.name in clears:
        return True

    if not isinstance(value, Built):
        return False

    parts = [p for p in value.parts if isinstance(p, ast.expr)]
    return all(_harmless(text.at(p), clears) for p in parts)


def _harmless(part: Site, clears: frozenset[str]) -> bool:
    if isinstance(part.node, ast.Name) and part.bound is not None:
        home, binding = part.bound

        if home is part.module and isinstance(binding.node, ast.Call):
            part = part.at(binding.node)

    numbers = {"builtins.int", "builtins.float", "builtins.len", "os.getpid"}
    return isinstance(part.node, ast.Call) and (part.name or "") in clears | numbers


@check(CHOSEN_PROGRAM, asks=Project)
def chosen_program(project: Project) -> Iterator[Finding]:
    """Does the app alone choose which program it starts?"""
    for found in project.sinks("program"):
        yield from _program(project, found.call, found.argument)

    for found in project.sinks("process"):
        if _shell_text(found.call, found.argument) is None:
            node = found.argument.node
            first = node.elts[:1] if isinstance(node, ast.List | ast.Tuple) else [node]

            for element in first:
                if isinstance(element, ast.expr):
                    yield from _program(project, found.call, found.argument.at(element))


def _program(project: Project, call: Site, named: Site) -> Iterator[Finding]:
    # Of a list in a variable only the first element is the program.
    bound = named.bound

    if bound is not None and isinstance(bound[1].node, ast.List | ast.Tuple):
        if bound[0] is not named.module or not bound[1].node.elts:
            return

        named = named.at(bound[1].node.elts[0])

    found = origin(project, named)

    if found is not None:
        yield finding(
            CHOSEN_PROGRAM,
            call.place,
            call.written,
            steps=_steps(found),
            origin=found.name,
        )


@check(CODE_EVALUATION, asks=Project)
def code_evaluation(project: Project) -> Iterator[Finding]:
    """Is only the app's own text run as code?"""
    for found in project.sinks("code"):
        call, text = found.call, found.argument
        source = origin(project, text)

        if source is not None:
            yield _finding(CODE_EVALUATION, call, f"`{source.name}`", found=source)
        elif not text.literal and not _compiled(text):
            given = from_caller(project, text)
            most = Confidence.MEDIUM if given else Confidence.LOW
            words = "what the function is given" if given else "more than constants"
            confidence = min(most, found.sink.confidence)
            yield _finding(CODE_EVALUATION, call, words, confidence)

    for found in project.sinks("import"):
        source = origin(project, found.argument)

        if source is not None:
            call, name = found.call, f"`{source.name}`"
            yield _finding(CODE_EVALUATION, call, name, found=source)


def _compiled(text: Site) -> bool:
    """Say whether the code comes from ``compile``, which is judged by itself."""
    node = text.node

    if isinstance(node, ast.Name) and text.bound is not None:
        node = text.bound[1].node or node

    return isinstance(node, ast.Call) and text.at(node).name == "builtins.compile"


def _finding(
    rule: Rule,
    call: Site,
    source: str,
    confidence: Confidence | None = None,
    found: Origin | None = None,
) -> Finding:
    return finding(
        rule,
        call.place,
        call.written,
        confidence=confidence,
        steps=_steps(found) if found else (),
        origin=source,
    )


def _steps(found: Origin) -> tuple[Step, ...]:
    return (Step(found.site.place, "The request's value comes in here."),)
