"""Which words of a program's arguments are read by a shell or run as code."""

from __future__ import annotations

import ast
import enum
import typing as t
from collections.abc import Iterator

from .site import Site


class Reader(enum.Enum):
    """Who reads a word."""

    SHELL = "shell"
    #: A shell on another machine.
    FAR = "far"
    CODE = "code"


class Word(t.NamedTuple):
    """One word that is more than an argument."""

    text: Site
    reader: Reader


_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "su", "cmd"})
_POWER = frozenset({"powershell", "pwsh"})

#: After which option the next word is what is run; ``-lc`` and ``/c`` too.
_COMMAND = frozenset({"-c", "-lc", "-ec", "-ic", "-xc", "/c", "/k", "--command"})
_POWER_COMMAND = frozenset({"-c", "-command"})

_CODE = {
    "python": ("-c",),
    "python2": ("-c",),
    "python3": ("-c",),
    "pypy3": ("-c",),
    "node": ("-e", "--eval", "-p", "--print"),
    "perl": ("-e", "-E"),
    "ruby": ("-e",),
    "php": ("-r",),
    "lua": ("-e",),
    "osascript": ("-e",),
    "Rscript": ("-e",),
}

#: Options of ``ssh`` that take the next word.
_WITH_WORD = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOopQRSWw")


def words(argument: Site) -> Iterator[Word]:
    """Yield the words that somebody reads, of a list of a program and its arguments."""
    home, found = _elements(argument)
    said = [_said(home.at(element)) for element in found]

    for number, program in enumerate(said):
        rest = range(number + 1, len(found))

        if program == "ssh":
            for place in _after_host(said, rest):
                yield Word(home.at(found[place]), Reader.FAR)

            return

        flags, reader = _flags(program)

        for place in rest:
            option = said[place]

            if option in flags and place + 1 < len(found):
                yield Word(home.at(found[place + 1]), reader)
                return

            if not flags or not option.startswith(("-", "/")):
                break


def program(argument: Site) -> Site:
    """Return what says which program is started: of a list, its first element."""
    node = argument.node

    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node = node.left

    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        node = node.elts[0]

    return argument.at(node)


def started(call: Site) -> Iterator[Word]:
    """Yield the words that somebody reads, of a call that is given each by itself.

    Or all of them in one list, behind the program: ``os.execv("/bin/sh", ["sh", ...])``.
    """
    made = ast.List(elts=[*call.args], ctx=ast.Load())
    yield from words(call.at(made))

    for argument in call.args:
        if isinstance(argument, ast.List | ast.Tuple | ast.Name):
            yield from words(call.at(argument))


def _flags(program: str) -> tuple[t.Collection[str], Reader]:
    if program in _SHELLS:
        return _COMMAND, Reader.SHELL

    if program in _POWER:
        return _POWER_COMMAND, Reader.SHELL

    return _CODE.get(program, ()), Reader.CODE


def _after_host(said: list[str], rest: range) -> Iterator[int]:
    """Yield the places of the words that ``ssh`` hands to the other machine's shell."""
    place, host = rest.start, False

    while place < rest.stop:
        if host:
            yield place
        elif said[place] in _WITH_WORD:
            place += 1
        elif not said[place].startswith("-"):
            host = True

        place += 1


def _said(word: Site) -> str:
    """Return which program or option a word names, empty if it is not known."""
    if word.type == "sys.executable":
        return "python"

    constant = word.constant
    text = str(constant.value) if constant is not None else ""

    # ``/c`` is an option of ``cmd``, and no program.
    if len(text) == 2 and text[0] == "/":
        return text.lower()

    name = text.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    return name.lower() if text[:2].lower() == "-c" else name


def _elements(argument: Site) -> tuple[Site, list[ast.expr]]:
    """Return the elements of a list, as far as it is visibly written out."""
    node, bound = argument.node, argument.bound

    if bound is not None and bound[0] is argument.module and bound[1].node:
        node = bound[1].node

    return argument, list(_listed(node))


def _listed(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.List | ast.Tuple):
        yield from node.elts
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _listed(node.left)
        yield from _listed(node.right)
