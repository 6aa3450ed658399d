"""Reads a template's source into a model: what it prints, and where in HTML that is."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import re

from ...catalogue.error import ReadError
from .builder import ElementBuilder
from .expression import parse
from .html import Tokenizer
from .jinja import pieces
from .jinja import Syntax
from .jinja import Tag
from .jinja import TemplateError
from .jinja import Text
from .model import Context
from .model import Element
from .model import Form
from .model import Output
from .model import Problem
from .model import Reading
from .model import Statement
from .state import Mode
from .state import State
from .statement import statement

__all__ = ["Reading", "is_html", "looks_like_html", "read"]

_BRANCHES = frozenset({"if", "for", "trans"})
_MIDDLE = frozenset({"elif", "else", "pluralize"})
#: What stands in these is printed somewhere else, if at all.
_ELSEWHERE = frozenset({"macro", "set", "call"})
#: What stands in these is not printed as it stands.
_CHANGING = frozenset({"filter", "trans", "set", "call"})
_TRACKED = _BRANCHES | _ELSEWHERE | _CHANGING | {"block", "autoescape"}

#: Where a statement is a part of the attribute before it.
_VALUE = frozenset({Mode.BEFORE_VALUE, Mode.QUOTED, Mode.UNQUOTED})

_HTML = frozenset({"html", "htm", "xhtml", "svg", "jinja-html", "vue"})
_NEUTRAL = frozenset({"j2", "jinja", "jinja2", "tpl", "tmpl", "tmp", "template", "in"})
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|a|span|table|form|script|style|h[1-6]|ul|li|br|img|input)\b", re.I)  # fmt: skip


def looks_like_html(source: str) -> bool:
    """Whether a start tag that only HTML has stands in ``source``."""
    return _MARKUP.search(source) is not None


def is_html(name: str, source: str) -> bool:
    """Whether a template of this name is HTML; where the name is silent, the text says."""
    *_, base = name.replace("\\", "/").split("/")
    endings = base.lower().split(".")[1:]

    while endings and endings[-1] in _NEUTRAL:
        endings.pop()

    if not endings:
        return looks_like_html(source) or not name

    return endings[-1] in _HTML


def read(
    source: str,
    name: str = "",
    *,
    syntax: Syntax | None = None,
    html: bool | None = None,
) -> Reading:
    """Return what ``source`` is made of. Runs nothing of it, and takes linear time.

    :param name: Its file name, which says whether it is HTML.
    :param syntax: How its environment writes tags, Flask's if left out.
    :param html: Whether it is HTML, if the caller knows better.
    :return: A reading whose ``error`` is set if it is no Jinja template.
    """
    html = is_html(name, source) if html is None else html
    reader = _Reader(source, name, html)

    try:
        for piece in pieces(source, syntax or Syntax()):
            reader.take(piece)
    except TemplateError as trouble:
        return Reading(name, html, Problem("unreadable", trouble.line, str(trouble)))

    return reader.reading()


@dataclasses.dataclass(slots=True)
class _Frame:
    """A statement that is open, and the states in which its branches ended."""

    kind: str
    start: State
    ends: list[State] = dataclasses.field(default_factory=list)
    exhaustive: bool = False


class _Reader:
    def __init__(self, source: str, name: str, html: bool) -> None:
        self.name = name
        self.html = html
        self.tokens = Tokenizer()
        self.outputs: list[tuple[Output, ElementBuilder | None]] = []
        self.statements: list[Statement] = []
        self.frames: list[_Frame] = []
        self.open: collections.Counter[str] = collections.Counter()
        self.escaping: list[bool | None] = []
        self.marks: list[int] = []
        self.raw: list[tuple[int, int]] = []
        self.extends = False
        self._raw_start = 0
        text = source.replace("\r\n", " \n").replace("\r", "\n")
        self.lines = [0, *(m.end() for m in re.finditer("\n", text))]

    def take(self, piece: Text | Tag) -> None:
        if isinstance(piece, Text):
            if self.html:
                self._text(piece)
        elif piece.kind == "variable":
            self._output(piece)
        elif piece.kind == "block":
            self._statement(piece)
        else:
            self.marks.append(piece.start)

            if piece.kind == "raw":
                self._raw_start = piece.end
            elif piece.kind == "endraw":
                self.raw.append((self._raw_start, piece.start))

    def _text(self, piece: Text) -> None:
        known = len(self.tokens.elements)
        self.tokens.feed(piece)

        if any(self.open[kind] for kind in _CHANGING):
            for element in self.tokens.elements[known:]:
                element.inert = False
                element.translated = self.open["trans"] > 0

    def line(self, offset: int) -> int:
        """Return the line on which the character at ``offset`` stands, from 1."""
        return bisect.bisect_right(self.lines, offset)

    def _output(self, tag: Tag) -> None:
        line = self.line(tag.start)

        try:
            expression = parse(tag.code.strip("+-"))
        except ReadError as error:
            raise TemplateError(line, str(error)) from None

        context, name, attribute = Context.NOT_HTML, "", None

        if self.html:
            context, name, attribute = self.tokens.place(tag.start)

        s = self.tokens.state
        valued = attribute is not None and context is not Context.ATTRIBUTE_NAME
        output = Output(
            line=line,
            column=tag.start - self.lines[line - 1] + 1,
            start=tag.start,
            end=tag.end,
            expression=expression,
            context=context,
            tag=name,
            attribute=attribute.name if attribute else "",
            quoted=not valued or bool(attribute and attribute.quote),
            prefix=s.prefix if valued else "",
            first=valued and not s.printed and not s.prefix.strip(),
            autoescape=self.escaping[-1] if self.escaping else None,
        )
        self.outputs.append((output, s.form or s.element))

        if s.body:
            s.body.outputs.append(output)

        if attribute and valued:
            attribute.parts.append(expression)

        self.tokens.printed()

    def _statement(self, tag: Tag) -> None:
        found = statement(tag, self.line(tag.start))
        self.statements.append(found)
        s = self.tokens.state

        if s.body:
            s.body.statements.append(found.name)

        if s.attribute and s.mode in _VALUE and found.name != "set":
            s.attribute.branched = s.attribute.branched or s.attribute.valued

        if found.name == "extends":
            self.extends = True
        elif found.name in _MIDDLE:
            self._middle(found.name)
        elif found.name in _TRACKED and (found.name != "set" or not found.expression):
            self._begin(found)
        elif found.name.startswith("end") and found.name[3:] in _TRACKED:
            self._end(found.name[3:])

    def _begin(self, found: Statement) -> None:
        self.frames.append(_Frame(found.name, self.tokens.save()))
        self.open[found.name] += 1

        if found.name == "autoescape":
            said = {"true": True, "false": False}.get(found.text.strip().lower())
            self.escaping.append(said)
        elif found.name in _ELSEWHERE:
            self.tokens.state = State()

    def _middle(self, name: str) -> None:
        if not self.frames or self.frames[-1].kind not in _BRANCHES:
            return

        frame = self.frames[-1]
        frame.ends.append(self.tokens.save())
        frame.exhaustive = frame.exhaustive or name != "elif"
        self.tokens.state = dataclasses.replace(frame.start)

    def _end(self, kind: str) -> None:
        # A statement that was never opened ends nothing; Jinja will refuse it.
        while self.open[kind]:
            frame = self.frames.pop()
            self.open[frame.kind] -= 1
            self._close(frame)

            if frame.kind == kind:
                return

    def _close(self, frame: _Frame) -> None:
        if frame.kind == "autoescape":
            self.escaping.pop()
        elif frame.kind in _ELSEWHERE:
            self.tokens.state = frame.start
        elif frame.kind == "block" and self.extends and not self.frames:
            # What a child writes stands where its parent has the block.
            self.tokens.state = State()
        elif frame.kind in _BRANCHES:
            self._join(frame)

    def _join(self, frame: _Frame) -> None:
        """Go on where most branches end, with the first of them if they are even."""
        ends = [*frame.ends, self.tokens.save()]

        if not frame.exhaustive:
            ends.append(frame.start)

        keys = [state.key() for state in ends]
        most, _ = collections.Counter(keys).most_common(1)[0]
        self.tokens.state = ends[keys.index(most)]

        if len(set(keys)) > 1:
            for state in ends:
                if state.body and state.body is not frame.start.body:
                    state.body.odd = True

                if state.form and state.form is not frame.start.form:
                    state.form.odd = True

    def reading(self) -> Reading:
        elements = tuple(map(self._element, self.tokens.elements))
        return Reading(
            name=self.name,
            html=self.html,
            outputs=tuple(o for o, _ in self.outputs),
            elements=elements,
            forms=self._forms(elements),
            statements=tuple(self.statements),
            raw=tuple(self.raw),
        )

    def _element(self, builder: ElementBuilder) -> Element:
        mark = bisect.bisect_left(self.marks, builder.body_start)
        end = self.marks[mark] if mark < len(self.marks) else -1

        # A comment in a body prints nothing, but the text around it is not all of it.
        if 0 <= end < builder.body_end:
            builder.inert = False

        attributes = (a.build(self.line(a.start)) for a in builder.attributes)
        return builder.build(self.line(builder.start), tuple(attributes))

    def _forms(self, elements: tuple[Element, ...]) -> tuple[Form, ...]:
        inside = collections.defaultdict[int, list[Element]](list)
        printed = collections.defaultdict[int, list[Output]](list)

        for element in elements:
            inside[element.form].append(element)

        for output, owner in self.outputs:
            if owner is not None and owner.name == "form":
                printed[owner.start].append(output)

        return tuple(
            Form(
                element=form,
                elements=tuple(inside[form.start]),
                outputs=tuple(printed[form.start]),
                calls=tuple(
                    dict.fromkeys(
                        c for o in printed[form.start] for c in o.expression.calls
                    )
                ),
                insertion=form.end,
            )
            for form in elements
            if form.name == "form" and form.form < 0
        )
