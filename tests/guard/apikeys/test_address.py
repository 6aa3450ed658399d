"""A key in a URL is refused on every route, is nowhere in our log, and ends there."""

from __future__ import annotations

import logging
from urllib.parse import quote

import pytest
from flask import request

from guard.apikeys.conftest import program_of
from guard.apikeys.test_keys import other_secret
from stopper.controls.apikeys.policy import parsed

PLACES = (
    "/api/notes?key={}",
    "/open?next=/notes%3Fkey%3D{}",
    "/open?a=1&key={}&b=2",
    "/nowhere/{}",
    "/nowhere/{}/more",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_key_in_the_url_is_refused_and_ends(program, key, happened, place):
    answer = program(None, place.format(key))

    assert answer.status_code == 400
    assert program(key).status_code == 401
    assert [e.name for e in happened] == ["key-revoked", "key-in-url", "wrong-key"]
    id = parsed(key).id
    assert happened[0].details == {"key": id, "user": "ann"}
    assert happened[1].details == {"key": id, "revoked": True}
    assert happened[2].details["reason"] == "revoked"


def test_a_key_that_is_written_otherwise_is_seen(program, key):
    hidden = quote(key, safe="").replace("_", "%5F")

    assert program(None, f"/open?key={hidden}").status_code == 400
    assert program(key).status_code == 401


def test_a_key_in_header_and_url_is_refused(program, key):
    assert program(key, f"/api/notes?key={key}").status_code == 400


def test_a_guess_in_a_url_ends_nobodys_key(program, key, happened):
    answer = program(None, f"/open?key={other_secret(key)}")

    assert answer.status_code == 400
    assert happened[0].details["revoked"] is False
    assert program(key).status_code == 200


def test_what_only_looks_like_a_key_is_let_through(program, key, statements):
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")

    assert program(None, f"/open?key={wrong}&stp_=1").status_code == 200
    assert statements == []


@pytest.mark.parametrize("place", PLACES)
def test_no_line_of_the_log_has_the_key(app, program, key, caplog, place):
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    program(None, place.format(key))

    assert caplog.records
    assert parsed(key).secret not in caplog.text


def test_no_line_of_the_log_has_a_key_that_came_in_a_header(app, program, key, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    program(other_secret(key))
    program(key, "/api/write", "POST")
    program(key, headers={"Authorization": f"Basic {key}"})

    assert len(caplog.records) == 3
    assert "xxxxxxxx" not in caplog.text
    assert parsed(key).secret not in caplog.text


@pytest.mark.parametrize("place", [*PLACES, "/named/{}"])
def test_an_error_handler_sees_no_key(app, key, place):
    app.get("/named/<name>")(app.stopper.public(lambda name: name))
    seen = []

    @app.errorhandler(400)
    def shown(error):
        seen.extend([request.url, request.full_path, dict(request.args)])
        seen.append(request.view_args)
        seen.extend(str(value) for value in request.environ.values())
        return "refused", 400

    assert program_of(app)(None, place.format(key)).status_code == 400
    assert parsed(key).secret not in repr(seen)
