"""The states of HTML's tokenizer, and all that it remembers between two characters."""

from __future__ import annotations

import dataclasses
import enum

from .builder import AttributeBuilder
from .builder import ElementBuilder
from .script import Script
from .script import START


class Mode(enum.IntEnum):
    """The tokenizer's states; those that differ only in a parse error are one."""

    DATA = 0
    TAG_OPEN = 1
    END_TAG_OPEN = 2
    TAG_NAME = 3
    BEFORE_NAME = 4
    NAME = 5
    AFTER_NAME = 6
    BEFORE_VALUE = 7
    QUOTED = 8
    UNQUOTED = 9
    AFTER_VALUE = 10
    SLASH = 11
    BOGUS = 12
    DECLARATION = 13
    COMMENT = 14
    CDATA = 15
    RAW = 16
    SCRIPT = 17
    PLAINTEXT = 18


@dataclasses.dataclass(slots=True)
class State:
    """All that a branch of a template may change and another must not see.

    :param tail: The last characters of a comment, or a declaration so far.
    :param escape: Of a script: 0, 1 behind ``<!--``, 2 behind ``<!--<script``.
    """

    mode: Mode = Mode.DATA
    element: ElementBuilder | None = None
    closing: bool = False
    opened: int = 0
    attribute: AttributeBuilder | None = None
    prefix: str = ""
    printed: bool = False
    body: ElementBuilder | None = None
    form: ElementBuilder | None = None
    script: Script = START
    escape: int = 0
    tail: str = ""
    foreign: int = 0

    def key(self) -> tuple[object, ...]:
        """What two branches must share to end in the same place."""
        quote = self.attribute.quote if self.attribute else ""
        return self.mode, id(self.body), id(self.form), quote
