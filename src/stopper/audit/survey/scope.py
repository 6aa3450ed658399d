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
    #: A loop, an unpacking, an exception: the value is not known from here.
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """One place where a name is bound.

    :param node: The definition, the assigned value, the parameter; ``None`` where
        nothing is known of the value.
    :param target: For an import, the dotted name that it stands for.
    :param annotation: The type that the source states, if it states one.
    """

    how: Binds
    line: int
    node: ast.AST | None = None
    target: str = ""
    annotation: ast.expr | None = None


@dataclasses.dataclass(slots=True)
class Scope:
    """What one module, class, function or comprehension binds.

    :param stars: Modules whose names were all imported.
    :param attributes: Of a class: what its methods assign to ``self.<name>``.
    """

    node: ast.AST
    parent: Scope | None
    qualname: str
    names: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)
    stars: list[str] = dataclasses.field(default_factory=list)
    attributes: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)
    globals: set[str] = dataclasses.field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether this is the scope of a class body."""
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, binding: Binding) -> None:
        """Record that ``name`` is bound here, or in the module if declared global."""
        scope = self

        if name in self.globals:
            while scope.parent is not None:
                scope = scope.parent

        scope.names.setdefault(name, []).append(binding)

    def find(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds ``name`` as seen from here, and its bindings."""
        scope: Scope | None = self
        first = True

        while scope is not None:
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
