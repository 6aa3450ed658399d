"""The statements of a template, nested as they stand, with what Jinja makes of each."""

from __future__ import annotations

import dataclasses
import functools

from jinja2 import Environment
from jinja2 import nodes
from jinja2 import TemplateSyntaxError

from ....controls.templates.model import Output
from ....controls.templates.model import Reading
from ....controls.templates.model import Statement

#: How deep statements may stand in one another.
DEPTH = 60

_ENVIRONMENT = Environment(  # noqa: S701 - parses only, never renders
    extensions=["jinja2.ext.do", "jinja2.ext.i18n"]
)

#: What ends a statement that has a body.
_ENDS = {
    "for": "{% endfor %}",
    "macro": "{% endmacro %}",
    "call": "{% endcall %}",
    "with": "{% endwith %}",
}
_HEADS = frozenset({*_ENDS, "include", "extends", "import", "from", "do"})
_OPENS = frozenset({"for", "if", "macro"})


@dataclasses.dataclass(slots=True)
class Branch:
    """A statement with all that stands in it.

    :param head: What Jinja makes of it, without its body; ``None`` where nothing.
    :param other: What stands behind its ``else``.
    """

    said: Statement
    head: nodes.Node | None
    body: list[Piece] = dataclasses.field(default_factory=list)
    other: list[Piece] = dataclasses.field(default_factory=list)
    end: int = -1


Piece = Output | Branch


def tree(reading: Reading) -> list[Piece] | None:
    """Return what a template is made of, ``None`` where it is nested too deep."""
    nest = _Nest()
    pieces: list[Output | Statement] = [*reading.outputs, *reading.statements]

    for piece in sorted(pieces, key=_start):
        if isinstance(piece, Output):
            nest.at[-1].append(piece)
        else:
            nest.take(piece)

        if len(nest.open) > DEPTH:
            return None

    return nest.top


class _Nest:
    """The statements that are open, and where what comes next is put."""

    def __init__(self) -> None:
        self.top: list[Piece] = []
        self.open: list[Branch] = []
        self.at: list[list[Piece]] = [self.top]

    def take(self, said: Statement) -> None:
        name = said.name

        if name.startswith("end"):
            self._close(name.removeprefix("end"), said)
        elif name == "else" and self.open:
            self.at[-1] = self.open[-1].other
        elif name == "elif" and self.open:
            # It stands in the ``else`` of the ``if`` before it, and ends with that.
            inner = Branch(said, head("if", said.text))
            self.open[-1].other.append(inner)
            self._enter(inner)
        else:
            branch = Branch(said, head(name, said.text))
            self.at[-1].append(branch)

            if name in _OPENS or _is_block_set(branch):
                self._enter(branch)

    def _enter(self, branch: Branch) -> None:
        self.open.append(branch)
        self.at.append(branch.body)

    def _close(self, name: str, said: Statement) -> None:
        # What does not fit is passed over, as a browser would.
        if not any(name == _kind(b) for b in self.open):
            return

        while self.open:
            branch = self.open.pop()
            self.at.pop()
            branch.end = said.start

            if _kind(branch) == name and branch.said.name != "elif":
                return


def _kind(branch: Branch) -> str:
    return "if" if branch.said.name == "elif" else branch.said.name


def _is_block_set(branch: Branch) -> bool:
    return branch.said.name == "set" and isinstance(branch.head, nodes.AssignBlock)


def _start(piece: Output | Statement) -> int:
    return piece.start


@functools.lru_cache(maxsize=8192)
def head(name: str, text: str) -> nodes.Node | None:
    """Return what Jinja makes of one statement, ``None`` if it is none of its own."""
    if name == "if":
        found = _first("{{" + text + "\n}}")
        outputs = found.nodes if isinstance(found, nodes.Output) else []
        return outputs[0] if len(outputs) == 1 else None

    if name == "set":
        source = "{% set " + text + "\n%}"
        return _first(source) or _first(source + "{% endset %}")

    if name == "trans":
        # What a translation is given, it is given as ``with`` is.
        words = text.removeprefix("trimmed").removeprefix("notrimmed").strip()
        return _first("{% with " + words + "\n%}{% endwith %}") if words else None

    if text[:1] in {"'", '"'} and name not in _HEADS:
        # A tag of the app's own that names a template: ``snippet "a.html", b=c``.
        return _first("{% do part(" + text + "\n) %}")

    if name in _HEADS:
        return _first("{% " + name + " " + text + "\n%}" + _ENDS.get(name, ""))

    return None


def _first(source: str) -> nodes.Node | None:
    try:
        body = _ENVIRONMENT.parse(source).body
    except (
        TemplateSyntaxError,
        RecursionError,
        MemoryError,
        ValueError,
        OverflowError,
    ):
        return None

    return body[0] if len(body) == 1 else None
