"""Strict-Transport-Security: what a server says, and whether it can be preloaded."""

from __future__ import annotations

import dataclasses
import http.client
import ipaddress
import json
import ssl
import urllib.request
from collections.abc import Iterator

#: Seconds of a year, which preloading asks for (hstspreload.org).
YEAR = 31536000

#: The service that knows the preload list. It is told the name of the host.
SERVICE = "https://hstspreload.org/api/v2/status?domain="

#: Ends of names that are nobody's on the public net (RFC 6761; RFC 6762; RFC 9476).
_PRIVATE = (
    ".localhost",
    ".local",
    ".test",
    ".example",
    ".invalid",
    ".internal",
    ".alt",
    ".home.arpa",
    ".lan",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Hsts:
    """One header, as a browser takes it (RFC 6797, 6.1).

    :param max_age: Seconds, ``None`` if the header is not valid, so that a browser
        takes none of it.
    """

    max_age: int | None
    subdomains: bool = False
    preload: bool = False


def parse(value: str) -> Hsts:
    """Return what a header says."""
    found: dict[str, str] = {}

    for part in value.split(";"):
        name, _, given = part.partition("=")
        name = name.strip().lower()

        # A directive may stand there once (6.1, rule 2).
        if name in found:
            return Hsts(None)

        if name:
            found[name] = given.strip().strip('"')

    age = found.get("max-age", "")

    if not (age.isascii() and age.isdecimal()):
        return Hsts(None)

    # A number of any length is read; nobody keeps it for longer than this.
    seconds = int(age[:12])
    return Hsts(seconds, "includesubdomains" in found, "preload" in found)


def missing(hsts: Hsts | None) -> Iterator[str]:
    """Yield what the header lacks for the preload list (hstspreload.org)."""
    if hsts is None or hsts.max_age is None:
        yield "there is no valid header"
        return

    if hsts.max_age < YEAR:
        yield f"max-age is {hsts.max_age}, and a year ({YEAR}) is asked"

    if not hsts.subdomains:
        yield "includeSubDomains is missing"

    if not hsts.preload:
        yield "preload is missing"


def public(host: str) -> bool:
    """Say whether a name can be on the preload list."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".") and not f".{host}".endswith(_PRIVATE)

    return False


def listed(
    host: str,
    timeout: float,
    service: str = SERVICE,
    context: ssl.SSLContext | None = None,
) -> str | None:
    """Return what the preload list has of a host, in the words of its service.

    :return: ``"preloaded"``, ``"pending"``, ``"unknown"`` or another word; ``None`` if the service could not be asked.
    """
    try:
        with urllib.request.urlopen(  # noqa: S310 - an address of our own
            f"{service}{host}", timeout=timeout, context=context
        ) as answer:
            found = json.loads(answer.read(4096))
    except (OSError, ValueError, http.client.HTTPException):
        return None

    status = found.get("status") if isinstance(found, dict) else None
    return status if isinstance(status, str) else None
