"""How a page answers: HTML where a browser asks, JSON where a program does."""

from __future__ import annotations

import typing as t

from flask import jsonify
from flask import redirect
from flask import render_template
from flask import request
from flask import Response
from flask import url_for
from werkzeug.exceptions import BadRequest

from ...answers import Form
from ...answers import form_for


def by_program() -> bool:
    """Say whether a program asks: it sends JSON, or takes it before HTML."""
    return request.is_json or form_for(request.environ) is Form.PROBLEM


def given() -> dict[str, str]:
    """Return what the request brings, of a form or of JSON, as text by name.

    :raises BadRequest: If it is JSON and no object of texts, numbers and switches.
    """
    if not request.is_json:
        return {key: request.form[key] for key in request.form}

    found = request.get_json()

    if not isinstance(found, dict):
        raise BadRequest("The body is no JSON object.")

    return {key: _text(key, value) for key, value in found.items()}


def _text(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""

    if value is None:
        return ""

    if not isinstance(value, str | int):
        raise BadRequest(f"{key[:50]!r} is no text.")

    return str(value)


def shown(
    template: str,
    *,
    status: int = 200,
    errors: t.Mapping[str, str] | None = None,
    data: t.Mapping[str, t.Any] | None = None,
    **context: t.Any,
) -> Response:
    """Answer with a page, or with what is on it as JSON.

    :param template: ``"stopper/login.html"``; an app may have one of the same name.
    :param errors: What is wrong, by the name of the field; ``""`` for the whole form.
    :param data: What a program gets.
    """
    found = dict(errors or {})

    if not by_program():
        text = render_template(template, errors=found, **(data or {}), **context)
        return Response(text, status)

    if status < 400:
        return jsonify(**(data or {}))

    # RFC 9457, with the errors as an extension.
    answer = jsonify(
        type="about:blank",
        title="The request cannot be done",
        status=status,
        errors=found,
        **(data or {}),
    )
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def done(endpoint: str, **data: t.Any) -> t.Any:
    """Answer a change that was made: on to a page, or its outcome as JSON.

    :param endpoint: Where a browser is sent to, with 303.
    """
    if by_program():
        return jsonify(**data)

    return redirect(url_for(endpoint), 303)
