"""Whose passkeys they are: the relying party, as the origin of the app says."""

from __future__ import annotations

import dataclasses
import ipaddress

from flask import request

from ...controls.general import local
from ...controls.general import origin_of
from ...controls.general import Origins
from ...controls.mfa.settings import MFA_ISSUER
from ..house import House


@dataclasses.dataclass(frozen=True, slots=True)
class Party:
    """A relying party (WebAuthn Level 3, 4).

    :param id: The host for which passkeys are made.
    :param origins: From whose pages they are taken.
    """

    id: str
    origins: tuple[str, ...]


def party(house: House) -> Party | None:
    """Return the relying party, ``None`` where passkeys cannot be.

    It is that of ``STOPPER_ORIGIN``; of ``Host`` nothing is taken but the port of this
    very machine, while no origin is known. An address of numbers has no passkeys, by
    the standard.
    """
    return _known(house.origins) if house.origins.all else _local()


def issuer(house: House) -> str:
    """Return what the site is called in authenticator apps and by passkeys."""
    found = MFA_ISSUER.read(house.config) or _host(house.origins.main)
    return found or house.app.name


def _known(origins: Origins) -> Party | None:
    host = _host(origins.main)
    below = tuple(o for o in origins.all if f".{_host(o)}".endswith(f".{host}"))
    return Party(host, below) if _named(host) else None


def _local() -> Party | None:
    here = origin_of(request.scheme, request.host)
    host = _host(here)
    return Party(host, (here,)) if local(host) and _named(host) else None


def _host(origin: str) -> str:
    rest = origin.partition("://")[2]
    return rest if rest.endswith("]") else rest.partition(":")[0]


def _named(host: str) -> bool:
    if not host or host.startswith("["):
        return False

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True

    return False
