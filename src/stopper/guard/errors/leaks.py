"""What of an exception stands in an answer, where only the log may have it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Flask
from markupsafe import escape
from werkzeug.exceptions import HTTPException

TRACEBACK = b"Traceback (most recent call last)"

#: Shorter lines, such as ``'id'``, stand in answers by chance.
_SHORTEST = 10  # characters

#: How many causes, and how many lines of each, are looked for.
_MOST = 5


def texts_of(error: BaseException | None, app: Flask) -> tuple[str, ...]:
    """Return the lines of an exception and of its causes that nobody wrote for visitors.

    What the app's own package defines speaks in the app's own words, and an
    ``HTTPException`` speaks to the client: both may be shown.
    """
    found = []

    for one in _chain(error):
        if not isinstance(one, HTTPException) and not _own(one, app):
            found += [line.strip() for line in _said(one).splitlines()[:_MOST]]

    return tuple(line for line in found if len(line) >= _SHORTEST)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_MOST):
        if error is None:
            return

        yield error
        error = error.__cause__ or error.__context__


def _own(error: BaseException, app: Flask) -> bool:
    module = type(error).__module__
    return module.partition(".")[0] in (app.import_name.partition(".")[0], "__main__")


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def leak(body: bytes, texts: tuple[str, ...]) -> str:
    """Return what a body gives away, ``"traceback"`` or ``"text"``; empty for nothing."""
    if TRACEBACK in body:
        return "traceback"

    shown = any(form in body for text in texts for form in _forms(text))
    return "text" if shown else ""


def _forms(text: str) -> set[bytes]:
    """Return the text as it stands in a page, in JSON and in plain text."""
    forms = {
        text,
        str(escape(text)),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
    }
    return {form.encode("utf-8", "replace") for form in forms}
