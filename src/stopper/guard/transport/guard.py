"""Leads to HTTPS, and believes a proxy only where the settings say so."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from flask import Request
from werkzeug.routing import Rule

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.general import ORIGIN
from ...controls.transport.control import HEALTH_PATHS
from ...controls.transport.control import HSTS_MAX_AGE
from ...controls.transport.control import PROXIES
from ...controls.transport.control import TRANSPORT
from ..base import Guard
from ..base import Headers
from ..house import House
from ..passage import Passage
from ..refusal import Refusal
from ..refusal import Refused
from . import server
from .hosts import advice
from .hosts import Hosts
from .https import credentials
from .https import refusal as over_plain_http
from .https import SAFE
from .start import hold_to
from .start import hsts_line
from .start import problems
from .way import MOUNTED
from .way import SETTLED
from .way import Way

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: How many spellings of our hosts are remembered: upper case makes many of one.
MOST_SPELLINGS = 100

#: How many visitors are led to HTTPS, without one arriving by it, until that is said.
FEW = 20

HSTS = "Strict-Transport-Security"

_HSTS = HSTS.lower()


class TransportGuard(Guard):
    """Leads to HTTPS, and believes a proxy only where the settings say so.

    A request at the door meets these in order: what proxies told about it is taken or
    refused; a probe's goes on; its host has to be ours; it has to have come by HTTPS.
    """

    control = TRANSPORT

    def __init__(self, house: House) -> None:
        super().__init__(house)
        config, app = house.config, house.app
        self._way = Way(config, house.relaxed)
        self._hosts = Hosts(house.origins, house.relaxed, _test_name(house))
        self._health = frozenset(HEALTH_PATHS.read(config))
        self._max_age = HSTS_MAX_AGE.read(config)
        self._hsts = None if app.debug else (HSTS, hsts_line(config))
        #: The ``Host`` headers that are ours over HTTPS, and whether browsers may keep
        #: each in mind.
        self._ours = {host: self._hosts.lasting(host) for host in self._hosts.secured}
        self._direct = self._way.proxies is None
        #: How many were led to HTTPS since the start, and whether anybody came by it.
        self._led = 0
        self._came = False

        for name, message in problems(house, not self._direct):
            if not self.reporting:
                raise StartError(message)

            house.emit("transport", name, Action.FAILED, message)

        if not self.reporting:
            hold_to(self._hosts, house)

    def door(self, passage: Passage) -> None:
        """Let in what came by HTTPS to a host of ours; lead or refuse the rest."""
        environ = passage.environ

        # The usual case, and all of it: no proxy is believed, and the server itself
        # says HTTPS. What a header says of it is then of no account.
        if (
            self._direct
            and environ["wsgi.url_scheme"] == "https"
            and environ.get("HTTP_HOST") in self._ours
            and environ.get("PATH_INFO") not in self._health
            and (
                "gunicorn.socket" not in environ
                or server.encrypted(environ["gunicorn.socket"])
            )
        ):
            if environ.keys().isdisjoint(server.DOUBTFUL):
                return

            if environ.keys().isdisjoint(server.REWRITTEN) and not self.reporting:
                server.forget(environ)
                environ[SETTLED] = True
                return

        self._look(passage, environ)

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return whether probes ask here."""
        if method == "GET" and rule.rule in self._health:
            yield "health path"

    def _look(self, passage: Passage, environ: WSGIEnvironment) -> None:
        trial = self.reporting
        wrong = self._way.settle(environ, trial)

        if wrong is not MOUNTED and self._is_probe(environ):
            self._let_probe(passage, environ, trial)
        elif wrong is not None:
            self._refuse_way(wrong, passage)
        else:
            self._look_at_host(passage, environ)

    def _look_at_host(self, passage: Passage, environ: WSGIEnvironment) -> None:
        scheme = environ["wsgi.url_scheme"]
        raw = environ.get("HTTP_HOST")

        if raw is None or not self._hosts.serves(scheme, raw):
            self._refuse_host(passage, raw)
        elif scheme != "https":
            self._look_at_plain(passage, environ, raw)
        elif raw not in self._ours and len(self._ours) < MOST_SPELLINGS:
            self._ours[raw] = self._hosts.lasting(raw)

    def _look_at_plain(
        self, passage: Passage, environ: WSGIEnvironment, raw: str
    ) -> None:
        if self._hosts.plain(raw):
            self._note(
                passage,
                "plain-http-here",
                None,
                "Plain HTTP is let through for this machine's own names, in debug mode, "
                f"under test, or because {ORIGIN.key} says http://.",
            )
            return

        self._look_at_cookies(passage, environ)
        found = over_plain_http(environ, self._hosts.secure(raw), self._max_age)

        # That a visitor is led to HTTPS is nothing to tell of. On trial it is.
        if found.name == "plain-http" and not self.reporting:
            self._count_led(passage)
            raise Refused("transport", found)

        self.refuse(found, passage)

    def _look_at_cookies(self, passage: Passage, environ: WSGIEnvironment) -> None:
        config = self.house.app.config
        names = (
            config["SESSION_COOKIE_NAME"],
            config.get("REMEMBER_COOKIE_NAME", "remember_token"),
        )
        sent = environ.get("HTTP_COOKIE", "")

        if any(f"{name}=" in sent for name in names):
            self._note(
                passage,
                "cookie-in-clear",
                environ.get("REMOTE_ADDR"),
                "A session's cookie travelled in clear: it was set without Secure, and "
                "whoever was on the way has it.",
            )

    def _count_led(self, passage: Passage) -> None:
        # A proxy that tells nothing looks like a visitor: only the outcome shows it.
        self._led += 1

        if self._led >= FEW and not self._came:
            self._note(
                passage,
                "nobody-arrives",
                None,
                f"{FEW} requests were led to HTTPS, and none came by it. If a proxy in "
                "front speaks HTTPS, it leads visitors in a circle: have it set "
                f"X-Forwarded-For and X-Forwarded-Proto, and name it in {PROXIES.key}.",
            )

    def _note(
        self, passage: Passage, name: str, each: str | None, message: str
    ) -> None:
        if self.house.once((name, each)):
            self.house.emit("transport", name, Action.NOTED, message, at_door=passage)

    def _is_probe(self, environ: WSGIEnvironment) -> bool:
        return (
            environ.get("PATH_INFO") in self._health
            and environ.get("REQUEST_METHOD") in SAFE
            and not credentials(environ)
        )

    def _let_probe(
        self, passage: Passage, environ: WSGIEnvironment, trial: bool
    ) -> None:
        passage.health = True

        if trial:
            return

        environ.pop("HTTP_COOKIE", None)

        # Flask looks at the host once more, and a probe asks an address.
        if self.house.origins.hosts:
            environ["HTTP_HOST"] = self.house.origins.hosts[0]

    def _refuse_way(self, wrong: Refusal, passage: Passage) -> None:
        # A proxy that is not named sends every request there is: one event is enough.
        said = (wrong.name, wrong.details.get("peer"))

        if wrong.name != "forwarded-not-believed" or self.house.once(said):
            self.refuse(wrong, passage)
        elif not self.reporting:
            raise Refused("transport", wrong)

    def _refuse_host(self, passage: Passage, raw: str | None) -> None:
        # On trial, an app that does not say where it is was told so when it started.
        if self.reporting and not self.house.origins.all:
            return

        refusal = Refusal(
            "foreign-host",
            400,
            f"The Host header is none of {ORIGIN.key}'s. {advice(raw)}",
            "This site is not reached at that address.",
            details={"host": None if raw is None else raw[:100]},
        )
        self.refuse(refusal, passage)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Have browsers keep in mind that this host has HTTPS."""
        environ = passage.environ

        if (
            self._hsts is None
            or not self._ours.get(environ.get("HTTP_HOST", ""))
            or environ["wsgi.url_scheme"] != "https"
            or passage.health
            or self.reporting
        ):
            return

        self._came = True

        given = passage.given

        if given is None:
            given = {name.lower(): value for name, value in headers}

        # Where the app or another extension says it, that was said on purpose.
        if _HSTS not in given:
            headers.append(self._hsts)


def _test_name(house: House) -> str:
    """Return the host that Flask's test client speaks to, empty outside of tests."""
    name = house.app.config["SERVER_NAME"] if house.app.testing else None
    return str(name or "").partition(":")[0]
