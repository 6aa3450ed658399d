"""Under which names values are kept, handed on and given back."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from ...finding import Step
from ...survey.flow.flow import Flow
from ...survey.flow.flows import flows
from ...survey.flow.frame import Path
from ...survey.index import FUNCTIONS
from ...survey.module import Module
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.said import ends
from ...survey.site import Site

#: Methods whose second argument gets the name that the first one says.
_NAMING = frozenset({"set_cookie", "setattr", "__setitem__", "setdefault"})

#: What makes the value of a field that is not given one.
_DEFAULTS = frozenset({"default", "default_factory", "missing", "load_default"})


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A value, and the name that it gets.

    :param name: As it is written: ``"reset_token"``.
    :param at: What gets the value.
    :param path: Which part of the value it gets.
    :param cookie: Whether it goes to the browser under this name.
    """

    name: str
    value: Site
    at: Site
    path: Path = ()
    cookie: bool = False

    @property
    def inside(self) -> bool:
        """Whether it is a name of the function's own, which may mean anything."""
        return isinstance(self.at.node, ast.Name)


#: Where a project keeps them: several checks ask.
_KEPT = "_names_of_values"

#: Through how many steps a name still says what was made.
HANDS = 8

#: How many names that one value ends in are told.
_TOLD = 3


def told(ways: Sequence[tuple[Kept, Flow]]) -> tuple[Step, ...]:
    """Return the first way from where a value is made, and all names it ends in."""
    if not ways:
        return ()

    places = {one.at.place: one for one, _ in ways}
    last = [
        Step(
            place, f"It ends here: `{one.at.module.written(one.at.node, place.line)}`."
        )
        for place, one in places.items()
    ]
    return (*ways[0][1].steps, *last[:_TOLD])


def ends_of(
    project: Project, kind: str, calls: Sequence[Site], names: Iterable[Kept]
) -> dict[ast.AST, list[tuple[Kept, Flow]]]:
    """Return in which of the names it ends what these calls make, by the call.

    :param kind: What they make: ``"digest"``, ``"predictable"``.
    """
    mine = {call.node for call in calls}
    found: dict[ast.AST, list[tuple[Kept, Flow]]] = {}

    for one in names if mine else ():
        for flow in flows(project).made(one.value, kind, one.path):
            # After many hands the last name no longer says what it is.
            if flow.node in mine and len(flow.hops) <= HANDS:
                found.setdefault(flow.node, []).append((one, flow))

    return found


def written_to(project: Project, named: Callable[[str], bool]) -> Iterator[Kept]:
    """Yield what is written to files whose names say what they hold."""
    for call in project.called("write"):
        func = call.node.func if isinstance(call.node, ast.Call) else None
        value = call.argument(0)

        if value is None or not isinstance(func, ast.Attribute) or call.module.test:
            continue

        name = next((n for n in _opened(call.at(func.value)) if named(n)), None)

        if name is not None:
            yield Kept(name, value, call)


def _opened(file: Site) -> Iterator[str]:
    """Yield the texts in the name of what was opened as a file."""
    node = file.node
    holder = file.function or file.module.tree

    if not isinstance(node, ast.Name):
        return

    for inner in walk(holder):
        made: ast.expr | None = None

        if isinstance(inner, ast.withitem) and _is(inner.optional_vars, node.id):
            made = inner.context_expr
        elif isinstance(inner, ast.Assign) and _is(inner.targets[0], node.id):
            made = inner.value

        if isinstance(made, ast.Call) and file.at(made).name == "builtins.open":
            for text in walk(made.args[0]) if made.args else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _is(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def kept(project: Project) -> tuple[Kept, ...]:
    """Return every value of the project's own code that gets a name, tests aside."""
    known = vars(project)
    found = known.get(_KEPT)

    if not isinstance(found, tuple):
        found = known[_KEPT] = tuple(_kept(project))

    return found


def _kept(project: Project) -> Iterator[Kept]:
    for module in project.modules:
        if not module.test:
            yield from _assigned(project, module)
            yield from _handed(project, module)
            yield from _given_back(project, module)


def _assigned(project: Project, module: Module) -> Iterator[Kept]:
    for kind in (ast.Assign, ast.AnnAssign, ast.AugAssign):
        for node in module.index.nodes(kind):
            made = t.cast(t.Any, node)
            targets = node.targets if isinstance(node, ast.Assign) else [made.target]

            for target in targets if made.value is not None else ():
                yield from _target(project.site(module, made.value), target)


def _target(value: Site, target: ast.expr) -> Iterator[Kept]:
    if isinstance(target, ast.Tuple | ast.List):
        for place, element in enumerate(target.elts):
            for one in _target(value, element):
                yield dataclasses.replace(one, path=(f"[{place}]", *one.path))

        return

    for name in _names(value.at(target)):
        yield Kept(name, _made(value), value.at(target))


def _names(target: Site) -> Iterator[str]:
    """Yield what a target is called: of an item by its key, also where a name has it."""
    node = target.node

    if isinstance(node, ast.Subscript):
        key = target.at(node.slice).constant

        if key is not None and isinstance(key.value, str):
            yield key.value
            return

    yield from list(ends(node))[:1]


def _made(value: Site) -> Site:
    """Return what a column or field is given where nobody gives it a value."""
    node = value.node

    if isinstance(node, ast.Call):
        for k in node.keywords:
            if k.arg in _DEFAULTS:
                return value.at(k.value)

    return value


def _handed(project: Project, module: Module) -> Iterator[Kept]:
    for call in module.index.nodes(ast.Call):
        site = project.site(module, call)

        for keyword in call.keywords:
            if keyword.arg is not None:
                yield Kept(keyword.arg, site.at(keyword.value), site)

        method = getattr(call.func, "attr", getattr(call.func, "id", ""))

        if method in _NAMING:
            yield from _named(site, method)

    for node in module.index.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                site = project.site(module, value)
                yield Kept(key.value, site, site.at(key))


def _named(call: Site, method: str) -> Iterator[Kept]:
    first = 1 if method == "setattr" else 0
    name = call.argument(first, "key" if method == "set_cookie" else "")
    value = call.argument(first + 1, "value" if method == "set_cookie" else "")
    constant = name.constant if name else None

    if value is not None:
        text = str(constant.value) if constant else ""
        yield Kept(text, value, call, cookie=method == "set_cookie")


def _given_back(project: Project, module: Module) -> Iterator[Kept]:
    """Yield what functions give back: it is called as they are."""
    for node in module.index.nodes(ast.Return):
        site = project.site(module, node)
        function = site.function

        if node.value is not None and isinstance(function, FUNCTIONS):
            yield Kept(function.name, site.at(node.value), site)
