"""What stands between tags: comments, scripts, styles and other text without tags."""

from __future__ import annotations

import re
from collections.abc import Callable

from .builder import ElementBuilder
from .model import Context
from .script import advance
from .state import Mode
from .state import State

RAWTEXT = frozenset({"style", "xmp", "iframe", "noembed", "noframes"})
RCDATA = frozenset({"textarea", "title"})
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.I) for name in RAWTEXT | RCDATA
}
_SCRIPT_MARK = re.compile(r"<!--|-->|</?script(?=[\t\n\f\r />])", re.I)


class Bodies:
    """The half of the tokenizer that reads text in which no start tag can stand."""

    def __init__(self) -> None:
        self.state = State()
        self.elements: list[ElementBuilder] = []
        self._at: Callable[[int], int] = int

    def _body_place(self) -> tuple[Context, str]:
        s = self.state
        tag = s.body.name if s.body else ""

        if s.mode is Mode.SCRIPT and s.body:
            running = s.body.context is Context.SCRIPT
            return s.script.context if running else s.body.context, tag

        if s.mode is Mode.RAW:
            if tag == "style":
                return Context.STYLE, tag

            return (Context.RCDATA if tag in RCDATA else Context.RAWTEXT), tag

        if s.mode in (Mode.BOGUS, Mode.DECLARATION, Mode.COMMENT):
            return Context.COMMENT, ""

        return Context.TEXT, ""

    def _bogus(self, text: str, i: int) -> int:
        end = text.find(">", i)

        if end < 0:
            return len(text)

        self.state.mode = Mode.DATA
        return end + 1

    def _declaration(self, text: str, i: int) -> int:
        s = self.state
        seen = s.tail + text[i]

        if seen == "--":
            s.mode, s.tail = Mode.COMMENT, ""
            return i + 1

        if s.foreign and seen == "[CDATA[":
            s.mode, s.tail = Mode.CDATA, ""
            return i + 1

        if seen == "-" or (s.foreign and "[CDATA[".startswith(seen)):
            s.tail = seen
            return i + 1

        # A doctype, or a comment that is none: either ends at the next ``>``.
        s.mode = Mode.BOGUS
        return i

    def _comment(self, text: str, i: int) -> int:
        s = self.state
        end = text.find(">", i)
        stop = len(text) if end < 0 else end
        # Three characters decide; fewer are the whole comment.
        s.tail = (s.tail + text[max(i, stop - 3) : stop])[-3:]

        if end < 0:
            return stop

        if s.tail in ("", "-") or s.tail.endswith("--") or s.tail == "--!":
            s.mode = Mode.DATA
        else:
            s.tail = (s.tail + ">")[-3:]

        return end + 1

    def _cdata(self, text: str, i: int) -> int:
        s = self.state
        end = text.find(">", i)
        stop = len(text) if end < 0 else end
        s.tail = (s.tail + text[max(i, stop - 2) : stop])[-2:]

        if end < 0:
            return stop

        s.mode = Mode.DATA if s.tail == "]]" else Mode.CDATA
        return end + 1

    def _raw(self, text: str, i: int) -> int:
        s = self.state
        m = _RAW_END[s.body.name].search(text, i) if s.body else None

        if m is None:
            return len(text)

        self._leave(m.start())
        return m.start()

    def _script(self, text: str, i: int) -> int:
        s = self.state
        begin = i

        while m := _SCRIPT_MARK.search(text, i):
            mark = m[0].lower()
            i = m.end()

            if mark == "-->":
                s.escape = 0
            elif mark == "<!--":
                s.escape = max(s.escape, 1)
                # ``<!-->`` opens and closes.
                i = m.start() + 2
            elif mark == "<script":
                s.escape = 2 if s.escape else 0
            elif s.escape == 2:
                s.escape = 1
            else:
                self._code(text[begin : m.start()])
                self._leave(m.start())
                return m.start()

        self._code(text[begin:])
        return len(text)

    def _code(self, text: str) -> None:
        s = self.state

        if s.body and s.body.context is Context.SCRIPT:
            s.script = advance(s.script, text)

    def _leave(self, end: int) -> None:
        s = self.state

        if s.body and s.body.body_end < 0:
            s.body.body_end = self._at(end)

        s.mode, s.body = Mode.DATA, None
