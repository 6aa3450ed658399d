"""What the templates of a page hold that its policy has to know of."""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from flask import Flask
from jinja2 import Environment
from jinja2 import Template
from jinja2 import TemplateError

from ...controls.templates.jinja import Syntax
from ...controls.templates.model import Problem
from ...controls.templates.model import Reading
from ...controls.templates.reader import read
from ...controls.templates.stamp import hash_of
from ...controls.templates.stamp import stamp
from .. import passage
from .loaders import file_loaders

#: What a strict policy breaks and no nonce can mend: a page that holds any of these
#: stays in report.
BREAKING = frozenset({"event-handler", "style-attribute", "javascript-url"})

#: How many templates are remembered. An app that makes up names must not fill the memory.
MOST_TEMPLATES = 5000

_REFERS = frozenset({"extends", "include", "import", "from"})


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What one template holds.

    :param scripts: The hashes of its constant inline scripts, ``styles`` those of its
        constant inline styles, as CSP sources.
    :param refers: The templates that it names literally.
    """

    breaking: tuple[Problem, ...] = ()
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    fresh: Callable[[], bool] | None = None


#: What is known of a template that cannot be read: nothing, so the policy is enforced.
UNKNOWN = Sheet()


class Pages:
    """Reads templates by name, once each, and adds up what a page's hold."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._sheets: dict[str, Sheet] = {}
        self._lock = threading.Lock()

    def of(self, names: Iterable[str]) -> list[Sheet]:
        """Return the sheets of these templates and of all that they name literally.

        A page that is streamed loads its parents after its headers left, so what is
        named counts as used. What only a value names is seen when it is loaded before
        the headers leave; else it is unknown, and the policy is enforced.
        """
        seen: dict[str, Sheet] = {}
        waiting = list(names)

        while waiting:
            name = waiting.pop()

            if name not in seen:
                seen[name] = self._sheet(name)
                waiting.extend(seen[name].refers)

        return list(seen.values())

    def everything(self) -> list[Sheet]:
        """Return the sheets of all template files of the app and its extensions."""
        names = {
            n for loader in file_loaders(self._app) for n in loader.list_templates()
        }
        return self.of(sorted(names)[:MOST_TEMPLATES])

    def _sheet(self, name: str) -> Sheet:
        sheet = self._sheets.get(name)

        if sheet is not None and (
            sheet.fresh is None or not self._app.jinja_env.auto_reload or sheet.fresh()
        ):
            return sheet

        sheet = self._read(name)

        with self._lock:
            if len(self._sheets) >= MOST_TEMPLATES:
                self._sheets.clear()

            self._sheets[name] = sheet

        return sheet

    def _read(self, name: str) -> Sheet:
        environment = self._app.jinja_env

        if environment.loader is None:
            return UNKNOWN

        try:
            source, _, fresh = environment.loader.get_source(environment, name)
        except (TemplateError, OSError, UnicodeError):
            return UNKNOWN

        syntax = Syntax.of(environment)
        stamped = stamp(source, name, syntax=syntax)
        reading = read(source, name, syntax=syntax)
        return Sheet(
            breaking=tuple(p for p in stamped.problems if p.kind in BREAKING),
            scripts=tuple(f"'{h}'" for h in stamped.hashes),
            styles=tuple(_styles(source, reading)),
            refers=tuple(
                s.target for s in reading.statements if s.name in _REFERS and s.target
            ),
            fresh=fresh,
        )


def _styles(source: str, reading: Reading) -> t.Iterator[str]:
    for element in reading.elements:
        body = element.body

        if element.name == "style" and body and body.constant and body.end >= 0:
            yield f"'{hash_of(source[body.start : body.end])}'"


def watch_templates(app: Flask, owner: object) -> None:
    """Note for each request which templates its page loads.

    The environment's class is exchanged, and not its methods: an overlay copies
    attributes, and would load its templates through ours.
    """
    environment = app.jinja_env

    if isinstance(environment, Noting):
        return

    kind = type(environment)
    environment.__class__ = type(
        kind.__name__, (Noting, kind), {"owner": owner, "__module__": kind.__module__}
    )


class Noting(Environment):
    """An environment that notes which templates the current request loads."""

    owner: t.ClassVar[object]

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: t.MutableMapping[str, t.Any] | None = None,
    ) -> Template:
        """Load a template, and note it."""
        return self._noted(super().get_template(name, parent, globals))

    def select_template(
        self,
        names: Iterable[str | Template],
        parent: str | None = None,
        globals: t.MutableMapping[str, t.Any] | None = None,
    ) -> Template:
        """Load the first template that there is, and note it."""
        return self._noted(super().select_template(names, parent, globals))

    def _noted(self, template: Template) -> Template:
        found = passage.current(self.owner)

        if found is not None and template.name:
            found.templates.add(template.name)

        return template
