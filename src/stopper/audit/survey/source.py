"""Python source, parsed: what the running Python refuses is read all the same."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings

from ...catalogue.error import ReadError
from . import depth
from .downlevel import DownlevelError
from .downlevel import mend
from .downlevel import Rewriter
from .note import Note

# Each is a SyntaxError in every Python 3, and was daily bread in Python 2.
_PYTHON_2 = re.compile(
    r"""^[ \t]*(?:
        print[ ]+(?![=.,)\]]|in\b|is\b|and\b|or\b|not\b|if\b|else\b|[-+*/%<>@|&^]=?[ ])
        | print[ ]*>>
        | exec[ ]+["'\w]
        | raise[ ]+[\w.]+[ ]*,
        | except[ ]+[\w.]+[ ]*,[ ]*[a-z_]\w*[ ]*:
        | except[ ]*\([\w., ]+\)[ ]*,[ ]*\w+[ ]*:
        | def[ ]+\w+\(.*\([\w, ]+\).*\):
    )
    | <> | \b0[0-7]+[lL]?\b | \b[1-9]\d*[lL]\b | \b[uU][rR]["'] | `[^`\n]+`
    """,
    re.MULTILINE | re.VERBOSE,
)


# Python 3.14 takes this again, with another meaning: two kinds of exception.
_OLD_EXCEPT = re.compile(r"^[ \t]*except[ ]+[\w.]+[ ]*,[ ]*[a-z]\w*[ ]*:", re.MULTILINE)


# Python's own parser takes memory that grows with the square of a module's name.
_IMPORT = re.compile(r"\b(?:import|from)\b[\w., \t\\\n()]*+")
_MODULE = re.compile(r"\w+(?:(?:[ \t]|\\\n)*+\.(?:[ \t]|\\\n)*+\w+)++")


class SourceError(ReadError):
    """A file that no Python can read. Its note says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.message)
        self.note = note
        self.name = note.name
        self.line = note.line


@dataclasses.dataclass(frozen=True, slots=True)
class Parsed:
    """The syntax of one file.

    :param tree: At most :data:`~stopper.audit.survey.depth.LIMIT` levels deep: too
        deep for a walk by recursion, which must be by a loop.
    :param notes: What was lost on the way.
    """

    tree: ast.Module
    notes: tuple[Note, ...] = ()


def parse(text: str, name: str) -> Parsed:
    """Return the syntax of a Python file, of this Python's version or a later one.

    :param name: As it is shown. It stands in the notes.
    :raises SourceError: If it cannot be read. Nothing else is raised, whatever the
        text is.
    """
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise SourceError(Note("null-bytes", name, line, "It holds NUL bytes."))

    if line := _endless_import(text):
        message = f"It imports a name of more than {depth.LIMIT:,} parts."
        raise SourceError(Note("too-deep", name, line, message))

    tree, notes = _tree(text, name)
    if line := depth.too_deep(tree, text):
        message = f"It is nested more than {depth.LIMIT:,} levels deep."
        raise SourceError(Note("too-deep", name, line, message))
    return Parsed(tree, notes)


def _endless_import(text: str) -> int:
    """Return the line of an import whose name nobody could mean, or 0."""
    for found in _IMPORT.finditer(text):
        if found[0].count(".") > depth.LIMIT:
            for module in _MODULE.finditer(found[0]):
                if module[0].count(".") > depth.LIMIT:
                    at = found.start() + module.start()
                    return text.count("\n", 0, at) + 1

    return 0


def _tree(text: str, name: str) -> tuple[ast.Module, tuple[Note, ...]]:
    try:
        return _native(text), ()
    except SyntaxError as error:
        refused = _refused(error, text, name)
    except (RecursionError, MemoryError):
        message = "It is nested too deep to be parsed."
        raise SourceError(Note("too-deep", name, 0, message)) from None
    except ValueError:
        raise SourceError(Note("syntax-error", name, 0, "It is no Python.")) from None

    try:
        tree, lost = _newer(text)
    except (DownlevelError, SyntaxError, ValueError, RecursionError, MemoryError):
        raise SourceError(refused) from None
    if refused.name == "python-2" and _OLD_EXCEPT.search(text):
        return tree, (refused,)
    if not lost:
        return tree, ()
    message = "It is written for a later Python, and not all of it is understood."
    return tree, (Note("newer-syntax", name, lost, message),)


def _newer(text: str) -> tuple[ast.Module, int]:
    """Parse what a later Python takes. Return where something was lost, or 0."""
    rewriter = Rewriter(text)
    tree = _native(rewriter.module())
    mend(tree, rewriter.marks)
    return tree, rewriter.lost


def _native(text: str) -> ast.Module:
    # An invalid escape in somebody's code is not our warning to show.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, "<audited>")


def _refused(error: SyntaxError, text: str, name: str) -> Note:
    """Return the note about a syntax error. The message never quotes the file."""
    lines = text.split("\n")
    line = min(error.lineno or 0, len(lines))
    if line and _PYTHON_2.search(lines[line - 1]):
        return Note("python-2", name, line, "It is written for Python 2.")
    return Note("syntax-error", name, line, "It is no Python that can be parsed here.")
