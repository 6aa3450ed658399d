"""What the project keeps, and what its functions change of what they are given."""

from __future__ import annotations

import ast
import functools

from ...index import FUNCTIONS
from ...project import Project
from ..call import is_method
from ..change import root
from ..frame import arguments
from ..frame import body_of
from ..heap import Heap


class Stores:
    """Knows every place of a project where something is kept."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = project.names

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
