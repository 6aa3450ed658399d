"""What is kept of a session, as text and back."""

from __future__ import annotations

import base64
import dataclasses
import json
import secrets
import typing as t
from collections.abc import Iterable

from flask.json.tag import TaggedJSONSerializer

#: Flask's own: tuples, bytes, dates, UUIDs and Markup come back as what they were.
_TAGGED = TaggedJSONSerializer()

#: How a tag of Flask's serializer begins, as it writes it.
_TAG = '{" '


@dataclasses.dataclass(slots=True)
class Facts:
    """What is kept of a session beside what the app puts into it.

    :param issued: When the id in the cookie was made, in seconds since 1970.
    :param secret: 256 random bits that belong to this login, for tokens.
    :param device: What the browser calls itself, cut.
    :param place: The address of the client, when the session was last written.
    :param mark: Which key of the app it was begun under: :func:`marks`.
    """

    issued: float
    secret: str = dataclasses.field(repr=False)
    device: str = ""
    place: str = ""
    mark: str = ""

    @classmethod
    def new(cls, now: float, device: str, place: str, mark: str) -> Facts:
        """Return the facts of a session that begins, or that somebody logged in to."""
        return cls(now, secrets.token_urlsafe(32), device, place, mark)


def marks(keys: Iterable[bytes]) -> tuple[str, ...]:
    """Return how sessions begin that were begun under these keys, 48 bits of each.

    Apps that share a store would otherwise take each other's sessions: who is user 1 of
    one would be user 1 of the other.
    """
    return tuple(base64.urlsafe_b64encode(key[:6]).decode() for key in keys)


def written(facts: Facts, data: dict[str, t.Any]) -> str:
    """Return both as text: a line of facts, and a line of JSON.

    :raises TypeError: If JSON has no form for something in ``data``.
    """
    # Read at every request, so no JSON: splitting is five times as fast. What the
    # browser calls itself comes last, for it may hold anything but a line break.
    device = " ".join(facts.device.split())
    first = f"{facts.mark}|{facts.issued!r}|{facts.secret}|{facts.place}|{device}"
    return f"{first}\n{_TAGGED.dumps(data)}"


def issued_in(line: str) -> float:
    """Return when the id was made, of a line of facts that has all its parts.

    :raises ValueError: If the line is none.
    """
    if line.count("|") < 4:
        raise ValueError("What the store holds is no session.")

    start = line.index("|") + 1
    return float(line[start : line.index("|", start)])


def facts_in(text: str) -> Facts:
    """Return the facts of a session.

    :raises ValueError: If the text is no session.
    """
    try:
        mark, issued, secret, place, device = text.partition("\n")[0].split("|", 4)
        return Facts(float(issued), secret, device, place, mark)
    except ValueError as e:
        raise ValueError("What the store holds is no session.") from e


def data_in(text: str) -> dict[str, t.Any]:
    """Return what the app put into a session.

    :raises ValueError: If the text is no session.
    """
    body = text.partition("\n")[2]

    try:
        # Flask's reader walks through everything; most sessions have nothing to find.
        data = _TAGGED.loads(body) if _TAG in body else json.loads(body)
    except (TypeError, ValueError, KeyError) as e:
        raise ValueError("What the store holds is no session.") from e

    if not isinstance(data, dict):
        raise ValueError("What the store holds is no session.")

    return data
