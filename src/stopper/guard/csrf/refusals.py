"""Why a request is refused, in the developer's and in the visitor's words."""

from __future__ import annotations

import re

from flask import Request

from ...controls.csrf.control import ORIGINS
from ...controls.csrf.policy import Owner
from ...controls.csrf.policy import Row
from ..refusal import Refusal
from .senders import Senders

#: What may stand in a message: a scheme, a host and a port.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[A-Za-z0-9.:\[\]-]{1,100}")

_NO_BROWSER = (
    " A program that keeps cookies and is no browser sends csrf_token() in the header "
    "X-CSRFToken."
)

_IN_TESTS = (
    " A test asks as a browser does with the client of stopper.testing: "
    "app.test_client_class = stopper.testing.Client."
)


def stranger(request: Request, row: Row, senders: Senders) -> Refusal:
    """Return the refusal of what the page of another site sent."""
    environ = request.environ
    site = environ.get("HTTP_SEC_FETCH_SITE")
    named = site is not None and site != "same-origin"
    origin = environ.get("HTTP_ORIGIN")
    owner = senders.owner(origin)
    seen = f" (Origin: {origin})" if _ORIGIN.fullmatch(origin or "") else ""
    mend = (
        "STOPPER_ORIGIN is not set."
        if owner is Owner.UNKNOWN
        else f"If it is yours, name it in {ORIGINS.key}."
    )
    return Refusal(
        name="cross-site" if named else "bad-origin",
        status=403,
        message=f"The request {row.because}{seen}. {mend}",
        says="This request did not come from a page of this site, so it was "
        "refused. Open the page here, and send it from there.",
        details=_details(request),
    )


def no_token(request: Request, row: Row, sent: str, testing: bool) -> Refusal:
    """Return the refusal of what came without a token that is valid.

    :param sent: The token, empty if there was none.
    """
    return Refusal(
        name="bad-token" if sent else "missing-token",
        status=403,
        message=f"The request {row.because}, and "
        + ("its token is not valid." if sent else "it holds no token.")
        + (_IN_TESTS if testing else _NO_BROWSER),
        says="This page is too old, or its form was not complete. Load the page "
        "again, and send the form once more.",
        details=_details(request),
    )


def _details(request: Request) -> dict[str, str | int | float | bool | None]:
    environ = request.environ
    site = environ.get("HTTP_SEC_FETCH_SITE")
    origin = environ.get("HTTP_ORIGIN")
    return {
        "site": site and site[:40],
        "origin": origin and origin.partition("://")[2][:200],
    }
