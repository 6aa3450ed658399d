"""Which functions an expression may be: by name, in a table, made by another function."""

from __future__ import annotations

import ast
import itertools
import typing as t
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...index import parent_of
from ...links import placed
from ...module import Module
from ...scope import Binds
from ..call import arguments_of
from ..call import Call
from ..call import Callee
from ..call import Calls
from ..call import Entry
from ..call import is_method
from ..calls import given
from ..calls import outside
from ..change import key
from ..frame import ANY
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from .knowledge import Knowledge

#: How many expressions are gone through from a name to a function.
DEPTH = 12

#: How many functions one expression may be.
FAN = 12


class Functions:
    """Tells which functions of the project an expression may be.

    What it is depends on the calls that were gone into: those are handed along.
    """

    def __init__(self, program: Knowledge) -> None:
        self._program = program
        self._names = program.names
        #: Functions as they are before their decorators, by what stands for them.
        self._bare: dict[ast.AST, Callee] = {}
        self._decorated: dict[ast.AST, list[Callee]] = {}
        #: The calls that decorators are, by the function that is called.
        self._dressing: dict[ast.AST, list[Call]] = {}

    def of(self, frame: Frame, node: ast.expr, calls: Calls) -> list[Callee]:
        """Return what an expression may run when it is called."""
        found = itertools.islice(self._of(frame, node, calls, 0), FAN)
        return list(dict.fromkeys(found))

    def decorated(self, module: Module, node: t.Any) -> list[Callee]:
        """Return what runs in place of a function that has decorators of the project."""
        if not node.decorator_list or node in self._bare:
            return []

        known = self._decorated.get(node)

        if known is None:
            self._decorated[node] = []
            known = self._decorated[node] = self._undressed(module, node)

        return known

    def _undressed(self, module: Module, node: t.Any) -> list[Callee]:
        own = any(self._function(module, d) for d in node.decorator_list)

        if not own:
            return []

        frame = self._program.around(module, node)
        current: ast.expr = placed(ast.Name(node.name, ast.Load()), node)
        self._bare[current] = Callee(module, node, False)

        for decorator in reversed(node.decorator_list):
            if self._function(module, decorator):
                call = ast.Call(func=decorator, args=[current], keywords=[])
                current = placed(call, node)
                row = Call(module, current, False)

                for callee in self.of(frame, decorator, ()):
                    self._dressing.setdefault(callee.node, []).append(row)

        bound = is_method(node)
        return [
            callee._replace(bound=bound)
            for callee in self.of(frame, current, ())
            if callee.node is not node
        ]

    def _function(self, module: Module, node: ast.expr) -> bool:
        """Say whether a decorator is a function of the project, or made by one."""
        named = node.func if isinstance(node, ast.Call) else node
        found = self._program.definition(module, named)
        return found is not None and isinstance(found[1], FUNCTIONS)

    # -- from an expression to functions

    def _of(
        self, frame: Frame, node: ast.expr, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        if depth > DEPTH:
            return

        if node in self._bare:
            yield self._bare[node]
            return

        match node:
            case ast.Lambda():
                yield Callee(frame.module, node, False, closure=calls)
            case ast.Name():
                yield from self._name(frame, node, calls, depth)
            case ast.Attribute():
                yield from self._attribute(frame, node, calls, depth)
            case ast.IfExp():
                yield from self._of(frame, node.body, calls, depth + 1)
                yield from self._of(frame, node.orelse, calls, depth + 1)
            case ast.BoolOp():
                for value in node.values:
                    yield from self._of(frame, value, calls, depth + 1)
            case ast.NamedExpr() | ast.Await():
                yield from self._of(frame, node.value, calls, depth + 1)
            case ast.Subscript():
                wanted = key(node.slice)
                yield from self._item(frame, node.value, wanted, calls, depth + 1)
            case ast.Call():
                yield from self._given(frame, node, calls, depth)

    def _name(
        self, frame: Frame, node: ast.Name, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        used = frame.uses.get(node)

        if used is None or used.how is How.OUTER:
            yield from self._outer(frame, node, calls, depth)
        else:
            yield from self._defined(used, calls, depth)

    def _defined(self, used: Definition, calls: Calls, depth: int) -> Iterator[Callee]:
        frame = used.frame

        if depth > DEPTH:
            return

        match used.how:
            case How.OTHER if isinstance(used.node, FUNCTIONS):
                yield from self._named(frame.module, used.node, calls)
            case How.VALUE if used.value is not None and not used.path:
                yield from self._of(frame, used.value, calls, depth + 1)
            case How.ELEMENT if used.value is not None and not used.path:
                yield from self._item(frame, used.value, ANY, calls, depth + 1)
            case How.MERGE:
                for one, _ in used.inputs[:4]:
                    yield from self._defined(one, calls, depth + 2)
            case How.PARAMETER:
                yield from self._parameter(used, calls, depth)

    def _named(self, module: Module, node: t.Any, calls: Calls) -> Iterator[Callee]:
        dressed = self.decorated(module, node)

        if dressed:
            yield from dressed
        else:
            yield Callee(module, node, is_method(node), closure=calls)

    def _outer(
        self, frame: Frame, node: ast.Name, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        for home, binding in self._names.reaching(frame.module, node)[:FAN]:
            if binding.node is None:
                continue

            if binding.how is Binds.FUNCTION:
                yield from self._named(home, binding.node, calls)
            elif binding.how is Binds.ASSIGNMENT and isinstance(binding.node, ast.expr):
                around = self._program.around(home, binding.at or binding.node)
                inner = outside(calls, around)
                yield from self._of(around, binding.node, inner, depth + 1)
            elif binding.how is Binds.PARAMETER and binding.at is not None:
                closed = self._closed(home, binding.at)

                if closed is not None and node.id in closed.parameters:
                    known = closed.parameters[node.id]
                    inner = outside(calls, closed)
                    yield from self._parameter(known, inner, depth)

    def _closed(self, module: Module, at: ast.AST) -> Frame | None:
        above: ast.AST | None = at

        while above is not None and not isinstance(above, (*FUNCTIONS, ast.Lambda)):
            above = parent_of(above)

        return None if above is None else self._program.frame(module, above)

    def _parameter(
        self, known: Definition, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        node = known.frame.node

        if calls and calls[-1].callee.node is node:
            entry = calls[-1]

            for argument, path in given(entry, known, ()):
                if not path:
                    if argument in self._bare:
                        yield self._bare[argument]
                        continue

                    around = self._program.around(entry.frame.module, argument)
                    inner = calls[:-1] if around is entry.frame else ()
                    yield from self._of(around, argument, inner, depth + 1)
        elif isinstance(node, FUNCTIONS) and not calls:
            rows = [*self._dressing.get(node, ()), *self._program.known_callers(node)]

            for call in rows[:FAN]:
                for argument, path in arguments_of(call, known):
                    if argument in self._bare:
                        yield self._bare[argument]
                    elif not path:
                        around = self._program.around(call.module, call.node)
                        yield from self._of(around, argument, (), depth + 2)

    def _attribute(
        self, frame: Frame, node: ast.Attribute, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        found = self._program.definition(frame.module, node)

        if found is not None and isinstance(found[1], FUNCTIONS):
            home = found[0]
            class_ = self._program.is_class(frame.module, node.value)
            bound = is_method(found[1]) and not class_
            yield Callee(home, found[1], bound, node.value, closure=())
            return

        home_ = self._names.name_of(frame.module, node.value)

        if home_ in self._names.modules:
            for around, value in self._exported(f"{home_}.{node.attr}"):
                yield from self._of(around, value, (), depth + 1)

            return

        for owner in self._program.types.of(frame.module, node.value):
            found_ = self._program.method(*owner, node.attr)

            if found_ is not None:
                yield Callee(*found_, is_method(found_[1]), node.value, closure=())

    def _item(
        self, frame: Frame, node: ast.expr, wanted: str, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        """Yield the functions in a table, or the one of a key."""
        if depth > DEPTH:
            return

        match node:
            case ast.Dict():
                for name, value in zip(node.keys, node.values, strict=True):
                    if name is not None and wanted in (ANY, key(name)):
                        yield from self._of(frame, value, calls, depth + 1)
            case ast.List() | ast.Tuple() | ast.Set():
                for place, value in enumerate(node.elts):
                    if wanted in (ANY, f"[{place}]"):
                        yield from self._of(frame, value, calls, depth + 1)
            case ast.Name():
                used = frame.uses.get(node)

                if used is not None and used.how is not How.OUTER:
                    if used.how is How.VALUE and used.value and not used.path:
                        yield from self._item(
                            frame, used.value, wanted, calls, depth + 1
                        )

                    return

                for home, binding in self._names.reaching(frame.module, node)[:2]:
                    if isinstance(binding.node, ast.expr):
                        around = self._program.around(home, binding.node)
                        yield from self._item(
                            around, binding.node, wanted, (), depth + 1
                        )
            case ast.Attribute():
                home_ = self._names.name_of(frame.module, node.value)

                if home_ in self._names.modules:
                    for around, value in self._exported(f"{home_}.{node.attr}"):
                        yield from self._item(around, value, wanted, (), depth + 1)

    def _exported(self, name: str) -> Iterator[tuple[Frame, ast.expr]]:
        """Yield what a module's name is bound to, if that is an expression."""
        exported = self._names.exported(name)

        if exported is not None and isinstance(exported[1].node, ast.expr):
            module, binding = exported
            value = t.cast(ast.expr, binding.node)
            yield self._program.frame(module, module.tree), value

    def _given(
        self, frame: Frame, node: ast.Call, calls: Calls, depth: int
    ) -> Iterator[Callee]:
        """Yield what a call gives that is a function itself."""
        func = node.func
        name = self._names.name_of(frame.module, func) or ""

        if name == "functools.partial" and node.args:
            for callee in self._of(frame, node.args[0], calls, depth + 1):
                yield callee._replace(given=(node, *callee.given))

            return

        if name == "builtins.getattr" and len(node.args) > 1:
            yield from self._by_name(frame, node)
            return

        if isinstance(func, ast.Attribute) and func.attr == "get" and node.args:
            yield from self._item(
                frame, func.value, key(node.args[0]), calls, depth + 1
            )

            for default in node.args[1:2]:
                yield from self._of(frame, default, calls, depth + 1)

            return

        inner = list(itertools.islice(self._of(frame, func, calls, depth + 1), FAN))

        for callee in inner:
            made = self._program.frame(callee.module, callee.node)
            entry = Entry(frame, node, callee, frozenset())

            for value in made.given[:FAN]:
                if not value.element:
                    yield from self._of(made, value.value, (*calls, entry), depth + 1)

        # What a library's decorator gives is taken for what it is given.
        if not inner and node.args and self._decorates(node):
            yield from self._of(frame, node.args[0], calls, depth + 1)

    def _decorates(self, node: ast.Call) -> bool:
        func = node.func
        inner = func.func if isinstance(func, ast.Call) else func
        named = getattr(inner, "attr", getattr(inner, "id", ""))
        return named in {"wraps", "lru_cache", "cache"}

    def _by_name(self, frame: Frame, node: ast.Call) -> Iterator[Callee]:
        named = node.args[1]
        text = named.value if isinstance(named, ast.Constant) else None

        if not isinstance(text, str):
            return

        for owner in self._program.types.of(frame.module, node.args[0]):
            found = self._program.method(*owner, text)

            if found is not None:
                yield Callee(*found, is_method(found[1]), node.args[0], closure=())
