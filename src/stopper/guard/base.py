"""What every guard is."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from flask import Flask
from flask import Request
from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ..catalogue.control import Control
from ..catalogue.event import Action
from ..catalogue.mode import Mode
from .passage import Passage
from .refusal import Refusal
from .refusal import Refused

if t.TYPE_CHECKING:
    from .house import House

#: The header list of an answer, as WSGI has it. A guard changes it in place.
Headers = list[tuple[str, str]]


class Guard:
    """Keeps one control's promise while requests are served.

    A guard reads its settings once, in :meth:`__init__`, and holds no state of a
    request: two threads may be in it at once. Of the six steps of a request it
    overrides those that it needs; the others cost nothing.

    :param house: What the guards of one app share: the app, the mode, the events.
    """

    control: t.ClassVar[Control]
    #: The lowest status of the answers whose headers it looks at.
    looks_from: t.ClassVar[int] = 0
    #: The lowest status of the answers that :meth:`after` looks at.
    judges_from: t.ClassVar[int] = 0

    @classmethod
    def needed(cls, app: Flask) -> bool:
        """Say whether there is anything in this app for it to do.

        Asked at the first request. One that is not needed costs nothing.
        """
        return True

    def __init__(self, house: House) -> None:
        self.house = house
        self._report = house.chosen(self.control) is Mode.REPORT

    @classmethod
    def stays(cls, house: House) -> bool:
        """Say whether it is there although its control is off, for what the app declares.

        Asked at the first request, when all routes are there.
        """
        return False

    @property
    def reporting(self) -> bool:
        """Whether what would be refused is let through, today."""
        return self._report and self.house.reporting(self.control)

    def refuse(self, refusal: Refusal, passage: Passage | None = None) -> None:
        """Refuse the request; in report mode, only say so and return.

        :param passage: Needed at the door, where Flask knows of no request yet.
        :raises Refused: In enforce mode.
        """
        reporting = self.reporting
        self.house.emit(
            self.control.name,
            refusal.name,
            Action.REPORTED if reporting else Action.REFUSED,
            refusal.message,
            at_door=passage,
            **refusal.details,
        )

        if not reporting:
            raise Refused(self.control.name, refusal)

    def door(self, passage: Passage) -> None:
        """Look at the WSGI environment before Flask does; it may be changed in place.

        :raises Refused: Through :meth:`refuse`.
        """

    def routed(self, passage: Passage, request: Request) -> None:
        """Change what Flask found for the address, before any guard looks at it."""

    def plan(self, passage: Passage, request: Request) -> None:
        """Put on the passage what this request needs of the store.

        Called once the request is routed. After all guards did, one trip brings
        everything.
        """

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Answer in the view's place, or return ``None`` to let it run.

        :raises Refused: Through :meth:`refuse`.
        """
        return None

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Look at the answer before it is sent, or change it in place.

        An ``after_request`` function of the app that raises keeps this from being
        called. What may not be lost belongs into :meth:`headers`.
        """

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Change the header list of the answer; called for every answer there is.

        :param request: ``None`` if the app failed before it made one, or the door
            refused.
        """

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return what the app declared for one route, in the words of a developer.

        Asked by ``flask stopper routes``, never while a request is served.

        :param view: The view function; marks stand on it, or on its ``view_class``.
        :return: Short texts, ``"exempt"`` or ``"5/minute"``; none if nothing differs.
        """
        return ()
