"""The tags of templates, and the findings at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....catalogue.rule import Rule
from ....controls.templates.expression import Expression
from ....controls.templates.model import Output
from ....controls.templates.model import Reading
from ....controls.templates.model import Statement
from ....controls.templates.policy import cleaned
from ....controls.templates.policy import escaped
from ....controls.templates.reader import is_html
from ...finding import Finding
from ...finding import finding
from ...finding import Place
from ...survey.project import Project
from ...survey.template import Template
from .printed import Printed
from .printed import served

_PARAMETER = re.compile(r"[(,]\s*(\w+)")


def html(project: Project) -> Iterator[tuple[Template, Reading]]:
    """Yield the templates that are HTML and Jinja's; other languages are notes."""
    for template in project.templates:
        if is_html(template.path, template.text) and not served(project, template):
            reading = template.reading

            if reading.error is None:
                yield template, reading


def _place(template: Template, start: int, end: int, line: int) -> Place:
    before = template.text.rfind("\n", 0, start)
    lines = template.text.count("\n", start, end)
    return Place(template.path, line, start - before, line + lines)


def at(
    rule: Rule,
    template: Template,
    piece: Output | Statement,
    found: Printed,
    confidence: Confidence,
    **fields: str,
) -> Finding:
    """Return the finding of ``rule`` at a tag, which its braces and text name."""
    return finding(
        rule,
        _place(template, piece.start, piece.end, piece.line),
        _first_line(template.text[piece.start : piece.end]),
        confidence=confidence,
        steps=found.steps,
        others=found.others,
        **fields,
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()[:120]


def parameters(reading: Reading) -> frozenset[str]:
    """Return what the template's macros take: whoever calls one decides what it is."""
    found = (s.text for s in reading.statements if s.name == "macro")
    return frozenset(name for text in found for name in _PARAMETER.findall(text))


def unescaped(
    expression: Expression, parameters: frozenset[str] = frozenset()
) -> Confidence | None:
    """Return how sure it is that ``|safe`` lets a stranger's text through here."""
    open_ = [o for o in expression.marked if not escaped(o)]

    if not open_:
        return None

    weak = all(
        cleaned(expression, o) or (o.names and set(o.names) <= parameters)
        for o in open_
    )
    return Confidence.LOW if weak else Confidence.MEDIUM
