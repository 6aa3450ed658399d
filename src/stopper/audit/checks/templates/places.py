"""Does a value stand where escaping for HTML is the wrong one?"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import UNQUOTED_ATTRIBUTE
from ....controls.templates.control import VALUE_AS_URL
from ....controls.templates.control import VALUE_IN_HANDLER
from ....controls.templates.control import VALUE_IN_SCRIPT
from ....controls.templates.control import VALUE_IN_STYLE
from ....controls.templates.model import Context
from ....controls.templates.model import Output
from ....controls.templates.model import SCRIPT_CONTEXTS
from ....controls.templates.names import runs_url
from ....controls.templates.policy import numeric
from ....controls.templates.policy import own_endpoint
from ....controls.templates.policy import plain_output
from ....controls.templates.policy import script_value
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ...survey.template import Template
from .printed import Printed
from .printed import printed
from .tags import at
from .tags import html
from .tags import unescaped

_IN_TAGS = frozenset(
    {
        Context.ATTRIBUTE,
        Context.URL,
        Context.EVENT_HANDLER,
        Context.STYLE_ATTRIBUTE,
        Context.SRCDOC,
    }
)


def _outputs(
    project: Project, harmless: Callable[[Output], bool] = plain_output
) -> Iterator[tuple[Template, Output]]:
    for template, reading in html(project):
        for output in reading.outputs:
            if not harmless(output):
                yield template, output


def _harmless(output: Output) -> bool:
    """Whether a script may hold this wherever it stands: JSON too, but for ``${``."""
    json = any("tojson" in o.filters for o in output.expression.operands)
    literal = output.context is Context.SCRIPT_TEMPLATE
    return plain_output(output) and not (json and literal)


@check(UNQUOTED_ATTRIBUTE, asks=Project)
def unquoted_attribute(project: Project) -> Iterator[Finding]:
    """Does a value stand in an attribute without quotes?"""
    for template, output in _outputs(project):
        if output.context in _IN_TAGS and not output.quoted:
            found = printed(project, template, output, "unquoted")

            if not found.known:
                weak = numeric(output) or bool(output.expression.call)
                yield at(
                    UNQUOTED_ATTRIBUTE,
                    template,
                    output,
                    found,
                    found.worth(Confidence.LOW if weak else Confidence.MEDIUM),
                    attribute=output.attribute or "an attribute",
                )


@check(VALUE_IN_SCRIPT, asks=Project)
def value_in_script(project: Project) -> Iterator[Finding]:
    """Does a value stand in a script, and not as JSON?"""
    pairs = _pairs(project)

    for template, output in _outputs(project, _harmless):
        if output.context in SCRIPT_CONTEXTS and not script_value(output):
            kind = "script" if output.context is Context.SCRIPT else "literal"
            found = printed(project, template, output, kind)

            if found.known or _counts(output, found):
                continue

            # A template literal runs what stands in ${…}, which nothing escapes.
            raw = unescaped(output.expression) or output.autoescape is False
            literal = output.context is Context.SCRIPT_TEMPLATE and not (
                numeric(output) or "config" in output.expression.text
            )
            most = Confidence.HIGH

            # Of what is escaped only a backslash is left, which takes its string's end.
            if output.context is Context.SCRIPT_STRING and not raw:
                pair = (template.path, output.line) in pairs
                most = Confidence.MEDIUM if pair else Confidence.LOW

            otherwise = Confidence.MEDIUM if raw or literal else Confidence.LOW
            worth = found.worth(otherwise, most)
            yield at(
                VALUE_IN_SCRIPT, template, output, found, worth, where=output.context
            )


def _pairs(project: Project) -> set[tuple[str, int]]:
    """Return the lines on which strings of a script hold two values or more.

    The first may end in a backslash: then its string goes on to the quotation mark
    before the second, which is code.
    """
    seen: set[tuple[str, int]] = set()
    found: set[tuple[str, int]] = set()

    for template, output in _outputs(project, _harmless):
        if output.context is Context.SCRIPT_STRING:
            place = template.path, output.line
            (found if place in seen else seen).add(place)

    return found


def _counts(output: Output, found: Printed) -> bool:
    """Say whether a value is called what numbers are, and none of a stranger's comes."""
    return found.rendered and found.flow is None and numeric(output)


@check(VALUE_IN_HANDLER, asks=Project)
def value_in_handler(project: Project) -> Iterator[Finding]:
    """Does a value stand in the script of an event handler?"""
    for template, output in _outputs(project):
        if output.context is Context.EVENT_HANDLER:
            found = printed(project, template, output, "script")

            if found.known or _counts(output, found):
                continue

            weak = numeric(output) or bool(output.expression.call)
            yield at(
                VALUE_IN_HANDLER,
                template,
                output,
                found,
                found.worth(Confidence.LOW if weak else Confidence.MEDIUM),
                attribute=output.attribute,
            )


@check(VALUE_IN_STYLE, asks=Project)
def value_in_style(project: Project) -> Iterator[Finding]:
    """Does a value stand in a style?"""
    for template, output in _outputs(project):
        style = output.context in (Context.STYLE, Context.STYLE_ATTRIBUTE)

        if style and not numeric(output):
            found = printed(project, template, output, "style")

            if not found.known:
                worth = found.worth(Confidence.LOW, Confidence.MEDIUM)
                yield at(VALUE_IN_STYLE, template, output, found, worth)


@check(VALUE_AS_URL, asks=Project)
def value_as_url(project: Project) -> Iterator[Finding]:
    """Does a URL that runs begin with a value?"""
    for template, output in _outputs(project):
        if (
            output.context is Context.URL
            and output.first
            and runs_url(output.tag, output.attribute)
            and not own_endpoint(output.expression)
        ):
            found = printed(project, template, output, "scheme")

            if found.flow is None and (found.known or _own_url(output)):
                continue

            yield at(
                VALUE_AS_URL,
                template,
                output,
                found,
                found.worth(Confidence.LOW, Confidence.MEDIUM),
                attribute=output.attribute,
            )


def _own_url(output: Output) -> bool:
    """Whether the app chose this URL: an endpoint, its own address, fixed arguments."""
    expression = output.expression
    fixed = bool(expression.call) and len(expression.names) == 1
    known = expression.text.startswith(("request.", "config.", "config["))
    return fixed or known
