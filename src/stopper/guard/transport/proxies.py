"""Whose word about the visitor is believed: that of the proxies which are named."""

from __future__ import annotations

import typing as t

from ...controls.transport.policy import address
from ...controls.transport.policy import Hop
from ...controls.transport.policy import hop
from ...controls.transport.policy import NO_ADDRESS
from ..refusal import Refusal

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: How many peers and visitors are remembered; past it, all are forgotten.
MOST_KNOWN = 2000

#: How many characters of headers are remembered as a whole.
MOST_SAID = 200

#: What stood in X-Forwarded-For, -Proto and -Host.
_Said = tuple[str | None, str | None, str | None]

_SCHEMES = {"https": "https", "wss": "https", "http": "http", "ws": "http"}

#: What a visitor reads where the proxies are not set up.
NOT_SET_UP = "The way to this site is not set up as it should be."


class Told(t.NamedTuple):
    """What the proxies told about a request, and is believed.

    :param host: ``None`` if that of the ``Host`` header counts.
    """

    client: str
    scheme: str
    host: str | None


class Proxies:
    """Takes from a request what the proxies that are named told about it.

    :param entries: What ``STOPPER_PROXIES`` says, the nearest proxy first.
    :param host: Whether ``X-Forwarded-Host`` is believed.
    """

    def __init__(self, entries: tuple[str, ...], host: bool) -> None:
        self._hops: tuple[Hop, ...] = tuple(hop(entry) for entry in entries)
        self._host = host
        self._trusted: dict[str, bool] = {}
        self._told: dict[_Said, Told] = {}

    def trusts(self, peer: str) -> bool:
        """Say whether the peer of the connection is the nearest proxy."""
        found = self._trusted.get(peer)

        if found is None:
            nearest = self._hops[0]
            found = nearest.unix if peer in NO_ADDRESS else nearest.holds(peer)
            _remember(self._trusted, peer, found)

        return found

    def read(self, environ: WSGIEnvironment, peer: str) -> Told | Refusal:
        """Return what is to be believed, or why the request is to be refused.

        Each proxy adds the address of its own peer to the end of ``X-Forwarded-For``.
        So the last one was written by the nearest proxy and must be the second one's,
        and so on; what stands before the last is the visitor's own invention.
        """
        said = (
            environ.get("HTTP_X_FORWARDED_FOR"),
            environ.get("HTTP_X_FORWARDED_PROTO"),
            environ.get("HTTP_X_FORWARDED_HOST") if self._host else None,
        )
        found = self._told.get(said)

        if found is not None:
            return found

        judged = self._judge(said, peer)

        # A visitor may write a great deal in front of what the proxies add.
        if isinstance(judged, Told) and sum(map(len, filter(None, said))) <= MOST_SAID:
            _remember(self._told, said, judged)

        return judged

    def _judge(self, said: _Said, peer: str) -> Told | Refusal:
        client = self._client(said[0], peer)

        if isinstance(client, Refusal):
            return client

        proto = self._outermost(said[1])
        scheme = _SCHEMES.get(proto.lower()) if proto else None

        if scheme is None:
            return _unclear("X-Forwarded-Proto", proto, peer)

        if said[2] is None:
            return Told(client, scheme, None)

        host = self._outermost(said[2])
        return Told(client, scheme, host) if host else _unclear(_HOST, host, peer)

    def _client(self, said: str | None, peer: str) -> str | Refusal:
        values = [v.strip() for v in said.split(",")] if said else []
        hops = self._hops

        if len(values) < len(hops):
            return _incomplete(len(values), len(hops), peer)

        for far in range(1, len(hops)):
            if not hops[far].holds(values[-far]):
                return _stranger(far + 1, values[-far])

        written = values[-len(hops)]
        found = address(written)
        return str(found) if found else _unclear(_FOR, written, peer)

    def _outermost(self, said: str | None) -> str | None:
        """Return what the outermost proxy wrote.

        Some proxies add to a list and some write over what was there, so there are as
        many values as hops or one; anything else is a mixture of which nobody can tell
        who wrote what.
        """
        values = [v.strip() for v in said.split(",")] if said else []

        if len(values) >= len(self._hops):
            return values[-len(self._hops)]

        return values[0] if len(values) == 1 else None


_FOR = "X-Forwarded-For"
_HOST = "X-Forwarded-Host"


def _remember(known: dict[t.Any, t.Any], key: object, value: object) -> None:
    if len(known) >= MOST_KNOWN:
        known.clear()

    known[key] = value


def _refusal(message: str, **details: str | int) -> Refusal:
    return Refusal("forwarded-incomplete", 400, message, NOT_SET_UP, details=details)


def _incomplete(found: int, hops: int, peer: str) -> Refusal:
    gone = (
        ""
        if found
        else " waitress takes it away where clear_untrusted_proxy_headers is not False."
    )
    return _refusal(
        "X-Forwarded-For has fewer entries than STOPPER_PROXIES has proxies, "
        f"{found} for {hops}: a proxy adds nothing to it, a request came in around one, "
        f"or there are fewer.{gone}",
        peer=peer[:60],
        entries=found,
    )


def _stranger(position: int, seen: str) -> Refusal:
    return _refusal(
        f"Entry {position} of STOPPER_PROXIES does not hold the address that the proxy "
        "before it saw: the request came in around that proxy, or it has moved.",
        peer=seen[:60],
        entry=position,
    )


def _unclear(header: str, said: str | None, peer: str) -> Refusal:
    seen = (
        "is missing or has a wrong number of values" if said is None else "is no such"
    )
    return _refusal(
        f"{header} of a proxy that STOPPER_PROXIES names {seen}. The proxy has to set it "
        "to what it sees itself: in nginx `proxy_set_header X-Forwarded-Proto $scheme;` "
        "and `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`.",
        peer=peer[:60],
        value=(said or "")[:60],
    )
