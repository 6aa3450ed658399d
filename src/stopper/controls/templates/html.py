"""The states of HTML's tokenizer (WHATWG HTML, section 13.2.5), fed piece by piece."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from .bodies import Bodies
from .bodies import RAWTEXT
from .bodies import RCDATA
from .builder import AttributeBuilder
from .builder import ElementBuilder
from .jinja import Text
from .model import Context
from .names import attribute_context
from .names import script_context
from .script import START
from .state import Mode
from .state import State

#: Names and prefixes are kept up to here, so that pieces of them add up in linear time.
_KEPT = 200

_SPACE = re.compile(r"[\t\n\f\r ]*")
_TAG_NAME = re.compile(r"[^\t\n\f\r />]+")
_ATTRIBUTE_NAME = re.compile(r"[^\t\n\f\r />=]+")
_UNQUOTED = re.compile(r"[^\t\n\f\r >]+")


class Tokenizer(Bodies):
    """Feeds on the pieces of a template, and knows where in HTML it stands."""

    def __init__(self) -> None:
        super().__init__()
        self._step: dict[Mode, Callable[[str, int], int]] = {
            Mode.DATA: self._data,
            Mode.TAG_OPEN: self._tag_open,
            Mode.END_TAG_OPEN: self._end_tag_open,
            Mode.TAG_NAME: self._tag_name,
            Mode.BEFORE_NAME: self._before_name,
            Mode.NAME: self._name,
            Mode.AFTER_NAME: self._after_name,
            Mode.BEFORE_VALUE: self._before_value,
            Mode.QUOTED: self._quoted,
            Mode.UNQUOTED: self._unquoted,
            Mode.AFTER_VALUE: self._after_value,
            Mode.SLASH: self._slash,
            Mode.BOGUS: self._bogus,
            Mode.DECLARATION: self._declaration,
            Mode.COMMENT: self._comment,
            Mode.CDATA: self._cdata,
            Mode.RAW: self._raw,
            Mode.SCRIPT: self._script,
            Mode.PLAINTEXT: lambda text, i: len(text),
        }

    def save(self) -> State:
        """Return a copy of the state, to go back to."""
        return copy.copy(self.state)

    def feed(self, piece: Text) -> None:
        """Read static text."""
        self._at = piece.at
        text, i = piece.text, 0

        while i < len(text):
            i = self._step[self.state.mode](text, i)

    def place(self, start: int) -> tuple[Context, str, AttributeBuilder | None]:
        """Return where an output at offset ``start`` stands: context, tag, attribute."""
        s = self.state

        if s.mode in (Mode.TAG_OPEN, Mode.END_TAG_OPEN):
            self._open(s.opened, closing=s.mode is Mode.END_TAG_OPEN)
            s.mode = Mode.TAG_NAME

        if s.mode in (Mode.BEFORE_NAME, Mode.AFTER_NAME, Mode.AFTER_VALUE, Mode.SLASH):
            self._begin_name(start)
        elif s.mode is Mode.BEFORE_VALUE:
            self._begin_value("", Mode.UNQUOTED, start)

        tag = s.element.name if s.element else ""

        if s.mode is Mode.TAG_NAME:
            return Context.TAG_NAME, tag, None

        if s.mode is Mode.NAME:
            return Context.ATTRIBUTE_NAME, tag, s.attribute

        if s.mode in (Mode.QUOTED, Mode.UNQUOTED) and s.attribute:
            return attribute_context(tag, s.attribute.name), tag, s.attribute

        return (*self._body_place(), None)

    def printed(self) -> None:
        """Go on behind an output: something was printed here, nobody knows what."""
        s = self.state

        if s.mode is Mode.TAG_NAME and s.element:
            s.element.dynamic = True
        elif s.mode is Mode.NAME and s.attribute:
            s.attribute.dynamic = True
        elif s.mode in (Mode.QUOTED, Mode.UNQUOTED):
            s.printed = True
        elif s.mode in (Mode.COMMENT, Mode.CDATA):
            s.tail = "xxx"
        elif s.mode is Mode.SCRIPT:
            s.script = s.script.filled()

    def _data(self, text: str, i: int) -> int:
        i = text.find("<", i)

        if i < 0:
            return len(text)

        self.state.opened = self._at(i)
        self.state.mode = Mode.TAG_OPEN
        return i + 1

    def _tag_open(self, text: str, i: int) -> int:
        s, c = self.state, text[i]

        if c == "!":
            s.mode, s.tail = Mode.DECLARATION, ""
            return i + 1

        if c == "/":
            s.mode = Mode.END_TAG_OPEN
            return i + 1

        if c.isascii() and c.isalpha():
            self._open(s.opened, closing=False)
            s.mode = Mode.TAG_NAME
        else:
            s.mode = Mode.BOGUS if c == "?" else Mode.DATA

        return i

    def _end_tag_open(self, text: str, i: int) -> int:
        s, c = self.state, text[i]

        if c.isascii() and c.isalpha():
            self._open(s.opened, closing=True)
            s.mode = Mode.TAG_NAME
            return i

        s.mode = Mode.DATA if c == ">" else Mode.BOGUS
        return i + (c == ">")

    def _open(self, start: int, *, closing: bool) -> None:
        s = self.state
        s.element = ElementBuilder(start, bool(s.foreign), s.form)
        s.closing = closing
        s.attribute = None

    def _tag_name(self, text: str, i: int) -> int:
        s = self.state
        m = _TAG_NAME.match(text, i)

        if m and s.element:
            s.element.name = (s.element.name + m[0].lower())[:_KEPT]
            s.element.name_end = self._at(m.end() - 1) + 1
            return m.end()

        s.mode = Mode.BEFORE_NAME
        return i

    def _before_name(self, text: str, i: int) -> int:
        i = self._spaces(text, i)

        if i == len(text) or self._tag_ends(text, i):
            return i + 1

        self._begin_name(self._at(i))

        # A name may begin with an equals sign, though it cannot hold one.
        return self._named(text[i], i + 1) if text[i] == "=" else i

    def _begin_name(self, start: int) -> None:
        s = self.state
        s.attribute = AttributeBuilder(start)
        s.mode = Mode.NAME

        if s.element:
            s.element.attributes.append(s.attribute)

    def _name(self, text: str, i: int) -> int:
        m = _ATTRIBUTE_NAME.match(text, i)

        if m:
            return self._named(m[0], m.end())

        self.state.mode = Mode.AFTER_NAME
        return i

    def _named(self, part: str, end: int) -> int:
        attribute = self.state.attribute

        if attribute:
            attribute.name = (attribute.name + part.lower())[:_KEPT]

        return end

    def _after_name(self, text: str, i: int) -> int:
        i = self._spaces(text, i)

        if i == len(text) or self._tag_ends(text, i):
            return i + 1

        if text[i] == "=":
            self.state.mode = Mode.BEFORE_VALUE
            return i + 1

        self._begin_name(self._at(i))
        return i

    def _before_value(self, text: str, i: int) -> int:
        i = self._spaces(text, i)

        if i == len(text):
            return i

        if text[i] in "\"'":
            self._begin_value(text[i], Mode.QUOTED, self._at(i) + 1)
            return i + 1

        if text[i] == ">":
            self._end_tag(i)
            return i + 1

        self._begin_value("", Mode.UNQUOTED, self._at(i))
        return i

    def _begin_value(self, quote: str, mode: Mode, start: int) -> None:
        s = self.state
        s.mode, s.prefix, s.printed = mode, "", False

        if s.attribute:
            s.attribute.quote, s.attribute.valued = quote, True
            s.attribute.begin(start)

    def _quoted(self, text: str, i: int) -> int:
        s = self.state
        end = text.find(s.attribute.quote, i) if s.attribute else i
        self._value(text[i:] if end < 0 else text[i:end])

        if end < 0:
            return len(text)

        self._end_value(end)
        s.mode = Mode.AFTER_VALUE
        return end + 1

    def _unquoted(self, text: str, i: int) -> int:
        m = _UNQUOTED.match(text, i)

        if m:
            self._value(m[0])
            return m.end()

        self._end_value(i)
        self.state.mode = Mode.BEFORE_NAME
        return i

    def _end_value(self, end: int) -> None:
        attribute = self.state.attribute

        if attribute:
            # It ends in two branches: whatever stands between them is not all of it.
            attribute.torn = attribute.torn or attribute.value_end >= 0
            attribute.value_end = self._at(end)

    def _value(self, part: str) -> None:
        s = self.state

        if part and s.attribute:
            s.attribute.parts.append(part)

            if not s.printed:
                s.prefix = (s.prefix + part[:_KEPT])[:_KEPT]

    def _after_value(self, text: str, i: int) -> int:
        self.state.mode = Mode.BEFORE_NAME
        return i

    def _slash(self, text: str, i: int) -> int:
        if text[i] == ">" and self.state.element:
            self.state.element.self_closing = True
            self._end_tag(i)
            return i + 1

        self.state.mode = Mode.BEFORE_NAME
        return i

    def _spaces(self, text: str, i: int) -> int:
        m = _SPACE.match(text, i)
        return m.end() if m else i

    def _tag_ends(self, text: str, i: int) -> bool:
        """Take a slash or the tag's end, if one stands there."""
        if text[i] == "/":
            self.state.mode = Mode.SLASH
        elif text[i] == ">":
            self._end_tag(i)

        return text[i] in "/>"

    def _end_tag(self, i: int) -> None:
        s, element = self.state, self.state.element
        s.mode, s.element, s.attribute = Mode.DATA, None, None

        if element is None:
            return

        if s.closing:
            self._closed(element)
            return

        # Both branches of a statement may end one start tag: it is still one.
        if element.end < 0:
            element.end = self._at(i) + 1
            self.elements.append(element)

        self._started(element)

    def _closed(self, element: ElementBuilder) -> None:
        s = self.state

        if element.name == "form":
            s.form = None
        elif element.name in ("svg", "math"):
            s.foreign = max(0, s.foreign - 1)

    def _started(self, element: ElementBuilder) -> None:
        s, name = self.state, element.name

        if name == "form" and s.form is None:
            s.form = element
        elif name in ("svg", "math") and not element.self_closing:
            s.foreign += 1

        if element.foreign and (element.self_closing or name == "title"):
            return

        if name == "script":
            element.context = script_context(element)
            s.mode, s.script, s.escape = Mode.SCRIPT, START, 0
        elif name in RAWTEXT or name in RCDATA:
            element.context = Context.STYLE if name == "style" else Context.TEXT
            s.mode = Mode.RAW
        elif name == "plaintext":
            s.mode = Mode.PLAINTEXT
        else:
            return

        s.body = element
        element.body_start = element.end
