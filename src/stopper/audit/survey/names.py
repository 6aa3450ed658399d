"""What an expression stands for: one public dotted name, followed through the project."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from .index import Function
from .index import FUNCTIONS
from .index import inner_scope
from .index import scope_of
from .models import Models
from .module import Module
from .scope import Binding
from .scope import Binds
from .scope import Scope

#: How many names may stand for one another before we give up.
DEPTH = 25

BUILTINS = frozenset(dir(builtins))


class Names:
    """Resolves expressions to public dotted names.

    - ``yaml.load`` is what ``from yaml import load as read`` calls ``read``.
    - An object has the name of its class, so ``connection.execute`` is
      ``sqlite3.Connection.execute``.
    - What a function gives that no model knows is the function's name and ``()``:
      ``hashlib.md5().hexdigest``.
    - An item has the name of its container and ``[]``: ``flask.request.args[]``.
    - The project's own things are named by module and qualified name.
    """

    def __init__(self, modules: Sequence[Module], models: Models) -> None:
        self.modules = {module.name: module for module in modules}
        self.models = models
        self._elsewhere = _relative(modules)
        self._memo: dict[ast.AST, str | None] = {}
        self._definitions: dict[str, tuple[Module, ast.AST]] = {}

        for module in modules:
            for node in (*module.index.functions(), *module.index.nodes(ast.ClassDef)):
                scope = inner_scope(node)

                if scope is not None:
                    name = f"{module.name}.{scope.qualname}"
                    self._definitions.setdefault(name, (module, node))

    def name_of(self, module: Module, node: ast.AST | None) -> str | None:
        """Return the name of the thing that ``node`` is, or whose instance it is."""
        return self._resolve(module, node, 0)

    def definition(self, name: str | None) -> tuple[Module, ast.AST] | None:
        """Return the project's own function or class of this name."""
        if name is None:
            return None

        found = self._definitions.get(name)

        if found is None:
            # A method that a base class has.
            owner, _, attribute = name.rpartition(".")
            found = self._definitions.get(self._inherited(owner, attribute, 0) or "")

        return found

    def bases(self, module: Module, node: ast.ClassDef, depth: int = 0) -> list[str]:
        """Return the names of every base class, the nearest first."""
        names: list[str] = []

        for base in node.bases:
            name = self._resolve(module, base, depth + 1)

            if name is None or name in names:
                continue

            names.append(name)
            known = self._definitions.get(name)

            if known and isinstance(known[1], ast.ClassDef) and depth < DEPTH:
                names += self.bases(known[0], known[1], depth + 1)

        return list(dict.fromkeys(names))

    def member(
        self, module: Module, node: ast.ClassDef, attribute: str
    ) -> tuple[Module, Binding] | None:
        """Return what binds a class's attribute, in its body or in a base's."""
        for owner_module, owner in self.lineage(module, node):
            scope = inner_scope(owner)
            bindings = scope.names.get(attribute) if scope else None

            if bindings:
                return owner_module, bindings[-1]

        return None

    def lineage(
        self, module: Module, node: ast.ClassDef
    ) -> list[tuple[Module, ast.ClassDef]]:
        """Return the class and every base class that the project has."""
        found = [(module, node)]

        for name in self.bases(module, node):
            known = self._definitions.get(name)

            if known is not None and isinstance(known[1], ast.ClassDef):
                found.append((known[0], known[1]))

        return found

    def bound(self, module: Module, node: ast.Name) -> tuple[Module, Binding] | None:
        """Return what binds ``node`` as seen from where it stands, through imports."""
        found = scope_of(node).find(node.id)

        if found is None:
            return self._star(module, node.id, 0)

        scope, bindings = found
        binding = _nearest(bindings, node, scope is scope_of(node))

        if binding.how is Binds.IMPORT:
            target = self._target(module, binding.target)
            return self.exported(target) or (module, binding)

        return module, binding

    def _target(self, module: Module, target: str) -> str:
        """Return the full name of what an import names, where it is the project's own."""
        near = f"{module.root}.{target}" if module.root else target

        if self._has(near):
            return near

        if self._has(target):
            return target

        parts = target.split(".")

        for end in range(len(parts), 0, -1):
            found = self._elsewhere.get(".".join(parts[:end]))

            if found is not None:
                return ".".join([found, *parts[end:]])

        return target

    def _has(self, name: str) -> bool:
        return name in self.modules or name.rpartition(".")[0] in self.modules

    def exported(self, name: str, depth: int = 0) -> tuple[Module, Binding] | None:
        """Return what binds the project's own ``module.attribute``."""
        if depth > DEPTH:
            return None

        path, _, attribute = name.rpartition(".")
        module = self.modules.get(path)

        if module is None:
            return None

        bindings = module.scope.names.get(attribute)

        if not bindings:
            return self._star(module, attribute, depth + 1)

        binding = bindings[-1]

        if binding.how is Binds.IMPORT:
            target = self._target(module, binding.target)

            if target != name:
                return self.exported(target, depth + 1) or (module, binding)

        return module, binding

    def _star(
        self, module: Module, name: str, depth: int
    ) -> tuple[Module, Binding] | None:
        for star in module.scope.stars:
            source = self._target(module, star)

            if source != module.name and depth <= DEPTH:
                found = self.exported(f"{source}.{name}", depth + 1)

                if found is not None:
                    return found

        return None

    def _resolve(self, module: Module, node: ast.AST | None, depth: int) -> str | None:
        if node is None or depth > DEPTH:
            return None

        if node in self._memo:
            return self._memo[node]

        # A name that stands for itself has no name.
        self._memo[node] = None
        name = self._found(module, node, depth)
        name = self.models.same.get(name, name) if name else None
        self._memo[node] = name
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

        return None

    def _of_name(self, module: Module, node: ast.Name, depth: int) -> str | None:
        scope = scope_of(node)
        found = scope.find(node.id)

        if found is None:
            star = self._star(module, node.id, depth)

            if star is not None:
                return self._of_binding(star[0], node.id, star[1], depth + 1)

            return self._unbound(module, node.id)

        owner, bindings = found
        binding = _nearest(bindings, node, owner is scope)
        return self._of_binding(module, node.id, binding, depth + 1, owner)

    def _unbound(self, module: Module, name: str) -> str | None:
        if name in BUILTINS:
            return f"builtins.{name}"

        stars = module.scope.stars
        outside = [s for s in stars if self._target(module, s) not in self.modules]
        return f"{outside[0]}.{name}" if len(outside) == 1 else None

    def _of_binding(
        self,
        module: Module,
        name: str,
        binding: Binding,
        depth: int,
        owner: Scope | None = None,
    ) -> str | None:
        if depth > DEPTH:
            return None

        if binding.how is Binds.IMPORT:
            return self._imported(self._target(module, binding.target), depth)

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
        found = self.exported(target)

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

        known = self._definitions.get(base)

        if known is not None and isinstance(known[1], ast.ClassDef):
            return self._inherited(base, attribute, depth) or name

        return name

    def _inherited(self, owner: str, attribute: str, depth: int) -> str | None:
        """Return the name of a class's attribute, looked up as Python would."""
        known = self._definitions.get(owner)

        if known is None or not isinstance(known[1], ast.ClassDef) or depth > DEPTH:
            return None

        module, node = known[0], known[1]
        scope = inner_scope(node)
        bindings = (scope.names.get(attribute) if scope else None) or (
            scope.attributes.get(attribute) if scope else None
        )

        if scope is not None and bindings:
            found = (
                self._of_binding(module, attribute, b, depth + 1, scope)
                for b in reversed(bindings)
            )
            return next((n for n in found if n), None) or f"{owner}.{attribute}"

        for base in self.bases(module, node, depth + 1):
            if base in self._definitions:
                inside = self._inherited(base, attribute, depth + 1)

                if inside is not None:
                    return inside
            elif base.rpartition(".")[2] not in {"object", "ABC", "Generic"}:
                # A class that we cannot read has it, if anyone has.
                return f"{base}.{attribute}"

        return None

    def _given(self, module: Module, node: ast.Call, depth: int) -> str | None:
        """Return the name of what a call gives: a class's instance has the class's."""
        name = self._resolve(module, node.func, depth + 1)

        if name is None:
            return None

        if name in self.models.gives:
            return self.models.gives[name]

        known = self._definitions.get(name)

        if known is not None and isinstance(known[1], FUNCTIONS):
            return self._returned(known[0], known[1], depth) or f"{name}()"

        # A class by the convention that everyone keeps.
        is_class = known is not None or name.rpartition(".")[2][:1].isupper()
        return name if is_class else f"{name}()"

    def _returned(self, module: Module, node: Function, depth: int) -> str | None:
        """Return the name of what the project's own function returns."""
        if depth > DEPTH:
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


def _nearest(bindings: list[Binding], node: ast.Name, same: bool) -> Binding:
    """Return the binding that most likely holds where ``node`` stands.

    Within one scope that is the last one above; seen from an inner scope, which runs
    later, the last one.
    """
    if same:
        above = [b for b in bindings if b.line <= node.lineno]
        # ``x = f(x)``: the x on the right is the one before.
        strictly = [b for b in above if b.line < node.lineno or b.node is None]
        return (strictly or above or bindings)[-1]

    return bindings[-1]


def _relative(modules: Sequence[Module]) -> dict[str, str]:
    """Map the names under which other folders' code imports packages to full names.

    Tests import ``app`` from ``src/app``. Only packages count: a stray ``flask.py``
    in some folder must not stand for Flask.
    """
    found: dict[str, str] = {}

    for module in modules:
        if module.root and module.name != module.root:
            short = module.name.removeprefix(f"{module.root}.")

            if module.package or "." in short:
                found.setdefault(short, module.name)

    return found
