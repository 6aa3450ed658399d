"""Statements that are calls or clauses of another form today."""

from __future__ import annotations

import dataclasses

from .edits import Edits
from .tokens import KEYWORDS
from .tokens import Token

#: What begins a value, where a print has one; after any other sign it is a name.
_SIGNS = frozenset("+-~`")


@dataclasses.dataclass(slots=True)
class Statement:
    """What is remembered of a statement until it ends.

    :param word: ``print``, ``exec``, ``raise`` or ``except``.
    :param closed: Where the bracket that comes first is closed, -1 if none is.
    :param commas: The first three that stand in no bracket.
    :param within: The ``in`` that stands in no bracket.
    :param second: What follows the first comma.
    :param plain: Whether nothing but a call or an attribute stands before the comma.
    """

    word: Token
    first: Token | None = None
    last: Token | None = None
    closed: int = -1
    commas: list[Token] = dataclasses.field(default_factory=list)
    within: Token | None = None
    second: Token | None = None
    plain: bool = True

    def take(self, token: Token, *, outside: bool) -> None:
        """Note the next word of the statement.

        :param outside: Whether it stands in no bracket and no lambda's parameters.
        """
        if self.commas and self.last is self.commas[0]:
            self.second = token

        self.first = self.first or token
        self.last = token

        if not outside:
            return

        if token.text == "," and len(self.commas) < 3:
            self.commas.append(token)
        elif token.text == "in" and self.within is None:
            self.within = token
        elif not self.commas and (
            token.text in KEYWORDS or (token.kind == "op" and token.text != ".")
        ):
            self.plain = False

    @property
    def whole(self) -> bool:
        """Whether one pair of brackets holds all of it, as in a call."""
        return self.last is not None and self.closed == self.last.end

    def opened(self, edits: Edits, new: str = "(") -> None:
        """Write an opening bracket after the word, over a space if there is one."""
        at = self.word.end
        space = edits.source[at : at + 1] in {" ", "\t"}
        edits.put(at, at + space, new)

    def ended(self, edits: Edits) -> None:
        """Write a closing bracket behind it."""
        assert self.last is not None  # noqa: S101  # what is opened holds something
        edits.put(self.last.end, self.last.end, ")")


def printed(statement: Statement, edits: Edits, mark: str) -> None:
    """``print a, b`` is ``print(a, b)``; what it prints to is marked."""
    first = statement.first

    if first is None:
        edits.put(statement.word.end, statement.word.end, "()")
    elif first.text == ">>":
        edits.put(first.start, first.end, f"({mark}to,")
        statement.ended(edits)
    elif not statement.whole and (first.kind != "op" or first.text in _SIGNS):
        statement.opened(edits)
        statement.ended(edits)


def executed(statement: Statement, edits: Edits, _mark: str) -> None:
    """``exec code in names`` is ``exec(code, names)``."""
    first = statement.first

    if first is None or statement.whole:
        return

    if first.kind != "op" or first.text in _SIGNS:
        statement.opened(edits)
        statement.ended(edits)

        if statement.within is not None:
            edits.put(statement.within.start, statement.within.end, ", ")


def raised(statement: Statement, edits: Edits, _mark: str) -> None:
    """``raise E, value, traceback`` is ``raise E(value).with_traceback(traceback)``."""
    if not 0 < len(statement.commas) < 3 or statement.last is None:
        return

    close = ""

    if not statement.plain:
        statement.opened(edits)
        close = ")"

    first, *more = statement.commas

    if more and _nothing(statement, more[0], edits):
        lines = "\\\n" * edits.source.count("\n", first.start, more[0].end)
        edits.put(first.start, more[0].end, f"{close}.with_traceback({lines}")
    else:
        edits.put(first.start, first.end, f"{close}(")
        for comma in more:
            edits.put(comma.start, comma.end, ").with_traceback(")

    statement.ended(edits)


def _nothing(statement: Statement, comma: Token, edits: Edits) -> bool:
    second = statement.second

    if second is None or second.text != "None":
        return False

    return not edits.source[second.end : comma.start].strip(" \t\f\\\n")


def caught(statement: Statement, edits: Edits, mark: str) -> None:
    """``except A, e:`` is ``except A as e:``; a target that is no name is marked."""
    if len(statement.commas) != 1 or statement.last is None:
        return

    comma, last = statement.commas[0], statement.last

    if statement.second is last and last.kind == "name":
        space = " " if edits.source[comma.end] not in " \t\f\\" else ""
        edits.put(comma.start, comma.end, f" as{space}")
    else:
        statement.opened(edits, f" {mark}except(")
        statement.ended(edits)


def modern(statement: Statement) -> bool:
    """Whether an ``except`` looks like that of Python 3.14: two kinds of exception."""
    if statement.word.text != "except" or not statement.commas:
        return False

    second = statement.second

    if second is None or second.text == "(":
        return False

    return second is not statement.last or second.text[:1].isupper()


ENDS = {"print": printed, "exec": executed, "raise": raised, "except": caught}
