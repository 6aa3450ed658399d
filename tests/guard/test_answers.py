"""An error is answered in the form that the client reads, and tells nothing else."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.exceptions import default_exceptions
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from stopper.guard.answers import answer
from stopper.guard.answers import Form
from stopper.guard.answers import form_for
from stopper.guard.answers import Problem
from stopper.guard.passage import KEY
from stopper.guard.passage import Passage
from stopper.guard.refusal import Refusal
from stopper.guard.refusal import Refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PICTURE = "image/avif,image/webp,image/png,*/*;q=0.8"


def body(problem, environ):
    return answer(problem, environ).get_data(as_text=True)


def environ_of(accept="", **headers):
    given = {k.replace("_", "-"): v for k, v in headers.items()}
    environ = EnvironBuilder(headers={"Accept": accept, **given}).get_environ()
    environ[KEY] = Passage(None, environ, True)
    return environ


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (BROWSER, Form.PAGE),
        ("text/html", Form.PAGE),
        ("text/html, application/json", Form.PAGE),
        ("application/json;q=0.9, text/html;q=0.5", Form.PROBLEM),
        ("application/json, text/plain, */*", Form.PROBLEM),
        ("application/problem+json", Form.PROBLEM),
        ("application/vnd.api+json", Form.PROBLEM),
        ("*/*", Form.PROBLEM),
        ("", Form.PROBLEM),
        ("text/plain", Form.TEXT),
        (PICTURE, Form.TEXT),
        ("text/html;q=,application/json;q=x;;,,", Form.PAGE),
    ],
)
def test_a_client_gets_what_it_reads(accept, form):
    assert form_for(environ_of(accept)) is form


def test_htmx_gets_text_that_it_may_put_into_the_page():
    assert form_for(environ_of("*/*", HX_Request="true")) is Form.TEXT


def test_a_page_has_a_heading_a_language_and_the_number():
    environ = environ_of(BROWSER)
    response = answer(Problem(404), environ)
    page = response.get_data(as_text=True)

    assert '<html lang="en">' in page
    assert "<h1>Not Found</h1>" in page
    assert f"<code>{environ[KEY].request_id}</code>" in page
    assert response.headers["X-Request-ID"] == environ[KEY].request_id
    assert response.content_type == "text/html; charset=utf-8"


def test_a_page_needs_nothing_that_a_strict_policy_forbids():
    environ = environ_of(BROWSER)
    text = body(Problem(500), environ)

    assert f'<style nonce="{environ[KEY].nonce}">' in text
    assert not re.search(r"<script|<link|<img|\sstyle=|\son\w+=|https?://", text)


def test_problem_details_have_the_members_of_rfc_9457():
    environ = environ_of("application/json")
    response = answer(Problem(403, says="This may not be."), environ)
    number = environ[KEY].request_id

    assert response.content_type == "application/problem+json"
    details = response.json
    instance = details["instance"]
    assert instance.replace("-", "") == f"urn:uuid:{number}"
    assert details == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "This may not be.",
        "instance": instance,
        "incident": number,
    }


def test_text_is_put_into_a_page_as_text():
    problem = Problem(400, says="<b>bold</b>\nsecond", developer="<i>")
    text = body(problem, environ_of(BROWSER))

    assert "&lt;b&gt;bold&lt;/b&gt;<br>second" in text
    assert "&lt;i&gt;" in text


def test_markup_is_put_into_a_page_as_it_is_and_nowhere_else():
    problem = Problem(400, says=Markup("<b>bold</b>"))

    assert "<p><b>bold</b></p>" in body(problem, environ_of(BROWSER))
    assert answer(problem, environ_of("*/*")).json["detail"] == "bold"


def test_headers_of_the_problem_stay_and_its_type_does_not():
    headers = (("Retry-After", "7"), ("Allow", "GET"), ("Content-Type", "a/b"))
    response = answer(Problem(429, headers=headers), environ_of(BROWSER))

    assert response.headers["Retry-After"] == "7"
    assert response.headers["Allow"] == "GET"
    assert response.headers.getlist("Content-Type") == ["text/html; charset=utf-8"]


def test_an_answer_with_a_number_is_kept_by_no_cache():
    response = answer(Problem(404), environ_of(BROWSER))

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Accept"


def test_an_unknown_status_is_answered_too():
    assert "<h1>Error</h1>" in body(Problem(599), environ_of(BROWSER))
    assert "<h1>Error</h1>" in body(Problem(599), None)


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "text/plain"])
def test_an_answer_to_head_has_no_body(accept):
    environ = environ_of(accept)
    environ["REQUEST_METHOD"] = "HEAD"
    started = []
    body = answer(Problem(404), environ)(environ, lambda *args: started.append(args))

    assert b"".join(body) == b""
    assert started[0][0] == "404 NOT FOUND"


def refusing(tmp_path):
    app = Flask(__name__, instance_path=str(tmp_path))

    @app.get("/")
    def index():
        raise Refused(
            "csrf", Refusal("bad", 403, "For the log.", "For you.", (("A", "b"),))
        )

    return app


def test_a_refusal_inside_flask_is_answered_alike(tmp_path):
    response = refusing(tmp_path).test_client().get("/")

    assert response.json["detail"] == "For you."
    assert response.headers["A"] == "b"
    assert "For the log" not in response.text


@pytest.mark.parametrize("kind", [403, Forbidden, HTTPException, Exception, Refused])
def test_a_refusal_inside_flask_is_left_to_the_apps_handler(tmp_path, kind):
    app = refusing(tmp_path)
    app.register_error_handler(kind, lambda e: (f"mine: {e.refusal.name}", 403))

    assert app.test_client().get("/").text == "mine: bad"


@pytest.mark.parametrize("status", [*default_exceptions, 499, 599])
def test_a_refusal_of_any_status_can_be_raised_and_answered(status):
    refused = Refused("csrf", Refusal("bad", status, "For the log.", "For you."))

    assert refused.code == status
    assert refused.get_response(environ_of(BROWSER)).status_code == status
