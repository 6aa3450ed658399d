"""What every guard is."""

from __future__ import annotations

import typing as t

from flask import Request
from flask import Response
from flask.typing import ResponseReturnValue

from ..catalogue.control import Control
from .passage import Passage

if t.TYPE_CHECKING:
    from .house import House

#: The header list of an answer, as WSGI has it. A guard changes it in place.
Headers = list[tuple[str, str]]


class Guard:
    """Keeps one control's promise while requests are served.

    A guard reads its settings once, in :meth:`__init__`, and holds no state of a
    request: two threads may be in it at once.

    :param house: What the guards of one app share: the app, the mode, the events.
    """

    control: t.ClassVar[Control]

    def __init__(self, house: House) -> None: ...

    def before(self, request: Request) -> ResponseReturnValue | None:
        """Answer in the view's place, or return ``None`` to let it run."""
        return None

    def after(self, response: Response) -> None:
        """Look at the answer before it is sent, or change it in place.

        An ``after_request`` function of the app that raises keeps this from being
        called. What may not be lost belongs into :meth:`headers`.
        """

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Change the header list of the answer; called for every answer there is.

        :param request: ``None`` if the app failed before it made one.
        """
