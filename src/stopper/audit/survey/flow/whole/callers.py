"""From a function to who calls it."""

from __future__ import annotations

import ast
import functools
import typing as t
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...module import Module
from ...nodes import walk
from ..call import Call
from ..call import Code
from ..call import is_method
from ..frame import arguments
from ..frame import Body
from .callees import Callees
from .renders import Renders

#: By which name a function is handed on, and those of what it is to be called with.
_RUN = frozenset({"target", "func", "function", "fn"})
_PACKED = frozenset({"args", "kwargs"})

#: What a name is that holds a function with some of its arguments.
_PARTIAL = "functools.partial()"


class Callers(Callees):
    """Knows which calls may run a function."""

    def gather(self) -> None:
        """Find out who calls whom."""
        _ = self._callers

    def makers(self, node: ast.ClassDef) -> list[Call]:
        """Return every call that makes an object of a class."""
        return self.named_callers.get(node, [])

    def callers(self, node: Code) -> list[Call]:
        """Return every call that may run a function."""
        return self._callers.get(node, [])

    @functools.cached_property
    def _callers(self) -> dict[ast.AST, list[Call]]:
        found = {node: list(calls) for node, calls in self.named_callers.items()}

        # Whose method it is may depend on who calls whom by name.
        for module, call in self._methods_called:
            for callee in self.callees(module, call):
                row = Call(module, call, callee.bound, callee.sure)
                found.setdefault(callee.node, []).append(row)

        for node, row in Renders(self, found).rows():
            found.setdefault(node, []).append(row)

        return found

    @functools.cached_property
    def _methods_called(self) -> list[tuple[Module, ast.Call]]:
        return []

    def known_callers(self, node: ast.AST) -> list[Call]:
        """Return the calls that name a function, as far as they are known by now."""
        if self.gathering:
            return self._named_so_far.get(node, [])

        return self.named_callers.get(node, [])

    @functools.cached_property
    def _named_so_far(self) -> dict[ast.AST, list[Call]]:
        return {}

    @functools.cached_property
    def named_callers(self) -> dict[ast.AST, list[Call]]:
        """The calls of each function that name it; methods of unknown objects aside."""
        found = self._named_so_far
        self.gathering = True
        others: list[tuple[Module, ast.Call]] = []
        modules = [m for m in self.project.code if not m.test]

        for module in modules:
            for function in module.index.functions():
                self.functions.decorated(module, function)

        for module in modules:
            for call in module.index.nodes(ast.Call):
                self._gather(module, call, others)

        # What a name stands for may depend on who hands it over.
        for module, call in others:
            for callee in self.functions.of(self.around(module, call), call.func, ()):
                before = sum(len(made.args) - 1 for made in callee.given)
                row = Call(
                    module, call, callee.bound, shift=callee.shift, before=before
                )
                found.setdefault(callee.node, []).append(row)

        self.gathering = False
        return found

    def _gather(
        self, module: Module, call: ast.Call, others: list[tuple[Module, ast.Call]]
    ) -> None:
        """Note what a call runs by its name, or that this is to be found out later."""
        found = self._named_so_far
        func = call.func
        definition = self.definition(module, func)

        if definition is not None:
            if isinstance(definition[1], ast.ClassDef):
                row = Call(module, call, True)
                found.setdefault(definition[1], []).append(row)

            for callee in self.callees(module, call):
                row = Call(module, call, callee.bound, callee.sure)
                found.setdefault(callee.node, []).append(row)
        elif isinstance(func, ast.Attribute):
            if func.attr in self._methods:
                self._methods_called.append((module, call))
        elif (self.names.name_of(module, func) or _PARTIAL) == _PARTIAL:
            others.append((module, call))

        for row_node, row in self._handed(module, call):
            found.setdefault(row_node, []).append(row)

    def _handed(self, module: Module, call: ast.Call) -> Iterator[tuple[ast.AST, Call]]:
        """Yield functions that are handed on with the arguments they will be called with.

        ``submit(f, x)``, ``partial(f, x)``, ``map(f, items)``,
        ``Thread(target=f, args=(x,))``.
        """
        each = getattr(call.func, "id", "") in {"map", "filter"}
        known = self.definition(module, call.func)

        # What it runs with which arguments, its own body says.
        if known is not None and self._runs_what_it_is_given(known[1]):
            return

        packed = any(k.arg in _PACKED for k in call.keywords)

        for number, argument in enumerate(call.args[:2]):
            given = len(call.args) > number + 1 or packed

            if isinstance(argument, ast.Lambda):
                if argument.args.args and given:
                    row = Call(module, call, False, False, number + 1, each)
                    yield argument, row
            elif isinstance(argument, ast.Name | ast.Attribute):
                if not given:
                    return

                yield from self._run(module, call, argument, number + 1, each)

        for k in call.keywords:
            if k.arg in _RUN and isinstance(k.value, ast.Name | ast.Attribute):
                yield from self._run(module, call, k.value, len(call.args) or 1, False)

    def _runs_what_it_is_given(self, node: ast.AST) -> bool:
        found = self._running.get(node)

        if found is None:
            found = self._running[node] = _runs_a_parameter(node)

        return found

    @functools.cached_property
    def _running(self) -> dict[ast.AST, bool]:
        return {}

    def _run(
        self,
        module: Module,
        call: ast.Call,
        function: ast.expr,
        shift: int,
        each: bool,
    ) -> Iterator[tuple[ast.AST, Call]]:
        """Yield a function that is handed on, if it is one of the project."""
        found = self.definition(module, function)

        if found is not None and isinstance(found[1], FUNCTIONS):
            sure = self.names.name_of(module, call.func) in self._runners
            # A bound method brings its object along.
            bound = is_method(found[1])
            yield found[1], Call(module, call, bound, sure, shift, each)

    @functools.cached_property
    def _runners(self) -> frozenset[str]:
        return self.project.models.named("runs")


def _runs_a_parameter(node: ast.AST) -> bool:
    """Say whether a function calls what it was given."""
    if not isinstance(node, FUNCTIONS):
        return False

    names = {a.arg for a in arguments(t.cast(Body, node))}
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in names
        for n in walk(node)
    )
