"""What it says of a value that it is equal to something, or a part of it."""

from __future__ import annotations

import ast

from .. import pattern
from . import address
from .facts import any_
from .facts import CLEAR
from .facts import DOTLESS
from .facts import DOUBT
from .facts import Facts
from .facts import NOTHING
from .facts import PRINTABLE
from .facts import RELATIVE
from .trail import HOSTS
from .trail import SAME
from .trail import Subject


def equal(subject: Subject, node: ast.expr, other: ast.expr) -> Facts:
    """Judge ``x == "a"``, by one of its sides."""
    trail = subject.trail(node)

    if trail is None or subject.trail(other) is not None:
        return _whole(subject, node, other)

    if set(trail) <= SAME:
        return CLEAR

    if trail and trail[-1] in HOSTS:
        if isinstance(other, ast.Constant) and not other.value:
            return address.absent(subject, trail)

        links = subject.kind in {"redirect", "url", "scheme"}
        return CLEAR if links else DOUBT

    if trail and trail[-1] == ".scheme":
        empty = isinstance(other, ast.Constant) and not other.value
        return address.absent(subject, trail) if empty else NOTHING

    if subject.kind == "path":
        if "os.path.commonpath" in trail:
            return CLEAR

        if "os.path.commonprefix" in trail:
            # ``/srv/files`` is where ``/srv/files-of-others`` begins too.
            return CLEAR if _ends_with_slash(subject, other) else DOUBT

    return NOTHING


def unequal(subject: Subject, left: ast.expr, right: ast.expr) -> Facts:
    """Judge ``x[0] != "/"`` and ``unicodedata.category(x[0])[0] != "C"``."""
    trail = subject.trail(left)
    text = right.value if isinstance(right, ast.Constant) else None

    if trail is None:
        return NOTHING

    if "unicodedata.category" in trail and text in {"C", "Cc"}:
        return PRINTABLE

    first = len(trail) == 1 and trail[0] == "[]" and text == "/"
    return RELATIVE if first and subject.kind == "path" else NOTHING


def _whole(subject: Subject, one: ast.expr, other: ast.expr) -> Facts:
    """Judge ``basename(x) == x``."""
    trails = subject.trail(one), subject.trail(other)

    if None in trails or subject.kind != "path":
        return NOTHING

    cleaners = subject.names.models.named("path-cleaner")
    changed = {name for trail in trails if trail for name in trail}
    return CLEAR if not changed.isdisjoint(cleaners) else NOTHING


def member(subject: Subject, left: ast.expr, right: ast.expr, truth: bool) -> Facts:
    """Judge ``x in NAMES`` and ``"a" not in x``."""
    trail = subject.trail(left)

    if trail is not None:
        if not truth:
            return address.second(subject, left, right, trail)

        if _textual(subject, right):
            return _part_of(subject, right)

        if set(trail) <= SAME:
            return CLEAR

        links = subject.kind in {"redirect", "url", "scheme"}
        named = trail[-1] in HOSTS or trail[-1] == ".path"
        return CLEAR if links and named else NOTHING

    inside = subject.trail(right)

    if inside is None:
        return NOTHING

    # ``base in path.parents``
    if truth and inside and inside[-1] == ".parents":
        return CLEAR if subject.kind == "path" else NOTHING

    return _without(subject, left, right) if not truth else NOTHING


def _without(subject: Subject, left: ast.expr, right: ast.expr) -> Facts:
    """Judge ``".." not in x``: what is forbidden is seldom all of it."""
    constant = left.value if isinstance(left, ast.Constant) else None

    if isinstance(right, ast.Tuple | ast.List | ast.Set):
        # ``".." in (a, b)`` compares the whole of each.
        return NOTHING

    if not isinstance(constant, str) or not constant:
        return NOTHING

    if subject.kind == "path":
        if constant in {"/", "\\"}:
            return CLEAR

        dots = constant.startswith("..")
        return DOUBT | DOTLESS if dots else NOTHING

    if subject.kind == "redirect":
        return address.LINKS.get(constant, NOTHING)

    harmful = pattern.HARMFUL.get(subject.kind, frozenset())
    return DOUBT if set(constant) <= harmful else NOTHING


def _textual(subject: Subject, node: ast.expr) -> bool:
    """Say whether a membership test asks for text in a text."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return True

    value = subject.constant(node)
    return value is not None and isinstance(value.value, str)


def _part_of(subject: Subject, node: ast.expr) -> Facts:
    """Judge ``x in "abc"``: no part of a text has what the text has not."""
    value = subject.constant(node)
    text = value.value if value is not None else None

    if not isinstance(text, str):
        return NOTHING

    return CLEAR if pattern.harmless(text, subject.kind) else NOTHING


def _ends_with_slash(subject: Subject, node: ast.expr) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node = node.right

    if isinstance(node, ast.Call) and node.args:
        # ``os.path.join(base, "")``
        last = node.args[-1]
        empty = isinstance(last, ast.Constant) and last.value == ""
        return empty and subject.name(node.func) == "os.path.join"

    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[-1]

    value = subject.constant(node)
    text = value.value if value is not None else ""
    return subject.name(node) == "os.sep" or str(text).endswith("/")


def forbidden(subject: Subject, test: ast.expr, generator: ast.comprehension) -> Facts:
    """Judge ``any(c in x for c in FORBIDDEN)``: none of them is in it."""
    if (
        not isinstance(test, ast.Compare)
        or not isinstance(test.ops[0], ast.In)
        or ast.dump(test.left) != ast.dump(_load(generator.target))
        or subject.trail(test.comparators[0]) is None
    ):
        return NOTHING

    constant = subject.constant(generator.iter)
    parts = constant.value if constant is not None else None

    if not isinstance(parts, str | list):
        return DOUBT

    texts = [p for p in parts if isinstance(p, str)]
    found = PRINTABLE if {"\r", "\n"} <= set(texts) else DOUBT
    found |= any_(address.LINKS.get(x, NOTHING) for x in texts)
    dangers = pattern.HARMFUL.get(subject.kind)

    if dangers is not None and dangers <= set(texts):
        return CLEAR

    if subject.kind == "path":
        if not {"/", "\\"}.isdisjoint(texts):
            return CLEAR

        if ".." in texts:
            found |= DOTLESS

    return found


def _load(target: ast.expr) -> ast.expr:
    return ast.Name(target.id, ast.Load()) if isinstance(target, ast.Name) else target
