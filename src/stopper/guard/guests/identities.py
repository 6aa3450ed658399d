"""Whose account a login is about: the fields of a form, or of JSON, that say so."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from flask import Request

from ...controls.accounts.policy import address_key
from ..csrf.sent import form_of

#: What a field is called, or ends with, that says who logs in.
NAMES = frozenset(
    [
        "account",
        "email",
        "identifier",
        "identity",
        "login",
        "mail",
        "name",
        "nick",
        "nickname",
        "phone",
        "user",
        "userid",
        "username",
    ]
)

#: Fields with longer names that are looked at. Those of one word always are: nobody
#: hides the one that counts among others.
MOST = 8

#: Attributes of a user by which an account is found, whatever the field is called.
_ATTRIBUTES = ("email", "username")

#: Bytes up to which a body that does not say that it is JSON may be some.
_OTHER = 100_000

_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Identity(t.NamedTuple):
    """Who somebody says they are.

    :param field: Where it stood. A value counts for its own field alone, or a name that
        an account has beside its address could be taken for another one's address.
    :param value: Two spellings of one address are the same.
    """

    field: str
    value: str


def identities(request: Request) -> tuple[Identity, ...]:
    """Return who a request is about: each that it may mean, so that none is left out."""
    found: dict[Identity, None] = {}
    longer = 0

    for name, value in _sent(request):
        words = _words(name)

        if not words or words[-1] not in NAMES or not value.strip():
            continue

        longer += len(words) > 1

        if len(words) == 1 or longer <= MOST:
            found[Identity("-".join(words), address_key(value))] = None

    return tuple(found)


def known_by(user: object, attributes: Iterable[str]) -> Iterator[Identity]:
    """Yield each identity that a user has, by all fields that may name it.

    :param attributes: Of a user, beside the usual ones.
    """
    usual = {*_ATTRIBUTES, *attributes}

    for name in NAMES:
        for attribute in {name, *usual}:
            value = getattr(user, attribute, None)

            if isinstance(value, str) and value.strip():
                yield Identity(name, address_key(value))


def _sent(request: Request) -> Iterator[tuple[str, str]]:
    # The first of a name is what a view takes, from wherever it takes it.
    yield from request.args.items()
    form = form_of(request)

    if form:
        yield from form.items()
    else:
        yield from _texts(_json(request), deeper=1)


def _json(request: Request) -> object:
    length = request.content_length

    # Some views take everything for JSON. What is large and says otherwise is a file.
    if not request.is_json and (length is None or length > _OTHER):
        return None

    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _texts(found: object, deeper: int) -> Iterator[tuple[str, str]]:
    if not isinstance(found, Mapping):
        return

    for name, value in found.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield str(name), str(value)
        elif deeper:
            yield from _texts(value, deeper - 1)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(_CAMEL.sub(" ", name[:200]))]
