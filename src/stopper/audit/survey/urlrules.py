"""What the rules of URLs let into the parameters that they name."""

from __future__ import annotations

import ast
import functools
import re

from .converters import converters
from .converters import passed
from .converters import Passes
from .project import Project
from .site import Site
from .value import Built
from .value import Constant

#: A parameter of a rule: ``<path:name>``.
PARAMETER = re.compile(
    r"<(?:(?P<type>[A-Za-z_]\w*)(?:\((?P<given>[^>]*)\))?:)?(?P<name>\w+)>"
)

#: Converters that let nothing through that could do harm.
STRICT = frozenset({"int", "float", "uuid", "any"})

#: Stands for a part of a rule of which nothing is known.
_UNKNOWN = "-"


class Rules:
    """Knows the converters of a project, and the prefixes of its blueprints."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._own = converters(project)

    def open(self, *rules: str) -> dict[str, bool]:
        """Map what rules name to whether each is one segment; strict ones are left out."""
        found: dict[str, bool] = {}

        for rule in rules:
            for match in PARAMETER.finditer(rule):
                passes = self._own.get(match["type"])

                if passes is None:
                    passes = passed(match["given"] or "")

                if match["type"] not in STRICT and passes is not Passes.PLAIN:
                    segment = match["type"] != "path" and passes is not Passes.SLASHES
                    found[match["name"]] = segment and found.get(match["name"], True)

        return found

    @functools.cached_property
    def prefixes(self) -> dict[str, bool]:
        """What the prefixes of blueprints name."""
        rules: list[str] = []

        for site in self._project.nodes(ast.Call):
            prefix = site.argument(-1, "url_prefix")

            if prefix is not None:
                rules.append(seen(prefix) or "")

        return self.open(*rules)


def named_in(rule: str) -> set[str]:
    """Return the names of all parameters of a rule."""
    return {match["name"] for match in PARAMETER.finditer(rule)}


def seen(site: Site) -> str | None:
    """Return what is to be seen of a rule, ``None`` if it is no text that is written out."""
    value = site.value

    if isinstance(value, Built):
        parts = (p if isinstance(p, str) else _UNKNOWN for p in value.parts)
        return "".join(parts)

    text = value.value if isinstance(value, Constant) else None
    return text if isinstance(text, str) else None
