"""What the converters of a project's own let through of a URL."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Mapping

from .flow.pattern import characters
from .project import Project
from .site import Site

_QUOTED = re.compile(r"""^\s*r?(["'])(?P<pattern>.+)\1\s*$""")

_SLASHED = "werkzeug.routing.PathConverter"


class Passes(enum.Enum):
    """What a converter lets through."""

    #: Letters, digits, ``_`` and ``-``.
    PLAIN = "plain"
    SEGMENT = "segment"
    SLASHES = "slashes"


def converters(project: Project) -> Mapping[str, Passes]:
    """Map the names of the project's own converters to what they let through."""
    found: dict[str, Passes] = {}

    for site in project.nodes(ast.Assign):
        node = site.node
        assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller

        for target in node.targets:
            if (
                isinstance(target, ast.Subscript)
                and isinstance(target.value, ast.Attribute)
                and target.value.attr == "converters"
                and isinstance(target.slice, ast.Constant)
            ):
                passes = _of_class(site.at(node.value))

                if passes is not None:
                    found[str(target.slice.value)] = passes

    return found


def passed(given: str) -> Passes:
    """Return what ``<regex("..."):name>`` lets through, by what it is given."""
    quoted = _QUOTED.match(given)
    return _matched(quoted["pattern"]) if quoted else Passes.SEGMENT


def _of_class(value: Site) -> Passes | None:
    """Return what a class lets through, ``None`` if that depends on the rule."""
    name = value.name or ""
    known = value.names.definition(name)

    if known is None or not isinstance(known[1], ast.ClassDef):
        return Passes.SLASHES if name == _SLASHED else None

    module, holder = known[0], known[1]
    bound = value.names.member(module, holder, "regex")

    if bound is not None:
        constant = value.values.constant(bound[0], bound[1].node)
        pattern = constant.value if constant is not None else None
        return _matched(pattern) if isinstance(pattern, str) else None

    slashed = _SLASHED in value.names.bases(module, holder)
    return Passes.SLASHES if slashed else None


def _matched(pattern: str) -> Passes:
    found = characters(pattern)

    if found is None:
        return Passes.SEGMENT

    if "/" in found:
        return Passes.SLASHES

    plain = all(c.isalnum() or c in "_-" for c in found)
    return Passes.PLAIN if plain else Passes.SEGMENT
