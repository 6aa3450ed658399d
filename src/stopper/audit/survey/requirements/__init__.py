"""What a project depends on, whichever of its files says so."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from collections.abc import Iterator

from ..config.entry import ConfigError
from ..files import Kind
from ..files import SourceFile
from ..note import Note
from . import locks
from . import pip
from . import pyproject
from . import setup
from .requirement import Requirement

__all__ = ["Requirement", "requirements"]

_READERS = {
    "pipfile": pyproject.pipfile,
    "pyproject.toml": pyproject.requirements,
    "setup.cfg": setup.cfg,
    "setup.py": setup.script,
    "poetry.lock": locks.poetry,
    "uv.lock": locks.uv,
    "pipfile.lock": locks.pipfile,
}


def requirements(
    root: pathlib.Path, files: Iterable[SourceFile]
) -> tuple[tuple[Requirement, ...], tuple[Note, ...]]:
    """Return what the files of a project require, in the order of the files.

    :param root: What a file includes is read only if it lies in here.
    """
    found: list[Requirement] = []
    notes: list[Note] = []
    reader = pip.Reader(root, notes)

    for file in files:
        name = file.name.rpartition("/")[2].lower()
        read = _READERS.get(name)
        if name.startswith("pylock.") and name.endswith(".toml"):
            read = locks.pylock
        try:
            if read is not None:
                found += read(file)
            elif file.kind is Kind.REQUIREMENTS:
                found += reader.read(file)
        except ConfigError as error:
            notes.append(Note("bad-requirements", file.name, error.line, str(error)))
        except (RecursionError, MemoryError, ValueError, OverflowError):
            message = "It cannot be read: its values are too large or too deep."
            notes.append(Note("bad-requirements", file.name, 0, message))

    return tuple(_once(found)), tuple(notes)


def _once(found: Iterable[Requirement]) -> Iterator[Requirement]:
    # A file that is included is read by its own name too.
    seen: set[Requirement] = set()
    for requirement in found:
        if requirement not in seen:
            seen.add(requirement)
            yield requirement
