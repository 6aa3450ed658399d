"""Is a file what it claims, and does it stay where it is put?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.uploads.control import CLIENT_FILE_NAME
from ...controls.uploads.control import LOOSE_EXTENSION_CHECK
from ...controls.uploads.control import UNBOUNDED_UPLOAD
from ...controls.uploads.control import UPLOAD_IN_STATIC
from ...controls.uploads.policy import extension
from ...controls.uploads.policy import served
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.flow.flows import best
from ..survey.guarded import guarded
from ..survey.nodes import children
from ..survey.project import Project
from ..survey.site import Site
from ..survey.whole import app_of
from .saves import has_name
from .saves import named
from .saves import names
from .saves import path_like
from .saves import saves

_BOUNDED = re.compile(r"client_max_body_size|LimitRequestBody|limit_request_body", re.I)


@check(CLIENT_FILE_NAME, asks=Project)
def client_file_name(project: Project) -> Iterator[Finding]:
    """Is a file saved under the name that the visitor gave it?"""
    for save in saves(project):
        place, name = save.call.place, save.call.written
        flow = best(f for f in save.flows(project) if named(f))

        if flow is not None and (save.sent or path_like(save.target)):
            yield finding(
                CLIENT_FILE_NAME,
                place,
                name,
                confidence=flow.confidence,
                steps=flow.steps,
                others=flow.ways,
            )
        elif flow is None and has_name(save):
            yield finding(CLIENT_FILE_NAME, place, name, confidence=Confidence.MEDIUM)


@check(UPLOAD_IN_STATIC, asks=Project)
def upload_in_static(project: Project) -> Iterator[Finding]:
    """Is a file saved where it is served as it is?"""
    for save in saves(project):
        if (save.sent or has_name(save)) and _in_static(project, save.target):
            yield finding(UPLOAD_IN_STATIC, save.call.place, save.call.written)


def _in_static(project: Project, target: Site, depth: int = 0) -> bool:
    if depth > 6:
        return False

    constant = target.constant

    if constant is not None:
        return isinstance(constant.value, str) and served(constant.value)

    node = target.node

    if isinstance(node, ast.Attribute) and node.attr == "static_folder":
        return True

    if isinstance(node, ast.Name):
        bound = target.bound

        if bound is None or not isinstance(bound[1].node, ast.expr):
            return False

        home = target.elsewhere(bound[0], bound[1].node)
        return _in_static(project, home, depth + 1)

    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        keys = [s.site for s in project.settings(str(node.slice.value))]
        return any(_in_static(project, site, depth + 1) for site in keys)

    return any(
        _in_static(project, target.at(child), depth + 1)
        for child in children(node)
        if isinstance(child, ast.expr | ast.FormattedValue)
        and not (isinstance(node, ast.Call) and child is node.func)
    )


@check(UNBOUNDED_UPLOAD, asks=Project)
def unbounded_upload(project: Project) -> Iterator[Finding]:
    """Does an app that takes files take them of any size?"""
    said = [*project.settings("MAX_CONTENT_LENGTH")]
    told = [*project.configured("MAX_CONTENT_LENGTH")]

    if said or told or guarded(project, "inputs") or not _takes_files(project):
        return

    if any(_BOUNDED.search(file.text) for file in project.files.values()):
        return

    app = app_of(project)

    if app is not None:
        yield finding(UNBOUNDED_UPLOAD, app.place, app.written)


def _takes_files(project: Project) -> bool:
    items = (
        site.type == "flask.request.files[]" and not site.module.test
        for site in project.nodes(ast.Subscript)
    )
    calls = project.calls(
        "flask.request.files.get",
        "flask.request.files.getlist",
        "flask.request.files.values",
        "flask.request.files.items",
    )
    return any(items) or any(not call.module.test for call in calls)


@check(LOOSE_EXTENSION_CHECK, asks=Project)
def loose_extension_check(project: Project) -> Iterator[Finding]:
    """Is an extension looked for anywhere in a file's name?"""
    for compare in project.nodes(ast.Compare):
        node = compare.node
        assert isinstance(node, ast.Compare)  # noqa: S101  # by its caller

        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In):
            continue

        left, right = compare.at(node.left), compare.at(node.comparators[0])
        constant = node.left if isinstance(node.left, ast.Constant) else None
        anywhere = constant is not None and isinstance(constant.value, str)

        if anywhere and constant is not None and extension(str(constant.value)):
            if _is_sent_name(right):
                yield finding(LOOSE_EXTENSION_CHECK, right.place, right.written)
        elif _second_part(left):
            yield finding(LOOSE_EXTENSION_CHECK, left.place, "split")


def _is_sent_name(site: Site) -> bool:
    """Whether an expression is the ``filename`` of an uploaded file."""
    node = site.node

    if isinstance(node, ast.Attribute) and node.attr == "filename":
        return True

    if isinstance(node, ast.Name):
        return any(name.source.endswith(".filename") for name in names(site))

    return False


def _second_part(site: Site) -> bool:
    """Whether an expression is ``file.filename.split(".")[1]``."""
    node = site.node

    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in {"lower", "strip"}:
            return False

        node = node.func.value

    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Call):
        return False

    index, call = node.slice, node.value
    one = isinstance(index, ast.Constant) and index.value == 1
    func = call.func
    split = isinstance(func, ast.Attribute) and func.attr == "split"
    dot = bool(call.args) and isinstance(call.args[0], ast.Constant)
    whole = len(call.args) == 1 and not call.keywords
    return (
        one
        and split
        and dot
        and whole
        and call.args[0].value == "."  # type: ignore[attr-defined]  # by ``dot``
        and _is_sent_name(site.at(func.value))  # type: ignore[attr-defined]  # by ``split``
    )
