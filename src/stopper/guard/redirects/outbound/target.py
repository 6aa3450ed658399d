"""An address that the server is to fetch, taken apart once and for all."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from urllib.parse import quote
from urllib.parse import SplitResult
from urllib.parse import urljoin
from urllib.parse import urlsplit

from ....controls.redirects.networks import numeric
from .error import FetchRefused

PORTS = {"http": 80, "https": 443}

#: Characters of a longest name (RFC 1035, 2.3.4).
_LONGEST_NAME = 253

#: Characters up to the path: scheme and port, and a name in other letters.
_LONGEST_AUTHORITY = 1000
_AUTHORITY = re.compile(r"(?:[^/?#]*//)?[^/?#]*")


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes.

    :param host: In ASCII, lower case, an IPv6 address without its brackets.
    :param path: With its query, as it is sent.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Host and port as they stand in a ``Host`` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def target(url: object, ports: tuple[int, ...]) -> Target:
    """Take an address apart.

    :raises FetchRefused: If it is none of http or https, names a user, or another port,
        or if its host can be read in more than one way.
    """
    if not isinstance(url, str):
        raise FetchRefused(f"An address is text, not {type(url).__name__}.")

    if any(c <= " " or c in "\x7f\\" or "\ud800" <= c <= "\udfff" for c in url):
        raise FetchRefused("The address holds a space, a control or a backslash.")

    parts, port = _parts(url)

    if parts.scheme not in PORTS:
        raise FetchRefused(
            f"{parts.scheme[:20]!r} is fetched by nobody: http and https."
        )

    if "@" in parts.netloc:
        raise FetchRefused("The address holds a user's name or password.")

    port = PORTS[parts.scheme] if port is None else port

    if port not in ports:
        shown = ", ".join(map(str, ports))
        raise FetchRefused(
            f"Port {port} is none of those that may be reached: {shown}."
        )

    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~[]")
    return Target(
        parts.scheme, _host(parts), port, f"{path}?{query}" if query else path
    )


def _parts(url: str) -> tuple[SplitResult, int | None]:
    _check_length(url)

    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise FetchRefused("The address cannot be read.") from None


def _check_length(url: str) -> None:
    found = _AUTHORITY.match(url)

    # To fold a name in other letters takes the square of its length.
    if found is not None and len(found[0]) > _LONGEST_AUTHORITY:
        raise FetchRefused("The host of the address is too long.")


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise FetchRefused("The host of the address is no name.") from None

    if ":" in host and "%" not in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise FetchRefused("The host of the address is no name.") from None

    plain = host.replace("-", "").replace("_", "").replace(".", "")

    if not host or len(host) > _LONGEST_NAME or not plain.isalnum():
        raise FetchRefused("The host of the address is no name.")

    if numeric(host):
        raise FetchRefused("The host is a number that is read in more than one way.")

    return host


def followed(base: Target, location: str, ports: tuple[int, ...]) -> Target:
    """Return where a redirect leads.

    :raises FetchRefused: If it leads where no request may go, or from https to http.
    """
    if any(c < " " or c in "\x7f\\" for c in location):
        raise FetchRefused("The redirect holds a control or a backslash.")

    try:
        # Bytes beyond ASCII come as Latin-1, and are mostly UTF-8.
        text = location.strip().encode("latin-1").decode("utf-8", "replace")
        _check_length(text)
        found = target(urljoin(base.url, text).replace(" ", "%20"), ports)
    except ValueError:
        raise FetchRefused("The redirect cannot be read.") from None

    if base.scheme == "https" and found.scheme == "http":
        raise FetchRefused("The redirect leads from https to http.")

    return found
