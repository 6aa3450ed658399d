"""What a request may be made of, said once: which characters, and in which shapes."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes
from urllib.parse import urlsplit

#: NUL, the control characters that no one types, and DEL. Tab and line ends are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ANY_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_ENCODED_CONTROL = re.compile(r"%(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])")
_ENCODED_LINE_IN_NAME = re.compile(r"(?:^|&)[^=&]*%0[9aAdD]")
_HALF_ENCODED = re.compile(r"%(?![0-9a-fA-F]{2})")

#: A method as RFC 9110, 9.1 has it, in capitals: Flask would take ``get`` for GET,
#: where what stands in front of it does not.
_METHOD = re.compile(r"[A-Z][A-Z0-9_-]{0,31}\Z")

_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?\Z")

#: The only transfer coding that a server takes apart before the app (RFC 9112, 6.1).
CHUNKED = "chunked"

#: Digits of a length. No body has more bytes, and Python reads no number of 4301.
_MOST_DIGITS = 18


def control_in(text: str) -> bool:
    """Say whether a field holds a control character other than tab and line ends."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def control_in_name(text: str) -> bool:
    """Say whether a name, of a field or a file, holds any control character."""
    return not text.isprintable() and _ANY_CONTROL.search(text) is not None


def named_badly(name: str | None) -> bool:
    """Say whether a field has no name (RFC 7578, 4.2), or a control character in it.

    :param name: ``None`` where a part of a form says none; Werkzeug leaves it so.
    """
    return name is None or control_in_name(name)


def fault_of_path(path: str) -> str:
    """Return what is wrong with a decoded path, empty for nothing.

    :param path: As WSGI has it: every character is one byte.
    """
    if _ANY_CONTROL.search(path):
        return "control-character"

    return "" if _utf8(path.encode("latin-1", "replace")) else "invalid-utf-8"


def fault_of_query(query: str) -> str:
    """Return what is wrong with a query string, still encoded; empty for nothing."""
    if (
        _ENCODED_CONTROL.search(query)
        or _ANY_CONTROL.search(query)
        or _ENCODED_LINE_IN_NAME.search(query)
    ):
        return "control-character"

    if half_encoded(query):
        return "invalid-encoding"

    data = unquote_to_bytes(query.encode("latin-1", "replace"))
    return "" if _utf8(data) else "invalid-utf-8"


def half_encoded(text: str) -> bool:
    """Say whether a percent sign stands without two digits of its own."""
    return _HALF_ENCODED.search(text) is not None


def _utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False

    return True


def named_well(method: str) -> bool:
    """Say whether a method is written as methods are."""
    return _METHOD.match(method) is not None


def one_host(host: str) -> bool:
    """Say whether a Host header names one host, and nothing else."""
    return _HOST.match(host) is not None


def counted_well(length: str) -> bool:
    """Say whether a Content-Length is one number (RFC 9110, 8.6)."""
    return len(length) <= _MOST_DIGITS and length.isascii() and length.isdigit()


def aims_elsewhere(target: str, host: str) -> bool:
    """Say whether a request target names another host than the Host header does."""
    if target.startswith("/") or target == "*":
        return False

    try:
        return urlsplit(target).netloc.lower() != host.lower()
    except ValueError:
        return True
