"""What a search looks for that no stranger sends: chance, a digest, a constant."""

from __future__ import annotations

import ast
import dataclasses

from ..models import Models
from .change import number
from .frame import ANY
from .frame import EACH
from .frame import Path

#: Which calls make what a kind of search looks for.
_CALLS = {
    "predictable": ("predictable-random",),
    "digest": ("hash",),
    "off": (),
}


#: Attributes that are the same value in another form: ``uuid1().hex``.
_FORMS = (".hex", ".int", ".bytes", ".urn")


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What the program itself makes, and what keeps it as it is.

    :param calls: Names of the functions that make it.
    :param keeps: Names of the functions that give it another form.
    :param off: Whether constants that count as false are looked for.
    """

    calls: frozenset[str]
    keeps: frozenset[str]
    off: bool = False

    def by(self, name: str, path: Path) -> bool:
        """Say whether a call of this name makes it, as a whole or each item."""
        return name in self.calls and all(_placed(part) for part in path)

    def is_off(self, node: ast.AST) -> bool:
        """Say whether an expression is a constant that is looked for."""
        if not self.off or not isinstance(node, ast.Constant):
            return False

        # ``None`` leaves the choice to somebody else.
        return node.value is not None and not node.value


def made_for(kind: str, models: Models) -> Made | None:
    """Return what a kind of search looks for, ``None`` if it is what strangers send."""
    if kind not in _CALLS:
        return None

    calls = frozenset[str]().union(*(models.named(k) for k in _CALLS[kind]))
    off = kind == "off"
    keeps = frozenset() if off else models.named("passes") | models.named("reshapes")
    return Made(calls, keeps, off)


def _placed(part: str) -> bool:
    return part in (ANY, EACH, *_FORMS) or number(part) is not None
