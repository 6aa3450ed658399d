"""Which name means what, where: the scopes of one module and what they bind."""

from __future__ import annotations

import ast
import dataclasses
import enum


class Binds(enum.Enum):
    """How a name came to mean something."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    ASSIGNMENT = "assignment"
    #: ``with x as name``: the value is what ``x`` gives.
    CONTEXT = "context"
    PARAMETER = "parameter"
    #: ``name += x``: the old value stays in the new one.
    CHANGE = "change"
    #: A loop, an unpacking, an exception: the value is not known from here.
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """One place where a name is bound.

    :param node: The definition, the assigned value, the parameter; ``None`` where
        nothing is known of the value.
    :param target: For an import, the dotted name that it stands for.
    :param annotation: The type that the source states, if it states one.
    :param at: The name or the definition itself, where it stands.
    :param since: Line and column from which the binding holds: in ``x = f(x)`` the
        ``x`` on the right is the one before.
    """

    how: Binds
    line: int
    node: ast.AST | None = None
    target: str = ""
    annotation: ast.expr | None = None
    at: ast.AST | None = None
    since: tuple[int, int] = (0, 0)


@dataclasses.dataclass(slots=True)
class Scope:
    """What one module, class, function or comprehension binds.

    :param stars: Modules whose names were all imported.
    :param attributes: Of a class: what its methods assign to ``self.<name>``.
    :param globals: Names that the module has, though they are bound here.
    :param nonlocals: Names that a function around this one has.
    :param shared: Names that are bound from inner functions as well.
    """

    node: ast.AST
    parent: Scope | None
    qualname: str
    names: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)
    stars: list[str] = dataclasses.field(default_factory=list)
    attributes: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)
    globals: set[str] = dataclasses.field(default_factory=set)
    nonlocals: set[str] = dataclasses.field(default_factory=set)
    shared: set[str] = dataclasses.field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether this is the scope of a class body."""
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, binding: Binding) -> None:
        """Record that ``name`` is bound here, or where it is declared to be."""
        owner = self._owner(name)

        if owner is not self:
            owner.shared.add(name)

        owner.names.setdefault(name, []).append(binding)

    def _owner(self, name: str) -> Scope:
        """Return the scope that ``global`` or ``nonlocal`` gives a name to."""
        if name in self.globals:
            return self.outermost()

        if name in self.nonlocals and self.parent is not None:
            found = self.parent.find(name)
            return found[0] if found else self

        return self

    def outermost(self) -> Scope:
        """Return the scope of the module."""
        scope = self

        while scope.parent is not None:
            scope = scope.parent

        return scope

    def sees(self, node: ast.Name) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds a name where it stands here, and its bindings."""
        found = self.find(node.id)

        # In the body of a class ``name = name`` takes the one from around it.
        if found is not None and found[0] is self and self.is_class:
            around = self._around()

            if around and (node.lineno, node.col_offset) < found[1][0].since:
                return around.find(node.id)

        return found

    def _around(self) -> Scope | None:
        """Return the scope whose names the body of a class sees beside its own."""
        scope = self.parent

        while scope is not None and scope.is_class:
            scope = scope.parent

        return scope

    def find(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds ``name`` as seen from here, and its bindings."""
        scope: Scope | None = self
        first = True

        while scope is not None:
            if scope.globals and name in scope.globals:
                scope, first = scope.outermost(), True

            # The names of a class body are not seen from its methods.
            if (first or not scope.is_class) and name in scope.names:
                return scope, scope.names[name]

            first = False
            scope = scope.parent

        return None

    def enclosing_class(self) -> Scope | None:
        """Return the class scope of which this is a method, or a part of a method."""
        scope: Scope | None = self

        while scope is not None and not scope.is_class:
            scope = scope.parent

        return scope
