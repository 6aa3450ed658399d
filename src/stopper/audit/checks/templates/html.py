"""Does a template print a value without escaping it?"""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import AUTOESCAPE_OFF
from ....controls.templates.control import SAFE_FILTER
from ....controls.templates.control import UNESCAPED_TEMPLATE
from ....controls.templates.model import Output
from ....controls.templates.model import Reading
from ....controls.templates.model import SCRIPT_CONTEXTS
from ....controls.templates.model import Statement
from ....controls.templates.policy import escaped
from ....controls.templates.policy import ESCAPED_ENDINGS
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ...survey.template import Template
from .printed import marked
from .printed import printed
from .printed import several
from .tags import at
from .tags import html
from .tags import parameters
from .tags import unescaped


@check(SAFE_FILTER, asks=Project)
def safe_filter(project: Project) -> Iterator[Finding]:
    """Is a value printed, or kept for printing, with |safe?"""
    for template, reading in html(project):
        taken = parameters(reading)

        for output in reading.outputs:
            sure = unescaped(output.expression, taken)

            # In a script it is the script's own rule that is broken.
            if sure and output.context not in SCRIPT_CONTEXTS:
                yield from _marked(project, template, output, sure)

        for said in reading.statements:
            sure = unescaped(said.expression) if said.expression else None

            if sure and said.name == "set":
                yield from _marked(project, template, said, sure)


def _marked(
    project: Project, template: Template, piece: Output | Statement, sure: Confidence
) -> Iterator[Finding]:
    found = marked(project, template, piece)

    if not found.known:
        yield at(SAFE_FILTER, template, piece, found, found.worth(sure))


@check(AUTOESCAPE_OFF, asks=Project)
def autoescape_off(project: Project) -> Iterator[Finding]:
    """Is there a block in which nothing is escaped?"""
    for template, reading in html(project):
        for said in reading.statements:
            if said.name == "autoescape" and said.text.strip().lower() == "false":
                inside = reading.printed(said.end, _end(reading, said))
                bare = (o for o in inside if _bare(o))
                found = several(printed(project, template, o, "markup") for o in bare)

                if not (found.known and found.rendered):
                    worth = found.worth(Confidence.MEDIUM)
                    yield at(AUTOESCAPE_OFF, template, said, found, worth)


def _end(reading: Reading, said: Statement) -> int:
    """Return where a block ends: at the next end of its kind, or that of the file."""
    after = (s for s in reading.statements if s.start > said.start)
    name = f"end{said.name}"
    return next((s.start for s in after if s.name == name), 1 << 60)


@check(UNESCAPED_TEMPLATE, asks=Project)
def unescaped_template(project: Project) -> Iterator[Finding]:
    """Is HTML printed by a template in which Flask escapes nothing?"""
    if _escapes_all(project):
        return

    rendered = _rendered(project)

    for template, reading in html(project):
        if template.path.lower().endswith(ESCAPED_ENDINGS):
            continue

        sure = Confidence.MEDIUM if template.name in rendered else Confidence.LOW
        found = [
            (printed(project, template, output, "markup"), output)
            for output in filter(_bare, reading.outputs)
        ]
        found.sort(key=lambda pair: pair[0].flow is None)

        for one, output in found:
            if not one.known:
                worth = one.surer(sure)
                yield at(UNESCAPED_TEMPLATE, template, output, one, worth)
                break


def _escapes_all(project: Project) -> bool:
    """Whether the app has its own say on what is escaped, by name or as an option."""
    for site in project.nodes(ast.Dict):
        node = t.cast(ast.Dict, site.node)

        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "autoescape":
                return not (isinstance(value, ast.Constant) and not value.value)

    return any(
        node.name == "select_jinja_autoescape" for _, node in project.functions()
    ) or any(
        isinstance(target, ast.Attribute) and target.attr == "autoescape"
        for site in project.nodes(ast.Assign)
        for target in t.cast(ast.Assign, site.node).targets
    )


def _bare(output: Output) -> bool:
    return output.autoescape is not True and not all(
        map(escaped, output.expression.operands)
    )


def _rendered(project: Project) -> frozenset[str]:
    """Return the names of the templates that a call of Flask's renders."""
    names = ("flask.render_template", "flask.stream_template")
    given = (
        call.argument(0, "template_name_or_list") for call in project.calls(*names)
    )
    values = (site.constant.value for site in given if site and site.constant)
    return frozenset(v for v in values if isinstance(v, str))
