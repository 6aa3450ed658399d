"""What a form needs, said once: the audit looks for it, the guard puts it in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..templates.expression import Expression
from ..templates.model import Context
from ..templates.model import Form
from ..templates.model import Output
from ..templates.model import Reading

#: The names under which well-known extensions send their token.
FIELDS = frozenset(
    {"csrf_token", "csrf", "_csrf", "_csrf_token", "csrfmiddlewaretoken", "_xsrf"}
)

#: Calls that print a whole form or its hidden fields, a token among them, and macros of
#: the app's own that say so by their name.
_FIELD_CALLS = re.compile(
    r"(^|\.)(hidden_tag|quick_form|render_form|render_hidden_errors|\w*(csrf|token)\w*)$",
    re.I,
)

_ABSOLUTE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.I)


def tokened(form: Form) -> bool:
    """Say whether a form sends a token."""
    for element in form.elements:
        name = element.attribute("name") if element.name == "input" else None
        text = name.text if name else None

        if text is not None and text.strip() in FIELDS:
            return True

    if any(_FIELD_CALLS.search(call) for call in form.calls if call != "csrf_token"):
        return True

    # {{ form.csrf_token }} is a field; {{ csrf_token() }} is one only in a value.
    return any(_prints_field(output) for output in form.outputs)


def untokened(reading: Reading) -> Iterator[Form]:
    """Yield the forms of a template that post to the app itself and send no token.

    Of two start tags in two branches of an ``if``, what follows belongs to both.
    """
    shared = any(form.element.odd and tokened(form) for form in reading.forms)

    for form in reading.forms:
        served = tokened(form) or (shared and form.element.odd)

        if form.posts and same_origin(form) and not served:
            yield form


def _prints_field(output: Output) -> bool:
    text = output.expression.text
    return output.context is Context.TEXT and bool(
        re.search(
            r"\.\s*csrf_token\b|hidden_tag|csrf_field|csrf_input|render_form", text
        )
    )


def same_origin(form: Form) -> bool:
    """Say whether a form is sent to the app itself, as far as its source says.

    A token must not be sent to anyone else.
    """
    first = next(iter(form.actions), "")
    return isinstance(first, Expression) or not _ABSOLUTE.match(first)


def token_as_text(reading: Reading) -> Iterator[Output]:
    """Yield the outputs that show a bare token to the user instead of sending it."""
    for output in reading.outputs:
        bare = re.fullmatch(r"\s*csrf_token\(\s*\)\s*", output.expression.text)

        if bare and output.context is Context.TEXT:
            yield output
