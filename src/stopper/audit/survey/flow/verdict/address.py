"""What tests say of an address: whether it names a host, and how it begins."""

from __future__ import annotations

import ast
import typing as t

from ...pieces import settled
from .facts import CLEAR
from .facts import DOUBT
from .facts import Facts
from .facts import HOSTLESS
from .facts import NOTHING
from .facts import SCHEMELESS
from .facts import SINGLE
from .facts import SLASH
from .facts import STRAIGHT
from .trail import BACKSLASH
from .trail import HOSTS
from .trail import Subject
from .trail import Trail

#: What makes an address of a text.
_ADDRESSES = frozenset(
    f"ipaddress.{name}" for name in ("ip_address", "IPv4Address", "IPv6Address")
)

#: What the absence of a text says of an address.
LINKS = {
    "\\": STRAIGHT,
    "//": SINGLE | DOUBT,
    "://": DOUBT,
    ":": SCHEMELESS,
}


def absent(subject: Subject, trail: Trail | None) -> Facts:
    """Judge ``not urlparse(x).netloc``."""
    if not trail or subject.kind not in {"redirect", "url", "scheme"}:
        return NOTHING

    found = HOSTLESS if trail[-1] in HOSTS else NOTHING
    found = SCHEMELESS if trail[-1] == ".scheme" else found

    if found and BACKSLASH in trail:
        found |= STRAIGHT

    return found


def outside(subject: Subject, test: ast.Attribute, truth: bool | None) -> Facts:
    """Judge ``not ip_address(host).is_private``: what is outside is nobody's secret.

    Those that are private include the machine's own, and those of its link.
    """
    trail = subject.trail(test.value)

    if trail is None or subject.kind != "url":
        return NOTHING

    good = (test.attr == "is_global") is truth
    parsed = not _ADDRESSES.isdisjoint(trail)
    return CLEAR if good and truth is not None and parsed else NOTHING


def second(subject: Subject, left: ast.expr, right: ast.expr, trail: Trail) -> Facts:
    """Judge the second character, which is neither slash nor backslash."""
    if trail != ("[]",) or not isinstance(left, ast.Subscript):
        return NOTHING

    place = left.slice.lower if isinstance(left.slice, ast.Slice) else left.slice

    if not isinstance(place, ast.Constant) or place.value != 1:
        return NOTHING

    texts = {
        e.value
        for e in getattr(right, "elts", ())
        if isinstance(e, ast.Constant) and isinstance(e.value, str)
    }
    found = SINGLE if "/" in texts else NOTHING
    return found | (STRAIGHT if "\\" in texts else NOTHING)


def starts(text: t.Any, trail: Trail, truth: bool) -> Facts:
    """Judge ``x.startswith("/")``."""
    straight = STRAIGHT if BACKSLASH in trail else NOTHING

    if truth:
        # What it is compared with, the app says: its own address, most likely.
        if not isinstance(text, str) or _decided(text):
            return CLEAR

        # A browser runs what begins with ``javascript:`` and the like alone.
        chosen = text[:1] in {"/", "#", "?", "."} or text.lower().startswith("http")
        found = SLASH if text == "/" else NOTHING
        return found | (SCHEMELESS if text and chosen else NOTHING) | straight

    # A tuple and no set: what is compared may be of any type.
    if text in ("//", "///"):
        return SINGLE | straight

    return STRAIGHT if text == "/\\" else NOTHING


def _decided(text: str) -> bool:
    """Say whether what begins like this names its host: a lone slash does not."""
    return text != "/" and settled(text)
