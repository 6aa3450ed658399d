"""Is what a shell reads, or a program is, the app's own?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.commands.control import CHOSEN_PROGRAM
from ....controls.commands.control import SHELL_COMMAND
from ...check import check
from ...finding import Finding
from ...survey.argv import program
from ...survey.argv import Reader
from ...survey.argv import started
from ...survey.argv import Word
from ...survey.argv import words
from ...survey.flow.flows import flows
from ...survey.pieces import text_pieces
from ...survey.project import Project
from ...survey.site import Site
from ...survey.values import Built
from ..ends import ended
from ..ends import led
from ..ends import unseen


@check(SHELL_COMMAND, asks=Project)
def shell_command(project: Project) -> Iterator[Finding]:
    """Is what a shell reads written by the app alone?"""
    for found in project.sinks("shell"):
        yield from _shell(project, found.call, found.argument)

    for found in project.sinks("process"):
        if _by_shell(found.call):
            yield from _shell(project, found.call, found.argument)
            continue

        yield from _read(project, found.call, words(found.argument))

    for found in project.sinks("program"):
        yield from _read(project, found.call, started(found.call))

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


def _by_shell(call: Site) -> bool:
    """Say whether a process is started with ``shell=True``, or may be."""
    shell = call.keywords.get("shell")
    return shell is not None and not (shell.constant and not shell.constant.value)


def _read(project: Project, call: Site, read: Iterable[Word]) -> Iterator[Finding]:
    """Yield the findings of words that a shell reads: after ``sh -c``."""
    for text, reader in read:
        if reader is Reader.SHELL:
            yield from _shell(project, call, text)
        elif reader is Reader.FAR:
            clears = project.models.named("shell-cleaner")
            found = flows(project).first(text, "shell", clears)

            if found is not None:
                yield led(SHELL_COMMAND, call, f"`{found.name}`", flow=found)


def _shell(project: Project, call: Site, text: Site) -> Iterator[Finding]:
    clears = project.models.named("shell-cleaner")

    if isinstance(text.node, ast.Constant):
        return

    found = flows(project).first(text, "shell", clears)

    if found is not None:
        yield led(SHELL_COMMAND, call, f"`{found.name}`", flow=found)
        return

    if text.literal or _quoted(project, text, clears):
        return

    # Text with holes is meant to be filled by somebody; of a name nothing is seen.
    given = flows(project).given(text, "shell", clears)
    built = isinstance(text.value, Built) and given is not None

    if built:
        said = "what the function is given"
        yield led(SHELL_COMMAND, call, said, Confidence.MEDIUM)
    else:
        yield unseen(SHELL_COMMAND, call, flows(project).typed(text, "shell", clears))


def _quoted(project: Project, text: Site, clears: frozenset[str]) -> bool:
    """Say whether every part that is not constant was quoted for the shell, or judged."""
    value = text.value

    if isinstance(text.node, ast.Call) and text.name in clears:
        return True

    if not isinstance(value, Built) or value.module is not text.module:
        return False

    parts = [text.at(p) for p in value.parts if isinstance(p, ast.expr)]
    asked = flows(project)
    return not any(
        asked.open(part, "shell", clears) or asked.into(part, "shell", clears)
        for part in parts
    )


@check(CHOSEN_PROGRAM, asks=Project)
def chosen_program(project: Project) -> Iterator[Finding]:
    """Does the app alone choose which program it starts?"""
    for found in project.sinks("program"):
        yield from _program(project, found.call, found.argument)

    for found in project.sinks("process"):
        if not _by_shell(found.call):
            yield from _program(project, found.call, program(found.argument))


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
        yield led(CHOSEN_PROGRAM, call, found.name, flow=found)


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
