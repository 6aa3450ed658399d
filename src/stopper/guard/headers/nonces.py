"""The nonce of the current page, for the tags that ask for it."""

from __future__ import annotations

from flask import current_app

from .. import passage

#: What the stamped tags call; the views' templates call ``csp_nonce()``.
STAMPED = "_stopper_nonce"


def csp_nonce() -> str:
    """Return the nonce of the current request's page, for a tag's nonce attribute.

    :raises RuntimeError: Outside of a request.
    """
    found = passage.current(current_app.extensions["stopper"]) if current_app else None

    if found is None:
        raise RuntimeError(
            "csp_nonce() was called outside of a request. A nonce belongs to the "
            "answer of one request; a mail or a file has none."
        )

    return found.nonce


def stamped_nonce() -> str:
    """Return the nonce of the current request's page, empty outside of a request."""
    # Mails are rendered from template files too, and in a worker without a request.
    found = passage.current(current_app.extensions["stopper"]) if current_app else None
    return found.nonce if found else ""
