"""What is wrong with how a site is reached, judged from one look at it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

from ...controls.general import local
from .chain import Chain
from .hsts import missing
from .hsts import YEAR
from .look import View
from .tls import Spoken

#: Versions of TLS that must not be offered any more (RFC 8996).
OLD = ("TLS 1.0", "TLS 1.1")

_DAY = 86400

_HIGH, _MEDIUM, _LOW = "high", "medium", "low"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Something that is to be mended.

    :param level: ``"high"``, ``"medium"`` or ``"low"``.
    :param place: The address or the server that it is about.
    """

    name: str
    level: str
    place: str
    says: str


def findings(view: View, days: int) -> list[Finding]:
    """Return what is wrong, the worst first.

    :param days: For how long a certificate has to be valid at least.
    """
    found = [
        *_unanswered(view),
        *_plain(view),
        *_chains(view),
        *_ends(view),
        *_cookies(view),
        *_hsts(view),
        *(f for server in view.servers for f in _server(server, view.now, days)),
    ]
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda f: (_HIGH, _MEDIUM, _LOW).index(f.level))


def reached(view: View) -> bool:
    """Say whether enough answered to be judged."""
    return view.secure.start.spoke or view.plain.start.spoke


def _unanswered(view: View) -> Iterator[Finding]:
    first = view.secure.start

    if first.status == 0:
        yield Finding(
            "no-https",
            _HIGH,
            str(first.address),
            f"There is no site over HTTPS: {first.error}.",
        )

    for hop in view.hops:
        if hop.error and hop.address not in (first.address, view.plain.start.address):
            yield Finding(
                "dead-end",
                _MEDIUM,
                str(hop.address),
                f"The way ends here: {hop.error}.",
            )


def _plain(view: View) -> Iterator[Finding]:
    first = view.plain.start

    if not first.status:
        return

    place = str(first.address)

    if first.to is None:
        yield Finding(
            "no-redirect",
            _HIGH,
            place,
            f"It answers in clear text with {first.status}, and does not lead to HTTPS. "
            "Whoever is on the way reads and changes what is sent.",
        )
    elif not first.to.secure:
        yield Finding(
            "late-upgrade",
            _MEDIUM,
            place,
            f"It leads to {first.to} before it comes to HTTPS.",
        )
    elif first.to.host != first.address.host:
        yield Finding(
            "redirect-away",
            _LOW,
            place,
            f"It leads to {first.to.host} at once, so a browser never sees the "
            "Strict-Transport-Security of this host. Lead to HTTPS on the same host first.",
        )


def _chains(view: View) -> Iterator[Finding]:
    for chain in (view.plain, view.secure):
        yield from _steps(chain)
        place = str(chain.start.address)

        if chain.loops:
            yield Finding(
                "redirect-loop",
                _HIGH,
                place,
                "Its redirects come back to where they were, for a visitor without "
                "cookies. Behind a proxy the app may "
                "not know that the visitor came over HTTPS (STOPPER_PROXIES).",
            )
        elif chain.cut:
            yield Finding(
                "many-redirects",
                _MEDIUM,
                place,
                f"After {len(chain.hops)} redirects there is no end yet.",
            )


def _ends(view: View) -> Iterator[Finding]:
    ends = [chain.hops[-1] for chain in (view.plain, view.secure)]
    plain, secure = (end.address.host for end in ends)

    if plain != secure and all(end.status and end.to is None for end in ends):
        yield Finding(
            "two-ends",
            _LOW,
            str(view.plain.start.address),
            f"From plain HTTP one comes to {plain}, from HTTPS to {secure}.",
        )


def _steps(chain: Chain) -> Iterator[Finding]:
    for hop in chain.hops:
        if hop.address.secure and hop.to is not None and not hop.to.secure:
            yield Finding(
                "step-down",
                _HIGH,
                str(hop.address),
                f"It leads from HTTPS down to {hop.to}.",
            )


def _cookies(view: View) -> Iterator[Finding]:
    for hop in view.hops:
        for cookie in hop.cookies:
            if not hop.address.secure:
                yield Finding(
                    "cookie-in-clear",
                    _MEDIUM,
                    str(hop.address),
                    f"It sets the cookie {cookie.name} over plain HTTP.",
                )
            elif not cookie.secure:
                yield Finding(
                    "cookie-without-secure",
                    _MEDIUM,
                    str(hop.address),
                    f"It sets the cookie {cookie.name} without Secure, so a browser "
                    "sends it in clear text too.",
                )


def _hsts(view: View) -> Iterator[Finding]:
    place = str(view.site)

    # A browser heeds the header of no such name.
    if not view.secure.start.status or local(view.site.host):
        return

    if view.hsts is None:
        yield Finding(
            "no-hsts",
            _MEDIUM,
            place,
            "There is no Strict-Transport-Security, so every first visit can be kept "
            "on plain HTTP.",
        )
    elif view.hsts.max_age is None:
        yield Finding(
            "bad-hsts",
            _MEDIUM,
            place,
            "Strict-Transport-Security is not valid, and browsers pass over it.",
        )
    elif view.hsts.max_age < YEAR:
        yield Finding(
            "short-hsts",
            # Nothing at all tells a browser to forget what it knew.
            _LOW if view.hsts.max_age else _MEDIUM,
            place,
            f"Strict-Transport-Security holds for {view.hsts.max_age} seconds; a year "
            f"is {YEAR}.",
        )

    lacks = list(missing(view.hsts))

    if view.hsts and view.hsts.preload and lacks:
        yield Finding(
            "preload-refused",
            _LOW,
            place,
            "Its header asks to be preloaded, which would be refused: "
            f"{', '.join(lacks)}.",
        )


def _server(server: Spoken, now: float, days: int) -> Iterator[Finding]:
    place = f"{server.host}:{server.port}"
    certificate = server.certificate

    if server.untrusted:
        yield Finding(
            "certificate-untrusted",
            _HIGH,
            place,
            f"No authority that is trusted here stands behind it: {server.untrusted}. "
            "An intermediate certificate may be missing; --cafile names a private "
            "authority.",
        )

    if server.named is False:
        names = ", ".join(certificate.names[:10]) if certificate else ""
        yield Finding(
            "certificate-name",
            _HIGH,
            place,
            f"The certificate is not for {server.host}: {names or 'it has no name'}.",
        )

    if certificate is not None:
        yield from _dates(place, certificate.starts, certificate.ends, now, days)
        yield from _versions(place, server.versions)


def _dates(
    place: str, starts: float, ends: float, now: float, days: int
) -> Iterator[Finding]:
    if now >= ends:
        said = f"The certificate is over since {day(ends)}."
        yield Finding("certificate-expired", _HIGH, place, said)
    elif now < starts:
        said = f"The certificate holds from {day(starts)} on, and not yet."
        yield Finding("certificate-early", _HIGH, place, said)
    elif ends - now < days * _DAY:
        said = (
            f"The certificate ends on {day(ends)}, in {int((ends - now) // _DAY)} days."
        )
        yield Finding("certificate-ends", _MEDIUM, place, said)


def _versions(place: str, versions: dict[str, bool | None]) -> Iterator[Finding]:
    old = [name for name in OLD if versions.get(name)]

    if old:
        said = f"It still offers {' and '.join(old)} (RFC 8996)."
        yield Finding("old-tls", _MEDIUM, place, said)

    new = [offered for name, offered in versions.items() if name not in OLD]

    if new and not any(o or o is None for o in new):
        said = "It offers neither TLS 1.2 nor TLS 1.3, so browsers do not come in."
        yield Finding("no-tls", _HIGH, place, said)


def day(at: float) -> str:
    """Return the day of a time, in UTC."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d")
