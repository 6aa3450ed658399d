"""Which limit a request ran into: Flask answers 413 to three of them, and names none."""

from __future__ import annotations

from flask import Request


def limit_of(request: Request) -> str:
    """Return the limit behind a 413, with the setting to change."""
    size = request.content_length
    most = request.max_content_length

    if most is not None and (size is None or size > most):
        return (
            f"the body has {'an unknown number of' if size is None else size} bytes, "
            f"and MAX_CONTENT_LENGTH (by default STOPPER_MAX_BODY) takes {most}; a "
            "single view may set request.max_content_length"
        )

    if request.mimetype != "multipart/form-data":
        return "the app itself answered so"

    return (
        f"a field that is no file is longer than MAX_FORM_MEMORY_SIZE takes, "
        f"{request.max_form_memory_size} bytes, or the form has more parts than MAX_FORM_PARTS, {request.max_form_parts}"
    )
