"""What git keeps, read from its files alone: git is never run, its settings never read."""

from __future__ import annotations

import dataclasses
import hashlib
import heapq
import io
import os
import pathlib
import stat
import struct
import time
from collections.abc import Callable
from collections.abc import Iterator

from dulwich.errors import FileFormatException
from dulwich.errors import NotGitRepository
from dulwich.errors import ObjectFormatException
from dulwich.index import read_cache_entry
from dulwich.index import read_index_header
from dulwich.object_store import DiskObjectStore
from dulwich.objects import Commit
from dulwich.objects import ObjectID
from dulwich.objects import Tag
from dulwich.objects import Tree
from dulwich.objects import valid_hexsha
from dulwich.refs import DiskRefsContainer

from .note import Note
from .reading import FileError
from .reading import read_bytes
from .reading import shown

INDEX_LIMIT = 128 * 1024 * 1024  # bytes; a million files are about 100 MiB
NAMES_LIMIT = 512 * 1024 * 1024  # bytes of names, which version 4 compresses
NAME_LIMIT = 4096  # bytes of one name, PATH_MAX of Linux
ENTRIES_LIMIT = 500_000  # files in a repository's own folder

# Whatever a damaged file makes the library raise.
_DAMAGE = (
    FileFormatException,
    NotGitRepository,
    ObjectFormatException,
    AssertionError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much of a history is read.

    :param size: Bytes of one file; a larger one is passed over.
    :param blobs: Files, of all commits together.
    :param commits: Commits.
    :param seconds: Time, of everything together.
    """

    size: int = 1024 * 1024
    blobs: int = 500_000
    commits: int = 200_000
    seconds: float = 300.0


@dataclasses.dataclass(frozen=True, slots=True)
class Blob:
    """One version of a file, with the newest commit that holds it."""

    commit: str
    path: str
    data: bytes = dataclasses.field(repr=False)


def tracked(root: pathlib.Path) -> tuple[frozenset[str] | None, tuple[Note, ...]]:
    """Return the names of the files under ``root`` that git keeps.

    :return: As they are shown, relative to ``root``; None where there is no
        repository, or none that can be read.
    """
    found = _repository(root)
    if found is None:
        return None, ()
    top, folder = found
    if not os.path.lexists(folder / "index"):
        return frozenset(), ()

    try:
        data = read_bytes(os.fspath(folder / "index"), INDEX_LIMIT)
        names = _index(data)
    except FileError as error:
        return None, (Note("git-index", ".git/index", 0, str(error)),)
    except Exception as error:
        if not _is_damage(error):
            raise
        message = "Git's index is damaged, or of a kind that cannot be read."
        return None, (Note("git-index", ".git/index", 0, message),)

    prefix = os.path.relpath(os.path.realpath(root), top)
    prefix = "" if prefix == "." else prefix.replace(os.sep, "/") + "/"
    inside = (os.fsdecode(name) for name in names)
    return frozenset(
        shown(name.removeprefix(prefix)) for name in inside if name.startswith(prefix)
    ), ()


def _is_damage(error: Exception) -> bool:
    return isinstance(error, _DAMAGE) or type(error).__module__.startswith(
        ("dulwich.", "zlib")
    )


def _repository(root: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path] | None:
    """Return the work tree that holds ``root``, and its repository's folder."""
    real = pathlib.Path(os.path.realpath(root))
    for top in (real, *real.parents):
        mark = top / ".git"
        try:
            mode = os.lstat(mark).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(mode):
            return (top, mark) if (mark / "HEAD").is_file() else None
        if stat.S_ISREG(mode):
            folder = _pointed(top, mark)
            return (top, folder) if folder else None
        return None
    return None


def _pointed(top: pathlib.Path, mark: pathlib.Path) -> pathlib.Path | None:
    """Return the folder that a ``.git`` file names, if a parent's repository has it.

    Anything else would let an audited folder choose what is read.
    """
    try:
        text = read_bytes(os.fspath(mark), NAME_LIMIT).decode()
    except (FileError, ValueError):
        return None
    key, _, value = text.strip().partition(": ")
    if key != "gitdir" or not value or "\0" in value:
        return None
    folder = pathlib.Path(os.path.realpath(top / value))
    for parent in top.parents:
        own = parent / ".git"
        if own.is_dir() and not own.is_symlink():
            return folder if folder.is_relative_to(own) and folder.is_dir() else None
    return None


def _index(data: bytes) -> list[bytes]:
    """Return the names in an index of version 2, 3 or 4."""
    body, digest = data[:-20], data[-20:]
    if any(digest) and hashlib.sha1(body, usedforsecurity=False).digest() != digest:
        raise ValueError("The checksum is another one.")

    file = io.BytesIO(body)
    version, count = read_index_header(file)
    names: list[bytes] = []
    previous, total = b"", 0
    for _ in range(count):
        previous = read_cache_entry(file, version, previous).name
        total += len(previous)
        if len(previous) > NAME_LIMIT or total > NAMES_LIMIT:
            raise ValueError("The names are too long.")
        names.append(previous)
    if file.read(4) == b"link":
        raise ValueError("The rest of a split index lies in another file.")
    return names


def history(
    root: pathlib.Path,
    limits: Limits | None = None,
    report: Callable[[Note], None] = lambda note: None,
    progress: Callable[[int], None] = lambda commits: None,
) -> Iterator[Blob]:
    """Yield each version of each file that a branch or tag leads to, once.

    :param report: Told what could not be read, and which limit was reached.
    :param progress: Told how many commits are done, after each.
    """
    found = _repository(root)
    if found is None:
        report(Note("git-history", ".git", 0, "There is no repository to be read."))
        return
    if problem := _strange(found[1]):
        report(Note("git-history", ".git", 0, problem))
        return

    walk = _History(found[1], limits or Limits(), report)
    try:
        yield from walk.blobs(progress)
    finally:
        walk.store.close()


def _strange(folder: pathlib.Path) -> str:
    """Say what in a repository's folder could lead a reader out of it, or block it."""
    if os.path.lexists(folder / "objects" / "info" / "alternates"):
        return "The repository keeps objects outside its own folder."
    if os.path.lexists(folder / "reftable"):
        return "The repository keeps its branches in reftables, which are not read."
    stack, seen = [os.fspath(folder)], 0
    while stack:
        try:
            entries = list(os.scandir(stack.pop()))
        except OSError:
            return "The repository has a folder that cannot be read."
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in ("hooks", "modules", "worktrees", "lfs"):
                    stack.append(entry.path)
            elif not entry.is_file(follow_symlinks=False):
                return "The repository has links or special files in it."
        seen += len(entries)
        if seen > ENTRIES_LIMIT:
            return f"The repository has more than {ENTRIES_LIMIT:,} files of its own."
    return ""


class _History:
    """A walk from every branch and tag to the first commit, the newest first."""

    def __init__(
        self, folder: pathlib.Path, limits: Limits, report: Callable[[Note], None]
    ) -> None:
        self.folder = folder
        self.limits = limits
        self.report = report
        self.store = DiskObjectStore(
            os.fspath(folder / "objects"), loose_object_size_limit=64 * 1024 * 1024
        )
        self.end = time.monotonic() + limits.seconds
        self.seen: set[bytes] = set()
        self.damaged = 0
        self.large = 0

    def blobs(self, progress: Callable[[int], None]) -> Iterator[Blob]:
        queue: list[tuple[int, bytes]] = []
        for tip in self._tips():
            self._push(queue, tip)
        commits = blobs = 0

        while queue:
            commit = self._get(heapq.heappop(queue)[1])
            if not isinstance(commit, Commit):
                continue
            for blob in self._files(commit):
                blobs += 1
                yield blob
                if blobs >= self.limits.blobs or time.monotonic() > self.end:
                    self._stopped(commits)
                    return
            commits += 1
            progress(commits)
            if commits >= self.limits.commits or time.monotonic() > self.end:
                self._stopped(commits)
                return
            for parent in commit.parents:
                self._push(queue, parent)
        self._summary()

    def _tips(self) -> list[bytes]:
        try:
            refs = DiskRefsContainer(os.fspath(self.folder)).as_dict()
        except Exception as error:
            if not _is_damage(error):
                raise
            self._note("The branches of the repository cannot be read.")
            return []
        return sorted({sha for sha in refs.values() if valid_hexsha(sha)})

    def _push(self, queue: list[tuple[int, bytes]], sha: bytes) -> None:
        """Queue a commit, or the one that a tag names."""
        for _ in range(10):
            if sha in self.seen:
                return
            self.seen.add(sha)
            found = self._get(sha)
            if isinstance(found, Commit):
                heapq.heappush(queue, (-found.commit_time, sha))
                return
            if not isinstance(found, Tag):
                return
            sha = found.object[1]

    def _files(self, commit: Commit) -> Iterator[Blob]:
        stack: list[tuple[bytes, bytes]] = [(b"", commit.tree)]
        while stack:
            path, sha = stack.pop()
            if sha in self.seen or len(path) > NAME_LIMIT:
                continue
            self.seen.add(sha)
            tree = self._get(sha)
            for entry in self._items(tree) if isinstance(tree, Tree) else ():
                name = path + b"/" + entry[0] if path else entry[0]
                if stat.S_ISDIR(entry[1]):
                    stack.append((name, entry[2]))
                elif stat.S_ISREG(entry[1]) and entry[2] not in self.seen:
                    self.seen.add(entry[2])
                    data = self._data(entry[2])
                    if data is not None:
                        yield Blob(commit.id.decode(), shown(os.fsdecode(name)), data)

    def _items(self, tree: Tree) -> list[tuple[bytes, int, bytes]]:
        try:
            return [(item.path, item.mode, item.sha) for item in tree.items()]
        except Exception as error:
            if not _is_damage(error):
                raise
            self.damaged += 1
            return []

    def _data(self, sha: bytes) -> bytes | None:
        try:
            kind, data = self.store.get_raw(ObjectID(sha))
        except Exception as error:
            if not _is_damage(error):
                raise
            self.damaged += 1
            return None
        if len(data) > self.limits.size:
            self.large += 1
            return None
        return data if kind == 3 else None

    def _get(self, sha: bytes) -> object:
        try:
            found = self.store[ObjectID(sha)]
            # Parsed only when it is asked for something.
            if isinstance(found, Commit):
                _ = found.commit_time, found.parents, found.tree
            elif isinstance(found, Tag):
                _ = found.object
        except Exception as error:
            if not _is_damage(error):
                raise
            self.damaged += 1
            return None
        return found

    def _stopped(self, commits: int) -> None:
        self._note(f"A limit was reached after {commits:,} commits.")
        self._summary()

    def _summary(self) -> None:
        if self.damaged:
            self._note(f"{self.damaged:,} objects are missing or damaged.")
        if self.large:
            size = self.limits.size
            self._note(f"{self.large:,} files have more than {size:,} bytes.")

    def _note(self, message: str) -> None:
        self.report(Note("git-history", ".git", 0, message))
