"""An address of the web, taken apart: what is asked, and what may be shown of it."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from urllib.parse import quote
from urllib.parse import urljoin
from urllib.parse import urlsplit

from ...catalogue.error import ReadError

PORTS = {"http": 80, "https": 443}

#: What may stand in a request line; everything else is escaped.
_SAFE = "/%:@!$&'()*+,;=~-._?"

_SLASHES = re.compile(r"^((?:https?:)?)/{2,}", re.I)
_NO_HOST = re.compile(r"(?:https?:)?//(?:[?#]|\Z)", re.I)


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """Where one request goes.

    :param host: In lower case; other letters as ``xn--``; an IPv6 address without
        brackets.
    :param target: The path with its query, as it stands in the request line.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    @property
    def netloc(self) -> str:
        """Host and port as they stand in ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Return what may be shown: a query may hold a token."""
        path, mark, _ = self.target.partition("?")
        return f"{self.scheme}://{self.netloc}{path}{'?…' if mark else ''}"

    def at(self, scheme: str, port: int | None) -> Address:
        """Return the same place under another scheme."""
        return dataclasses.replace(self, scheme=scheme, port=port or PORTS[scheme])

    def to(self, location: str) -> Address:
        """Return where a ``Location`` leads from here, as a browser reads it.

        :raises ReadError: If it leads to no place of the web.
        """
        # A browser takes a backslash for a slash, and drops tabs and line ends
        # (URL standard).
        plain = location.replace("\\", "/").translate(dict.fromkeys(map(ord, "\t\r\n")))
        # So are more slashes than two in front of a host.
        plain = _SLASHES.sub(r"\1//", plain)

        if _NO_HOST.match(plain):
            raise ReadError("leads to no host")

        try:
            whole = urljoin(f"{self.scheme}://{self.netloc}{self.target}", plain)
        except ValueError as e:
            raise ReadError("leads to no address") from e

        return parse(whole)


def parse(text: str) -> Address:
    """Return the address that a text is; without a scheme, that of HTTPS.

    :raises ReadError: If it is none.
    """
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname, parts.port
        scheme = parts.scheme.lower()
    except ValueError as e:
        raise ReadError("is no address of a website") from e

    if scheme not in PORTS or not host or port == 0:
        raise ReadError("is no address of a website: https://shop.example")

    query = f"?{parts.query}" if parts.query else ""
    target = quote(f"{parts.path or '/'}{query}", safe=_SAFE)
    return Address(scheme, _plain(host), port or PORTS[scheme], target)


def _plain(host: str) -> str:
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError as e:
            raise ReadError("has a host that is none") from e

    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError as e:
        raise ReadError("has a host that is none") from e

    if not plain or set(plain) & set(" \x7f\"'<>\\^`{|}%") or min(plain) <= " ":
        raise ReadError("has a host that is none")

    return plain
