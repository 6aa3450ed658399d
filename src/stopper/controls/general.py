"""The settings that belong to no single control, and what an origin is."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ..catalogue.mode import MODE
from ..catalogue.mode import REPORT_UNTIL
from ..catalogue.setting import Setting

#: Names that always lead to this very machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3).
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})

_PORTS = {"https": "443", "http": "80"}

#: The beginnings of the addresses of stores.
STORES = ("sqlite:", "memory:", "redis://", "rediss://", "unix://", "postgresql://")


def local(host: str) -> bool:
    """Say whether ``host``, with a port or without one, is this very machine."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.lower() in LOCAL or name.lower().endswith(".localhost")


def origin_of(scheme: str, host: str) -> str:
    """Return the origin as a browser writes it: lower case, without a usual port."""
    name, _, port = host.rpartition(":")

    if name and port == _PORTS.get(scheme):
        host = name

    return f"{scheme}://{host.lower()}"


def complain_of_origin(value: str | tuple[str, ...]) -> str | None:
    """Return what is wrong with origins, ``None`` if nothing is."""
    for origin in (value,) if isinstance(value, str) else value:
        complaint = _complaint(origin)

        if complaint:
            return complaint

    return None


def _complaint(origin: object) -> str | None:
    if not isinstance(origin, str):
        return "takes text: 'https://shop.example'"

    if not origin:
        return None

    try:
        parts = urlsplit(origin)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")

    wrong = parts.path or parts.query or parts.fragment or "@" in parts.netloc

    if not host or wrong or parts.scheme not in _PORTS or not _plain(parts.netloc):
        return (
            "takes origins, scheme and host without a path: 'https://shop.example' or "
            "'http://localhost:5000'; a name in other letters as xn--"
        )

    if parts.scheme == "http" and not local(parts.netloc):
        return "takes http:// for localhost names only; everything else is https://"

    return None


def _plain(netloc: str) -> bool:
    return netloc.isascii() and not set(netloc) & set(" *\\\t\r\n%,;'\"")


def _complain_of_store(value: str) -> str | None:
    if not value or value.startswith(STORES):
        return None

    return f"takes an address that starts with one of {', '.join(STORES)}"


ORIGIN: Setting[str | tuple[str, ...]] = Setting(
    key="STOPPER_ORIGIN",
    default="",
    takes=(tuple,),
    says="Where the app is reached, as in `https://shop.example`; several, the main one first. Links, redirects, trusted hosts and CSRF checks go by it, and never by the Host header.",
    source="OWASP ASVS 5.0, 4.1.3; RFC 6454",
    complain=complain_of_origin,
)

STORE: Setting[str] = Setting(
    key="STOPPER_STORE",
    default="",
    says="Where sessions and rate limits are kept: `redis://host:6379/0`, `postgresql://user:password@host/name`, `sqlite:/path/file`, or `memory:` for one process; empty for a SQLite file in the instance folder (in memory under tests).",
    source="works on one machine without a server, and shared stores by one setting",
    complain=_complain_of_store,
    # It may hold a password.
    secret=True,
)

TALLY: Setting[bool] = Setting(
    key="STOPPER_TALLY",
    default=True,
    says="Whether refusals are counted in a file of the instance folder, for `flask stopper report`. Under tests they are not, unless this is set.",
    source="a trial whose result nobody can read is none",
)

#: The settings that belong to no single control.
GENERAL: tuple[Setting[t.Any], ...] = (MODE, REPORT_UNTIL, ORIGIN, STORE, TALLY)


class Origins:
    """The origins at which an app is reached; none are known in debug and under tests.

    :param given: What ``STOPPER_ORIGIN`` says, the main one first.
    """

    def __init__(self, given: str | tuple[str, ...]) -> None:
        texts = (given,) if isinstance(given, str) else given
        parts = [urlsplit(text) for text in texts if text]
        #: Each as a browser writes it in ``Origin``.
        self.all = tuple(origin_of(p.scheme, p.netloc) for p in parts)
        #: The hosts, with the port where it is no usual one.
        self.hosts = tuple(o.partition("://")[2] for o in self.all)
        self._known = frozenset(self.all)
        self._hosts = frozenset(self.hosts)

    @property
    def main(self) -> str:
        """The first origin, empty where none is known."""
        return self.all[0] if self.all else ""

    def holds(self, origin: str) -> bool:
        """Say whether this is an origin of ours, as a browser writes it."""
        return origin in self._known

    def serves(self, scheme: str, host: str) -> bool:
        """Say whether the app is reached at this host, the value of a Host header.

        Where no origin is known, this very machine is one.
        """
        if not self._hosts:
            return local(host)

        return origin_of(scheme, host).partition("://")[2] in self._hosts
