"""Every function of the project as the flow sees it, read when it is first asked for."""

from __future__ import annotations

import ast
import functools
import typing as t
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...index import inner_scope
from ...module import Module
from ...project import Project
from ..builder import frame_of
from ..call import is_method
from ..frame import Body
from ..frame import body_of
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from ..frame import Parameter
from .bound import Bound

_NONE: dict[str, list[tuple[Frame, Definition]]] = {}


class Frames(Bound):
    """Keeps the functions that were read."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._frames: dict[ast.AST, Frame] = {}

    def frame(self, module: Module, node: Body) -> Frame:
        """Return a function as the flow sees it; read when it is first asked for."""
        found = self._frames.get(node)

        if found is None:
            found = self._frames[node] = frame_of(module, node, _Around(self, module))

        return found

    def around(self, module: Module, node: ast.AST) -> Frame:
        """Return the function in which a node is evaluated."""
        return self.frame(module, body_of(node) or module.tree)

    def inside(self, frame: Frame) -> dict[str, list[tuple[Frame, Definition]]]:
        """Return what functions inside of a function do to the names that it has."""
        if frame.node not in self._nested:
            return _NONE

        known = self._insides.get(frame.node)

        if known is None:
            known = self._insides[frame.node] = {}

            for node in self._nested[frame.node]:
                self._shared(self.frame(frame.module, node), known)

        return known

    def _shared(
        self, frame: Frame, known: dict[str, list[tuple[Frame, Definition]]]
    ) -> None:
        scope = inner_scope(frame.node)

        for name, definitions in frame.defined.items():
            if scope is not None and name in scope.names:
                continue

            for made in definitions:
                if made.how in {How.VALUE, How.CHANGE, How.ADDED, How.ELEMENT}:
                    known.setdefault(name, []).append((frame, made))

    @functools.cached_property
    def _insides(self) -> dict[ast.AST, dict[str, list[tuple[Frame, Definition]]]]:
        return {}

    @functools.cached_property
    def _nested(self) -> dict[ast.AST, list[Body]]:
        """Map functions to those inside of them."""
        found: dict[ast.AST, list[Body]] = {}

        for module in self.project.code:
            for node in module.index.functions():
                above = body_of(node)

                while above is not None and not isinstance(above, ast.Module):
                    if isinstance(above, FUNCTIONS):
                        found.setdefault(above, []).append(node)

                    above = body_of(above)

        return found


class _Around:
    """What the names around a function stand for."""

    def __init__(self, program: Bound, module: Module) -> None:
        self._program = program
        self._module = module

    def leaves(self, call: ast.Call) -> bool:
        found = self._program.definition(self._module, call.func)
        return found is not None and self._program.raises(found[1])

    def constant(self, node: ast.expr) -> t.Any:
        return self._program.constant(self._module, node)

    def changed(self, call: ast.Call) -> Iterator[tuple[ast.Name, Parameter]]:
        found = self._program.definition(self._module, call.func)

        if found is None or not isinstance(found[1], FUNCTIONS):
            return

        home, node = found[0], found[1]
        names = self._program.changed(node)

        if not names:
            return

        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        bound = is_method(node) and not self._program.is_class(self._module, receiver)
        positional = [*node.args.posonlyargs, *node.args.args][int(bound) :]

        for argument, parameter in zip(call.args, positional, strict=False):
            if isinstance(argument, ast.Name) and parameter.arg in names:
                yield argument, Parameter(home, node, parameter.arg, bound)
