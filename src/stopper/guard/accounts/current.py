"""Who is logged in, for views and templates; nothing is asked before somebody looks."""

from __future__ import annotations

import typing as t

from flask import g
from werkzeug.local import LocalProxy

from ..apikeys.current import key
from . import login
from .people import Person
from .service import service


def person() -> Person | None:
    """Return who is logged in to this request, or whose key it brought.

    :return: ``None`` if nobody.

    Asked of the database once in a request. Who was closed, or may log in no more, is
    nobody, whatever the session says.
    """
    if login.PERSON not in g:
        setattr(g, login.PERSON, _found())

    return t.cast("Person | None", g.get(login.PERSON))


def forget() -> None:
    """Ask again: somebody logged in or out, or was changed."""
    g.pop(login.PERSON, None)


def _found() -> Person | None:
    brought = key()
    known = login.current() if brought is None else brought

    if known is None:
        return None

    ours = service()

    with ours.database.reading() as sql:
        found = ours.people.by_id(sql, known.user)

    return found if found is not None and found.active else None


#: Who is logged in; false where nobody is.
current_user = LocalProxy(person)
