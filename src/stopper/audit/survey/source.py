"""Python source, parsed: what the running Python refuses is read all the same."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
import warnings

from ...catalogue.error import ReadError
from . import depth
from .downlevel import mend
from .downlevel import Rewriter
from .note import Note
from .python2 import mend as mend_python2
from .python2 import Python2Error
from .python2 import Rewriter as Python2

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


# The pattern takes time that grows with the square of a line.
_LOOKED_AT = 1_000  # characters


# Python 3.14 takes this again, with another meaning: two kinds of exception.
_OLD_EXCEPT = re.compile(
    r"^[ \t]*except\b[^:\n]+,[ ]*(?:[a-z_]\w*|\([\w., ]+\))[ ]*:", re.MULTILINE
)
_TAKES_OLD_EXCEPT = sys.version_info >= (3, 14)


# Python's own parser takes memory that grows with the square of a module's name.
_IMPORT = re.compile(r"\b(?:import|from)\b[\w., \t\\\n()]*+")
_MODULE = re.compile(r"\w+(?:(?:[ \t]|\\\n)*+\.(?:[ \t]|\\\n)*+\w+)++")


# Whatever a parser says of a text that is none of its own.
_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)


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
    :param siblings: Whether an import may mean a file of the same folder, as it did in
        Python 2.
    """

    tree: ast.Module
    notes: tuple[Note, ...] = ()
    siblings: bool = False


def parse(text: str, name: str) -> Parsed:
    """Return the syntax of a Python file, of this version, a later one or Python 2.

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

    parsed = _parsed(text, name)
    if line := depth.too_deep(parsed.tree, text):
        message = f"It is nested more than {depth.LIMIT:,} levels deep."
        raise SourceError(Note("too-deep", name, line, message))
    return parsed


def _endless_import(text: str) -> int:
    """Return the line of an import whose name nobody could mean, or 0."""
    for found in _IMPORT.finditer(text):
        if found[0].count(".") > depth.LIMIT:
            for module in _MODULE.finditer(found[0]):
                if module[0].count(".") > depth.LIMIT:
                    at = found.start() + module.start()
                    return text.count("\n", 0, at) + 1

    return 0


def _parsed(text: str, name: str) -> Parsed:
    try:
        tree = _native(text)
    except SyntaxError as error:
        return _otherwise(text, _refused(error, text, name))
    except (RecursionError, MemoryError):
        message = "It is nested too deep to be parsed."
        raise SourceError(Note("too-deep", name, 0, message)) from None
    except ValueError:
        raise SourceError(Note("syntax-error", name, 0, "It is no Python.")) from None

    if _TAKES_OLD_EXCEPT and (found := _OLD_EXCEPT.search(text)):
        line = text.count("\n", 0, found.start()) + 1
        old = _scanned(text)
        if old is not None and old.caught and not old.modern:
            return _older(old, name, line) or Parsed(tree)

    return Parsed(tree)


def _otherwise(text: str, refused: Note) -> Parsed:
    """Read what the running Python refuses as of a later Python, or as Python 2.

    :raises SourceError: If it is neither.
    """
    old = _scanned(text)
    later_first = old is None or old.modern
    parsed = _later(text, refused) if later_first else None
    if parsed is None and old is not None:
        parsed = _older(old, refused.path, refused.line)
    if parsed is None and not later_first:
        parsed = _later(text, refused)
    if parsed is None:
        raise SourceError(refused)
    return parsed


def _scanned(text: str) -> Python2 | None:
    """Return what must change for this to be Python 3, if it has words of Python 2."""
    try:
        old = Python2(text)
    except Python2Error:
        return None
    return old if old.edits else None


def _older(old: Python2, name: str, line: int) -> Parsed | None:
    try:
        tree = _native(old.edits.text())
        mend_python2(tree, old.mark, old.edits)
    except _REFUSALS:
        return None
    note = Note("python-2", name, line, "It is written for Python 2, and read as such.")
    return Parsed(tree, (note,), siblings=not old.absolute)


def _later(text: str, refused: Note) -> Parsed | None:
    rewriter = Rewriter(text)
    try:
        tree = _native(rewriter.module())
    except _REFUSALS:
        return None
    mend(tree, rewriter.marks)
    if not rewriter.lost:
        return Parsed(tree)
    message = "It is written for a later Python, and not all of it is understood."
    return Parsed(tree, (Note("newer-syntax", refused.path, rewriter.lost, message),))


def _native(text: str) -> ast.Module:
    # An invalid escape in somebody's code is not our warning to show.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, "<audited>")


def _refused(error: SyntaxError, text: str, name: str) -> Note:
    """Return the note about a syntax error. The message never quotes the file."""
    lines = text.split("\n")
    line = min(error.lineno or 0, len(lines))
    if line and _PYTHON_2.search(lines[line - 1][:_LOOKED_AT]):
        return Note("python-2", name, line, "It is written for Python 2.")
    return Note("syntax-error", name, line, "It is no Python that can be parsed here.")
