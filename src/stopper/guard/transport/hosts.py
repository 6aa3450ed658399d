"""Which hosts are ours, by what the settings say and never by what a request says."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ...controls.general import local
from ...controls.general import origin_of
from ...controls.general import Origins
from ...controls.transport.control import HEALTH_PATHS

#: A name or an address in brackets, and perhaps a port: nothing else is a host, no
#: user, no list of two hosts, no space.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([1-9][0-9]{0,4}))?\Z")

#: What is asked by an address and not by a name: by programs, and by who tries out.
_ADDRESS = re.compile(r"\[[0-9A-Fa-f:.]+\]|[0-9.]+(?=:|\Z)")

_PROXY = "A proxy has to pass it on: in nginx `proxy_set_header Host $http_host;`."

_PROBE = f"The path of a health check is named in {HEALTH_PATHS.key}."


class Hosts:
    """Knows the hosts of ``STOPPER_ORIGIN``; with ``relaxed``, this very machine too.

    :param relaxed: Whether the app is in debug mode or under test.
    :param more: Another name that counts as this machine then.
    """

    def __init__(self, origins: Origins, relaxed: bool, more: str = "") -> None:
        self._origins = origins
        self._relaxed = relaxed
        self._more = more.lower()
        self._secure: dict[str, str] = {}
        self._plain: set[str] = set()

        for origin in origins.all:
            scheme, _, host = origin.partition("://")

            if scheme == "http":
                self._plain.add(host)
            else:
                self._secure.setdefault(_name(host), origin)

    @property
    def secured(self) -> tuple[str, ...]:
        """The hosts that are reached by HTTPS, as a browser writes them."""
        return tuple(
            origin.partition("://")[2]
            for origin in self._origins.all
            if origin.startswith("https:")
        )

    @property
    def names(self) -> list[str]:
        """The names of the hosts, without a port, as Flask's TRUSTED_HOSTS takes them."""
        names = (urlsplit(origin).hostname or "" for origin in self._origins.all)
        return list(dict.fromkeys(names))

    def serves(self, scheme: str, raw: str) -> bool:
        """Say whether a ``Host`` header is one of ours.

        Over plain HTTP the port does not count: from there it only leads to the origin.
        """
        if not _HOST.match(raw):
            return False

        known = bool(self._origins.all) and self._origins.serves(scheme, raw)
        leads = scheme == "http" and _name(raw) in self._secure
        return known or leads or self.near(raw)

    def near(self, raw: str) -> bool:
        """Say whether this is the developer's own machine, and that is fine now."""
        if not self._relaxed:
            return False

        return local(raw) or (bool(self._more) and _name(raw) == self._more)

    def plain(self, raw: str) -> bool:
        """Say whether plain HTTP is what the settings say of this host, or is fine now."""
        return self.near(raw) or origin_of("http", raw)[7:] in self._plain

    def secure(self, raw: str) -> str:
        """Return the origin that a plain request for this host is led to."""
        return self._secure.get(_name(raw)) or next(iter(self._secure.values()), "")

    def lasting(self, raw: str) -> bool:
        """Say whether browsers may keep in mind that this host has HTTPS.

        It is a host of ``STOPPER_ORIGIN``, and no name of a developer's machine, where
        other apps live too, on other ports.
        """
        return not _this_machine(raw) and self._origins.serves("https", raw)


def advice(raw: str | None) -> str:
    """Return what to do about a ``Host`` that is none of ours, by what it looks like."""
    if raw is not None and local(raw):
        return (
            "To develop, start in debug mode (`flask run --debug`), which takes this "
            f"machine's own names. {_PROBE}"
        )

    if raw is not None and _ADDRESS.match(raw):
        return f"{_PROBE} {_PROXY}"

    return _PROXY


def _name(host: str) -> str:
    found = _HOST.match(host)
    return found[1].lower() if found else ""


def _this_machine(host: str) -> bool:
    name = _name(host)
    return name == "localhost" or name.endswith(".localhost")
