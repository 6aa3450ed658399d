"""Does a request never name a path outside its folder?"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.files.control import OPEN_DIRECTORY
from ...controls.files.control import PATH_TRAVERSAL
from ...controls.files.control import UNCHECKED_ARCHIVE
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.archive import Archive
from ..survey.flow.flow import Flow
from ..survey.flow.flow import Origin
from ..survey.flow.flows import best
from ..survey.flow.flows import flows
from ..survey.project import Project
from ..survey.site import Site
from .ends import led
from .saves import named
from .saves import PARTS
from .saves import path_like
from .saves import saves
from .saves import whole

#: Folders in which the app itself lies.
_TOO_WIDE = frozenset(
    {"", ".", "./", "..", "../", "/", "/etc", "/home", "/root", "/var"}
)


#: Methods of a path that leave what is there as it is.
_READS = frozenset({"read_text", "read_bytes", "iterdir", "glob", "rglob", "stat"})


@check(PATH_TRAVERSAL, asks=Project)
def path_traversal(project: Project) -> Iterator[Finding]:
    """Is a path that a request names held inside a folder?"""
    for path in _paths(project):
        yield from _judge(project, path)

    yield from _saved(project)


@dataclasses.dataclass(frozen=True, slots=True)
class _Path:
    """A call that does something with a path.

    :param weak: Whether what a caller gives is one, of whom nothing is known.
    :param low: Whether nobody has seen that a file is opened there.
    """

    call: Site
    path: Site
    weak: bool = True
    low: bool = False

    def flows(self, project: Project) -> tuple[Flow, ...]:
        """Return the ways of values into the path."""
        constant = self.path.constant

        # ``None`` is what is set to a path somewhere else.
        if constant is not None and constant.value is not None:
            return ()

        clears = project.models.named("path-cleaner") | PARTS
        return flows(project).into(self.path, "path", clears)


def _paths(project: Project) -> Iterator[_Path]:
    for found in project.sinks("path"):
        yield _Path(found.call, found.argument)

    # What is often given a file that is open already.
    for found in project.sinks("file"):
        yield _Path(found.call, found.argument, weak=False)

    for call in project.called(*sorted(project.models.named("file-method"))):
        first = call.argument(0)

        if first is not None and call.unknown:
            yield _Path(call, first, weak=False, low=True)

    looks = project.models.named("path-look")

    for call in project.calls(*sorted(project.models.named("path-method") | looks)):
        node = call.node

        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # Whether an object of unknown type is a path, only a request value in it says.
            known = (call.name or "").startswith("pathlib.")

            if known or _path_like(node.func.value, node.func.attr):
                # Of a path that is put together here the parts say more.
                built = isinstance(node.func.value, ast.BinOp)
                weak = known and call.name not in looks and not built
                yield _Path(call, call.at(node.func.value), weak=weak)


def _saved(project: Project) -> Iterator[Finding]:
    """Yield the saved files and pictures whose place a request names.

    Where it is the name of the file itself, ``client-file-name`` says it.
    """
    for save in saves(project):
        if not (save.sure() or (save.call.unknown and path_like(save.target))):
            continue

        flow = best(f for f in save.flows(project) if not named(f) and not whole(f))

        if flow is None:
            continue

        most = Confidence.HIGH if save.sure() else Confidence.MEDIUM
        least = Confidence.LOW if flow.segment else min(flow.confidence, most)
        yield led(PATH_TRAVERSAL, save.call, f"`{flow.name}`", least, flow)


def _path_like(node: ast.expr, method: str) -> bool:
    """Say whether an expression is a path by its shape: ``folder / name``."""
    return method != "open" or isinstance(node, ast.BinOp)


def _judge(project: Project, path: _Path) -> Iterator[Finding]:
    found = path.flows(project)
    first = best(f for f in found if f.origin is Origin.REQUEST)

    if first is None:
        if path.weak and any(f.origin is Origin.CALLER for f in found):
            yield led(
                PATH_TRAVERSAL, path.call, "what the function is given", Confidence.LOW
            )

        return

    if whole(first):
        return

    # One segment of a URL has no slash, so at most it names the folder above.
    low = first.segment or path.low
    confidence = Confidence.LOW if low else first.confidence
    yield led(PATH_TRAVERSAL, path.call, f"`{first.name}`", confidence, first)


@check(OPEN_DIRECTORY, asks=Project)
def open_directory(project: Project) -> Iterator[Finding]:
    """Is what requests choose from a folder made for it?"""
    for found in project.sinks("path-inside"):
        directory = found.call.argument(0, "directory")
        constant = directory.constant if directory else None
        call = found.call

        if constant is None or constant.value not in _TOO_WIDE:
            continue

        if flows(project).first(found.argument, "path-inside") is None:
            continue

        yield finding(
            OPEN_DIRECTORY, call.place, call.written, directory=constant.value
        )


@check(UNCHECKED_ARCHIVE, asks=Project)
def unchecked_archive(project: Project) -> Iterator[Finding]:
    """Is every member of an archive looked at before it is written?"""
    for call in project.calls(*sorted(project.models.named("archive-extract"))):
        archive = Archive(call)

        if not archive.filtered and not archive.checked and not archive.own:
            yield finding(UNCHECKED_ARCHIVE, call.place, call.written)

    yield from _unpacked(project)
    zips = sorted(project.models.named("zip-extract"))

    for call in project.calls(*zips, "*.extractall"):
        archive = Archive(call)

        if not archive.filtered and not archive.checked and not archive.own:
            low = Confidence.LOW
            yield finding(UNCHECKED_ARCHIVE, call.place, call.written, confidence=low)


def _unpacked(project: Project) -> Iterator[Finding]:
    """Yield where a member of an archive is written under the name that it has there."""
    for path in _paths(project):
        found = path.flows(project)
        flow = best(f for f in found if f.origin is Origin.ARCHIVE)

        if flow is None or _is_own(project.site(flow.module, flow.node)):
            continue

        # What was written before is but read there.
        if path.call.written.rpartition(".")[2] in _READS:
            continue

        yield finding(
            UNCHECKED_ARCHIVE,
            path.call.place,
            path.call.written,
            confidence=min(flow.confidence, UNCHECKED_ARCHIVE.confidence),
            steps=flow.steps,
            others=flow.ways,
        )


def _is_own(call: Site) -> bool:
    """Say whether an archive is a file that the app came with."""
    file = call.argument(0)
    return Archive(call).own or (file is not None and file.literal)
