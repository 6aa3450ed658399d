"""What templates and views call for a token."""

from __future__ import annotations

import typing as t

from flask import current_app
from markupsafe import Markup

#: Where the guard stands in ``app.extensions``.
KEY = "stopper.csrf"

#: What the stamped forms call.
STAMPED = "_stopper_token_field"

#: The name of the field.
FIELD = "csrf_token"

#: The name of one that is stamped where a form may have a token of somebody else's under
#: the other name, printed by a macro: whose it is takes the first that comes.
OWN_FIELD = "stopper_token"

#: What stands in a form that gets no token.
NOTHING = Markup()


class Giver(t.Protocol):
    """Gives out tokens: the guard of an app."""

    def token(self, action: str = "", method: str = "POST") -> str | None:
        """Return a token for the current visitor, ``None`` outside of a request."""

    def field(self, *actions: object) -> Markup:
        """Return the hidden field of a form, or nothing where no token may go."""


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
    """Return the hidden field of a form of the current app, if there is one."""
    guard = _guard()
    return guard.field(*actions) if guard else NOTHING


def hidden(token: str, name: str = FIELD) -> Markup:
    """Return the hidden field that sends this token."""
    # A token has letters, digits, - and _.
    return Markup(f'<input type="hidden" name="{name}" value="{token}">')  # noqa: S704


def _guard() -> Giver | None:
    # Mails are rendered from template files too, and in a worker without an app.
    try:
        return current_app.extensions.get(KEY)
    except RuntimeError:
        return None
