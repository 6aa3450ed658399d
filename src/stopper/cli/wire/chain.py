"""The chain of redirects from one address, step by step."""

from __future__ import annotations

import dataclasses
import re
import ssl
from collections.abc import Callable

from ...catalogue.error import ReadError
from .address import Address
from .line import dial
from .line import Garbled
from .line import head
from .line import Patience
from .line import secured
from .line import Unreached

#: How many steps are made. Browsers give up at 20.
MOST_HOPS = 10

_OVER = re.compile(r";\s*max-age\s*=\s*(?:0|-\d+)\s*(?:;|\Z)", re.I)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclasses.dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that an answer sets, without its value."""

    name: str
    secure: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One request and what came back.

    :param status: 0 if nothing did.
    :param to: Where it leads, ``None`` if it is the end.
    :param hsts: The values of ``Strict-Transport-Security``.
    :param error: Why there is no answer, or why it leads nowhere.
    :param spoke: Whether anything answered at all, be it no HTTP.
    """

    address: Address
    status: int = 0
    to: Address | None = None
    hsts: tuple[str, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    error: str = ""
    spoke: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Chain:
    """The steps from one address.

    :param loops: Whether it comes back to where it was.
    :param cut: Whether there would be more.
    """

    hops: tuple[Hop, ...]
    loops: bool = False
    cut: bool = False

    @property
    def start(self) -> Hop:
        """The first step."""
        return self.hops[0]


class Connector:
    """Opens connections, to another address than the name's where that is wanted.

    :param address: Where ``host`` is, empty for where its name leads.
    """

    def __init__(self, patience: Patience, host: str = "", address: str = "") -> None:
        self.patience = patience
        self._host = host
        self._address = address

    def elsewhere(self, host: str) -> str:
        """Return the address to use in place of this host's own, empty for none."""
        return self._address if host == self._host else ""


def walk(start: Address, connector: Connector, tell: Callable[[str], None]) -> Chain:
    """Follow the redirects from ``start``.

    :param tell: Told each address before it is asked.
    """
    hops: list[Hop] = []
    seen: set[Address] = set()
    here: Address | None = start

    while here is not None:
        if here in seen:
            return Chain(tuple(hops), loops=True)

        if len(hops) >= MOST_HOPS:
            return Chain(tuple(hops), cut=True)

        tell(str(here))
        seen.add(here)
        hops.append(_ask(here, connector))
        here = hops[-1].to

    return Chain(tuple(hops))


def unverified() -> ssl.SSLContext:
    """Return a context that talks to anybody: what is wrong there is to be seen."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _ask(address: Address, connector: Connector) -> Hop:
    until = connector.patience.until()

    try:
        place = connector.elsewhere(address.host)
        connection = dial(address.host, address.port, until, place)
    except Unreached as e:
        return Hop(address, error=str(e), spoke=False)

    try:
        if address.secure:
            connection = secured(connection, unverified(), address.host, until)

        with connection:
            # Nothing secret is sent, so nobody has to be who he says he is.
            connection.sendall(_request(address))
            status, headers = head(connection, until)
    except TimeoutError:
        return Hop(address, error="no answer in time", spoke=False)
    except (Unreached, Garbled) as e:
        return Hop(address, error=str(e))
    except ssl.SSLError as e:
        return Hop(address, error=f"no TLS: {e.reason or 'it hangs up'}")
    except OSError as e:
        return Hop(address, error=f"no answer: {e.strerror or type(e).__name__}")

    return _hop(address, status, headers)


def _request(address: Address) -> bytes:
    lines = [
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.netloc}",
        "User-Agent: stopper (checks redirects and TLS)",
        "Accept: text/html, */*;q=0.1",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _hop(address: Address, status: int, headers: list[tuple[str, str]]) -> Hop:
    hsts = tuple(v for n, v in headers if n == "strict-transport-security")
    cookies = tuple(_cookie(v) for n, v in headers if n == "set-cookie" and _kept(v))
    location = next((v for n, v in headers if n == "location"), "")
    to, error = None, ""

    if status in _REDIRECTS and location:
        try:
            to = address.to(location)
        except ReadError as e:
            error = f"its Location {e}"

    return Hop(address, status, to, hsts, cookies, error)


def _kept(value: str) -> bool:
    """Say whether a cookie is set, and not taken away."""
    return not _OVER.search(value)


def _cookie(value: str) -> Cookie:
    first, *attributes = value.split(";")
    names = {a.partition("=")[0].strip().lower() for a in attributes}
    return Cookie(first.partition("=")[0].strip(), "secure" in names)
