"""Why a request is not taken, in the developer's and in the visitor's words."""

from __future__ import annotations

from ..refusal import Refusal

_MALFORMED = "The request is malformed."

#: What the app's own methods are, for a 405 that is not about a route.
_ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

TEXTS = {
    "control-character": "NUL or another control character",
    "invalid-utf-8": "bytes that are no UTF-8",
    "invalid-encoding": "a percent sign without two hexadecimal digits",
}


def malformed(name: str, message: str, **details: str) -> Refusal:
    """Return the refusal of a request that no honest client writes."""
    return Refusal(name, 400, message, _MALFORMED, details=details)


def bad_text(fault: str, where: str, field: str = "") -> Refusal:
    """Return the refusal of text.

    :param fault: A key of :data:`TEXTS`.
    :param where: Where it stands: ``"path"``, ``"query"``, ``"form"``, ``"file"``.
    """
    details = {"where": where, **({"field": field[:100]} if field else {})}
    return Refusal(
        fault,
        400,
        f"There is {TEXTS[fault]} in the {where}.",
        "The request holds characters that are not taken here.",
        details=details,
    )


def bad_field(where: str, name: str | None) -> Refusal:
    """Return the refusal of a field without a name, or with a control character.

    :param where: ``"form"`` or ``"file"``.
    """
    if name is None:
        message = "A part of the form has no name."
        return malformed("unnamed-field", message, where=where)

    return bad_text("control-character", where, name)


def deep_json() -> Refusal:
    """Return the refusal of JSON that Python cannot read."""
    message = "The JSON of the body is nested deeper than Python reads."
    return malformed("deep-json", message)


def bad_chunk() -> Refusal:
    """Return the refusal of a body in chunks that the server cannot take apart."""
    message = "The chunks of the body are not written as HTTP has them."
    return malformed("bad-chunk", message)


def too_large(status: int, what: str, size: int, limit: int, setting: str) -> Refusal:
    """Return the refusal of something that is over its limit."""
    return Refusal(
        f"{what}-too-large",
        status,
        f"The {what} has {size} bytes, and {setting} takes {limit}. Raise the setting if "
        "this is an honest request.",
        "",
        details={"size": size, "setting": setting},
    )


def bad_method(method: str) -> Refusal:
    """Return the refusal of TRACE and its like."""
    return Refusal(
        "bad-method",
        405,
        f"{method[:16]} is for proxies and for debugging, and repeats what was sent.",
        "",
        headers=(("Allow", _ALLOW),),
    )
