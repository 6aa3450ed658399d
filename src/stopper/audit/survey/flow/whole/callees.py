"""From a call to what it runs."""

from __future__ import annotations

import ast

from ...index import Function
from ...index import FUNCTIONS
from ...index import parent_of
from ...module import Module
from ...project import Project
from ..call import Callee
from ..call import decorated
from ..call import is_method
from .classes import Types
from .frames import Frames
from .functions import Functions
from .methods import CANDIDATES
from .methods import Methods


class Callees(Frames, Methods):
    """Knows which functions of the project a call may run."""

    #: Tells which functions an expression may be.
    functions: Functions
    #: Tells classes of objects.
    types: Types

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._callees: dict[ast.Call, list[Callee]] = {}
        #: Whether it is being found out who calls whom.
        self.gathering = False

    def callees(self, module: Module, call: ast.Call) -> list[Callee]:
        """Return the project's functions that a call may run."""
        known = self._callees.get(call)

        if known is None:
            known = self._called(module, call)

            if not self.gathering:
                self._callees[call] = known

        return known

    def _called(self, module: Module, call: ast.Call) -> list[Callee]:
        func = call.func
        found = self.definition(module, func)

        if found is None:
            return self._unnamed(module, func)

        home, node = found

        if isinstance(node, ast.ClassDef):
            return self._of_class(module, func, home, node)

        if not isinstance(node, FUNCTIONS):
            return []

        return self._of_function(module, func, home, node)

    def _of_class(
        self, module: Module, func: ast.expr, home: Module, node: ast.ClassDef
    ) -> list[Callee]:
        """Return what runs where a class is called, or an object with its name."""
        if self.is_object(module, func):
            called = self.method(home, node, "__call__")
            return [Callee(called[0], called[1], True, func)] if called else []

        made = self.method(home, node, "__init__")
        return [Callee(made[0], made[1], True)] if made else []

    def _of_function(
        self, module: Module, func: ast.expr, home: Module, node: Function
    ) -> list[Callee]:
        method = is_method(node)
        receiver = func.value if isinstance(func, ast.Attribute) else None

        if method and isinstance(func, ast.Name):
            # ``read = box.read``
            value = self.bound_to(module, func)
            receiver = value.value if isinstance(value, ast.Attribute) else None

        dressed = self.functions.decorated(home, node)

        if dressed:
            return [c._replace(receiver=receiver) for c in dressed]

        class_ = self.is_class(module, receiver)
        bound = method and (not class_ or decorated(node, "classmethod"))
        first = [Callee(home, node, bound, receiver)]
        return first + self._overriding(node, receiver)

    def _unnamed(self, module: Module, func: ast.expr) -> list[Callee]:
        """Return the methods that a call of no known name may run."""
        if not isinstance(func, ast.Attribute) or func.attr not in self._methods:
            return []

        known = self._of_object(module, func)
        return known or [
            Callee(m, f, is_method(f), func.value, sure=False)
            for m, f in self._named(func.attr)
        ]

    def _of_object(self, module: Module, func: ast.Attribute) -> list[Callee]:
        """Return the methods that are called on an object whose class can be told."""
        found: list[Callee] = []

        for home, holder in self.types.of(module, func.value):
            method = self.method(home, holder, func.attr)

            if method is not None:
                found.append(Callee(*method, is_method(method[1]), func.value))

        return found

    def _overriding(self, node: Function, receiver: ast.expr | None) -> list[Callee]:
        holder = parent_of(node)

        if not isinstance(holder, ast.ClassDef) or receiver is None:
            return []

        return [
            Callee(m, f, is_method(f), receiver)
            for m, f in self._below(holder).get(node.name, ())[:CANDIDATES]
        ]
