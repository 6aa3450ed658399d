"""Where the files of visitors are written, and under whose names."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from ..survey.flow.flow import Flow
from ..survey.flow.flow import Origin
from ..survey.flow.flows import flows
from ..survey.nodes import walk
from ..survey.pieces import text_pieces
from ..survey.project import Project
from ..survey.site import Site

#: Calls through which a name comes as it is. Any other may clean it.
_JOINS = frozenset(
    {
        "os.path.join",
        "pathlib.Path",
        "pathlib.PurePath",
        "builtins.str",
        "os.fspath",
        "os.path.abspath",
        "os.path.normpath",
        "posixpath.join",
    }
)

_METHODS = frozenset({"joinpath", "format", "strip", "lower", "join", "replace"})

_FILES = "flask.request.files"

_STORAGES = frozenset(
    {
        "werkzeug.datastructures.FileStorage",
        "werkzeug.datastructures.file_storage.FileStorage",
    }
)

#: What is known to have a ``save`` that writes a file, besides the request's own.
_WRITERS = ("PIL.",)

#: Attributes of a path that hold one part of it.
PARTS = frozenset({".name", ".stem", ".suffix"})


@dataclasses.dataclass(frozen=True, slots=True)
class Save:
    """A call of an object's ``save`` with the name of a file.

    :param sent: Whether the object is a file that a visitor sent.
    """

    call: Site
    file: Site
    target: Site
    sent: bool

    def flows(self, project: Project) -> tuple[Flow, ...]:
        """Return the ways of a visitor's values into the name."""
        return _into(project, self.target)

    def sure(self) -> bool:
        """Say whether it is known that the call writes a file."""
        return self.sent or (self.call.name or "").startswith(_WRITERS)


def saves(project: Project) -> Iterator[Save]:
    """Yield every ``x.save(target)``, unless ``x`` is known to be something else."""
    for call in project.called("save"):
        func = t.cast(ast.Call, call.node).func
        target = call.argument(0, "dst")

        if not isinstance(func, ast.Attribute) or target is None:
            continue

        file = call.at(func.value)
        yield Save(call, file, target, sent(project, file))


def sent(project: Project, file: Site) -> bool:
    """Say whether an object is a file of the request."""
    kind = file.type or ""

    if kind.startswith(_FILES) or kind in _STORAGES:
        return True

    if kind and not file.names.unknown(kind):
        return False

    return any(
        flow.origin is Origin.REQUEST and flow.name == _FILES and not flow.doubts
        for flow in flows(project).into(file, "upload")
    )


def named(flow: Flow) -> bool:
    """Say whether a value is the name that a visitor gave to a file."""
    given = flow.name == _FILES and "filename" in flow.written
    return given or ".filename" in flow.path


def whole(flow: Flow) -> bool:
    """Say whether it is the file itself that came, or what it holds."""
    return flow.name == _FILES and not named(flow)


def path_like(target: Site) -> bool:
    """Say whether an expression is visibly put together as the path of a file."""
    node = target.node

    if isinstance(node, ast.Name) and target.bound is not None:
        home, binding = target.bound

        if home is not target.module or binding.node is None:
            return False

        node = binding.node

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return True

    if isinstance(node, ast.Call) and target.at(node).name in _JOINS:
        return True

    return any("/" in p for p in text_pieces(node) or () if isinstance(p, str))


def has_name(save: Save) -> bool:
    """Say whether a file of unknown type is saved under its own ``filename``."""
    own = f"{save.file.source}.filename"

    if save.sent or _renamed(save, own):
        return False

    return any(site.source == own for site in names(save.target))


def _renamed(save: Save, name: str) -> bool:
    """Say whether the function that saves a file gives it a name before."""
    function = save.call.function
    nodes = walk(function) if function is not None else ()
    return any(
        isinstance(n, ast.Attribute)
        and isinstance(n.ctx, ast.Store)
        and save.file.at(n).source == name
        for n in nodes
    )


def names(target: Site, depth: int = 0) -> Iterator[Site]:
    """Yield each ``x.filename`` that reaches a path as it is."""
    node = target.node

    if depth > 8:
        return

    if isinstance(node, ast.Attribute):
        if node.attr == "filename":
            yield target
    elif isinstance(node, ast.Name):
        bound = target.bound

        if bound is not None and isinstance(bound[1].node, ast.expr):
            home = target.elsewhere(bound[0], bound[1].node)
            yield from names(home, depth + 1)
    elif isinstance(node, ast.Call):
        if _joins(target, node):
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield from names(target.at(argument), depth + 1)

            if isinstance(node.func, ast.Attribute):
                yield from names(target.at(node.func.value), depth + 1)
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from names(target.at(part.value), depth + 1)
    elif isinstance(node, ast.BinOp):
        yield from names(target.at(node.left), depth + 1)
        yield from names(target.at(node.right), depth + 1)
    elif isinstance(node, ast.Tuple):
        for element in node.elts:
            yield from names(target.at(element), depth + 1)


def _joins(call: Site, node: ast.Call) -> bool:
    if call.name in _JOINS or (call.name or "").startswith("pathlib."):
        return True

    return isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS


def _into(project: Project, target: Site) -> tuple[Flow, ...]:
    if target.literal:
        return ()

    clears = project.models.named("path-cleaner") | PARTS
    found = flows(project).into(target, "path", clears)
    return tuple(f for f in found if f.origin is Origin.REQUEST)
