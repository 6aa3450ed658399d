"""How a request came to the app: by which scheme, from whom, and who says so."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...controls.transport.control import PROXIES
from ...controls.transport.control import PROXY_HOST
from ...controls.transport.policy import NO_ADDRESS
from ...controls.transport.policy import UNIX
from ..refusal import Refusal
from . import server
from .proxies import NOT_SET_UP
from .proxies import Proxies
from .proxies import Told

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Set once the environment says what is so: an app mounted further in believes it.
SETTLED = "stopper.way"

#: What stands for a peer of which the server says nothing. No proxy is called so.
_UNKNOWN = "unknown"


#: Every path would be another one than the proxy saw: no rule that it has would hold.
MOUNTED = Refusal(
    "mount-not-believed",
    400,
    "A header SCRIPT_NAME says where the app is mounted, and gunicorn believes it. Many "
    "proxies pass on a visitor's own, by which one gets around their rules for paths. If "
    "the app is mounted, start gunicorn with SCRIPT_NAME in its environment; with "
    "--forwarder-headers '' it reads no such header.",
    NOT_SET_UP,
)


class Way:
    """Writes into the environment by which way a request came.

    Everything further in reads it there: the scheme, the client's address, the host.

    :param config: The settings of the app.
    :param relaxed: Whether the app is in debug mode or under test.
    """

    def __init__(self, config: Mapping[str, object], relaxed: bool) -> None:
        entries = PROXIES.read(config)
        #: The proxies that are believed, ``None`` if none is.
        self.proxies = Proxies(entries, PROXY_HOST.read(config)) if entries else None
        self._relaxed = relaxed

    def settle(self, environ: WSGIEnvironment, trial: bool) -> Refusal | None:
        """Write down how the request came, or return what is wrong about it.

        :param trial: Whether the control is in report mode. The app then goes on with
            what it believed before, unless the proxies that are named say better.
        """
        if SETTLED in environ:
            return None

        peer = server.own(environ, "REMOTE_ADDR")
        peer = peer if isinstance(peer, str) else _UNKNOWN
        mounted = server.mounted_by_header(environ)

        if self._may_tell(environ, peer):
            refusal = self._take(environ, peer, trial)
        else:
            refusal = self._came_directly(environ, peer, trial)

        environ[SETTLED] = True
        return MOUNTED if mounted else refusal

    def _may_tell(self, environ: WSGIEnvironment, peer: str) -> bool:
        if self.proxies is None or not self.proxies.trusts(peer):
            return False

        # A developer's machine is where the proxy would be, and there is none.
        return not (self._relaxed and server.FORWARDED.isdisjoint(environ))

    def _take(self, environ: WSGIEnvironment, peer: str, trial: bool) -> Refusal | None:
        told = t.cast(Proxies, self.proxies).read(environ, peer)

        if isinstance(told, Refusal):
            if not trial:
                _own(environ)

            return told

        server.take_back(environ)
        _write(environ, told)

        if not trial:
            server.forget(environ)

        return None

    def _came_directly(
        self, environ: WSGIEnvironment, peer: str, trial: bool
    ) -> Refusal | None:
        # What the server believes may be a header's word too, as with gunicorn.
        believed = server.own(environ, "wsgi.url_scheme") == "https"
        looped = server.scheme(environ) == "http" and (
            believed or server.claims_https(environ)
        )

        if not trial:
            _own(environ)

        return self._not_believed(peer) if looped else None

    def _not_believed(self, peer: str) -> Refusal:
        unix = peer in NO_ADDRESS
        seen = "a unix socket" if unix else peer[:60]
        entry = UNIX if unix else peer[:60]
        where = f"add {entry!r} to its first entry" if self.proxies else f"({entry!r},)"
        return Refusal(
            "forwarded-not-believed",
            400,
            f"A request from {seen} came over plain HTTP and says that the visitor came "
            f"by HTTPS, and {PROXIES.key} does not name that peer. A redirect to HTTPS "
            "would come back the same way for ever. If it is your proxy, set "
            f"{PROXIES.key}: {where}.",
            NOT_SET_UP,
            details={"peer": seen, "setting": PROXIES.key},
        )


def _own(environ: WSGIEnvironment) -> None:
    """Leave nothing but what the server itself knows."""
    scheme = server.scheme(environ)
    server.take_back(environ)
    server.forget(environ)
    environ["wsgi.url_scheme"] = scheme


def _write(environ: WSGIEnvironment, told: Told) -> None:
    environ["REMOTE_ADDR"] = told.client
    environ["wsgi.url_scheme"] = told.scheme

    if told.host is not None:
        environ["HTTP_HOST"] = told.host
