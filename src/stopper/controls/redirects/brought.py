"""Whether a host came in with the request, whatever it was dressed in."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

#: How often a value is unquoted: what was quoted twice, a view unquotes twice.
_LAYERS = 3

#: How many marks in a row are looked at (UAX 15, 13, "Stream-Safe Text Format"). They
#: are sorted, which takes the square of their number.
_MOST_MARKS = 30

_PORT = re.compile(r":[0-9]+$")
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_WITHIN = str.maketrans("", "", "\t\n\r")


def spoken(text: str) -> str:
    """Return a value of a request as a browser reads a host in it.

    In lower case, unquoted, and with the letters that are written for others (full-width
    ones, ideographic dots, characters without a width) as those others.
    """
    for _ in range(_LAYERS):
        if "%" not in text:
            break

        text = unquote(text)

    return _folded(text.translate(_WITHIN))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()

    plain = unicodedata.normalize("NFKC", _thinned(text.translate(_DOTS))).casefold()
    return plain.translate({ord(c): None for c in set(plain) if _unseen(c)})


def _thinned(text: str) -> str:
    """Return the text with no more marks in a row than any name has."""
    marks = "".join(c for c in set(text) if _is_mark(c))

    if not marks:
        return text

    several = f"[{re.escape(marks)}]"
    return re.sub(f"({several}{{{_MOST_MARKS}}}){several}+", r"\1", text)


def _is_mark(character: str) -> bool:
    # A few are none themselves, and are made of some.
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0


def _unseen(character: str) -> bool:
    # What the mapping of host names drops: formats, joiners, variation selectors
    # (RFC 3454, B.1).
    return (
        unicodedata.category(character) == "Cf"
        or character in "\u034f\u1806\u180b\u180c\u180d"
        or "\ufe00" <= character <= "\ufe0f"
    )


def names_of(origin: str) -> frozenset[str]:
    """Return the ways in which a request may have written the host of an origin."""
    host = origin.partition("://")[2] or origin
    name = _PORT.sub("", host).removeprefix("%")
    found = {name, spoken(name), name.strip("[]")}

    if "xn--" in name:
        # What is no name of the old rules is looked for as it is written.
        with contextlib.suppress(UnicodeError):
            found.add(_folded(name.encode("ascii").decode("idna")))

    return frozenset(filter(None, found))


def brought(
    origin: str, values: Iterable[str], ours: Iterable[str] = (), written: str = ""
) -> bool:
    """Say whether the host of an origin stands in one of a request's values.

    :param origin: As :func:`~stopper.controls.redirects.policy.leads_to` says.
    :param ours: Our own hosts. Where one of them has grown a tail
        (``shop.example.evil.example``), the tail is looked for as well.
    :param written: The host as it stands in the address, where that differs.
    """
    names = names_of(origin) | frozenset(filter(None, [spoken(written)]))
    own = {_PORT.sub("", host) for host in ours}
    tails = {n[len(o) :].lstrip(".") for n in names for o in own if n.startswith(o)}
    names |= tails - {""}
    wanted = re.compile("|".join(map(_whole, sorted(names))))
    return any(wanted.search(spoken(value)) for value in values)


def _whole(name: str) -> str:
    """Return a pattern of a host that does not find it in ``notevil.example``."""
    before = r"(?<![a-z0-9-])" if name[0].isalnum() else ""
    after = r"(?![a-z0-9-])" if name[-1].isalnum() else ""
    return f"{before}{re.escape(name)}{after}"
