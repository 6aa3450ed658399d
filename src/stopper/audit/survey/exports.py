"""What the project's modules offer to one another: imports, re-exports and stars."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from collections.abc import Sequence

from .module import Module
from .scope import Binding
from .scope import Binds

Found = tuple[Module, Binding]

#: How many modules one name is looked for in, through stars and re-exports.
HOPS = 300

#: How many parts of a dotted name are looked at.
PARTS = 30


class Exports:
    """Finds what binds ``module.attribute``, through any number of modules.

    It asks for no types, so each answer is the same whoever asks, and kept.

    :param above: The names of the folders in which the audited one lies, and its own.
        Code names its packages by all of them, of which only a part may be audited.
    """

    def __init__(self, modules: Sequence[Module], above: Sequence[str] = ()) -> None:
        self.modules = {module.name: module for module in modules}
        self._above = _prefixes(above)
        self._elsewhere = _relative(modules)
        self._bound = {name for module in modules for name in module.scope.names}
        self._memo: dict[tuple[str, str], Found | None] = {}

    def target(self, module: Module, target: str) -> str:
        """Return the full name of what an import names, where it is the project's own."""
        if module.siblings and (beside := self._beside(module, target)):
            return beside

        near = f"{module.root}.{target}" if module.root else target

        if self._has(near):
            return near

        if self._has(target):
            return target

        for prefix in self._above:
            if target.startswith(prefix) and self._has(target[len(prefix) :]):
                return target[len(prefix) :]

        parts = target.split(".")

        for end in range(min(len(parts), PARTS), 0, -1):
            found = self._elsewhere.get(".".join(parts[:end]))

            if found is not None:
                return ".".join([found, *parts[end:]])

        return target

    def _beside(self, module: Module, target: str) -> str | None:
        """Return the full name of what lies in the importing file's own folder."""
        folder = module.name if module.package else module.name.rpartition(".")[0]
        name = f"{folder}.{target}"
        first = f"{folder}.{target.partition('.')[0]}"
        known = first in self.modules and first != module.name
        return name if known and folder and target else None

    def _has(self, name: str) -> bool:
        return name in self.modules or name.rpartition(".")[0] in self.modules

    def exported(self, name: str) -> Found | None:
        """Return what binds the project's own ``module.attribute``."""
        path, _, attribute = name.rpartition(".")

        if path not in self.modules:
            return None

        return self._kept(path, attribute, [name])

    def starred(self, module: Module, name: str) -> Found | None:
        """Return what binds a name that the module itself does not, by its stars."""
        if not module.scope.stars:
            return None

        return self._kept(f"{module.name}*", name, self._through(module, name))

    def _kept(self, path: str, attribute: str, wanted: list[str]) -> Found | None:
        if attribute not in self._bound:
            return None

        key = (path, attribute)

        if key not in self._memo:
            self._memo[key] = self._search(wanted)

        return self._memo[key]

    def _search(self, wanted: list[str]) -> Found | None:
        stack: list[str | Found] = list(wanted)
        seen: set[str] = set()

        while stack and len(seen) < HOPS:
            name = stack.pop()

            if not isinstance(name, str):
                return name

            path, _, attribute = name.rpartition(".")
            module = self.modules.get(path)

            if module is None or name in seen:
                continue

            seen.add(name)
            bindings = module.scope.names.get(attribute)

            if not bindings:
                stack += self._through(module, attribute)
                continue

            binding = _offered(bindings)
            stack.append((module, binding))

            if binding.how is Binds.IMPORT:
                stack.append(self.target(module, binding.target))

        # The search was cut: the first import on the way is an answer.
        return next((item for item in stack if not isinstance(item, str)), None)

    def _through(self, module: Module, name: str) -> list[str]:
        """Return what ``name`` may be in the modules that are imported by a star."""
        found: list[str] = []

        for star in module.scope.stars[-HOPS:]:
            source = self.target(module, star)
            other = self.modules.get(source)

            if other is not None and other is not module and _public(other, name):
                found.append(f"{source}.{name}")

        return found


def _prefixes(above: Sequence[str]) -> list[str]:
    """Return what an import of the project's own may begin with, the longest first."""
    named = [f"{'.'.join(above[n:])}." for n in range(len(above))]
    # A folder that has a library's name may well be the library.
    return [p for p in named if p.count(".") > 1 or p[:-1] not in _LIBRARIES]


_LIBRARIES = frozenset({"flask", "werkzeug", "jinja2", *sys.stdlib_module_names})


def _public(module: Module, name: str) -> bool:
    """Say whether a star gives this name away: ``__all__`` decides, then the ``_``."""
    listed = module.scope.names.get("__all__", ())
    node = listed[0].node if len(listed) == 1 else None

    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) <= HOPS:
        if all(isinstance(e, ast.Constant) for e in node.elts):
            return any(e.value == name for e in _constants(node))

    return not name.startswith("_")


def _constants(node: ast.List | ast.Tuple) -> Iterator[ast.Constant]:
    for element in node.elts:
        if isinstance(element, ast.Constant):
            yield element


def _offered(bindings: Sequence[Binding]) -> Binding:
    """Return the binding that holds once the module is loaded.

    ``redis = None`` for when an import fails is not what the others rely on.
    """
    for binding in reversed(bindings[-4:]):
        empty = isinstance(binding.node, ast.Constant) and binding.node.value is None

        if not empty and binding.how is not Binds.CHANGE:
            return binding

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
