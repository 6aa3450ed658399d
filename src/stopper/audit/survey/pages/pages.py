"""All templates of a project as modules of Python's, and which of them a name means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....controls.templates.reader import is_html
from ..module import Module
from ..template import Template
from .known import known
from .page import Page
from .write import page

#: The folder from which templates are named; a theme's may have more to its name.
_FOLDER = re.compile(r"(?:^|/)templates[^/]*/")


class Pages:
    """The templates of a project, each as a module of Python's."""

    def __init__(
        self, templates: Sequence[Template], modules: Sequence[Module]
    ) -> None:
        self._templates = [
            x for x in templates if not x.test and is_html(x.path, x.text)
        ]
        self._by_name: dict[str, list[Template]] = {}

        for template in self._templates:
            self._by_name.setdefault(_name(template), []).append(template)

        told = known(modules)
        written = (page(x, told, self.named) for x in self._templates)
        self.pages = tuple(p for p in written if p is not None)
        self._of = {p.path: p for p in self.pages}

    def of(self, template: Template) -> Page | None:
        """Return the page that a template is, ``None`` if it could not be written."""
        return self._of.get(template.path)

    def called(self, name: str) -> list[Page]:
        """Return the pages that a name means where a view renders it."""
        found = (self._of.get(x.path) for x in self.named(name))
        return [p for p in found if p is not None]

    def named(self, name: str, seen_from: Template | None = None) -> list[Template]:
        """Return the templates that a name means.

        :param seen_from: The template that names it: it does not mean itself.
        """
        found = self._found(name)
        return [x for x in found if x is not seen_from]

    def _found(self, name: str) -> list[Template]:
        # ``plugin:page.html``, ``./page.html``, ``/page.html``
        name = name.rpartition(":")[2].removeprefix("./").lstrip("/")

        if not name:
            return []

        if name not in self._by_name:
            self._by_name[name] = self._elsewhere(name)

        return self._by_name[name]

    def _elsewhere(self, name: str) -> list[Template]:
        """Return the templates whose folder is named by a prefix of the app's own.

        ``events/page.html`` may be ``events/templates/page.html``.
        """
        ends = f"/{name}"
        whole = [x for x in self._templates if f"/{x.path}".endswith(ends)]

        if whole:
            return whole

        first, _, rest = name.partition("/")
        found = self._by_name.get(rest, []) if rest else []
        return [x for x in found if first in x.path.split("/")]


def _name(template: Template) -> str:
    """Return what a view would call a template: what follows the last such folder."""
    *_, name = _FOLDER.split(template.path)
    return name
