"""Requirements files, as pip reads them, save that nothing is fetched."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator

from ..files import Kind
from ..files import read
from ..files import SourceFile
from ..note import Note
from ..reading import FileError
from ..reading import shown
from .requirement import from_url
from .requirement import Requirement
from .requirement import requirement

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s*=?\s*)(\S+)$")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=?\s*)(.+)$")
_OPTIONS = re.compile(r"\s--?[A-Za-z][\w-]*(?:[= ].*)?$", re.DOTALL)
_ADDRESS = re.compile(r"[a-z+]+://|[./~$]|[A-Za-z]:\\|\S+\.(?:whl|zip|tar\.gz)\b", re.I)

DEPTH = 50  # files that include one another


class Reader:
    """Reads requirements files, and each file that they include once."""

    def __init__(self, root: pathlib.Path, notes: list[Note]) -> None:
        self._root = pathlib.Path(os.path.realpath(root))
        self._notes = notes
        self._seen: set[str] = set()

    def read(self, file: SourceFile, depth: int = 0) -> list[Requirement]:
        """Return what a file and those it includes require."""
        real = os.path.realpath(file.path)
        if real in self._seen or depth > DEPTH:
            return []
        self._seen.add(real)

        found: list[Requirement] = []
        for line, text in _logical(file.text):
            if include := _INCLUDE.match(text):
                found += self._included(file, line, include[1], depth)
            elif one := self._one(file, line, text):
                found.append(one)
        return found

    def _included(
        self, file: SourceFile, line: int, target: str, depth: int
    ) -> list[Requirement]:
        path = os.path.realpath(os.path.join(file.path.parent, target.strip("\"'")))
        try:
            name = shown(str(pathlib.Path(path).relative_to(self._root)))
        except ValueError:
            self._note(file, line, "It includes a file outside the audited folder.")
            return []
        try:
            other, note = read(pathlib.Path(path), name, Kind.REQUIREMENTS)
        except FileError:
            self._note(file, line, "It includes a file that cannot be read.")
            return []
        self._notes += [note] if note else []
        return self.read(other, depth + 1)

    def _one(self, file: SourceFile, line: int, text: str) -> Requirement | None:
        hashed = "--hash" in text
        if editable := _EDITABLE.match(text):
            return from_url(editable[1].strip(), file.name, line)
        if text.startswith("-"):
            return None

        bare = _OPTIONS.sub("", text.partition(" --")[0]).strip()
        try:
            return requirement(bare, file.name, line, hashed=hashed)
        except ValueError:
            if _ADDRESS.match(bare):
                return from_url(bare, file.name, line, hashed=hashed)
        self._note(file, line, "It is no requirement that can be read.")
        return None

    def _note(self, file: SourceFile, line: int, message: str) -> None:
        self._notes.append(Note("bad-requirements", file.name, line, message))


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield each requirement with its first line, its continuation lines joined."""
    parts: list[str] = []
    first = 0

    for number, line in enumerate(text.split("\n"), 1):
        first = first if parts else number
        comment = line.lstrip().startswith("#")
        bare = "" if comment else line.rstrip()
        parts.append(bare.removesuffix("\\"))
        if bare.endswith("\\") or (comment and len(parts) > 1):
            continue
        joined = _COMMENT.sub("", " ".join(parts)).strip()
        parts = []
        if joined:
            yield first, joined
    if joined := _COMMENT.sub("", " ".join(parts)).strip():
        yield first, joined
