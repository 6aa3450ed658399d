"""Fetches an address for a stranger, and reaches nothing inside for him."""

from __future__ import annotations

import codecs
import dataclasses
import http.client
import json
import re
import ssl
import typing as t
from collections.abc import Iterable
from collections.abc import Mapping

from flask import current_app
from flask import has_app_context
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from ....catalogue.event import Action
from ....controls.redirects.networks import Network
from ....controls.redirects.networks import networks
from .connection import connected
from .connection import exchange
from .deadline import Deadline
from .error import FetchError
from .error import FetchFailed
from .error import FetchRefused
from .error import FetchTooLarge
from .names import addresses
from .names import Resolver
from .names import system
from .target import followed
from .target import Target
from .target import target as taken

#: Bytes of a longest answer.
MOST_BYTES = 5 * 1024 * 1024

_FOLLOWED = frozenset({301, 302, 303, 307, 308})

#: The encodings of web pages (WHATWG Encoding, 4.2), as Python calls them. It knows
#: others: what is in `punycode` takes the square of its length to read.
_CHARSETS = frozenset(
    (
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii"),
        *(f"iso8859-{n}" for n in range(1, 17)),
        *(f"cp{n}" for n in (866, 874, 932, *range(1250, 1259))),
        *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "gb2312", "gbk", "gb18030"),
        *("big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis", "euc_kr"),
    )
)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)

#: What another host is told too. Keys and cookies have many names; these are none.
_EVERYONE = frozenset({"accept", "accept-language", "user-agent"})

#: What the connection says by itself.
_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding"})


@dataclasses.dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    :param url: Where it came from in the end.
    :param status: Of the answer; an error of the other side is no error here.
    """

    url: str
    status: int
    headers: Headers
    data: bytes

    @property
    def text(self) -> str:
        """The data as text, in the charset that the answer names, else in UTF-8."""
        _, options = parse_options_header(self.headers.get("Content-Type"))
        return self.data.decode(_charset(options.get("charset", "")), "replace")

    def json(self) -> t.Any:
        """Return what the data says as JSON.

        :raises ValueError: If it is none, or is nested too deeply.
        """
        try:
            return json.loads(self.data)
        except RecursionError:
            raise ValueError("The JSON is nested too deeply.") from None


@dataclasses.dataclass(frozen=True, slots=True)
class _Terms:
    ports: tuple[int, ...]
    allow: tuple[Network, ...]
    most_bytes: int
    resolve: Resolver
    tls: ssl.SSLContext
    deadline: Deadline


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    target: Target
    method: str
    data: bytes | None
    headers: Mapping[str, str]


def fetch(
    url: str,
    *,
    method: str = "GET",
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,  # seconds
    most_bytes: int = MOST_BYTES,
    redirects: int = 5,
    ports: Iterable[int] = (80, 443),
    allow: Iterable[str] = (),
    resolve: Resolver = system,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch an address that a stranger may have named.

    ::

        answer = fetch(request.form["picture"], most_bytes=1_000_000)

    The host is resolved once, every address of it is looked at, and the connection goes
    to the one that was looked at: a name that answers differently the next time leads
    nowhere. The same for every redirect. Proxies of the environment are not used, cookies
    are not kept, and what ``headers`` holds is not shown to another host.

    :param timeout: Seconds for all of it, redirects and names included.
    :param most_bytes: The longest answer that is taken.
    :param redirects: How many are followed.
    :param ports: Which may be reached.
    :param allow: Networks inside that may be reached: ``("10.1.2.0/24",)``.
    :param resolve: Takes a host and returns its addresses.
    :param tls: A context that verifies, for an authority of your own.
    :raises FetchRefused: If the address, or one that it redirects to, is not to be
        reached from here. This is an event as well.
    :raises FetchFailed: If there is no answer, or not in time (:exc:`FetchTimeout`), or
        too many redirects.
    :raises FetchTooLarge: If the answer is longer than ``most_bytes``.
    :raises FetchError: If an argument is none. All others are of this kind too.
    """
    try:
        terms = _Terms(
            tuple(ports),
            _allowed(allow),
            most_bytes,
            resolve,
            _verifying(tls),
            Deadline(timeout),
        )
        asked = _Asked(
            taken(url, terms.ports), _method(method), data, _plain(headers or {})
        )
        return _follow(asked, terms, redirects)
    except FetchRefused as e:
        _say(e)
        raise


def _follow(asked: _Asked, terms: _Terms, redirects: int) -> Fetched:
    for _ in range(redirects + 1):
        answer = _once(asked, terms)
        location = answer.headers.get("Location")

        if answer.status not in _FOLLOWED or location is None:
            return answer

        asked = _next(asked, answer.status, location, terms.ports)

    raise FetchFailed(f"There are more than {redirects} redirects.")


def _next(asked: _Asked, status: int, location: str, ports: tuple[int, ...]) -> _Asked:
    target = followed(asked.target, location, ports)
    method, data = asked.method, asked.data
    headers = asked.headers

    if method != "HEAD" and (status == 303 or (status < 303 and method == "POST")):
        method, data = "GET", None

    if target.origin != asked.target.origin:
        if data is not None:
            raise FetchRefused(
                "The redirect would carry what was sent to another host."
            )

        headers = {k: v for k, v in headers.items() if k.lower() in _EVERYONE}

    return _Asked(target, method, data, headers)


def _once(asked: _Asked, terms: _Terms) -> Fetched:
    target, deadline = asked.target, terms.deadline
    found = addresses(target.host, terms.allow, terms.resolve, deadline)

    with connected(target, found, deadline, terms.tls) as timed:
        answer = exchange(timed, target, asked.method, asked.data, asked.headers)
        data = _read(answer, terms.most_bytes)
        return Fetched(target.url, answer.status, Headers(answer.getheaders()), data)


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    # One that says how long it is need not be read to be refused.
    if answer.length is not None and answer.length > most:
        raise FetchTooLarge(f"The answer is longer than {most} bytes.")

    data = answer.read(most + 1)

    if len(data) > most:
        raise FetchTooLarge(f"The answer is longer than {most} bytes.")

    if answer.length:
        raise FetchFailed("The answer breaks off.")

    return data


def _charset(said: str) -> str:
    try:
        name = codecs.lookup(said).name
    except (LookupError, ValueError):
        return "utf-8"

    return name if name in _CHARSETS else "utf-8"


def _allowed(allow: Iterable[str]) -> tuple[Network, ...]:
    try:
        return networks(allow)
    except ValueError as e:
        raise FetchError(f"allow {e}.") from None


def _verifying(tls: ssl.SSLContext | None) -> ssl.SSLContext:
    if tls is None:
        return ssl.create_default_context()

    if tls.verify_mode is not ssl.CERT_REQUIRED or not tls.check_hostname:
        raise FetchError("tls takes a context that verifies certificate and name.")

    return tls


def _method(method: str) -> str:
    if not method.isascii() or not method.isalpha() or method.upper() == "CONNECT":
        raise FetchError(f"{method[:20]!r} is no method for this.")

    return method.upper()


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        plain = value.isascii() and value.isprintable() and _TOKEN.fullmatch(name)

        if not plain or name.lower() in _OURS:
            raise FetchError(f"The header {name[:40]!r} is not taken.")

    return dict(headers)


def _say(refused: FetchRefused) -> None:
    watch = current_app.extensions.get("stopper") if has_app_context() else None

    if watch is not None:
        watch.settle().house.emit(
            "redirects", "fetch-refused", Action.REFUSED, str(refused)
        )
