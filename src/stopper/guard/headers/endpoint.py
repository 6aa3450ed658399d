"""Takes in what browsers report, from senders of whom nothing is known."""

from __future__ import annotations

import collections
import functools
import pathlib
import sqlite3
import threading
from collections.abc import Iterable

from flask import Request
from flask import Response
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.routing import RoutingException

from ...catalogue.event import Action
from ...controls.headers import report
from ...controls.headers.archive import Archive
from ...controls.headers.archive import FILE
from ...controls.headers.report import Report
from ..house import House
from ..identity import client
from .allowance import Allowance
from .lines import Settings

#: How many bodies a sender may send in a minute: a page with a broken policy sends one
#: or two, and is loaded again and again by the one who mends it.
PER_MINUTE = 60

#: How many bodies are taken in a minute in all: each may cost one write to the disk.
IN_ALL = 600

#: What a path is called that no route of the app serves.
NO_ROUTE = "(no route)"


class Endpoint:
    """Takes in what browsers report.

    The answer is the same whatever was sent: it tells nobody what is known already.
    """

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._path = settings.report_path
        self._most = settings.report_keep
        self._allowance = Allowance(house.clock, PER_MINUTE, IN_ALL)
        self._seen: collections.OrderedDict[tuple[Report, bool], int] = (
            collections.OrderedDict()
        )
        self._lock = threading.Lock()
        self._made_of: dict[str, frozenset[str]] = {}
        folder = pathlib.Path(house.app.instance_path)
        self._archive = Archive(folder / FILE, settings.report_keep)

    def answer(self, request: Request) -> Response | None:
        """Return the answer to a report, ``None`` if the request brings none."""
        if request.path != self._path or not self._path or request.method != "POST":
            return None

        self._take_in(request)
        response = Response(status=204)
        # What has no content has no type either, and some servers insist on it.
        del response.headers["Content-Type"]
        return response

    def note(self, route: str, templates: set[str]) -> None:
        """Note which templates a page of this route was made of."""
        known = self._made_of.get(route)

        if known is None or not known.issuperset(templates):
            self._made_of[route] = (known or frozenset()).union(templates)

    def _take_in(self, request: Request) -> None:
        length = request.content_length

        if request.mimetype not in (report.REPORTS, report.CSP_REPORT) or (
            length is not None and length > report.MOST_BYTES
        ):
            return

        if not self._allowance.take(client()):
            if self._house.once(("report-flood", int(self._house.clock() // 3600))):
                message = "More reports came than are taken; the rest is dropped."
                self._house.emit("headers", "report-flood", Action.NOTED, message)

            return

        try:
            body = request.stream.read(report.MOST_BYTES + 1)
        except (HTTPException, OSError):
            return

        if len(body) > report.MOST_BYTES:
            return

        trusted = self._house.known() not in (None, "unknown")

        route_of = functools.partial(self._route, request.root_path.rstrip("/"))

        self._keep(report.read(body, request.mimetype, route_of), trusted)

    def _route(self, root: str, path: str) -> str:
        local = path.removeprefix(root) if root else path

        try:
            adapter = self._house.app.url_map.bind("")
            rule, _ = adapter.match(local or "/", method="GET", return_rule=True)
        except RequestRedirect:
            return NO_ROUTE
        except (NotFound, HTTPException, RoutingException):
            return NO_ROUTE

        return rule.rule

    def _keep(self, found: Iterable[Report], trusted: bool) -> None:
        counted = [(one, self._count(one, trusted)) for one in found]
        # The hundredth copy says nothing that the tenth did not.
        due = [one for one, times in counted if not times & (times - 1)]

        if due:
            self._write(due, trusted)

        # Who hears of it may want to read what is kept.
        for one, times in counted:
            if times == 1:
                self._tell(one, trusted)

    def _count(self, found: Report, trusted: bool) -> int:
        key = (found, trusted)

        with self._lock:
            times = self._seen.pop(key, 0) + 1
            self._seen[key] = times

            if len(self._seen) > self._most:
                self._seen.popitem(last=False)

        return times

    def _write(self, found: list[Report], trusted: bool) -> None:
        try:
            self._archive.put(found, trusted, self._house.clock(), self._made_of)
        except (OSError, sqlite3.Error) as e:
            if self._house.once("reports-not-kept"):
                self._house.emit(
                    "headers",
                    "reports-not-kept",
                    Action.FAILED,
                    "Reports cannot be written to the instance folder: "
                    f"{type(e).__name__}. They are events all the same.",
                )

    def _tell(self, found: Report, trusted: bool) -> None:
        self._house.emit(
            "headers",
            found.kind,
            Action.REFUSED if found.enforced else Action.REPORTED,
            f"A browser says that {found.directive or 'the policy'} "
            f"{'stopped' if found.enforced else 'would stop'} "
            f"{found.blocked or 'something'} on {found.route}.",
            directive=found.directive,
            blocked=found.blocked,
            page=found.route,
            source=found.source,
            line=found.line,
            trusted=trusted,
        )
