"""One look at a site: its redirects from both schemes, and every server on the way."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import Callable
from collections.abc import Iterator

from .address import Address
from .chain import Chain
from .chain import Connector
from .chain import Hop
from .chain import walk
from .hsts import Hsts
from .hsts import listed
from .hsts import missing
from .hsts import parse
from .hsts import public
from .tls import look
from .tls import Spoken

#: How many servers of a chain are looked at.
MOST_SERVERS = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Preload:
    """Whether a host can be on browsers' preload list, and whether it is.

    :param lacks: What it lacks for that, empty if nothing.
    :param status: What the list's service says: ``"preloaded"``, ``"unknown"``.
    :param unasked: Why it was not asked, empty if it was.
    """

    lacks: tuple[str, ...]
    status: str
    unasked: str


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """What one look at a site found.

    :param plain: From ``http://``.
    :param secure: From ``https://``.
    :param servers: Each that speaks TLS on the way, the site's own first.
    :param hsts: What the site's own answer over HTTPS says, ``None`` if nothing.
    :param now: When, in seconds since 1970.
    """

    plain: Chain
    secure: Chain
    servers: tuple[Spoken, ...]
    hsts: Hsts | None
    preload: Preload
    now: float

    @property
    def site(self) -> Address:
        """The address of the site over HTTPS."""
        return self.secure.start.address

    @property
    def hops(self) -> tuple[Hop, ...]:
        """Every step, each once."""
        return tuple(dict.fromkeys((*self.plain.hops, *self.secure.hops)))


def survey(
    plain: Address,
    secure: Address,
    trust: ssl.SSLContext,
    connector: Connector,
    now: float,
    tell: Callable[[str], None],
    ask_list: bool,
    patience: float,
) -> View:
    """Look at a site from outside.

    :param ask_list: Whether the service of the preload list may be asked.
    :param patience: Seconds for that question.
    """
    chains = [walk(start, connector, tell) for start in (plain, secure)]
    places = dict.fromkeys(
        (hop.address.host, hop.address.port)
        for chain in reversed(chains)
        for hop in chain.hops
        if hop.address.secure and hop.spoke
    )
    servers = []

    for host, port in list(places)[:MOST_SERVERS]:
        tell(f"{host}:{port}")
        servers.append(look(host, port, trust, connector))

    said = chains[1].start.hsts
    # Of several headers a browser takes the first (RFC 6797, 8.1).
    hsts = parse(said[0]) if said else None
    lacks = (*missing(hsts), *_unready(chains[0], secure, servers, now))
    preload = _preload(secure, lacks, ask_list, patience)
    return View(chains[0], chains[1], tuple(servers), hsts, preload, now)


def _unready(
    plain: Chain, site: Address, servers: list[Spoken], now: float
) -> Iterator[str]:
    """Yield what else the preload list asks of a site."""
    to = plain.start.to

    if plain.start.status and not (to and to.secure and to.host == site.host):
        yield "plain HTTP does not lead to HTTPS on the same host"

    own = next((s for s in servers if (s.host, s.port) == (site.host, site.port)), None)

    if own is None or not own.valid(now):
        yield "the certificate is not valid"


def _preload(
    site: Address, lacks: tuple[str, ...], ask_list: bool, patience: float
) -> Preload:
    if not public(site.host):
        return Preload(lacks, "", f"{site.host} is no name of the public net")

    if not ask_list:
        return Preload(lacks, "", "it was not to be asked")

    status = listed(site.host, patience)

    if status is None:
        return Preload(lacks, "", "hstspreload.org could not be reached")

    return Preload(lacks, status, "")
