"""The files of an audited project: found, read once, and never followed outside."""

from __future__ import annotations

import collections
import dataclasses
import functools
import os
import pathlib
import stat
import types
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from ...catalogue.error import ReadError
from .kinds import Kind
from .note import Note
from .reading import decode
from .reading import decode_python
from .reading import FileError
from .reading import read_bytes
from .reading import shown
from .walk import Candidate
from .walk import walk

__all__ = ["Collected", "Kind", "Note", "SourceFile", "collect", "read"]

LIMIT = 5 * 1024 * 1024  # bytes; a template or configuration of this size is data
PYTHON_LIMIT = 10 * 1024 * 1024  # bytes; 27,000-line modules exist, of about 1 MiB
TOTAL_LIMIT = 1024 * 1024 * 1024  # bytes, of one project

#: Of one project's Python: what is made of it takes sixty times as much memory.
PYTHON_TOTAL_LIMIT = 32 * 1024 * 1024  # characters, about 850,000 lines

#: Folders that are read last: what others wrote, and tests.
LATER = frozenset(
    [
        *("_vendor", "contrib", "extern", "external", "lib", "libs", "test", "tests"),
        *("third_party", "thirdparty", "vendor", "vendored"),
    ]
)

Progress = Callable[[int, int, str], None]


# Without slots: a cached property needs the instance's dictionary.
@dataclasses.dataclass(frozen=True)
class SourceFile:
    """One file, read.

    :param path: Where it lies.
    :param name: As it is shown: relative to the audited folder, with slashes.
    :param text: Each line end is one newline; a byte order mark is gone.
    """

    path: pathlib.Path
    name: str
    kind: Kind
    text: str = dataclasses.field(repr=False)

    @functools.cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text, without their ends, as Python and Jinja count them."""
        return tuple(self.text.split("\n"))

    def line(self, number: int) -> str:
        """Return one line, counted from 1, empty if there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Collected:
    """What was found under the audited paths.

    :param root: The folder that the names of the files are relative to.
    :param files: Sorted by name.
    :param skipped: How many files or folders were left out, by reason.
    """

    root: pathlib.Path
    files: tuple[SourceFile, ...]
    notes: tuple[Note, ...]
    skipped: Mapping[str, int]


def collect(
    paths: Sequence[pathlib.Path],
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
) -> Collected:
    """Read every file of a project that the audit has a use for.

    :param paths: Files and folders, of one project. A file that is named here is
        read whatever it is.
    :param exclude: Shell patterns. One without a slash matches any part of a name,
        one with a slash the name from the start or a folder of it.
    :param progress: Called with files read, files in all, and the next one's name.
    :raises ReadError: If one of the paths is not there.
    """
    given = [_existing(path) for path in paths]
    root = _root(given)
    found = walk(root, given, exclude)
    notes = list(found.notes)
    skipped = collections.Counter(found.skipped)
    files = []
    room, python_room = TOTAL_LIMIT, PYTHON_TOTAL_LIMIT
    beyond: list[str] = []

    for done, candidate in enumerate(sorted(found.candidates, key=_later)):
        if progress is not None:
            progress(done, len(found.candidates), shown(candidate.name))
        python = candidate.kind is Kind.PYTHON
        if python and python_room <= 0:
            beyond.append(shown(candidate.name))
            continue
        file, note = _read(root, candidate, room)
        notes += [note] if note else []
        if file is None:
            skipped[note.name if note else "binary"] += 1
            continue
        files.append(file)
        room -= len(file.text)
        python_room -= len(file.text) if python else 0

    if beyond:
        notes.append(_beyond(beyond))
        skipped["too-large"] += len(beyond)

    files.sort(key=lambda file: file.name)
    notes.sort(key=lambda note: (note.path, note.line, note.name))
    counts = types.MappingProxyType(dict(sorted(skipped.items())))
    return Collected(pathlib.Path(root), tuple(files), tuple(notes), counts)


def _later(candidate: Candidate) -> bool:
    *folders, _ = candidate.name.lower().replace(os.sep, "/").split("/")
    return not LATER.isdisjoint(folders)


def _beyond(names: Sequence[str]) -> Note:
    """Return the note about Python that there was no room for."""
    here = (
        "it was" if len(names) == 1 else f"{len(names):,} files, this one first, were"
    )
    message = (
        f"The project has more than {PYTHON_TOTAL_LIMIT // 1024 // 1024} MiB of Python: "
        f"{here} not read. Name the folders to audit, or --exclude what others wrote."
    )
    return Note("too-large", names[0], 0, message)


def read(path: pathlib.Path, name: str, kind: Kind) -> tuple[SourceFile, Note | None]:
    """Read one file.

    :raises FileError: If it cannot be opened, is too large or is no text.
    """
    limit = PYTHON_LIMIT if kind is Kind.PYTHON else LIMIT
    data = read_bytes(os.fspath(path), limit)
    text, error = decode_python(data) if kind is Kind.PYTHON else decode(data)
    # For Python the parser says so, with everything else that it refuses.
    if "\0" in text and kind is not Kind.PYTHON:
        raise FileError("null-bytes", "It holds NUL bytes, so it is no text.")
    note = Note(error.name, name, 0, str(error)) if error else None
    return SourceFile(path, name, kind, text), note


def _existing(path: pathlib.Path) -> str:
    try:
        real = os.path.realpath(path)
        mode = os.stat(real).st_mode
    except (OSError, ValueError):
        raise ReadError(f"{shown(os.fspath(path))} is not there.") from None
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise ReadError(f"{shown(os.fspath(path))} is no file and no folder.")
    return real


def _root(given: Sequence[str]) -> str:
    if not given:
        raise ReadError("No path was given.")
    folders = [p if os.path.isdir(p) else os.path.dirname(p) for p in given]
    try:
        return os.path.commonpath(folders)
    except ValueError:
        raise ReadError("The paths lie on different drives.") from None


def _read(
    root: str, candidate: Candidate, room: int
) -> tuple[SourceFile | None, Note | None]:
    name = shown(candidate.name)
    path = pathlib.Path(root, candidate.name)
    if room <= 0:
        message = f"The project has more than {TOTAL_LIMIT:,} bytes."
        return None, Note("too-large", name, 0, message)

    try:
        file, note = read(pathlib.Path(candidate.real), name, candidate.kind)
    except FileError as error:
        # A picture in a template folder is no news; NUL bytes elsewhere are.
        if error.name == "null-bytes" and candidate.kind in (Kind.TEMPLATE, Kind.KEY):
            return None, None
        return None, Note(error.name, name, 0, str(error))
    return dataclasses.replace(file, path=path), note
