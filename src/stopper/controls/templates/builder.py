"""Elements while they are read: several branches may add to one."""

from __future__ import annotations

import dataclasses

from .expression import Expression
from .model import Attribute
from .model import Body
from .model import Context
from .model import Element
from .model import Output


@dataclasses.dataclass(slots=True, eq=False)
class AttributeBuilder:
    """An attribute, of which more may come."""

    start: int
    name: str = ""
    quote: str = ""
    valued: bool = False
    branched: bool = False
    dynamic: bool = False
    parts: list[str | Expression] = dataclasses.field(default_factory=list)
    value_start: int = -1
    value_end: int = -1
    #: Whether its value begins in more than one place: each branch has its own.
    torn: bool = False

    def begin(self, start: int) -> None:
        """Note where the value begins, behind the quotation mark."""
        self.torn = self.torn or self.value_start >= 0
        self.value_start = start

    def build(self, line: int) -> Attribute:
        """Return the attribute as it is now."""
        return Attribute(
            self.name,
            tuple(self.parts),
            self.quote,
            self.valued,
            self.branched or self.torn,
            self.dynamic,
            line,
            self.start,
            -1 if self.torn else self.value_start,
            -1 if self.torn else self.value_end,
        )


@dataclasses.dataclass(slots=True, eq=False)
class ElementBuilder:
    """A start tag, of which more may come, and then its body."""

    start: int
    foreign: bool
    form: ElementBuilder | None
    name: str = ""
    name_end: int = -1
    end: int = -1
    self_closing: bool = False
    odd: bool = False
    translated: bool = False
    dynamic: bool = False
    attributes: list[AttributeBuilder] = dataclasses.field(default_factory=list)
    context: Context = Context.TEXT
    body_start: int = -1
    body_end: int = -1
    inert: bool = True
    outputs: list[Output] = dataclasses.field(default_factory=list)
    statements: list[str] = dataclasses.field(default_factory=list)

    def build(self, line: int, attributes: tuple[Attribute, ...]) -> Element:
        """Return the element as it is now."""
        return Element(
            name=self.name,
            attributes=attributes,
            line=line,
            start=self.start,
            name_end=self.name_end,
            end=self.end,
            self_closing=self.self_closing,
            foreign=self.foreign,
            form=self.form.start if self.form else -1,
            odd=self.odd,
            translated=self.translated,
            dynamic=self.dynamic,
            context=self.context,
            body=self._body(),
        )

    def _body(self) -> Body | None:
        if self.body_start < 0:
            return None

        return Body(
            self.body_start,
            self.body_end,
            tuple(self.outputs),
            tuple(self.statements),
            self.inert and not self.outputs and not self.statements,
        )
