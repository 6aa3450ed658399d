"""What one template is made of: outputs, elements, statements, and where they stand."""

from __future__ import annotations

import bisect
import dataclasses
import enum

from .expression import Expression


class Context(enum.StrEnum):
    """Where an output stands in HTML: what a browser makes of the text that it prints."""

    TEXT = "text"
    TAG_NAME = "tag name"
    ATTRIBUTE_NAME = "attribute name"
    ATTRIBUTE = "attribute"
    URL = "URL attribute"
    EVENT_HANDLER = "event handler"
    STYLE_ATTRIBUTE = "style attribute"
    SRCDOC = "srcdoc attribute"
    SCRIPT = "script"
    SCRIPT_STRING = "script string"
    SCRIPT_TEMPLATE = "script template literal"
    SCRIPT_COMMENT = "script comment"
    JSON = "JSON script"
    #: The body of a script element of a type that no browser runs.
    DATA_BLOCK = "data block"
    STYLE = "style"
    RCDATA = "textarea or title"
    #: The body of iframe, xmp, noembed and noframes: no tags in there.
    RAWTEXT = "raw text"
    COMMENT = "comment"
    NOT_HTML = "not HTML"


#: The contexts whose text a browser runs as JavaScript.
SCRIPT_CONTEXTS = frozenset(
    {
        Context.SCRIPT,
        Context.SCRIPT_STRING,
        Context.SCRIPT_TEMPLATE,
        Context.SCRIPT_COMMENT,
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class Output:
    """One ``{{ … }}``.

    :param line: Of its opening braces, counted from 1; so is ``column``.
    :param start: The offset of its opening braces in the source, ``end`` that after
        its closing ones.
    :param tag: The element in whose start tag or body it stands, lower case; empty
        in text.
    :param attribute: The attribute in whose value it stands, lower case.
    :param quoted: Whether that value stands in quotes.
    :param prefix: The static text before it in that value, on this branch, at most
        the first 200 characters.
    :param first: Whether nothing but white space stands before it in that value.
    :param autoescape: What the ``{% autoescape %}`` around it says; ``None`` where
        there is none, or where only the running app can say.
    """

    line: int
    column: int
    start: int
    end: int
    expression: Expression
    context: Context
    tag: str = ""
    attribute: str = ""
    quoted: bool = True
    prefix: str = ""
    first: bool = False
    autoescape: bool | None = None

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters over the whole expression, in the order in which they run."""
        return self.expression.filters


@dataclasses.dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a start tag.

    :param name: Lower case; without the expressions that may be a part of it.
    :param parts: The static texts and expressions of the value, in order. The texts
        of all branches are there if a statement stands in the value.
    :param quote: The quotation mark around the value, empty where there is none.
    :param valued: Whether it has a value at all.
    :param branched: Whether a statement, ``{% if … %}`` say, stands in the value.
    :param dynamic: Whether an expression is (a part of) the name.
    :param value_start: The offset of the value, behind its quotation mark; -1 where
        it begins in several branches, each in its own way. So is ``value_end``.
    """

    name: str
    parts: tuple[str | Expression, ...]
    quote: str
    valued: bool
    branched: bool
    dynamic: bool
    line: int
    start: int
    value_start: int = -1
    value_end: int = -1

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in the value."""
        return tuple(p for p in self.parts if isinstance(p, Expression))

    @property
    def text(self) -> str | None:
        """The value, ``None`` if it is not the same text on every rendering."""
        if self.branched or self.expressions:
            return None

        return "".join(p for p in self.parts if isinstance(p, str))


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """What stands between a script's or a style's start tag and its end tag.

    :param start: The offset after the start tag, ``end`` that of the end tag, -1
        where there is none.
    :param statements: The names of the statements in it: ``"if"``, ``"block"``.
    :param constant: Whether no Jinja tag or comment stands in it, and no filter,
        translation or assignment is around it.
    """

    start: int
    end: int
    outputs: tuple[Output, ...]
    statements: tuple[str, ...]
    constant: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Element:
    """One start tag.

    :param name: Lower case, empty where an expression is the name.
    :param start: The offset of its ``<``.
    :param name_end: The offset after its name: where an attribute can be put.
    :param end: The offset after its ``>``; -1 where the template ends before it.
    :param foreign: Whether it stands inside SVG or MathML.
    :param form: The offset of the form that it stands in, -1 outside of one.
    :param odd: Whether it was opened in one branch of a statement and goes on after it.
    :param translated: Whether it stands in a text to translate, in which nothing can be
        called.
    :param context: What its body is, for a script or style.
    """

    name: str
    attributes: tuple[Attribute, ...]
    line: int
    start: int
    name_end: int
    end: int
    self_closing: bool
    foreign: bool
    form: int
    odd: bool
    translated: bool
    dynamic: bool
    context: Context
    body: Body | None

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute that counts: of two of one name, it is the first."""
        return next((a for a in self.attributes if a.name == name), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """A form, with what stands between its two tags.

    :param outputs: Every output in the form, those of its own attributes too.
    :param insertion: The offset right after its start tag, where a field can be put.
    :param calls: The names of the functions and macros called in it, dotted:
        ``"wtf.quick_form"``, ``"form.hidden_tag"``.
    """

    element: Element
    elements: tuple[Element, ...]
    outputs: tuple[Output, ...]
    calls: tuple[str, ...]
    insertion: int

    @property
    def line(self) -> int:
        """The line of its start tag."""
        return self.element.line

    @property
    def methods(self) -> tuple[str | Expression, ...]:
        """The parts of its method; one text in lower case for most, empty for none."""
        method = self.element.attribute("method")
        parts = method.parts if method else ()
        return tuple(p.strip().lower() if isinstance(p, str) else p for p in parts)

    @property
    def actions(self) -> tuple[str | Expression, ...]:
        """The parts of its action."""
        action = self.element.attribute("action")
        return action.parts if action else ()

    @property
    def formactions(self) -> tuple[Attribute, ...]:
        """Where its buttons send it instead."""
        found = (e.attribute("formaction") for e in self.elements)
        return tuple(a for a in found if a is not None)

    @property
    def posts(self) -> bool:
        """Whether it may send a POST request: as written, or by a value or a button."""
        buttons = (e.attribute("formmethod") for e in self.elements)
        parts = [*self.methods, *(p for b in buttons if b for p in b.parts)]
        return any(
            isinstance(p, Expression) or p.strip().lower() == "post" for p in parts
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One ``{% … %}`` that prints nothing itself.

    :param name: Its first word: ``"if"``, ``"endif"``, ``"set"``.
    :param text: The rest of it, as written.
    :param target: The name that it is about: the template of an include, extends or
        import, if that is constant; the name of a block or macro; what a set assigns.
    :param expression: What a set assigns or an include names, if it is an expression.
    """

    name: str
    text: str
    line: int
    start: int
    end: int
    target: str = ""
    expression: Expression | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Why a template could not be read, or a tag not be stamped.

    :param kind: In kebab-case, for programs.
    :param text: What is seen there, as written, at most one line of it.
    """

    kind: str
    line: int
    message: str
    text: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One template, read.

    :param error: Set where the text is no Jinja template; nothing else is then.
    :param html: Whether it was read as HTML.
    :param raw: The offsets between which a raw block's text stands.
    """

    name: str
    html: bool
    error: Problem | None = None
    outputs: tuple[Output, ...] = ()
    elements: tuple[Element, ...] = ()
    forms: tuple[Form, ...] = ()
    statements: tuple[Statement, ...] = ()
    raw: tuple[tuple[int, int], ...] = ()

    def within(self, start: int, end: int) -> tuple[Statement, ...]:
        """Return the statements that begin between two offsets."""
        low = bisect.bisect_left(self.statements, start, key=_start)
        return self.statements[
            low : bisect.bisect_left(self.statements, end, key=_start)
        ]

    def printed(self, start: int, end: int) -> tuple[Output, ...]:
        """Return the outputs that begin between two offsets."""
        low = bisect.bisect_left(self.outputs, start, key=_start)
        return self.outputs[low : bisect.bisect_left(self.outputs, end, key=_start)]


def _start(piece: Statement | Output) -> int:
    return piece.start
