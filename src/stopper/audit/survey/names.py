"""What the project's names stand for, and what its classes inherit."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Sequence

from .index import inner_scope
from .index import scope_of
from .models import Models
from .module import Module
from .reach import reaching
from .resolver import Resolver
from .scope import Binding
from .scope import Binds


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

    def __init__(
        self, modules: Sequence[Module], models: Models, above: Sequence[str] = ()
    ) -> None:
        self._resolver = Resolver(modules, models, above)
        self._exports = self._resolver.exports
        self._definitions = self._resolver.definitions
        self.modules = self._exports.modules
        self.models = models

    def unknown(self, name: str | None) -> bool:
        """Say whether a name leaves open what is called by it.

        So it is with methods of what a function gave, of an item of a container or of
        what was kept on ``g``, and with a library of which no model speaks.
        """
        if name is None:
            return True

        holder = name.rpartition(".")[0]
        known = name.partition(".")[0] in self._libraries
        vague = "(" in holder or "[" in holder or holder.startswith("flask.g.")
        return (vague or not known) and self.definition(name) is None

    @functools.cached_property
    def _libraries(self) -> frozenset[str]:
        """The first part of every name that the models or Python itself know."""
        return self.models.libraries | sys.stdlib_module_names | {"builtins"}

    def name_of(self, module: Module, node: ast.AST | None) -> str | None:
        """Return the name of the thing that ``node`` is, or whose instance it is."""
        return None if node is None else self._resolver.ask(module, node)

    def definition(self, name: str | None) -> tuple[Module, ast.AST] | None:
        """Return the project's own function or class of this name."""
        if name is None:
            return None

        found = self._definitions.get(name)

        if found is None:
            # A method that a base class has.
            owner, _, attribute = name.rpartition(".")

            if owner in self._definitions:
                inherited = self._resolver.ask_attribute(owner, attribute)
                found = self._definitions.get(inherited or "")

        return found

    def bases(self, module: Module, node: ast.ClassDef) -> list[str]:
        """Return the names of every base class, in the order in which Python asks."""
        return list(self._resolver.ask_line(module, node)[1])

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
        return list(self._resolver.ask_line(module, node)[0])

    def bound(self, module: Module, node: ast.Name) -> tuple[Module, Binding] | None:
        """Return what binds ``node`` as seen from where it stands, through imports."""
        found = self.reaching(module, node)
        return found[0] if found else None

    def reaching(self, module: Module, node: ast.Name) -> list[tuple[Module, Binding]]:
        """Return all that may bind ``node`` where it stands, the likeliest first."""
        found = scope_of(node).sees(node)

        if found is None:
            star = self._exports.starred(module, node.id)
            return [star] if star else []

        bindings = reaching(found[0], found[1], node)
        return [self._origin(module, binding) for binding in bindings]

    def _origin(self, module: Module, binding: Binding) -> tuple[Module, Binding]:
        if binding.how is Binds.IMPORT:
            target = self._exports.target(module, binding.target)
            return self._exports.exported(target) or (module, binding)

        return module, binding

    def exported(self, name: str) -> tuple[Module, Binding] | None:
        """Return what binds the project's own ``module.attribute``."""
        return self._exports.exported(name)
