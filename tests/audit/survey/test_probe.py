"""The app as it answers."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from flask import make_response

from stopper.audit.survey.probe import Answer
from stopper.audit.survey.probe import MISSING
from stopper.audit.survey.probe import probe


@pytest.fixture
def app():
    app = Flask("probed", static_folder=None)
    app.add_url_rule("/", "index", lambda: "<p>")
    app.add_url_rule("/note/<int:id>", "note", lambda id: "<p>")
    app.add_url_rule("/save", "save", lambda: "saved", methods=["POST"])
    return app


def test_every_route_without_arguments_is_asked_and_one_that_is_missing(app):
    found = [(a.subject, a.status) for a in probe(app).answers]

    assert found == [("GET /", 200), (f"GET {MISSING}", 404)]


def test_only_the_paths_that_are_named_are_asked(app):
    assert [a.route for a in probe(app, ["/note/1"]).answers] == ["/note/1"]


def test_a_view_that_raises_is_named_and_the_others_still_count(app):
    app.testing = True
    app.add_url_rule("/fail", "fail", lambda: 1 / 0)
    found = probe(app)

    assert found.failed == (("/fail", "ZeroDivisionError"),)
    assert [a.route for a in found.answers] == ["/", MISSING]


def test_a_header_that_stands_twice_is_one(app):
    def view():
        response = make_response("<p>")
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    app.add_url_rule("/cookies", "cookies", view)
    (answer,) = probe(app, ["/cookies"]).answers

    assert answer.header("set-cookie") == "a=1, b=2"
    assert answer.header("X-None") is None


def test_an_answer_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Answer("/", "GET", 200, ()).status = 500
