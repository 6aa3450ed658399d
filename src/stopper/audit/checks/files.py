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
from ..finding import Step
from ..survey.archive import Archive
from ..survey.judged import judged
from ..survey.local import from_caller
from ..survey.local import from_request
from ..survey.local import Origin
from ..survey.local import origin
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

    for call in project.calls(*sorted(project.models.named("path-method"))):
        node = call.node

        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # Whether an object of unknown type is a path, only a request value in it says.
            known = (call.name or "").startswith("pathlib.")
            path = call.at(node.func.value)

            if known or _path_like(node.func.value, node.func.attr):
                yield from _judge(project, call, path, weak=known)


def _path_like(node: ast.expr, method: str) -> bool:
    """Say whether an expression is a path by its shape: ``folder / name``."""
    return method != "open" or isinstance(node, ast.BinOp)


def _judge(
    project: Project, call: Site, path: Site, *, weak: bool = True
) -> Iterator[Finding]:
    clears = project.models.named("path-cleaner") | _PARTS
    found = origin(project, path, clears)

    if found is None:
        if weak and not path.literal and from_caller(project, path, clears):
            yield _found(call, "what the function is given", Confidence.LOW)

        return

    # One segment of a URL has no slash, so at most it names the folder above.
    low = found.segment or judged(path) or _whole_upload(found)
    confidence = Confidence.LOW if low else Confidence.HIGH
    yield _found(call, f"`{found.name}`", confidence, _step(found))


def _whole_upload(found: Origin) -> bool:
    """Say whether the file itself came, of which the name may be no part."""
    return found.name == "flask.request.files" and "filename" not in found.site.source


def _found(
    call: Site, source: str, confidence: Confidence, steps: tuple[Step, ...] = ()
) -> Finding:
    return finding(
        PATH_TRAVERSAL,
        call.place,
        call.written,
        confidence=confidence,
        steps=steps,
        origin=source,
    )


def _step(found: Origin) -> tuple[Step, ...]:
    return (Step(found.site.place, "The request's value comes in here."),)


@check(OPEN_DIRECTORY, asks=Project)
def open_directory(project: Project) -> Iterator[Finding]:
    """Is what requests choose from a folder made for it?"""
    for found in project.sinks("path-inside"):
        directory = found.call.argument(0, "directory")
        constant = directory.constant if directory else None
        call = found.call

        if constant is None or constant.value not in _TOO_WIDE:
            continue

        if not from_request(project, found.argument):
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
