"""An answer of the app that says what an exception says is replaced."""

from __future__ import annotations

import json
import sqlite3
import traceback

import pytest
from flask import Flask
from flask import jsonify
from flask import Response
from markupsafe import escape

from alone import alone
from stopper import Stopper
from stopper.testing import events

TEXT = "no \"boat\" <b> at '/srv/boats' for é"


def app_of(tmp_path, error, handler, **config):
    app = Flask("boats", instance_path=str(tmp_path / "instance"))
    alone(app, "errors")
    app.config.update(config)

    @app.get("/")
    def index():
        raise error

    app.register_error_handler(type(error), handler)
    Stopper(app)
    return app


def shown(tmp_path, error, handler, **config):
    app = app_of(tmp_path, error, handler, **config)

    with events(app) as found:
        response = app.test_client().get("/")

    return response, found.refused


@pytest.mark.parametrize(
    "handler",
    [
        lambda e: (str(e), 500),
        lambda e: (jsonify(error=str(e)), 500),
        lambda e: (json.dumps({"e": str(e)}, ensure_ascii=False), 503),
        lambda e: (f"<p>{escape(e)}</p>", 502),
        lambda e: (traceback.format_exc(), 500),
    ],
)
def test_an_exceptions_text_is_replaced_in_every_spelling(tmp_path, handler):
    response, refused = shown(tmp_path, sqlite3.OperationalError(TEXT), handler)

    assert refused == ["leaking-answer"]
    assert "boat" not in response.text
    assert response.json["status"] == response.status_code
    assert response.headers["X-Request-ID"] == response.json["incident"]


def test_a_cause_is_found_in_the_words_of_another(tmp_path):
    def index():
        try:
            raise sqlite3.OperationalError("no such table: boat")
        except sqlite3.Error as e:
            raise RuntimeError("failed") from e

    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors")
    app.add_url_rule("/", "index", index)
    app.register_error_handler(
        500, lambda e: (f"because {e.original_exception.__cause__}", 500)
    )
    Stopper(app)

    assert "table" not in app.test_client().get("/").text


def test_words_of_the_app_itself_are_shown(tmp_path):
    class Full(Exception):
        __module__ = "boats.errors"

    response, refused = shown(
        tmp_path, Full("Every boat is taken."), lambda e: (str(e), 503)
    )

    assert (response.text, refused) == ("Every boat is taken.", [])


def test_a_short_text_is_no_proof(tmp_path):
    response, refused = shown(tmp_path, KeyError("id"), lambda e: ("{'id': 1}", 500))

    assert (response.text, refused) == ("{'id': 1}", [])


def test_other_answers_are_left_alone(tmp_path):
    error = ValueError("a text of some length")

    for status in (200, 400, 422):
        response, refused = shown(tmp_path, error, lambda e, s=status: (str(e), s))
        assert (response.text, refused) == ("a text of some length", [])


def test_an_exception_that_cannot_say_itself_breaks_nothing(tmp_path):
    class Mute(Exception):
        __module__ = "elsewhere"

        def __str__(self):
            raise RuntimeError

    response, _ = shown(tmp_path, Mute(), lambda e: ("mine", 500))

    assert response.text == "mine"


def test_a_developer_sees_the_text_in_debug(tmp_path):
    error = ValueError("a text of some length")
    response, refused = shown(tmp_path, error, lambda e: (str(e), 500), DEBUG=True)

    assert (response.text, refused) == ("a text of some length", [])


#: Whether the length of a stream is told beforehand, as that of a relayed file is.
LENGTHS = pytest.mark.parametrize(
    "headers", [{}, {"Content-Length": "100"}], ids=["unsized", "sized"]
)


@LENGTHS
def test_a_stream_that_fails_at_once_is_answered(tmp_path, headers):
    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors")

    def broken():
        raise ValueError("inside the stream")
        yield "never"

    closed = []

    @app.get("/")
    def index():
        response = Response(broken(), headers=headers)
        response.call_on_close(lambda: closed.append(1))
        return response

    Stopper(app)

    started = []
    environ = app.test_request_context("/").request.environ

    with events(app) as found:
        body = app.wsgi_app(environ, lambda *args: started.append(args))
        text = b"".join(body)

    assert [args[0][:3] for args in started] == ["500"]
    assert b'"status": 500' in text
    assert b"stream" not in text
    assert [e.name for e in found] == ["failed-below-flask"]
    assert closed == [1]


@LENGTHS
def test_a_stream_that_fails_midway_is_an_event_with_the_number(
    tmp_path, caplog, headers
):
    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors")

    def broken():
        yield "first"
        raise ValueError("inside the stream")

    app.add_url_rule("/", "index", lambda: Response(broken(), headers=headers))
    Stopper(app)
    environ = app.test_request_context("/").request.environ

    with events(app) as found:
        parts = iter(app.wsgi_app(environ, lambda status, headers: None))
        assert next(parts) == b"first"

        with pytest.raises(ValueError, match="inside"):
            next(parts)

    assert [(e.name, e.details["rule"]) for e in found] == [("broken-stream", "/")]
    assert f"midway (incident {found[0].request_id})" in caplog.text


def test_a_stream_is_sent_part_by_part(tmp_path):
    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors")
    made = []

    def parts():
        for number in range(3):
            made.append(number)
            yield str(number)

    app.add_url_rule("/", "index", lambda: Response(parts()))
    Stopper(app)
    environ = app.test_request_context("/").request.environ
    body = iter(app.wsgi_app(environ, lambda status, headers: None))

    assert (next(body), made) == (b"0", [0])
    assert list(body) == [b"1", b"2"]


def test_a_stream_that_is_broken_off_is_no_event(tmp_path):
    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors")
    app.add_url_rule("/", "index", lambda: Response(iter("abc")))
    Stopper(app)
    environ = app.test_request_context("/").request.environ

    with events(app) as found:
        parts = iter(app.wsgi_app(environ, lambda status, headers: None))
        next(parts)
        # As a server does when the visitor has gone.
        parts.close()

    assert found == []
