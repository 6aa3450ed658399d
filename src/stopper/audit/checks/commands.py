"""Does a value never become a command or code?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...controls.commands.control import CHOSEN_CODE
from ...controls.commands.control import CHOSEN_PROGRAM
from ...controls.commands.control import CODE_EVALUATION
from ...controls.commands.control import FORMAT_STRING
from ...controls.commands.control import SHELL_COMMAND
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.flow.flow import Flow
from ..survey.flow.flows import flows
from ..survey.pieces import text_pieces
from ..survey.project import Project
from ..survey.site import Site
from ..survey.uses import compared_only
from ..survey.values import Built
from .ends import ended
from .ends import ends
from .ends import unseen

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

    for call in _runners(project):
        yield from _runner(project, call)


def _runners(project: Project) -> Iterator[Site]:
    """Yield the calls of what is named like a function of others that runs commands."""
    for call in project.called(*sorted(project.models.named("command-runner"))):
        if call.unknown:
            yield call


def _runner(project: Project, call: Site) -> Iterator[Finding]:
    text = call.argument(0, "cmd") or call.argument(-1, "command")

    if text is None or text.literal or not _command(text):
        return

    clears = project.models.named("shell-cleaner")
    found = flows(project).first(text, "shell", clears)

    # That it hands the text to a shell, nobody has seen.
    if found is not None:
        yield ended(SHELL_COMMAND, call, found, Confidence.MEDIUM)


#: A program and what follows it, as one types it.
_PROGRAMS = re.compile(
    r"\s*(?:sudo\s+)?(?:/\S*/|\./)?(?:aws|awk|apt|apt-get|bash|cat|cd|chmod|chown|convert|cp|curl|dig|docker"
    r"|echo|ffmpeg|find|gcc|git|grep|gunzip|gzip|head|ip|iptables|java|kill|kubectl|ls|make|mkdir|mount"
    r"|mv|netstat|nmap|node|nohup|npm|nslookup|openssl|ping|pip|pkill|ps|python3?|rm|rsync|scp|sed|sh"
    r"|service|ssh|systemctl|tail|tar|touch|traceroute|unzip|wget|whois|zcat|zip)\s"
)
_SAID = re.compile(r"(?:^|_)(?:cmd|cmdline|command)s?$", re.I)


def _command(text: Site) -> bool:
    """Say whether a text begins as a command does, or is called one."""
    node = text.node

    if isinstance(node, ast.Name | ast.Attribute):
        if _SAID.search(getattr(node, "id", getattr(node, "attr", ""))):
            return True

        bound = text.bound
        node = bound[1].node or node if bound is not None else node

    pieces = text_pieces(node)
    first = pieces[0] if pieces else None
    return isinstance(first, str) and bool(_PROGRAMS.match(first))


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

    if isinstance(text.node, ast.Constant):
        return

    found = flows(project).first(text, "shell", clears)

    if found is not None:
        yield _finding(SHELL_COMMAND, call, f"`{found.name}`", found=found)
        return

    if text.literal or _quoted(text, clears):
        return

    # Text with holes is meant to be filled by somebody; of a name nothing is seen.
    given = flows(project).given(text, "shell", clears)
    built = isinstance(text.value, Built) and given is not None

    if built:
        words = "what the function is given"
        yield _finding(SHELL_COMMAND, call, words, Confidence.MEDIUM)
    else:
        yield unseen(SHELL_COMMAND, call, flows(project).typed(text, "shell", clears))


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

    if _begins_fixed(named):
        return

    found = flows(project).first(named, "program")

    if found is not None:
        yield _finding(CHOSEN_PROGRAM, call, found.name, found=found)


def _begins_fixed(named: Site) -> bool:
    """Say whether a command is taken apart that begins with the app's own program."""
    node = named.node

    if isinstance(node, ast.Name) and named.bound is not None:
        home, binding = named.bound
        node = binding.node if home is named.module and binding.node else node

    if not isinstance(node, ast.Call) or not node.args:
        return False

    if named.at(node).name != "shlex.split":
        return False

    value = named.at(node.args[0]).value
    first = value.parts[0] if isinstance(value, Built) else ""
    return isinstance(first, str) and " " in first.lstrip()


@check(CODE_EVALUATION, asks=Project)
def code_evaluation(project: Project) -> Iterator[Finding]:
    """Is only the app's own text run as code?"""
    for found in project.sinks("code"):
        call, text = found.call, found.argument
        source = flows(project).first(text, "code")

        if source is not None:
            yield _finding(CODE_EVALUATION, call, f"`{source.name}`", found=source)
        elif not text.literal and not _compiled(text):
            if flows(project).given(text, "code"):
                confidence = min(Confidence.MEDIUM, found.sink.confidence)
                words = "what the function is given"
                yield _finding(CODE_EVALUATION, call, words, confidence)
            else:
                yield unseen(CODE_EVALUATION, call, flows(project).typed(text, "code"))

    yield from ends(project, CODE_EVALUATION, "frame-code")

    # Of an object of unknown type, a value of the request in a module that works with
    # frames says enough.
    for call in project.calls(*sorted(project.models.named("frame-method"))):
        formula = call.argument(0, "expr")

        if formula is not None and _has_frames(call):
            source = flows(project).first(formula, "frame-code")

            if source is not None:
                yield ended(CODE_EVALUATION, call, source, Confidence.MEDIUM)


def _has_frames(call: Site) -> bool:
    tree = call.module.tree
    imported = {a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names}
    return "pandas" in imported


@check(CHOSEN_CODE, asks=Project)
def chosen_code(project: Project) -> Iterator[Finding]:
    """Does the app alone choose which of its parts is used?"""
    yield from ends(project, CHOSEN_CODE, "import")
    yield from ends(
        project,
        CHOSEN_CODE,
        "attribute",
        most=Confidence.MEDIUM,
        named=True,
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


def _finding(
    rule: Rule,
    call: Site,
    source: str,
    confidence: Confidence | None = None,
    found: Flow | None = None,
) -> Finding:
    return finding(
        rule,
        call.place,
        call.written,
        confidence=found.confidence if found else confidence,
        steps=found.steps if found else (),
        others=found.ways if found else (),
        origin=source,
    )
