"""Brackets that are open, and the comprehensions in them."""

from __future__ import annotations

import dataclasses

from .edits import Edits
from .tokens import Token


@dataclasses.dataclass(slots=True)
class Bracket:
    """An open bracket, or the statement around all of them.

    :param role: ``"parameters"`` of a function, ``"lambda"`` for a tuple among a
        lambda's, else empty.
    :param lambdas: How many lambdas wait for their colon.
    :param comma: Whether a comma stands in it.
    :param looping: Whether a ``for`` waits for its ``in``.
    :param over: Where the ``in`` of a comprehension ends, -1 outside of what it is over.
    :param several: Whether there is a comma in what the comprehension is over.
    """

    opening: Token
    role: str = ""
    lambdas: int = 0
    comma: bool = False
    looping: bool = False
    over: int = -1
    several: bool = False

    def loop(self, token: Token, last: Token, edits: Edits) -> None:
        """Follow a list comprehension at its ``for``, ``in`` or ``if``.

        :param last: The word before it.
        """
        if self.lambdas:
            return

        if token.text != "in":
            self.end_loop(last, edits)
            self.looping = token.text == "for"
        elif self.looping:
            self.looping, self.over = False, token.end

    def end_loop(self, last: Token, edits: Edits) -> None:
        """End what one is over: ``for x in 1, 2`` needs brackets today.

        :param last: The last word of it.
        """
        if self.over >= 0 and self.several:
            edits.put(self.over, self.over, "(")
            edits.put(last.end, last.end, ")")

        self.over, self.several = -1, False
