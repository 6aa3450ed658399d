"""Does a request never name a path outside its folder?"""

from __future__ import annotations

import ast
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
from ..survey.flow.flows import flows
from ..survey.project import Project
from ..survey.site import Site

#: Folders in which the app itself lies.
_TOO_WIDE = frozenset(
    {"", ".", "./", "..", "../", "/", "/etc", "/home", "/root", "/var"}
)

#: Attributes of a path that hold one part of it.
_PARTS = frozenset({".name", ".stem", ".suffix"})


@check(PATH_TRAVERSAL, asks=Project)
def path_traversal(project: Project) -> Iterator[Finding]:
    """Is a path that a request names held inside a folder?"""
    for found in project.sinks("path"):
        yield from _judge(project, found.call, found.argument)

    # What is often given a file that is open already.
    for found in project.sinks("file"):
        yield from _judge(project, found.call, found.argument, weak=False)

    for found in project.sinks("file-save"):
        yield from _judge(project, found.call, found.argument, weak=False, sent=False)

    for call in project.called(*sorted(project.models.named("file-method"))):
        first = call.argument(0)

        if first is not None and call.unknown:
            yield from _judge(project, call, first, weak=False, low=True)

    looks = project.models.named("path-look")

    for call in project.calls(*sorted(project.models.named("path-method") | looks)):
        node = call.node

        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # Whether an object of unknown type is a path, only a request value in it says.
            known = (call.name or "").startswith("pathlib.")
            path = call.at(node.func.value)

            if known or _path_like(node.func.value, node.func.attr):
                weak = known and call.name not in looks
                yield from _judge(project, call, path, weak=weak)


def _path_like(node: ast.expr, method: str) -> bool:
    """Say whether an expression is a path by its shape: ``folder / name``."""
    return method != "open" or isinstance(node, ast.BinOp)


def _judge(
    project: Project,
    call: Site,
    path: Site,
    *,
    weak: bool = True,
    sent: bool = True,
    low: bool = False,
) -> Iterator[Finding]:
    """Yield the finding of a path.

    :param weak: Whether what a caller gives is one, of whom nothing is known.
    :param sent: Whether the name of a sent file is: where the file itself is saved,
        ``client-file-name`` says it.
    :param low: Whether nobody has seen that a file is opened there.
    """
    clears = project.models.named("path-cleaner") | _PARTS
    if path.literal:
        return

    found = flows(project).first(path, "path", clears)

    if found is None:
        if weak and flows(project).given(path, "path", clears):
            yield _found(call, "what the function is given", Confidence.LOW)

        return

    if _upload(found) or (not sent and found.name == "flask.request.files"):
        return

    # One segment of a URL has no slash, so at most it names the folder above.
    confidence = Confidence.LOW if found.segment or low else found.confidence
    yield _found(call, f"`{found.name}`", confidence, found)


def _upload(found: Flow) -> bool:
    """Say whether the file itself came, or what it holds, and not its name."""
    named = "filename" in found.written or found.path[:1] == (".filename",)
    return found.name == "flask.request.files" and not named


def _found(
    call: Site, source: str, confidence: Confidence, found: Flow | None = None
) -> Finding:
    return finding(
        PATH_TRAVERSAL,
        call.place,
        call.written,
        confidence=confidence,
        steps=found.steps if found else (),
        others=found.ways if found else (),
        origin=source,
    )


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

    zips = sorted(project.models.named("zip-extract"))

    for call in project.calls(*zips, "*.extractall"):
        archive = Archive(call)

        if not archive.filtered and not archive.checked and not archive.own:
            low = Confidence.LOW
            yield finding(UNCHECKED_ARCHIVE, call.place, call.written, confidence=low)
