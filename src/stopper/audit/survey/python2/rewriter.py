"""Python 2, written so that the running parser takes it, in one pass over its words."""

from __future__ import annotations

from ..mark import unused
from . import literals
from .bound import Bound
from .brackets import Bracket
from .edits import Edits
from .layout import futures
from .layout import Indentation
from .statements import ENDS
from .statements import modern
from .statements import Statement
from .tokens import Python2Error
from .tokens import Token
from .tokens import tokens

NESTING = 200  # brackets in brackets; Python 3 takes as many, Python 2 took half

_PAIRS = frozenset({"()", "[]", "{}"})


class Rewriter:
    """Notes what must change in a text, and what has to be put right in its tree.

    :ivar mark: Begins each name that :func:`~.mend.mend` has to look at. It stands
        nowhere in the text.
    :ivar caught: Whether an ``except`` in it is that of Python 2.
    :ivar modern: Whether an ``except`` in it looks like a later Python's.
    :ivar absolute: Whether its imports are those of Python 3.
    """

    def __init__(self, text: str) -> None:
        self.edits = Edits(text)
        self.mark = unused(text, "p")
        self.modern = self.caught = False
        future = futures(text)
        self.absolute = "absolute_import" in future
        self._text = text
        self._wide = "unicode_literals" in future
        self._words = ENDS.keys() - ({"print"} if "print_function" in future else set())
        self._indentation = Indentation(self.edits)
        self._last = self._before = Token("newline", "", 0, 0)
        self._start = True
        self._statement: Statement | None = None
        self._stack = [Bracket(self._last)]
        self._real = 0
        self._tuples = 0
        self._quoted = -1
        self._bound = Bound(text)
        self._scan()

    def _scan(self) -> None:
        self._indentation.begin(0)

        for token in tokens(self._text):
            if token.kind == "newline":
                self._newline(token)
                continue

            self._word(token)
            self._before, self._last = self._last, token

        self._finish()

        if len(self._stack) > 1:
            raise Python2Error("A bracket is not closed.")

    def _newline(self, token: Token) -> None:
        if self._real:
            return

        if len(self._stack) > 1:
            raise Python2Error("A backtick is not closed.")

        self._finish()
        self._before, self._last = self._last, token
        self._indentation.begin(token.end)

    def _finish(self) -> None:
        """End the statement. What follows begins one."""
        statement, self._statement = self._statement, None
        self._start = True
        self._stack[0].lambdas = 0

        if statement is not None:
            new = modern(statement)
            self.modern = self.modern or new
            self.caught = self.caught or (statement.word.text == "except" and not new)
            ENDS[statement.word.text](statement, self.edits, self.mark)

    def _word(self, token: Token) -> None:
        if len(self._stack) == 1 and self._ends(token):
            self._finish()
            return

        start, self._start = self._start, False

        if token.kind == "open" or token.text == "`":
            self._bracket(token)
        elif token.kind == "close":
            self._close(token)
        elif token.kind == "name":
            self._name(token, start=start)
        elif token.kind == "number":
            literals.number(token, self.edits)
        elif token.kind == "string":
            literals.string(token, self.edits, start=start, wide=self._wide)
        else:
            self._sign(token)

        if self._statement is not None and self._statement.word is not token:
            alone = len(self._stack) == 1 and not self._stack[0].lambdas
            self._statement.take(token, outside=alone)

    def _ends(self, token: Token) -> bool:
        return token.text == ";" or (token.text == ":" and not self._stack[0].lambdas)

    def _bracket(self, token: Token) -> None:
        top = self._stack[-1]

        if token.text == "`" and (self._last.operand or self._last.end == self._quoted):
            if top.opening.text != "`":
                raise Python2Error("A backtick is closed that is not open.")

            self._unquote(token)
            return

        if len(self._stack) > NESTING:
            raise Python2Error("It is nested too deep.")

        self._real += token.text != "`"
        self._stack.append(Bracket(token, self._role(token, top)))

    def _role(self, token: Token, top: Bracket) -> str:
        last = self._last.text

        if token.text != "(":
            return ""

        if self._before.text == "def" and self._last.kind == "name":
            return "parameters"

        if (top.lambdas and last in {"lambda", ","}) or (
            top.role == "lambda" and last in {"(", ","}
        ):
            self.edits.put(token.start, token.end, " ")
            return "lambda"

        if top.role == "parameters" and last in {"(", ","}:
            self._tuples += 1
            self.edits.put(token.start, token.start, f"{self.mark}{self._tuples}:")

        return ""

    def _unquote(self, token: Token) -> None:
        bracket = self._stack.pop()
        twice = 1 + bracket.comma
        opening = bracket.opening
        self.edits.put(opening.start, opening.end, "repr" + "(" * twice)
        self.edits.put(token.start, token.end, ")" * twice)
        self._quoted = token.end

    def _close(self, token: Token) -> None:
        bracket = self._stack.pop() if len(self._stack) > 1 else None

        if bracket is None or bracket.opening.text + token.text not in _PAIRS:
            raise Python2Error("A bracket is closed that is not open.")

        self._real -= 1
        bracket.end_loop(self._last, self.edits)

        if bracket.role == "lambda":
            self.edits.put(token.start, token.end, " ")

            if self._last.text == ",":
                self.edits.put(self._last.start, self._last.end, " ")

        statement = self._statement

        if statement is not None and statement.first is bracket.opening:
            statement.closed = token.end

    def _sign(self, token: Token) -> None:
        top = self._stack[-1]

        if token.text == "<>":
            self.edits.put(token.start, token.end, "!=")
        elif token.text == ":":
            top.lambdas -= bool(top.lambdas)
        elif token.text == "," and not top.lambdas:
            top.comma = True
            top.several = top.several or top.over >= 0

    def _name(self, token: Token, *, start: bool) -> None:
        word, top = token.text, self._stack[-1]

        if start and word in self._words:
            self._statement = Statement(token)
        elif word == "lambda":
            top.lambdas += 1
        elif word in {"for", "if", "in"} and top.opening.text == "[":
            top.loop(token, self._last, self.edits)
        elif self._bound.is_name(token, self._last, start=start):
            self.edits.put(token.start, token.start, self.mark)
