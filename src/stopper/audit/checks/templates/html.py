"""What templates say themselves: filters, blocks, and where a value stands."""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Callable
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....catalogue.rule import Rule
from ....controls.templates.control import AUTOESCAPE_OFF
from ....controls.templates.control import SAFE_FILTER
from ....controls.templates.control import UNESCAPED_TEMPLATE
from ....controls.templates.control import UNQUOTED_ATTRIBUTE
from ....controls.templates.control import VALUE_AS_URL
from ....controls.templates.control import VALUE_IN_HANDLER
from ....controls.templates.control import VALUE_IN_SCRIPT
from ....controls.templates.control import VALUE_IN_STYLE
from ....controls.templates.expression import Expression
from ....controls.templates.model import Context
from ....controls.templates.model import Output
from ....controls.templates.model import Reading
from ....controls.templates.model import SCRIPT_CONTEXTS
from ....controls.templates.names import runs_url
from ....controls.templates.policy import cleaned
from ....controls.templates.policy import escaped
from ....controls.templates.policy import ESCAPED_ENDINGS
from ....controls.templates.policy import numeric
from ....controls.templates.policy import own_endpoint
from ....controls.templates.policy import plain_output
from ....controls.templates.policy import script_value
from ....controls.templates.reader import is_html
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Place
from ...survey.project import Project
from ...survey.template import Template

_PARAMETER = re.compile(r"[(,]\s*(\w+)")

_IN_TAGS = frozenset(
    {
        Context.ATTRIBUTE,
        Context.URL,
        Context.EVENT_HANDLER,
        Context.STYLE_ATTRIBUTE,
        Context.SRCDOC,
    }
)


def _templates(project: Project) -> Iterator[tuple[Template, Reading]]:
    """Yield the templates that are HTML and Jinja's; other languages are notes."""
    for template in project.templates:
        if is_html(template.path, template.text):
            reading = template.reading

            if reading.error is None:
                yield template, reading


def _outputs(
    project: Project, harmless: Callable[[Output], bool] = plain_output
) -> Iterator[tuple[Template, Output]]:
    for template, reading in _templates(project):
        for output in reading.outputs:
            if not harmless(output):
                yield template, output


def _harmless(output: Output) -> bool:
    """Whether a script may hold this wherever it stands: JSON too, but for ``${``."""
    json = any("tojson" in o.filters for o in output.expression.operands)
    literal = output.context is Context.SCRIPT_TEMPLATE
    return plain_output(output) and not (json and literal)


def _place(template: Template, start: int, end: int, line: int) -> Place:
    before = template.text.rfind("\n", 0, start)
    lines = template.text.count("\n", start, end)
    return Place(template.path, line, start - before, line + lines)


def _at(
    rule: Rule,
    template: Template,
    output: Output,
    confidence: Confidence | None = None,
    **fields: str,
) -> Finding:
    """Return the finding of ``rule`` at an output, which its braces and text name."""
    return finding(
        rule,
        _place(template, output.start, output.end, output.line),
        _first_line(template.text[output.start : output.end]),
        confidence=confidence,
        steps=(),
        others=(),
        **fields,
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()[:120]


def _parameters(reading: Reading) -> frozenset[str]:
    """Return what the template's macros take: whoever calls one decides what it is."""
    found = (s.text for s in reading.statements if s.name == "macro")
    return frozenset(name for text in found for name in _PARAMETER.findall(text))


def _unescaped(
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


@check(SAFE_FILTER, asks=Project)
def safe_filter(project: Project) -> Iterator[Finding]:
    """Is a value printed, or kept for printing, with |safe?"""
    for template, reading in _templates(project):
        parameters = _parameters(reading)

        for output in reading.outputs:
            sure = _unescaped(output.expression, parameters)

            # In a script it is the script's own rule that is broken.
            if sure and output.context not in SCRIPT_CONTEXTS:
                yield _at(SAFE_FILTER, template, output, confidence=sure)

        for said in reading.statements:
            sure = _unescaped(said.expression) if said.expression else None

            if sure and said.name == "set":
                yield finding(
                    SAFE_FILTER,
                    _place(template, said.start, said.end, said.line),
                    _first_line(template.text[said.start : said.end]),
                    confidence=sure,
                )


@check(AUTOESCAPE_OFF, asks=Project)
def autoescape_off(project: Project) -> Iterator[Finding]:
    """Is there a block in which nothing is escaped?"""
    for template, reading in _templates(project):
        for said in reading.statements:
            if said.name == "autoescape" and said.text.strip().lower() == "false":
                yield finding(
                    AUTOESCAPE_OFF,
                    _place(template, said.start, said.end, said.line),
                    _first_line(template.text[said.start : said.end]),
                )


@check(UNQUOTED_ATTRIBUTE, asks=Project)
def unquoted_attribute(project: Project) -> Iterator[Finding]:
    """Does a value stand in an attribute without quotes?"""
    for template, output in _outputs(project):
        if output.context in _IN_TAGS and not output.quoted:
            weak = numeric(output) or bool(output.expression.call)
            yield _at(
                UNQUOTED_ATTRIBUTE,
                template,
                output,
                attribute=output.attribute or "an attribute",
                confidence=Confidence.LOW if weak else Confidence.MEDIUM,
            )


@check(VALUE_IN_SCRIPT, asks=Project)
def value_in_script(project: Project) -> Iterator[Finding]:
    """Does a value stand in a script, and not as JSON?"""
    for template, output in _outputs(project, _harmless):
        if output.context in SCRIPT_CONTEXTS and not script_value(output):
            # A template literal runs what stands in ${…}, which nothing escapes.
            raw = _unescaped(output.expression) or output.autoescape is False
            literal = output.context is Context.SCRIPT_TEMPLATE and not (
                numeric(output) or "config" in output.expression.text
            )
            yield _at(
                VALUE_IN_SCRIPT,
                template,
                output,
                where=output.context,
                confidence=Confidence.MEDIUM if raw or literal else Confidence.LOW,
            )


@check(VALUE_IN_HANDLER, asks=Project)
def value_in_handler(project: Project) -> Iterator[Finding]:
    """Does a value stand in the script of an event handler?"""
    for template, output in _outputs(project):
        if output.context is Context.EVENT_HANDLER:
            weak = numeric(output) or bool(output.expression.call)
            yield _at(
                VALUE_IN_HANDLER,
                template,
                output,
                attribute=output.attribute,
                confidence=Confidence.LOW if weak else Confidence.MEDIUM,
            )


@check(VALUE_IN_STYLE, asks=Project)
def value_in_style(project: Project) -> Iterator[Finding]:
    """Does a value stand in a style?"""
    for template, output in _outputs(project):
        style = output.context in (Context.STYLE, Context.STYLE_ATTRIBUTE)

        if style and not numeric(output):
            yield _at(VALUE_IN_STYLE, template, output)


@check(VALUE_AS_URL, asks=Project)
def value_as_url(project: Project) -> Iterator[Finding]:
    """Does a URL that runs begin with a value?"""
    for template, output in _outputs(project):
        if (
            output.context is Context.URL
            and output.first
            and runs_url(output.tag, output.attribute)
            and not _own_url(output)
        ):
            yield _at(VALUE_AS_URL, template, output, attribute=output.attribute)


def _own_url(output: Output) -> bool:
    """Whether the app chose this URL: an endpoint, its own address, fixed arguments."""
    expression = output.expression
    fixed = bool(expression.call) and len(expression.names) == 1
    known = expression.text.startswith(("request.", "config.", "config["))
    return fixed or known or own_endpoint(expression)


@check(UNESCAPED_TEMPLATE, asks=Project)
def unescaped_template(project: Project) -> Iterator[Finding]:
    """Is HTML printed by a template in which Flask escapes nothing?"""
    if _escapes_all(project):
        return

    rendered = _rendered(project)

    for template, reading in _templates(project):
        if template.path.lower().endswith(ESCAPED_ENDINGS):
            continue

        output = next(filter(_bare, reading.outputs), None)

        if output is not None:
            sure = template.name in rendered
            yield _at(
                UNESCAPED_TEMPLATE,
                template,
                output,
                confidence=Confidence.MEDIUM if sure else Confidence.LOW,
            )


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
