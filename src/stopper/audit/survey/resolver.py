"""What one expression stands for, asked so that the answer does not depend on who asked before."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from .ancestry import ancestry
from .ancestry import Owner
from .exports import Exports
from .index import Function
from .index import FUNCTIONS
from .index import inner_scope
from .index import scope_of
from .models import Models
from .module import Module
from .reach import reaching
from .scope import Binding
from .scope import Binds
from .scope import Scope

#: Of what a division is another one.
_PATHS = frozenset(f"pathlib.{name}" for name in ("Path", "PurePath", "PosixPath"))

#: How many names may stand for one another before we give up.
DEPTH = 60

#: How often one question may run into a circle, or too deep, before we give up.
CUTS = 24

#: How many bindings of one name or attribute are tried.
ATTEMPTS = 8

BUILTINS = frozenset(dir(builtins))

#: What Python 2 had beside them. Where a star may bind them too, it is believed.
OLD_BUILTINS = frozenset(
    {"basestring", "buffer", "execfile", "file", "intern", "long", "raw_input"}
    | {"reduce", "reload", "unichr", "unicode", "xrange"}
)

_NO_OWNER = frozenset({"object", "ABC", "Generic"})


class Resolver:
    """Follows an expression to one dotted name, within bounds.

    What was found without running into a bound is kept, with how deep it went, and
    used again only where it would fit: so each answer is what a fresh look would give.
    """

    def __init__(
        self, modules: Sequence[Module], models: Models, above: Sequence[str] = ()
    ) -> None:
        self.exports = Exports(modules, above)
        self.modules = self.exports.modules
        self.models = models
        self.definitions: dict[str, tuple[Module, ast.AST]] = {}
        self._memo: dict[ast.AST, tuple[str | None, int]] = {}
        self._lines: dict[ast.AST, tuple[list[Owner], list[str], int]] = {}
        self._asked: dict[ast.AST, str | None] = {}
        self._open: set[ast.AST] = set()
        self._cuts = 0
        self._deepest = 0

        for module in modules:
            for node in (*module.index.functions(), *module.index.nodes(ast.ClassDef)):
                scope = inner_scope(node)

                if scope is not None:
                    name = f"{module.name}.{scope.qualname}"
                    self.definitions.setdefault(name, (module, node))

    def ask(self, module: Module, node: ast.AST) -> str | None:
        """Return the name of the thing that ``node`` is, or whose instance it is."""
        known = self._memo.get(node)

        if known is not None:
            return known[0]

        if node not in self._asked:
            self._cuts = 0
            name = self._resolve(module, node, 0)

            if not self._cuts:
                return name

            # Kept for this very question alone.
            self._asked[node] = name if self._cuts <= CUTS else None

        return self._asked[node]

    def ask_line(
        self, module: Module, node: ast.ClassDef
    ) -> tuple[list[Owner], list[str]]:
        """Return a class with the project's own bases, and the names of all its bases."""
        self._cuts = 0
        return self._line(module, node, 0)

    def ask_attribute(self, owner: str, attribute: str) -> str | None:
        """Return the name of a class's attribute, looked up as Python would."""
        self._cuts = 0
        return self._inherited(owner, attribute, 0)

    def _resolve(self, module: Module, node: ast.AST | None, depth: int) -> str | None:
        if node is None:
            return None

        known = self._memo.get(node)

        if known is not None and depth + known[1] <= DEPTH:
            if depth + known[1] > self._deepest:
                self._deepest = depth + known[1]

            return known[0]

        if depth > DEPTH or node in self._open or self._cuts > CUTS:
            # What stands for itself has no name.
            self._cuts += 1
            return None

        cuts, deepest = self._cuts, self._deepest
        self._deepest = depth
        self._open.add(node)
        name = self._found(module, node, depth)
        self._open.discard(node)
        name = self.models.same.get(name, name) if name else None

        if self._cuts == cuts:
            self._memo[node] = (name, self._deepest - depth)

        self._deepest = max(deepest, self._deepest)
        return name

    def _found(self, module: Module, node: ast.AST, depth: int) -> str | None:
        if isinstance(node, ast.Name):
            return self._of_name(module, node, depth)

        if isinstance(node, ast.Attribute):
            base = self._resolve(module, node.value, depth + 1)
            return self._attribute(base, node.attr, depth) if base else None

        if isinstance(node, ast.Call):
            return self._given(module, node, depth)

        if isinstance(node, ast.Subscript):
            base = self._resolve(module, node.value, depth + 1)
            return f"{base}[]" if base else None

        if isinstance(node, ast.Await | ast.NamedExpr):
            return self._resolve(module, node.value, depth + 1)

        if isinstance(node, ast.BoolOp):
            # ``x or default``: what the first operand with a name is.
            found = (self._resolve(module, v, depth + 1) for v in node.values)
            return next((name for name in found if name), None)

        if isinstance(node, ast.IfExp):
            return self._resolve(module, node.body, depth + 1) or self._resolve(
                module, node.orelse, depth + 1
            )

        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            # ``folder / name`` is a path where the folder is.
            base = self._resolve(module, node.left, depth + 1)
            return base if base in _PATHS else None

        return None

    def _of_name(self, module: Module, node: ast.Name, depth: int) -> str | None:
        scope = scope_of(node)
        found = scope.sees(node)

        if found is None:
            star = self.exports.starred(module, node.id)

            if star is not None:
                return self._of_binding(star[0], node.id, star[1], depth + 1)

            return self._unbound(module, node.id)

        owner, bindings = found

        for binding in reaching(owner, bindings, node)[:ATTEMPTS]:
            name = self._of_binding(module, node.id, binding, depth + 1, owner)

            if name is not None:
                return name

        return None

    def _unbound(self, module: Module, name: str) -> str | None:
        if name in BUILTINS:
            return f"builtins.{name}"

        stars = module.scope.stars
        outside = [
            s for s in stars if self.exports.target(module, s) not in self.modules
        ]

        if not outside and name in OLD_BUILTINS:
            return f"builtins.{name}"

        return f"{outside[0]}.{name}" if len(outside) == 1 else None

    def _of_binding(
        self,
        module: Module,
        name: str,
        binding: Binding,
        depth: int,
        owner: Scope | None = None,
    ) -> str | None:
        if self._too_deep(depth):
            return None

        if binding.how is Binds.IMPORT:
            return self._imported(self.exports.target(module, binding.target), depth)

        if binding.how in {Binds.FUNCTION, Binds.CLASS}:
            scope = inner_scope(binding.node) if binding.node else None
            return f"{module.name}.{scope.qualname}" if scope else None

        if binding.how is Binds.PARAMETER:
            return self._of_parameter(module, name, binding, depth, owner)

        if binding.how in {Binds.ASSIGNMENT, Binds.CONTEXT}:
            value = self._resolve(module, binding.node, depth + 1)
            return value or self._annotated(module, binding, depth)

        return None

    def _annotated(self, module: Module, binding: Binding, depth: int) -> str | None:
        node: ast.expr | None = binding.annotation

        # ``X | None`` and ``Optional[X]`` are X.
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.Subscript):
            outer = self._resolve(module, node.value, depth + 1)
            optional = outer in {"typing.Optional", "typing.Annotated"}
            node = node.slice if optional else node.value

        return self._resolve(module, node, depth + 1)

    def _of_parameter(
        self,
        module: Module,
        name: str,
        binding: Binding,
        depth: int,
        owner: Scope | None,
    ) -> str | None:
        if binding.annotation is not None:
            return self._annotated(module, binding, depth)

        if owner is not None and isinstance(owner.node, FUNCTIONS):
            first = (owner.node.args.posonlyargs + owner.node.args.args)[:1]
            holder = owner.parent

            if first and first[0].arg == name and holder and holder.is_class:
                static = any(
                    isinstance(d, ast.Name) and d.id == "staticmethod"
                    for d in owner.node.decorator_list
                )
                return None if static else f"{module.name}.{holder.qualname}"

        return None

    def _imported(self, target: str, depth: int) -> str:
        """Return the name of what ``target`` is, where it is the project's own."""
        found = self.exports.exported(target)

        if found is not None:
            module, binding = found

            if binding.how is not Binds.IMPORT or binding.target != target:
                name = target.rpartition(".")[2]
                inside = self._of_binding(
                    module, name, binding, depth + 1, module.scope
                )

                if inside is not None:
                    return inside

        return target

    def _attribute(self, base: str, attribute: str, depth: int) -> str:
        name = f"{base}.{attribute}"

        if base in self.modules:
            return self._imported(name, depth + 1)

        known = self.definitions.get(base)

        if known is not None and isinstance(known[1], ast.ClassDef):
            return self._inherited(base, attribute, depth) or name

        return name

    def _given(self, module: Module, node: ast.Call, depth: int) -> str | None:
        """Return the name of what a call gives: a class's instance has the class's."""
        name = self._resolve(module, node.func, depth + 1)

        if name is None:
            return None

        if name in self.models.gives:
            return self.models.gives[name]

        known = self.definitions.get(name)

        if known is not None and isinstance(known[1], FUNCTIONS):
            return self._returned(known[0], known[1], depth) or f"{name}()"

        # A class by the convention that everyone keeps.
        is_class = known is not None or name.rpartition(".")[2][:1].isupper()
        return name if is_class else f"{name}()"

    def _returned(self, module: Module, node: Function, depth: int) -> str | None:
        """Return the name of what the project's own function returns."""
        if self._too_deep(depth):
            return None

        if node.returns is not None:
            binding = Binding(Binds.PARAMETER, 0, annotation=node.returns)
            name = self._annotated(module, binding, depth + 1)

            if name and not name.startswith("builtins."):
                return name

        for statement in reversed(node.body):
            if isinstance(statement, ast.Return):
                return self._resolve(module, statement.value, depth + 1)

        return None

    def _line(
        self, module: Module, node: ast.ClassDef, depth: int
    ) -> tuple[list[Owner], list[str]]:
        known = self._lines.get(node)

        if known is not None and depth + known[2] <= DEPTH:
            self._deepest = max(self._deepest, depth + known[2])
            return known[0], known[1]

        cuts, deepest = self._cuts, self._deepest
        self._deepest = depth
        owners, names = ancestry((module, node), lambda o: self._bases(o, depth + 1))

        if self._cuts == cuts:
            self._lines[node] = (owners, names, self._deepest - depth)

        self._deepest = max(deepest, self._deepest)
        return owners, names

    def _bases(self, owner: Owner, depth: int) -> list[Owner | str]:
        found: list[Owner | str] = []

        for base in owner[1].bases:
            name = self._resolve(owner[0], base, depth)
            known = self.definitions.get(name) if name else None

            if known is not None and isinstance(known[1], ast.ClassDef):
                found.append((known[0], known[1]))
            elif name:
                found.append(name)

        return found

    def _inherited(self, owner: str, attribute: str, depth: int) -> str | None:
        """Return the name of a class's attribute, looked up as Python would."""
        known = self.definitions.get(owner)

        if known is None or not isinstance(known[1], ast.ClassDef):
            return None

        if self._too_deep(depth):
            return None

        owners, names = self._line(known[0], known[1], depth + 1)

        for module, node in owners:
            scope = inner_scope(node)
            assert scope is not None  # noqa: S101  # a class has one
            inside = scope.names.get(attribute, ())
            set_ = scope.attributes.get(attribute, ())
            bindings = [*inside[-ATTEMPTS:], *set_[-ATTEMPTS:]]

            if bindings:
                found = (
                    self._of_binding(module, attribute, b, depth + 1, scope)
                    for b in reversed(bindings)
                )
                own = f"{module.name}.{scope.qualname}.{attribute}"
                return next((n for n in found if n), None) or own

        outside = (n for n in names if n not in self.definitions)
        first = next(
            (n for n in outside if n.rpartition(".")[2] not in _NO_OWNER), None
        )
        # A class that we cannot read has it, if anyone has.
        return f"{first}.{attribute}" if first else None

    def _too_deep(self, depth: int) -> bool:
        """Say whether to give up here, and remember how deep we were."""
        if depth > DEPTH:
            self._cuts += 1
            return True

        if depth > self._deepest:
            self._deepest = depth

        return False
