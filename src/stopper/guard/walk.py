"""The walk of a request past the guards, made ready once."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from flask import Request
from flask import Response
from flask.typing import ResponseReturnValue

from ..catalogue.event import Action
from ..controls.errors.control import ERRORS
from .answers import answer
from .answers import Problem
from .base import Guard
from .base import Headers
from .house import House
from .passage import Passage
from .passage import served
from .refusal import Refused
from .stores.base import StoreDown

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

StepT = t.TypeVar("StepT")


class Walk:
    """Every step of every guard, in order; a step that a guard leaves out costs nothing.

    :param guards: In the order of the walk, from the door to the view.
    """

    def __init__(self, house: House, guards: tuple[Guard, ...]) -> None:
        self.house = house
        self.guards = guards
        self._errors = next((g for g in guards if g.control is ERRORS), None)
        self.doors = tuple(g.door for g in guards if _has(g, "door"))
        self._routed = tuple(g.routed for g in guards if _has(g, "routed"))
        self._plans = tuple(g.plan for g in guards if _has(g, "plan"))
        self._befores = tuple(g.before for g in guards if _has(g, "before"))
        back = guards[::-1]
        judging = [g for g in back if _has(g, "after")]
        self._afters = tuple(g.after for g in judging)
        self._usual_afters = tuple(g.after for g in judging if not g.judges_from)
        self._least_after = _least(g.judges_from for g in judging)
        looking = [g for g in back if _has(g, "headers")]
        self._headers = tuple(g.headers for g in looking)
        self._usual_headers = tuple(g.headers for g in looking if not g.looks_from)
        self._least_headers = _least(g.looks_from for g in looking)

        # Only a trial has to know of how many requests nothing was to be said.
        if house.tally.watch(tuple(g.control.name for g in guards if g.reporting)):
            self._plans = (house.tally.passed, *self._plans)

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Walk from the door to the view, with one trip to the store at most."""
        for look in self._routed:
            look(passage, request)

        for plan in self._plans:
            plan(passage, request)

        if passage.session_id is not None or passage.takes or passage.key_takes:
            self._go(passage)

        for step in self._befores:
            answer = step(passage, request)

            if answer is not None:
                return answer

        return None

    def _go(self, passage: Passage) -> None:
        house = self.house
        now = house.clock()
        takes = passage.takes

        try:
            if passage.key_takes:
                trip = house.store.trip(
                    passage.session_id, takes + passage.key_takes, now
                )
                passage.key_verdicts = trip.verdicts[len(takes) :]
                passage.trip = trip._replace(verdicts=trip.verdicts[: len(takes)])
            else:
                passage.trip = house.store.trip(passage.session_id, takes, now)
        except StoreDown as e:
            passage.store_down = True

            # Who refuses, who says who it is and who shows an error ask no second time.
            if passage.session is not None and passage.session_id is not None:
                passage.session.lose()

            house.store_failed(e)
            return

        if takes or passage.key_takes:
            house.upkeep.after_write(house.store, now)

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Walk back from the view."""
        # A file is handed to the server, which has its own way to send one.
        if not (response.is_sequence or response.direct_passthrough):
            passage.streamed = True

        usual = response.status_code < self._least_after

        for step in self._usual_afters if usual else self._afters:
            step(passage, request, response)

    def headers(self, passage: Passage, status: int, headers: Headers) -> None:
        """Let every guard at the header list."""
        request = served(passage.environ)

        usual = status < self._least_headers

        for step in self._usual_headers if usual else self._headers:
            step(passage, request, status, headers)

    def answer(self, refused: Refused, environ: WSGIEnvironment) -> Response:
        """Return the answer to a refusal at the door, where Flask has no say yet."""
        refusal = refused.refusal

        # Who is led elsewhere meets no error: no incident, nothing to read.
        if refusal.status < 400:
            text = f"{refusal.says}\n"
            headers = list(refusal.headers)
            return Response(text, refusal.status, headers, mimetype="text/plain")

        return answer(refusal.problem(debug=self.house.app.debug), environ)

    def failed(
        self,
        passage: Passage,
        error: type[BaseException] | None,
        rule: str | None = None,
    ) -> Response:
        """Return the answer to an error that Flask did not answer.

        :param rule: The URL rule, where one is known.
        """
        message = "An error came out of Flask."
        self._note(passage, "failed-below-flask", message, error, rule)

        # The look of an app that is only watched stays as it is.
        if self._errors is None or self._errors.reporting:
            return Response("Internal Server Error\n", 500, mimetype="text/plain")

        return answer(Problem(500), passage.environ)

    def broke_off(
        self, passage: Passage, error: type[BaseException] | None, rule: str | None
    ) -> None:
        """Say that an answer broke off after its beginning was sent."""
        message = "A streamed answer broke off midway."
        self._note(passage, "broken-stream", message, error, rule)

    def _note(
        self,
        passage: Passage,
        name: str,
        message: str,
        error: type[BaseException] | None,
        rule: str | None,
    ) -> None:
        if self._errors is None:
            return

        self.house.emit(
            "errors",
            name,
            Action.NOTED,
            f"{message} The traceback is in the app's log.",
            at_door=passage,
            exception=error.__qualname__ if error else None,
            rule=rule,
        )


def _least(statuses: Iterable[int]) -> int:
    """Return the lowest status at which a step looks that is no answer's usual one."""
    return min(filter(None, statuses), default=1000)


def _has(guard: Guard, step: str) -> bool:
    return getattr(type(guard), step) is not getattr(Guard, step)
