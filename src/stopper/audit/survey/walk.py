"""The walk over the audited folders: what is a file of the project, and what is not."""

from __future__ import annotations

import collections
import dataclasses
import fnmatch
import os
import stat
from collections.abc import Iterator
from collections.abc import Sequence

from .kinds import Kind
from .kinds import kind_of
from .note import Note
from .reading import FileError
from .reading import read_bytes
from .reading import shown

FILES_LIMIT = 200_000
ENTRIES_LIMIT = 2_000_000  # of any kind, so that a disk full of pictures ends too

# Folders that hold what somebody else wrote, or what a tool made.
_FOLDERS = {
    "version-control": (".git", ".hg", ".svn", ".bzr", ".jj"),
    "dependencies": ("node_modules", "bower_components", "site-packages"),
    "tool-output": (
        "__pycache__",
        "__pypackages__",
        ".cache",
        ".eggs",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
    ),
}
_REASONS = {name: reason for reason, names in _FOLDERS.items() for name in names}

_BUILD = frozenset({"build", "dist", "_build"})
_BUILDERS = ("pyproject.toml", "setup.py", "setup.cfg", "package.json", "conf.py")
_ENVIRONMENTS = frozenset({".venv", "venv", "env", ".env", "virtualenv"})


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be read.

    :param name: Relative to the root, as the file system has it.
    :param real: Where it lies, with its links followed.
    """

    name: str
    real: str
    kind: Kind


@dataclasses.dataclass(slots=True)
class Walk:
    """What the walk has found so far."""

    root: str
    exclude: tuple[str, ...]
    candidates: list[Candidate] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    skipped: collections.Counter[str] = dataclasses.field(
        default_factory=collections.Counter
    )
    seen: set[str] = dataclasses.field(default_factory=set)
    links: list[str] = dataclasses.field(default_factory=list)
    entries: int = 0
    full: bool = False

    def name(self, path: str) -> str:
        """Return ``path`` relative to the root."""
        return os.path.relpath(path, self.root)

    def note(self, name: str, path: str, message: str) -> None:
        """Add a note about ``path``."""
        self.notes.append(Note(name, shown(self.name(path)), 0, message))

    def excluded(self, path: str) -> bool:
        """Whether a pattern of the user's leaves ``path`` out."""
        return bool(self.exclude) and _matches(self.name(path), self.exclude)

    def add(self, path: str, real: str, kind: Kind) -> None:
        """Add a file, once, as long as there is room."""
        if real in self.seen:
            self.skipped["seen-already"] += 1
        elif len(self.candidates) < FILES_LIMIT:
            self.seen.add(real)
            self.candidates.append(Candidate(self.name(path), real, kind))
        else:
            self.stop(path, f"The project has more than {FILES_LIMIT:,} files.")

    def stop(self, path: str, message: str) -> None:
        """End the walk, and say so once."""
        if not self.full:
            self.note("too-many-files", path, f"{message} The rest is not read.")
        self.full = True


def walk(root: str, given: Sequence[str], exclude: Sequence[str]) -> Walk:
    """Find the files under the given paths, without opening more than a first line.

    :param root: A real path, which all of ``given`` lie under.
    """
    found = Walk(root, tuple(p.removeprefix("./").rstrip("/") for p in exclude))

    for path in given:
        if os.path.isdir(path):
            _walk_folder(found, path)
        else:
            parts = (os.path.basename(root), *found.name(path).split(os.sep))
            found.add(path, path, kind_of(parts) or _script(path) or Kind.OTHER)

    # Last, so that a file is known by its own name where it has one in the project.
    for path in found.links:
        _follow(found, path)
    return found


def _walk_folder(found: Walk, top: str) -> None:
    folders = [top]
    while folders and not found.full:
        folder = folders.pop()
        entries = _entries(found, folder)
        names = {entry.name for entry in entries}
        # Sorted, so that two runs stop at the same file if they must.
        for entry in sorted(entries, key=lambda entry: entry.name):
            if _step(found, entry, names):
                folders.append(entry.path)


def _entries(found: Walk, folder: str) -> list[os.DirEntry[str]]:
    entries: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as scan:
            for entry in scan:
                found.entries += 1
                if found.entries > ENTRIES_LIMIT:
                    found.stop(folder, f"There are over {ENTRIES_LIMIT:,} entries.")
                    break
                entries.append(entry)
    except (OSError, ValueError) as error:
        reason = os.strerror(getattr(error, "errno", 0) or 22)
        found.note("unreadable", folder, f"The folder cannot be read: {reason}.")
        found.skipped["unreadable"] += 1
    return entries


def _step(found: Walk, entry: os.DirEntry[str], siblings: set[str]) -> bool:
    """Take one entry in. Return whether it is a folder to walk into."""
    if found.excluded(entry.path):
        found.skipped["excluded"] += 1
        return False
    try:
        link, folder = entry.is_symlink(), entry.is_dir(follow_symlinks=False)
        regular = entry.is_file(follow_symlinks=False)
    except OSError:
        found.skipped["unreadable"] += 1
        return False

    if link:
        found.links.append(entry.path)
    elif folder:
        return _ours(found, entry, siblings)
    elif regular:
        _add_file(found, entry.path, entry.path)
    else:
        found.skipped["special-file"] += 1
    return False


def _add_file(found: Walk, path: str, real: str) -> None:
    # The name of the audited folder counts: `stopper audit app/templates` is usual.
    parts = (os.path.basename(found.root), *found.name(path).split(os.sep))
    kind = kind_of(parts) or _script(real)
    if kind is None:
        found.skipped["other-kind"] += 1
    else:
        found.add(path, real, kind)


def _script(path: str) -> Kind | None:
    """Return ``PYTHON`` for an executable without a suffix that names Python."""
    if "." in os.path.basename(path):
        return None
    try:
        status = os.lstat(path)
        if not status.st_mode & stat.S_IXUSR or status.st_size > 1024 * 1024:
            return None
        start = read_bytes(path, 1024 * 1024)[:128]
    except (OSError, FileError):
        return None
    first = start.partition(b"\n")[0]
    return Kind.PYTHON if first.startswith(b"#!") and b"python" in first else None


def _ours(found: Walk, entry: os.DirEntry[str], siblings: set[str]) -> bool:
    """Whether a folder holds what the project's authors wrote."""
    reason = _REASONS.get(entry.name)
    if reason is None and entry.name.endswith(".egg-info"):
        reason = "tool-output"
    if reason is None and _environment(entry):
        reason = "virtual-environment"
    if reason is None and _built(entry, siblings):
        reason = "build-output"
        message = f"The folder is taken for build output, beside {_builder(siblings)}."
        found.note("build-output", entry.path, message)
    if reason is not None:
        found.skipped[reason] += 1
    return reason is None


def _environment(entry: os.DirEntry[str]) -> bool:
    if os.path.lexists(os.path.join(entry.path, "pyvenv.cfg")):
        return True
    if entry.name not in _ENVIRONMENTS:
        return False
    if os.path.isdir(os.path.join(entry.path, "Lib", "site-packages")):
        return True
    return any(name.startswith("python") for name in _names(entry.path, "lib"))


def _names(*parts: str) -> Iterator[str]:
    try:
        yield from os.listdir(os.path.join(*parts))
    except OSError:
        return


def _built(entry: os.DirEntry[str], siblings: set[str]) -> bool:
    """Whether a folder called ``build`` or the like is what a build left behind."""
    if entry.name not in _BUILD or not _builder(siblings):
        return False
    return not os.path.lexists(os.path.join(entry.path, "__init__.py"))


def _builder(siblings: set[str]) -> str:
    beside = (*_BUILDERS, "Makefile", "make.bat") if "source" in siblings else _BUILDERS
    return next((name for name in beside if name in siblings), "")


def _follow(found: Walk, path: str) -> None:
    """Take in a link: to a file inside the root it is read, all else is told."""
    try:
        real = os.path.realpath(path, strict=True)
        mode = os.stat(real).st_mode
    except FileNotFoundError:
        found.skipped["broken-link"] += 1
        return
    except (OSError, ValueError):
        found.note("symlink-loop", path, "The link leads back to itself.")
        found.skipped["symlink-loop"] += 1
        return

    if not _inside(real, found.root):
        found.note("symlink-outside", path, "The link leads out of the audited folder.")
        found.skipped["symlink-outside"] += 1
    elif stat.S_ISREG(mode):
        _add_file(found, path, real)
    elif stat.S_ISDIR(mode) and _inside(os.path.dirname(path), real):
        found.note("symlink-loop", path, "The link leads to a folder that it lies in.")
        found.skipped["symlink-loop"] += 1
    else:
        # Its target lies in the project and is read there.
        found.skipped["linked-folder"] += 1


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    parts = name.replace(os.sep, "/").split("/")
    prefixes = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    return any(
        fnmatch.fnmatchcase(candidate, pattern.lstrip("/"))
        for pattern in patterns
        for candidate in (prefixes if "/" in pattern else parts)
    )
