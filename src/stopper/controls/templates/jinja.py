"""A template's source as pieces: text, outputs and statements, each with its offset."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterator

from jinja2 import Environment
from jinja2 import TemplateSyntaxError

from ...catalogue.error import ReadError

#: Deeper than any template that a person wrote; Python's own compiler gives up at 200.
_MAX_DEPTH = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Syntax:
    """How an environment writes its tags. The defaults are Jinja's and Flask's."""

    block_start: str = "{%"
    block_end: str = "%}"
    variable_start: str = "{{"
    variable_end: str = "}}"
    comment_start: str = "{#"
    comment_end: str = "#}"
    line_statement_prefix: str | None = None
    line_comment_prefix: str | None = None
    trim_blocks: bool = False
    lstrip_blocks: bool = False

    @classmethod
    def of(cls, environment: Environment) -> Syntax:
        """Return the syntax of ``environment``."""
        return cls(
            environment.block_start_string,
            environment.block_end_string,
            environment.variable_start_string,
            environment.variable_end_string,
            environment.comment_start_string,
            environment.comment_end_string,
            environment.line_statement_prefix,
            environment.line_comment_prefix,
            environment.trim_blocks,
            environment.lstrip_blocks,
        )

    def environment(self) -> Environment:
        """Return an environment that lexes so. It is never rendered with."""
        return Environment(  # noqa: S701
            self.block_start,
            self.block_end,
            self.variable_start,
            self.variable_end,
            self.comment_start,
            self.comment_end,
            self.line_statement_prefix,
            self.line_comment_prefix,
            self.trim_blocks,
            self.lstrip_blocks,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """Text that is printed as it stands, between two tags that do something.

    :param segments: Where it comes from: pairs of an offset in ``text`` and one in
        the source. There are several where a comment stands in it.
    """

    text: str
    segments: tuple[tuple[int, int], ...]

    def at(self, offset: int) -> int:
        """Return where in the source the character at ``offset`` stands."""
        if len(self.segments) == 1:
            return self.segments[0][1] + offset

        i = bisect.bisect_right(self.segments, offset, key=lambda s: s[0]) - 1
        start, source = self.segments[i]
        return source + offset - start


@dataclasses.dataclass(frozen=True, slots=True)
class Tag:
    """An output, a statement, or a mark that prints nothing: a comment, a raw tag.

    :param kind: ``"variable"``, ``"block"``, ``"comment"``, ``"raw"`` or ``"endraw"``.
    :param code: What stands between its delimiters.
    :param tokens: The type and text of each token in it, white space left out.
    """

    kind: str
    start: int
    end: int
    code: str = ""
    tokens: tuple[tuple[str, str], ...] = ()


class TemplateError(ReadError):
    """The text is no Jinja template."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


_OPEN = {
    "variable_begin": "variable",
    "block_begin": "block",
    "linestatement_begin": "block",
}
_CLOSE = frozenset({"variable_end", "block_end", "linestatement_end"})
_MARKS = {
    "comment_begin": "comment",
    "comment": "comment",
    "comment_end": "comment",
    "linecomment_begin": "comment",
    "linecomment": "comment",
    "linecomment_end": "comment",
    "raw_begin": "raw",
    "raw_end": "endraw",
}


def pieces(source: str, syntax: Syntax) -> Iterator[Text | Tag]:
    """Yield what ``source`` is made of, in order. Offsets are those of ``source``.

    :raises TemplateError: If the lexer refuses it, or a tag is never closed.
    """
    # Of the same length as the source, so that the lexer, which rewrites line
    # endings, leaves every offset alone.
    source = source.replace("\r\n", " \n").replace("\r", "\n")
    reader = _Pieces(source)

    try:
        for line, kind, value in syntax.environment().lex(source):
            yield from reader.take(line, kind, value)
    except TemplateSyntaxError as error:
        raise TemplateError(error.lineno, error.message or "") from None
    except RuntimeError as error:
        # Delimiters that match nothing make the lexer stand still, which it notices.
        raise TemplateError(1, str(error)) from None

    if reader.open:
        raise TemplateError(reader.line, "a tag is never closed")

    yield from reader.flush()


class _Pieces:
    """The tokens so far, and where in the source they end."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.open = ""
        self.line = 1
        self._start = 0
        self._inner = 0
        self._depth = 0
        self._tokens: list[tuple[str, str]] = []
        self._texts: list[str] = []
        self._segments: list[tuple[int, int]] = []
        self._length = 0

    def take(self, line: int, kind: str, value: str) -> Iterator[Text | Tag]:
        start = self._find(line, value)
        self.position = start + len(value)

        if kind in _OPEN:
            self.open, self._start, self._inner = _OPEN[kind], start, self.position
            self.line, self._depth, self._tokens = line, 0, []
        elif self.open and kind in _CLOSE:
            yield from self.flush()
            code = self.source[self._inner : start]
            yield Tag(self.open, self._start, self.position, code, tuple(self._tokens))
            self.open = ""
        elif self.open:
            self._token(line, kind, value)
        elif kind in _MARKS:
            # Prints nothing: the text before and after it is one.
            yield Tag(_MARKS[kind], start, self.position)
        else:
            self._text(start, value)

    def flush(self) -> Iterator[Text]:
        if self._texts:
            yield Text("".join(self._texts), tuple(self._segments))
            self._texts, self._segments, self._length = [], [], 0

    def _text(self, start: int, value: str) -> None:
        self._segments.append((self._length, start))
        self._texts.append(value)
        self._length += len(value)

    def _token(self, line: int, kind: str, value: str) -> None:
        if kind == "whitespace":
            return

        if kind == "operator" and value in "([{":
            self._depth += 1

            if self._depth > _MAX_DEPTH:
                raise TemplateError(line, "brackets are nested too deeply")
        elif kind == "operator" and value in ")]}":
            self._depth -= 1

        self._tokens.append((kind, value))

    def _find(self, line: int, value: str) -> int:
        """Return where ``value`` begins: behind white space that ``{%-`` took away."""
        source, position = self.source, self.position

        while not source.startswith(value, position):
            if not source[position : position + 1].isspace():
                raise TemplateError(line, "the lexer lost its place")

            position += 1

        return position
