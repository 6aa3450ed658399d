"""What the view, or another extension, set itself, and what becomes of that."""

from __future__ import annotations

import dataclasses
import typing as t

from flask import Request

from ...catalogue.event import Action
from ...controls.headers import csp
from ...controls.headers.policy import filters_by_guess
from ...controls.headers.policy import Kind
from ...controls.headers.policy import kind
from ...controls.headers.policy import leaks_referrer
from ...controls.headers.policy import sniffable
from ..base import Headers
from ..house import House
from .lines import Lines
from .marks import Marks


class Given:
    """Judges the headers that are there already.

    What says something is kept, be it weaker than ours: someone decided it. What says
    nothing that a browser understands is replaced. Both are noted once a route.
    """

    def __init__(self, house: House) -> None:
        self.house = house

    def stand_back(self) -> None:
        """Note that another extension sets headers; what it sets is kept."""
        functions = self.house.app.after_request_funcs.get(None, ())
        owners = (type(getattr(f, "__self__", None)).__module__ for f in functions)

        if any(o.partition(".")[0] == "flask_talisman" for o in owners):
            self.house.emit(
                "headers",
                "other-extension",
                Action.NOTED,
                "Flask-Talisman sets headers too. Each that it sets is kept; "
                "Stopper adds the others.",
            )

    def view_chose(self, given: t.Mapping[str, str], marks: Marks) -> Marks:
        """Return the marks with what the view's own X-Frame-Options means.

        Where frame-ancestors stands a browser looks at nothing else, so ours would
        take back what the view allowed.
        """
        said = given.get("x-frame-options", "").strip().lower()

        if said == "sameorigin" and marks.frame is None:
            return dataclasses.replace(marks, frame=("'self'",))

        return marks

    def settle(
        self,
        lines: Lines,
        request: Request | None,
        given: t.Mapping[str, str],
        headers: Headers,
    ) -> None:
        """Put the fixed lines on the list, except where the view's own are kept."""
        gone = {n for n, v in given.items() if _says_nothing(n, v)}

        if "x-xss-protection" in given and filters_by_guess(given["x-xss-protection"]):
            gone.add("x-xss-protection")

        for name in gone:
            self._note(request, "header-replaced", name, "says nothing that holds")

        headers[:] = [line for line in headers if line[0].lower() not in gone]
        headers += [
            line
            for line in lines.fixed
            if line[0].lower() not in given or line[0].lower() in gone
        ]

        if leaks_referrer(given.get("referrer-policy")):
            why = "shows other sites whole addresses, and is kept"
            self._note(request, "weak-header", "referrer-policy", why)

    def judge_policy(self, request: Request | None, value: str) -> None:
        """Note a policy of the view's own that stops no injected script."""
        faults = csp.faults(value)

        if faults:
            name = "content-security-policy"
            self._note(request, "weak-header", name, f"is kept, but {faults[0]}")

    def would_refuse(self, request: Request | None, given: t.Mapping[str, str]) -> None:
        """Report, in report mode, a request that the headers would have stopped."""
        if request is None:
            return

        site = request.headers.get("Sec-Fetch-Site", "")
        page_or_data = kind(given.get("content-type")) in (Kind.PAGE, Kind.DATA)

        if site in ("same-origin", "none", "") or not page_or_data:
            return

        if request.headers.get("Sec-Fetch-Mode") == "no-cors":
            self._reported(request, "cross-origin-load", "loads this answer")
        elif request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "embed"):
            self._reported(request, "framed", "shows this page in a frame")

    def _reported(self, request: Request, name: str, does: str) -> None:
        rule = request.url_rule.rule if request.url_rule else None

        if self.house.once((name, rule)):
            message = f"Another site {does}, which will be refused."
            self.house.emit("headers", name, Action.REPORTED, message)

    def _note(self, request: Request | None, event: str, header: str, why: str) -> None:
        rule = request.url_rule.rule if request and request.url_rule else None

        if self.house.once((event, header, rule)):
            self.house.emit(
                "headers",
                event,
                Action.NOTED,
                f"The {header} header that the view or an extension set {why}.",
                header=header,
            )


def _says_nothing(name: str, value: str) -> bool:
    if name == "x-content-type-options":
        return sniffable(value)

    if name == "x-frame-options":
        return value.strip().lower() not in ("deny", "sameorigin")

    return False
