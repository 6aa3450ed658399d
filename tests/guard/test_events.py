"""Every event is a line of JSON with the facts, and never with a secret."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask

from alone import alone
from stopper import Stopper
from stopper.catalogue.event import Action
from stopper.guard import events
from stopper.guard.events import event
from stopper.guard.events import JSONFormatter

SECRETS = ("s3cret-query", "s3cret-cookie", "s3cret-auth", "s3cret-form", "s3cret-path")


@pytest.fixture
def app(tmp_path):
    app = Flask("events", instance_path=str(tmp_path))
    alone(app, "headers")
    app.secret_key = "for this test alone"
    return app


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "stopper")

    def read():
        return [
            json.loads(r.getMessage()) for r in caplog.records if r.name == "stopper"
        ]

    return read


def weak(app, **options):
    """Serve a page whose header makes an event."""

    def view(**_):
        return "<p>", {"Content-Security-Policy": "script-src *"}

    app.add_url_rule("/reset/<token>", "reset", view, methods=["GET", "POST"])
    return Stopper(app, **options)


def test_an_event_says_who_from_where_and_which_route(app, lines):
    weak(app, clock=lambda: 1.0).identity(lambda: "anna")
    response = app.test_client().get("/reset/1")
    found = lines()[0]

    assert {
        k: found[k] for k in ("control", "name", "route", "method", "identity")
    } == {
        "control": "headers",
        "name": "weak-header",
        "route": "/reset/<token>",
        "method": "GET",
        "identity": "anna",
    }
    assert found["client"] == "127.0.0.1"
    assert found["request_id"] == response.headers["X-Request-ID"]


def test_no_secret_of_a_request_is_ever_in_a_line(app, caplog):
    caplog.set_level(logging.DEBUG)
    weak(app)
    client = app.test_client()
    client.set_cookie("session", "s3cret-cookie")
    client.post(
        "/reset/s3cret-path?token=s3cret-query",
        data={"password": "s3cret-form"},
        headers={"Authorization": "Bearer s3cret-auth"},
    )
    text = "\n".join(JSONFormatter().format(r) for r in caplog.records)

    assert "weak-header" in text
    assert [s for s in SECRETS if s in text] == []


def test_the_id_of_a_request_is_not_the_client_s(app):
    stopper = Stopper(app)
    app.add_url_rule("/", "index", lambda: stopper.request_id())
    response = app.test_client().get("/", headers={"X-Request-ID": "chosen"})

    assert response.text == response.headers["X-Request-ID"] != "chosen"


def test_there_is_no_id_outside_of_a_request(app):
    stopper = Stopper(app)

    with app.app_context(), pytest.raises(RuntimeError, match="no request"):
        stopper.request_id()


def test_a_receiver_that_raises_keeps_no_one_from_hearing(app, caplog):
    heard = []

    def broken(sender, event):
        raise ValueError

    def fine(sender, event):
        heard.append(event.name)

    weak(app)

    with event.connected_to(broken), event.connected_to(fine):
        assert app.test_client().get("/reset/1").status_code == 200

    assert heard == ["weak-header"]
    assert "receiver of stopper's events raised" in caplog.text


def test_a_receiver_of_one_app_hears_no_other(app, tmp_path):
    heard = []

    def receive(sender, event):
        heard.append(event.name)

    weak(app)

    with event.connected_to(
        receive, sender=Flask("other", instance_path=str(tmp_path))
    ):
        app.test_client().get("/reset/1")

    assert heard == []


HOSTILE = 'a"\n{"forged": 1}\r\x1b[2J\x7f\u2028\u202e\x9b'


def test_an_event_cannot_start_a_line_or_drive_a_terminal(app, lines, caplog):
    happened = events.make("headers", "x", Action.NOTED, HOSTILE, more=HOSTILE)
    events.publish(app, happened)
    line = caplog.records[-1].getMessage()

    assert line.isascii()
    assert line.isprintable()
    assert lines()[-1]["message"] == HOSTILE


def record(message, **more):
    return logging.makeLogRecord(
        {"name": "app", "msg": message, "levelname": "INFO", **more}
    )


def test_the_formatter_makes_a_line_of_any_record():
    line = JSONFormatter().format(record(HOSTILE))
    found = json.loads(line)

    assert (line.isascii(), line.isprintable()) == (True, True)
    assert (found["logger"], found["level"], found["message"]) == (
        "app",
        "INFO",
        HOSTILE,
    )


def test_the_formatter_keeps_an_exception_on_the_line():
    import sys

    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        line = JSONFormatter().format(record("failed", exc_info=sys.exc_info()))

    assert "\n" not in line
    assert "ZeroDivisionError" in json.loads(line)["exception"]


def test_the_formatter_spreads_the_fields_of_an_event(app, caplog):
    caplog.set_level(logging.INFO, "stopper")
    events.publish(app, events.make("headers", "x", Action.NOTED, "so"))
    found = json.loads(JSONFormatter().format(caplog.records[-1]))

    assert (found["control"], found["name"], found["action"]) == (
        "headers",
        "x",
        "noted",
    )


@pytest.mark.parametrize(
    ("action", "level"),
    [
        (Action.REFUSED, logging.WARNING),
        (Action.REPORTED, logging.WARNING),
        (Action.NOTED, logging.INFO),
        (Action.FAILED, logging.ERROR),
    ],
)
def test_the_level_follows_what_was_done(app, caplog, action, level):
    caplog.set_level(logging.INFO, "stopper")
    events.publish(app, events.make("headers", "x", action, "so"))

    assert caplog.records[-1].levelno == level
