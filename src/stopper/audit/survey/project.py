"""The app as read from disk. Checks ask it; nothing changes it."""

from __future__ import annotations

import ast
import dataclasses
import functools
import typing as t
from collections.abc import Iterator
from collections.abc import Mapping

from ..finding import Place
from .appconfig import AppSetting
from .appconfig import settings
from .config import Entry
from .files import SourceFile
from .guards import Refusals
from .hooks import Hook
from .hooks import hooks
from .index import Function
from .models import Models
from .models import models
from .models import Sink
from .module import Module
from .names import Names
from .note import Note
from .pages.pages import Pages
from .requirements import Requirement
from .routes import Route
from .routes import routes
from .site import Site
from .template import Template
from .values import Values

NodeT = t.TypeVar("NodeT", bound=ast.AST)


@dataclasses.dataclass(frozen=True, slots=True)
class SinkSite:
    """A call of a modelled sink, and the argument in which a value does harm."""

    call: Site
    argument: Site
    sink: Sink


@dataclasses.dataclass(frozen=True, eq=False)
class Project:
    """The app as read from disk. Checks ask it; nothing changes it.

    :param files: Every file that was read, by its shown name.
    :param entries: What configuration files say, key by key.
    :param tracked: Shown names of the files that git's index holds, ``None`` where
        there is no repository.
    :param notes: What could not be read, and why.
    :param skipped: How many files or folders were left out, by reason.
    :param above: The names of the folders in which the audited one lies, and its own.
    """

    files: Mapping[str, SourceFile]
    modules: tuple[Module, ...]
    templates: tuple[Template, ...]
    entries: tuple[Entry, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    tracked: frozenset[str] | None = None
    notes: tuple[Note, ...] = ()
    skipped: Mapping[str, int] = dataclasses.field(default_factory=dict)
    above: tuple[str, ...] = ()

    @functools.cached_property
    def models(self) -> Models:
        """What the libraries do."""
        return models()

    @functools.cached_property
    def names(self) -> Names:
        """Resolves expressions to public dotted names."""
        return Names(self.code, self.models, self.above)

    @functools.cached_property
    def pages(self) -> Pages:
        """The templates, written as modules, so that values are followed through them."""
        return Pages(self.templates, self.modules)

    @functools.cached_property
    def code(self) -> tuple[Module, ...]:
        """The modules, and the templates written as such. No check looks into those."""
        return (*self.modules, *self.pages.pages)

    @functools.cached_property
    def values(self) -> Values:
        """Finds the values of expressions."""
        return Values(self.names)

    @functools.cached_property
    def refusals(self) -> Refusals:
        """Knows which decorators and functions let only some people in."""
        return Refusals(self.names, self.values, self.models)

    def site(self, module: Module, node: ast.AST) -> Site:
        """Return what a check can ask about one node."""
        return Site(module, node, self.names, self.values)

    def nodes(self, kind: type[NodeT]) -> Iterator[Site]:
        """Yield every node of exactly this type, one of those that the index keeps."""
        names, values = self.names, self.values

        for module in self.modules:
            for node in module.index.nodes(kind):
                yield Site(module, node, names, values)

    def functions(self) -> Iterator[tuple[Site, Function]]:
        """Yield every function and method."""
        for module in self.modules:
            for node in module.index.functions():
                yield self.site(module, node), node

    def calls(self, *names: str) -> Iterator[Site]:
        """Yield every call of the functions with these public names.

        ``"*.execute"`` stands for a method of that name on an object of unknown type:
        of which nothing is known, or only which function nobody knows it came from.
        """
        for name in names:
            for module, node in self._calls.get(name, ()):
                yield self.site(module, node)

    def called(self, *names: str) -> Iterator[Site]:
        """Yield every call of what is written with these last names: ``x.get(...)``.

        Whose it is, nobody has asked. ``"*.get"`` stands for ``"get"``.
        """
        for name in names:
            for module, node in self._called.get(name.rpartition(".")[2], ()):
                yield self.site(module, node)

    def sinks(self, *kinds: str) -> Iterator[SinkSite]:
        """Yield every call of a sink of these kinds that is given the argument."""
        for sink in self._sinks_of(kinds):
            for call in self.calls(sink.name):
                argument = call.argument(sink.position, sink.keyword)

                if argument is not None:
                    yield SinkSite(call, argument, sink)

    def settings(self, *keys: str) -> Iterator[AppSetting]:
        """Yield every place where the source sets one of these keys of ``app.config``."""
        for key in keys:
            yield from self._settings.get(key, ())

    def configured(self, *keys: str) -> Iterator[Entry]:
        """Yield what configuration files say under these keys, in any section.

        ``FLASK_`` before a key is passed over, as Flask's own loader does.
        """
        wanted = {k.upper() for k in keys}

        for entry in self.entries:
            key = entry.key.rpartition(".")[2].upper()

            if key in wanted or key.removeprefix("FLASK_") in wanted:
                yield entry

    @functools.cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every way from a URL to a function."""
        return tuple(
            route
            for module in self.modules
            for route in routes(self.site(module, module.tree), self.models)
        )

    @functools.cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """Every function that runs before each request."""
        return tuple(
            hook
            for module in self.modules
            for hook in hooks(self.site(module, module.tree))
        )

    @functools.cached_property
    def views(self) -> frozenset[Function]:
        """The functions that answer requests."""
        return frozenset(t.cast(Function, route.view.node) for route in self.routes)

    @functools.cached_property
    def apps(self) -> tuple[Site, ...]:
        """Every ``Flask(...)`` of the project's own code, tests aside."""
        found = self.calls("flask.Flask", "apiflask.APIFlask", "flask_openapi3.OpenAPI")
        return tuple(site for site in found if not site.module.test)

    @functools.cached_property
    def imported(self) -> frozenset[str]:
        """The first part of every module that is imported from outside, tests aside."""
        found: set[str] = set()

        for module in self.modules:
            if module.test:
                continue

            for node in module.index.nodes(ast.Import):
                found.update(a.name.partition(".")[0] for a in node.names)

            for from_ in module.index.nodes(ast.ImportFrom):
                if not from_.level and from_.module:
                    found.add(from_.module.partition(".")[0])

        return frozenset(found)

    def line(self, place: Place) -> str:
        """Return the source line at ``place``, empty where there is none."""
        file = self.files.get(place.path)
        return file.line(place.line) if file else ""

    @functools.cached_property
    def _calls(self) -> Mapping[str, list[tuple[Module, ast.Call]]]:
        found: dict[str, list[tuple[Module, ast.Call]]] = {}

        for module in self.modules:
            for node in module.index.nodes(ast.Call):
                name = self.names.name_of(module, node.func)

                if name is not None:
                    found.setdefault(name, []).append((module, node))

                if isinstance(node.func, ast.Attribute) and self._open(name):
                    found.setdefault(f"*.{node.func.attr}", []).append((module, node))

        return found

    @functools.cached_property
    def _called(self) -> Mapping[str, list[tuple[Module, ast.Call]]]:
        found: dict[str, list[tuple[Module, ast.Call]]] = {}

        for module in self.modules:
            for node in module.index.nodes(ast.Call):
                func = node.func

                if isinstance(func, ast.Attribute):
                    found.setdefault(func.attr, []).append((module, node))
                elif isinstance(func, ast.Name):
                    found.setdefault(func.id, []).append((module, node))

        return found

    def _open(self, name: str | None) -> bool:
        return name not in self.models.sinks and self.names.unknown(name)

    @functools.cached_property
    def _settings(self) -> Mapping[str, list[AppSetting]]:
        found: dict[str, list[AppSetting]] = {}

        for module in self.modules:
            for setting in settings(self.site(module, module.tree), self.names):
                found.setdefault(setting.key, []).append(setting)

        return found

    def _sinks_of(self, kinds: tuple[str, ...]) -> Iterator[Sink]:
        for rows in self.models.sinks.values():
            yield from (row for row in rows if row.kind in kinds)
