"""The whole program as the flow sees it: who calls whom, and where things are kept."""

from __future__ import annotations

import ast
import functools
import itertools
import typing as t
from collections.abc import Iterator

from ..index import Function
from ..index import FUNCTIONS
from ..index import inner_scope
from ..index import parent_of
from ..index import scope_of
from ..module import Module
from ..project import Project
from ..scope import Binding
from ..scope import Binds
from .builder import frame_of
from .call import arguments_of
from .call import Call
from .call import Callee
from .call import Code
from .call import decorated
from .call import is_method
from .calls import Functions
from .change import root
from .decided import Unknown
from .frame import arguments
from .frame import Body
from .frame import Definition
from .frame import Frame
from .frame import How
from .frame import Parameter
from .heap import Heap
from .heap import owner_of

#: How many functions of the project one method name may stand for.
CANDIDATES = 3

#: How many expressions are gone through to tell the class of an object.
TYPES = 8

#: How many stores, or classes of one object, are looked at.
FAN = 40

#: Methods of everybody's objects: their name alone says nothing of whose they are.
_COMMON = frozenset(  # a list of words
    [
        "add",
        "all",
        "append",
        "clear",
        "close",
        "commit",
        "copy",
        "count",
        "create",
        "decode",
        "delete",
        "encode",
        "execute",
        "exists",
        "extend",
        "filter",
        "find",
        "first",
        "flush",
        "format",
        "get",
        "get_all",
        "index",
        "info",
        "init",
        "insert",
        "items",
        "join",
        "json",
        "keys",
        "kill",
        "list",
        "load",
        "load_config",
        "load_data",
        "lower",
        "main",
        "next",
        "open",
        "pop",
        "post",
        "process",
        "put",
        "query",
        "read",
        "readline",
        "register",
        "remove",
        "render",
        "replace",
        "reset",
        "run",
        "save",
        "search",
        "send",
        "set",
        "setup",
        "show",
        "size",
        "sort",
        "split",
        "start",
        "stop",
        "strip",
        "submit",
        "test",
        "update",
        "upper",
        "validate",
        "value",
        "values",
        "wait",
        "warning",
        "write",
        "error",
        "debug",
        "exception",
        "name",
        "id",
    ]
)


Owner = tuple[Module, ast.ClassDef]


_NONE: dict[str, list[tuple[Frame, Definition]]] = {}


class Program:
    """Knows every function of the project by who calls it, and everything kept."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names
        self._frames: dict[ast.AST, Frame] = {}
        self._callees: dict[ast.Call, list[Callee]] = {}
        #: Whether it is being found out who calls whom.
        self.gathering = False

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

        for module in self.project.modules:
            for node in module.index.functions():
                above = body_of(node)

                while above is not None and not isinstance(above, ast.Module):
                    if isinstance(above, FUNCTIONS):
                        found.setdefault(above, []).append(node)

                    above = body_of(above)

        return found

    @functools.cached_property
    def _raising(self) -> dict[ast.AST, bool]:
        return {}

    def raises(self, node: ast.AST) -> bool:
        """Say whether a function visibly never comes back: it ends with ``raise``."""
        known = self._raising.get(node)

        if known is None:
            body = getattr(node, "body", None)
            last = body[-1] if isinstance(body, list) and body else None
            returns = isinstance(node, FUNCTIONS) and not any(
                isinstance(n, ast.Return | ast.Yield) for n in ast.walk(node)
            )
            known = returns and isinstance(last, ast.Raise)
            self._raising[node] = known

        return known

    def bound_to(self, module: Module, node: ast.expr) -> ast.AST | None:
        """Return what a module's name is bound to, through imports: its value.

        Where it is one of several, the likeliest.
        """
        try:
            return self._bound(module, node, first=True)[1].node
        except Unknown:
            return None

    def aliases(self, name: str) -> list[str]:
        """Return by which other names the project imports what has this one."""
        return self._aliases.get(name, [])

    @functools.cached_property
    def _aliases(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}

        for module in self.project.modules:
            for node in module.index.nodes(ast.ImportFrom):
                for alias in node.names:
                    if alias.asname:
                        known = found.setdefault(alias.name, [])

                        if alias.asname not in known:
                            known.append(alias.asname)

        return found

    def fields(self, module: Module, node: ast.ClassDef) -> list[str]:
        """Return the names that a class states without a value of its own, in order."""
        found: dict[str, None] = {}

        for _, owner in reversed(self.names.lineage(module, node)):
            for item in owner.body:
                if isinstance(item, ast.AnnAssign) and isinstance(
                    item.target, ast.Name
                ):
                    found[item.target.id] = None

        return list(found)

    def tuple_fields(self, module: Module, node: ast.expr) -> list[str]:
        """Return the fields of a ``namedtuple`` that is called."""
        made = self.bound_to(module, node)

        if not isinstance(made, ast.Call) or len(made.args) < 2:
            return []

        if getattr(made.func, "attr", getattr(made.func, "id", "")) != "namedtuple":
            return []

        listed = made.args[1]

        if isinstance(listed, ast.Constant) and isinstance(listed.value, str):
            return listed.value.replace(",", " ").split()

        elements = getattr(listed, "elts", ())
        return [str(e.value) for e in elements if isinstance(e, ast.Constant)]

    def definition(
        self, module: Module, node: ast.expr
    ) -> tuple[Module, ast.AST] | None:
        """Return the project's own function or class that an expression names."""
        return self.names.definition(self.names.name_of(module, node))

    def constant(self, module: Module, node: ast.expr) -> t.Any:
        """Return the constant that a module's name is, wherever it is asked for.

        :raises Unknown: If it is none, or may be set anew.
        """
        home, binding = self._bound(module, node)
        at, value = binding.at, binding.node

        if binding.how is not Binds.ASSIGNMENT or not isinstance(value, ast.Constant):
            raise Unknown

        if not isinstance(at, ast.Name) or scope_of(at) is not home.scope:
            raise Unknown

        single = len(home.scope.names.get(at.id, ())) == 1

        if not single or at.id in home.scope.shared or self.heap.named(f".{at.id}"):
            raise Unknown

        return value.value

    def _bound(
        self, module: Module, node: ast.expr, first: bool = False
    ) -> tuple[Module, Binding]:
        if isinstance(node, ast.Name):
            found = self.names.reaching(module, node)

            if found and (first or len(found) == 1):
                return found[0]
        elif isinstance(node, ast.Attribute):
            exported = self.member(module, node)

            if exported is not None:
                return exported

        raise Unknown

    def member(
        self, module: Module, node: ast.Attribute
    ) -> tuple[Module, Binding] | None:
        """Return what binds ``module.name``, ``None`` of other attributes."""
        home = self.names.name_of(module, node.value)

        if home not in self.names.modules:
            return None

        return self.names.exported(f"{home}.{node.attr}")

    # -- from a call to what it runs

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

        if found is not None:
            home, node = found

            if isinstance(node, ast.ClassDef):
                if self.is_object(module, func):
                    called = self.method(home, node, "__call__")
                    return [Callee(called[0], called[1], True, func)] if called else []

                made = self.method(home, node, "__init__")
                return [Callee(made[0], made[1], True)] if made else []

            if not isinstance(node, FUNCTIONS):
                return []

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
            return first + self._overriding(home, node, receiver)

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

    @functools.cached_property
    def functions(self) -> Functions:
        """Tells which functions an expression may be."""
        return Functions(self)

    @functools.cached_property
    def types(self) -> Types:
        """Tells classes of objects."""
        return Types(self)

    def is_object(self, module: Module, node: ast.expr) -> bool:
        """Say whether what has the name of a class is one of its objects."""
        made = self.bound_to(module, node) if isinstance(node, ast.Name) else node
        return isinstance(made, ast.Call)

    def is_class(self, module: Module, node: ast.expr | None) -> bool:
        """Say whether ``Class.method(obj)`` is called, and not ``obj.method()``."""
        return node is not None and isinstance(
            self.bound_to(module, node), ast.ClassDef
        )

    def _overriding(
        self, module: Module, node: Function, receiver: ast.expr | None
    ) -> list[Callee]:
        holder = parent_of(node)

        if not isinstance(holder, ast.ClassDef) or receiver is None:
            return []

        return [
            Callee(m, f, is_method(f), receiver)
            for m, f in self._below(holder).get(node.name, ())[:CANDIDATES]
        ]

    @functools.cached_property
    def _subclasses(self) -> dict[ast.ClassDef, list[tuple[Module, ast.ClassDef]]]:
        found: dict[ast.ClassDef, list[tuple[Module, ast.ClassDef]]] = {}

        for module in self.project.modules:
            for node in module.index.nodes(ast.ClassDef):
                for _, base in self.names.lineage(module, node)[1:]:
                    found.setdefault(base, []).append((module, node))

        return found

    @functools.cached_property
    def _overrides(
        self,
    ) -> dict[ast.ClassDef, dict[str, list[tuple[Module, Function]]]]:
        return {}

    def _below(self, holder: ast.ClassDef) -> dict[str, list[tuple[Module, Function]]]:
        """Map names to the methods that classes below this one have of their own."""
        known = self._overrides.get(holder)

        if known is None:
            known = self._overrides[holder] = {}

            for module, node in self._subclasses.get(holder, ()):
                for item in node.body:
                    if isinstance(item, FUNCTIONS):
                        known.setdefault(item.name, []).append((module, item))

        return known

    @functools.cached_property
    def _methods(self) -> dict[str, list[tuple[Module, Function]]]:
        found: dict[str, list[tuple[Module, Function]]] = {}

        for module in self.project.modules:
            if module.test:
                continue

            for node in module.index.functions():
                if is_method(node):
                    found.setdefault(node.name, []).append((module, node))

        return found

    def _named(self, name: str) -> list[tuple[Module, Function]]:
        """Return the few methods of this name, where the name says whose it is."""
        if name in _COMMON or name.startswith("__"):
            return []

        found = self._methods.get(name, [])
        return found if len(found) <= CANDIDATES else []

    def has_method(self, name: str) -> bool:
        """Say whether any class of the project has a method of this name."""
        return name in self._methods

    def method(
        self, module: Module, node: ast.ClassDef, name: str
    ) -> tuple[Module, Function] | None:
        """Return a class's method, its own or an inherited one."""
        for home, owner in self.names.lineage(module, node):
            for item in owner.body:
                if isinstance(item, FUNCTIONS) and item.name == name:
                    return home, item

        return None

    # -- from a function to who calls it

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
        modules = [m for m in self.project.modules if not m.test]

        for module in modules:
            for function in module.index.functions():
                self.functions.decorated(module, function)

        for module in modules:
            for call in module.index.nodes(ast.Call):
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
                elif self.names.name_of(module, func) is None:
                    others.append((module, call))

                for row_node, row in self._handed(module, call):
                    found.setdefault(row_node, []).append(row)

        # What a name stands for may depend on who hands it over.
        for module, call in others:
            for callee in self.functions.of(self.around(module, call), call.func, ()):
                row = Call(module, call, callee.bound, shift=callee.shift)
                found.setdefault(callee.node, []).append(row)

        self.gathering = False
        return found

    def _handed(self, module: Module, call: ast.Call) -> Iterator[tuple[ast.AST, Call]]:
        """Yield functions that are handed on with the arguments they will be called with.

        ``submit(f, x)``, ``partial(f, x)``, ``map(f, items)``.
        """
        each = getattr(call.func, "id", "") in {"map", "filter"}

        for number, argument in enumerate(call.args[:2]):
            if isinstance(argument, ast.Lambda):
                if argument.args.args and len(call.args) > number + 1:
                    row = Call(module, call, False, False, number + 1, each)
                    yield argument, row

                continue

            if not isinstance(argument, ast.Name | ast.Attribute):
                continue

            if len(call.args) == number + 1:
                return

            found = self.definition(module, argument)

            if found is not None and isinstance(found[1], FUNCTIONS):
                # A bound method brings its object along.
                bound = is_method(found[1])
                yield found[1], Call(module, call, bound, False, number + 1, each)

    # -- what is kept

    @functools.cached_property
    def heap(self) -> Heap:
        """Every place where something is kept."""
        return Heap(self.project.modules)

    def changed(self, node: ast.AST) -> set[str]:
        """Return the parameters of which a function changes a part, but its object."""
        return self._changed.get(node, set())

    @functools.cached_property
    def _changed(self) -> dict[ast.AST, set[str]]:
        found: dict[ast.AST, set[str]] = {}

        for store in self.heap.all:
            name = root(store.base)
            function = body_of(store.node) if name else None

            if name and isinstance(function, FUNCTIONS):
                names = [a.arg for a in arguments(function)][int(is_method(function)) :]

                if name in names:
                    found.setdefault(function, set()).add(name)

        return found


class _Around:
    """What the names around a function stand for."""

    def __init__(self, program: Program, module: Module) -> None:
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


class Types:
    """Tells of which classes of the project an object may be."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[ast.AST, tuple[Owner, ...]] = {}
        self._open: set[t.Any] = set()

    def of(self, module: Module, node: ast.expr) -> tuple[Owner, ...]:
        """Return the classes of which an expression may be an object."""
        found = self._known.get(node)

        if found is None:
            found = tuple(dict.fromkeys(self._of(module, node, 0)))

            if not self._open and not self._program.gathering:
                self._known[node] = found

        return found

    def _of(self, module: Module, node: ast.expr, depth: int) -> Iterator[Owner]:
        if depth > TYPES or node in self._open:
            return

        self._open.add(node)

        try:
            yield from itertools.islice(self._found(module, node, depth), FAN)
        finally:
            self._open.discard(node)

    def _found(self, module: Module, node: ast.expr, depth: int) -> Iterator[Owner]:
        known = self._program.definition(module, node)

        if known is not None and isinstance(known[1], ast.ClassDef):
            yield t.cast(Owner, known)
            return

        match node:
            case ast.Name():
                frame = self._program.around(module, node)
                used = frame.uses.get(node)

                if used is not None:
                    yield from self._defined(frame, used, depth)
            case ast.Attribute():
                yield from self._attribute(module, node, depth)
            case ast.Call(func=ast.Name(id="super")):
                yield from self._above(module, node)
            case ast.Call():
                yield from self._given(module, node, depth)
            case ast.BoolOp():
                for value in node.values:
                    yield from self._of(module, value, depth + 1)
            case ast.IfExp():
                yield from self._of(module, node.body, depth + 1)
                yield from self._of(module, node.orelse, depth + 1)
            case ast.NamedExpr() | ast.Await():
                yield from self._of(module, node.value, depth + 1)

    def _defined(self, frame: Frame, used: Definition, depth: int) -> Iterator[Owner]:
        if depth > TYPES:
            return

        if used.how in {How.VALUE, How.CONTEXT} and used.value and not used.path:
            yield from self._of(frame.module, used.value, depth + 1)
        elif used.how is How.MERGE:
            for one, _ in used.inputs[:4]:
                yield from self._defined(frame, one, depth + 2)
        elif used.how is How.CHANGE and used.previous is not None:
            yield from self._defined(frame, used.previous, depth + 1)
        elif used.how is How.PARAMETER and isinstance(frame.node, FUNCTIONS):
            calls = self._program.known_callers(frame.node)

            for call in calls[:CANDIDATES]:
                for argument, path in arguments_of(call, used):
                    if not path:
                        yield from self._of(call.module, argument, depth + 1)

    def _attribute(
        self, module: Module, node: ast.Attribute, depth: int
    ) -> Iterator[Owner]:
        base = self._program.names.name_of(module, node.value)
        stores = self._program.heap.named(f".{node.attr}")[:FAN]

        if base == "flask.g":
            for store in stores:
                if self._program.names.name_of(store.module, store.base) == base:
                    yield from self._of(store.module, store.value, depth + 1)

            return

        for home, holder in self._of(module, node.value, depth + 1):
            classes = {n for _, n in self._program.names.lineage(home, holder)}

            for store in stores:
                if owner_of(store.base) in classes:
                    yield from self._of(store.module, store.value, depth + 1)

    def _above(self, module: Module, node: ast.AST) -> Iterator[Owner]:
        """Yield the class that comes after the one in which ``super()`` stands."""
        above = parent_of(node)

        while above is not None and not isinstance(above, ast.ClassDef):
            above = parent_of(above)

        if above is not None:
            yield from self._program.names.lineage(module, above)[1:2]

    def _given(self, module: Module, node: ast.Call, depth: int) -> Iterator[Owner]:
        known = self._program.definition(module, node.func)

        if known is not None and isinstance(known[1], FUNCTIONS):
            frame = self._program.frame(known[0], known[1])

            for given in frame.given[:CANDIDATES]:
                yield from self._of(known[0], given.value, depth + 1)


def body_of(node: ast.AST) -> Body | None:
    """Return the function, lambda, class or module in whose body a node stands."""
    below = node
    above = parent_of(node)

    while above is not None:
        if isinstance(above, FUNCTIONS) and below in above.body:
            return above

        if isinstance(above, ast.Lambda) and below is above.body:
            return above

        if isinstance(above, ast.ClassDef) and below in above.body:
            return above

        if isinstance(above, ast.Module):
            return above

        below, above = above, parent_of(above)

    return None
