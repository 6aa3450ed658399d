"""What may stand where in a template: the judgement that both wings share. Pure."""

from __future__ import annotations

import re

from .expression import Expression
from .expression import Operand
from .model import Attribute
from .model import Context
from .model import Output

#: The endings that Flask turns autoescaping on for (``select_jinja_autoescape``).
ESCAPED_ENDINGS = (".html", ".htm", ".xml", ".xhtml", ".svg")

#: Filters whose answer holds no character that means anything to HTML.
PLAIN_FILTERS = frozenset(
    (
        *("int", "float", "round", "length", "count", "wordcount", "abs", "sum"),
        *("filesizeformat", "urlencode", "tojson"),
    )
)

#: Filters after which ``|safe`` is right: the value is escaped, or is no text.
ESCAPING_FILTERS = PLAIN_FILTERS | {"e", "escape", "forceescape", "xmlattr", "urlize"}

#: Functions of Flask and its usual company that print text of the app's own.
OWN_CALLS = frozenset(
    (
        *("url_for", "csrf_token", "csp_nonce", "caller", "super", "_", "gettext"),
        *("ngettext", "get_locale", "range", "lipsum", "cycler", "joiner"),
    )
)

_CLEANER = re.compile(
    r"clean|sanit|bleach|markdown|\bmd\b|nl2br|linkify|highlight|striptags|escape|purify|"
    r"render|widget|pagina|icon|svg|flask_moment|moment|bbcode|markup",
    re.I,
)
_NUMBER = re.compile(
    r"(?:^|[._'\"])(?:id|pk|uuid|uid|index0?|count|counter|page|per_page|pages|num|number|"
    r"total|year|month|day|hour|size|width|height|len|length|port|percent\w*|progress|"
    r"timestamp|max|min|limit|offset|step|level|version)s?$",
    re.I,
)


def own_url(attribute: Attribute) -> bool:
    """Whether this URL is one that the app itself wrote, whoever asks for the page."""
    return not attribute.dynamic and all(map(own_endpoint, attribute.expressions))


def own_endpoint(expression: Expression) -> bool:
    """Whether this prints the URL of an endpoint that the template names itself."""
    return expression.constant or all(
        operand.constant
        or (
            operand.call == "url_for"
            and operand.arguments != ()
            and operand.names == ("url_for",)
            and not set(operand.filters) - {"e", "escape", "forceescape", "urlencode"}
        )
        for operand in expression.operands
    )


def script_value(output: Output) -> bool:
    """Whether this output may stand in a script: JSON in code, or nobody's value."""
    if all(o.constant or _token(o) for o in output.expression.operands):
        return True

    if output.context not in (Context.SCRIPT, Context.JSON):
        return False

    return all(
        operand.constant or _json(operand.filters)
        for operand in output.expression.operands
    )


def _token(operand: Operand) -> bool:
    """Whether this prints a CSRF token: letters, digits, ``-``, ``_`` and ``.`` alone."""
    return (
        operand.call == "csrf_token"
        and operand.names == ("csrf_token",)
        and not set(operand.filters) - {"e", "escape", "safe"}
    )


def _json(filters: tuple[str, ...]) -> bool:
    while filters and filters[-1] == "safe":
        filters = filters[:-1]

    return filters[-1:] == ("tojson",)


def plain(operand: Operand) -> bool:
    """Whether this prints nothing that a stranger chose, wherever it stands."""
    return (
        operand.constant
        or operand.call in OWN_CALLS
        or operand.names in (("loop",), ("csrf_token",), ("csp_nonce",))
        or bool(PLAIN_FILTERS & set(operand.filters))
    )


def plain_output(output: Output) -> bool:
    """Whether each value that this prints is :func:`plain`."""
    return all(map(plain, output.expression.operands))


def numeric(output: Output) -> bool:
    """Whether the name of what is printed is what everyone calls a number."""
    text = output.expression.text.partition("|")[0].strip(" )]'\"")
    return _NUMBER.search(text) is not None


def escaped(operand: Operand) -> bool:
    """Whether what ``|safe`` stands behind here is escaped, or no stranger's text."""
    return plain(operand) or bool(ESCAPING_FILTERS & set(operand.filters))


def cleaned(expression: Expression, operand: Operand) -> bool:
    """Whether names around this value say that something cleans or renders it.

    A name is a promise and no proof: a finding is weaker then, not gone.
    """
    said = (*operand.filters, operand.call)
    form = operand.names[:1] in (("form",), ("field",))
    described = form and ".description" in expression.text
    return (
        any(_CLEANER.search(name) for name in said if name)
        # ``form.field()|safe``: a widget escapes what it prints.
        or (bool(operand.call) and form)
        or described
        or bool({"widget", "widgets"} & set(operand.names))
        # ``_("… {who}").format(who=link(user))``: what a function makes for a text of
        # HTML is HTML, if anyone thought of it.
        or (operand.formatted and bool(operand.call))
    )
