"""What templates and views call for a token."""

from __future__ import annotations

import typing as t

from flask import current_app
from jinja2 import Undefined
from markupsafe import Markup

if t.TYPE_CHECKING:
    from .guard import CsrfGuard

#: Where the guard stands in ``app.extensions``.
KEY = "stopper.csrf"

#: What the stamped forms call.
STAMPED = "_stopper_token_field"

#: The name of the field.
FIELD = "csrf_token"


def csrf_token(action: str = "", method: str = "POST") -> str:
    """Return a token for the current visitor; each call gives another text.

    :param action: Where it is sent to; counts if ``STOPPER_CSRF_PER_FORM`` is on, and
        is then the current address if left out.
    :raises RuntimeError: Outside of a request.
    """
    guard = _guard()

    if guard is None:
        return ""

    token = guard.token(action, method)

    if token is None:
        raise RuntimeError(
            "csrf_token() was called outside of a request. A token belongs to one "
            "visitor; a mail or a file has none."
        )

    return token


def token_field(*actions: object) -> Markup:
    """Return the hidden field of a form, or nothing where no token may go.

    :param actions: The values of its action attributes, as the page's source has them;
        those of a branch that was not taken are undefined.
    """
    guard = _guard()

    if guard is None or guard.stands_back:
        return Markup()

    found = [str(a) for a in actions if not isinstance(a, Undefined)]
    token = guard.token_of(found)

    if token is None:
        return Markup()

    return Markup(f'<input type="hidden" name="{FIELD}" value="{token}">')  # noqa: S704 - letters, digits, - and _


def _guard() -> CsrfGuard | None:
    # Mails are rendered from template files too, and in a worker without an app.
    try:
        return current_app.extensions.get(KEY)
    except RuntimeError:
        return None
