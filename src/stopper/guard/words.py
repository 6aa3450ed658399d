"""What an error is called, what happened and what to do, in a visitor's words."""

from __future__ import annotations

import typing as t
from http import HTTPStatus


class Words(t.NamedTuple):
    """What happened, and what the visitor can do about it."""

    says: str
    advice: str


_BACK = "Go back and try again."
_LATER = "Try again in a few minutes."

_WORDS = {
    400: Words("The server did not understand what was sent.", _BACK),
    401: Words("This is only for those who are signed in.", "Sign in, and try again."),
    403: Words(
        "You may not see or do this.",
        "If you think that you should, ask whoever runs this site.",
    ),
    404: Words(
        "There is nothing at this address.",
        "Check it for a slip of the pen, or start from the front page.",
    ),
    405: Words("This address does not take that kind of request.", _BACK),
    406: Words("This cannot be had in the form that was asked for.", ""),
    408: Words("The request took too long to arrive.", "Try again."),
    409: Words(
        "Somebody changed this in the meantime.", "Load the page again, and then try."
    ),
    410: Words("What was here is gone for good.", "Start from the front page."),
    413: Words("What was sent is too large.", "Send less at once."),
    414: Words("The address is too long.", "Start from the front page."),
    415: Words("This kind of file or data is not taken here.", "Send it as another."),
    416: Words("That part of the file does not exist.", "Load the whole of it."),
    422: Words(
        "What was sent cannot be used as it is.", "Check it, and send it again."
    ),
    429: Words("That was too often.", "Wait a moment, and try again."),
    431: Words(
        "The browser sent too much about itself along.",
        "Delete the cookies of this site, and try again.",
    ),
    500: Words(
        "Something broke on our side. It is not your fault.",
        f"{_LATER} If it happens again, tell us the incident number.",
    ),
    501: Words("The server does not know how to do that.", ""),
    502: Words("Another server that we need did not answer as it should.", _LATER),
    503: Words("This does not work at the moment.", _LATER),
    504: Words("Another server that we need did not answer in time.", _LATER),
}

_OTHERS = {4: _WORDS[400], 5: _WORDS[500]}


def title_of(status: int) -> str:
    """Return the name of a status, ``"Not Found"``."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def words_of(status: int) -> Words:
    """Return what is said about a status where nobody found better words."""
    return _WORDS.get(status) or _OTHERS.get(status // 100, _WORDS[400])
