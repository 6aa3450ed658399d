"""What a look at a site found, as text for a terminal and as data for a program."""

from __future__ import annotations

import dataclasses
import textwrap
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

from ...audit.report.printable import clipped
from ...audit.report.printable import printable
from .chain import Chain
from .chain import Hop
from .findings import day
from .findings import Finding
from .look import View
from .tls import Spoken

#: Columns of a terminal that nobody made wider.
WIDTH = 80

#: Characters of anything that a server says.
MOST_TEXT = 300

_OFFERED = {True: "yes", False: "no", None: "not known"}


def lines(view: View, found: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines of the report; nothing that a server sent drives the terminal."""
    for title, chain in (("http", view.plain), ("https", view.secure)):
        yield f"From {title}"
        yield from (f"  {_shown(line)}" for line in _chain(chain))

    for server in view.servers:
        yield _shown(f"{server.host}:{server.port}")
        yield from (f"  {_shown(line)}" for line in _server(server, view.now))

    yield "Strict-Transport-Security"
    yield from (f"  {_shown(line)}" for line in _hsts(view))
    yield ""
    found = list(found)

    for one in found:
        yield _shown(f"{one.level}: {one.name} at {one.place}")
        yield from textwrap.wrap(
            _shown(one.says), WIDTH, initial_indent="  ", subsequent_indent="  "
        )

    yield f"{len(found)} finding{'' if len(found) == 1 else 's'}."


def data(view: View, found: Iterable[Finding]) -> dict[str, t.Any]:
    """Return the same for a program."""
    return {
        "site": str(view.site),
        "http": _chain_data(view.plain),
        "https": _chain_data(view.secure),
        "servers": [
            dataclasses.asdict(server) | {"days_left": _left(server, view.now)}
            for server in view.servers
        ],
        "hsts": dataclasses.asdict(view.hsts) if view.hsts else None,
        "preload": dataclasses.asdict(view.preload)
        | {"eligible": not view.preload.lacks},
        "findings": [dataclasses.asdict(one) for one in found],
    }


def _shown(text: str) -> str:
    return clipped(printable(text), MOST_TEXT)


def _chain(chain: Chain) -> Iterator[str]:
    for hop in chain.hops:
        yield f"{hop.status or '---'} {hop.address}"

        if hop.error:
            yield f"    {hop.error}"

    if chain.loops:
        yield "    … and again: a loop"
    elif chain.cut:
        yield "    … and so on"


def _chain_data(chain: Chain) -> dict[str, t.Any]:
    return {
        "hops": [_hop_data(hop) for hop in chain.hops],
        "loops": chain.loops,
        "cut": chain.cut,
    }


def _hop_data(hop: Hop) -> dict[str, t.Any]:
    return {
        "address": str(hop.address),
        "status": hop.status or None,
        "to": str(hop.to) if hop.to else None,
        "hsts": [value[:MOST_TEXT] for value in hop.hsts],
        "cookies": [dataclasses.asdict(cookie) for cookie in hop.cookies],
        "error": hop.error or None,
    }


def _server(server: Spoken, now: float) -> Iterator[str]:
    certificate = server.certificate

    if certificate is None:
        yield "certificate: it could not be read"
    else:
        ends = day(certificate.ends)
        yield f"certificate for {', '.join(certificate.names) or 'no name'}"
        yield f"issued by {certificate.issuer or 'nobody'}"
        yield f"valid until {ends}, {_left(server, now)} days left"

    trust = {None: "not known", "": "trusted"}
    yield f"chain: {trust.get(server.untrusted) or server.untrusted}"
    versions = [f"{n} {_OFFERED[o]}" for n, o in server.versions.items()]
    yield f"offers {', '.join(versions)}"


def _left(server: Spoken, now: float) -> int | None:
    certificate = server.certificate
    return int((certificate.ends - now) // 86400) if certificate else None


def _hsts(view: View) -> Iterator[str]:
    said = view.secure.start.hsts
    yield said[0] if said else "none"
    lacks = view.preload.lacks
    yield f"preloading: {'; '.join(lacks) if lacks else 'nothing is missing'}"
    unasked = view.preload.unasked
    yield (
        f"preload list: could not look, {unasked}"
        if unasked
        else f"preload list: {view.preload.status}"
    )
