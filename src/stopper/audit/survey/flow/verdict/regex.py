"""What a match of a regular expression says of a value."""

from __future__ import annotations

import ast

from .. import pattern
from ..compiled import regex_of
from .facts import CLEAR
from .facts import DOUBT
from .facts import Facts
from .facts import NOTHING
from .trail import Subject
from .trail import Trail

_MATCHES = frozenset({"re.match", "re.fullmatch", "re.search"})


def matched(
    subject: Subject,
    call: ast.Call,
    name: str,
    method: str,
    found: list[tuple[ast.expr, Trail]],
    truth: bool | None,
) -> Facts | None:
    """Judge a match of a regular expression, ``None`` if this is none."""
    function = name if name in _MATCHES else f"re.{method}"

    if function not in _MATCHES:
        return None

    if name.startswith("re.") and name.count(".") == 1:
        text = call.args[0] if call.args else None
        searched = call.args[1] if len(call.args) > 1 else None
    elif isinstance(call.func, ast.Attribute):
        text = call.func.value
        searched = call.args[0] if call.args else None
    else:
        return None

    if text is None or not any(argument is searched for argument, _ in found):
        return None

    known = regex_of(subject.program.project, subject.frame.module, text)

    if known is None:
        return DOUBT

    if truth:
        return _fits(known, function, subject.kind)

    # ``if re.search(r"[^a-z]", x): abort()``
    forbidden = pattern.characters(known)
    harmful = pattern.HARMFUL.get(subject.kind)

    if function == "re.search" and forbidden and harmful and harmful <= forbidden:
        return CLEAR

    return DOUBT if truth is False else NOTHING


def _fits(regex: str, function: str, kind: str) -> Facts:
    """Judge what an expression lets through that was matched."""
    if function == "re.match" and not regex.startswith("^"):
        regex = f"^{regex}"

    clear = pattern.clears(regex, kind, function == "re.fullmatch")
    return CLEAR if clear else NOTHING
