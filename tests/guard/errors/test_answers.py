"""An app's own handlers go first, and what they leave is answered without a word too many."""

from __future__ import annotations

import logging

import jinja2
import pytest
from flask import abort
from flask import Blueprint
from flask import Flask
from flask import jsonify
from flask import make_response
from flask import redirect
from flask import request
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import InternalServerError
from werkzeug.exceptions import NotFound
from werkzeug.exceptions import TooManyRequests
from werkzeug.exceptions import Unauthorized

from alone import alone
from stopper import Stopper
from stopper.testing import events

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def app_of(tmp_path, *controls, **config):
    app = Flask(__name__, instance_path=str(tmp_path / "instance"))
    alone(app, "errors", *controls)
    app.config.update(config)
    app.secret_key = "for this test alone"

    @app.get("/fail")
    def fail():
        raise LookupError("no oars for crew 7")

    @app.get("/abort/<int:status>")
    def aborting(status):
        abort(status)

    return app


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path)


@pytest.fixture
def client(app):
    Stopper(app)
    return app.test_client()


def test_an_unhandled_exception_is_a_page_without_a_word_of_it(client, caplog):
    response = client.get("/fail", headers=PAGE)
    number = response.headers["X-Request-ID"]

    assert response.status_code == 500
    assert "crew 7" not in response.text
    assert "LookupError" not in response.text
    assert number in response.text


def test_the_log_has_the_number_and_the_traceback(client, caplog):
    number = client.get("/fail").json["incident"]
    record = next(r for r in caplog.records if r.exc_info)

    assert record.getMessage() == f"Exception on /fail [GET] (incident {number})"
    assert "crew 7" in caplog.text


def test_the_event_has_the_number_and_not_the_text(app, client):
    with events(app) as found:
        number = client.get("/fail").json["incident"]

    assert [(e.name, e.request_id, e.route) for e in found] == [
        ("unhandled-exception", number, "/fail")
    ]
    assert "crew 7" not in str(found)


def test_a_path_begins_no_line_of_the_log(app, caplog):
    app.add_url_rule("/x/<p>", "x", lambda p: 1 / 0)
    Stopper(app)
    app.test_client().get("/x/a%0AERROR%20forged%1b[2J")

    assert r"Exception on /x/a\x0aERROR forged\x1b[2J [GET]" in caplog.text
    assert "\nERROR forged" not in caplog.text


def test_an_apps_own_way_of_logging_stays(tmp_path):
    logged = []

    class Own(Flask):
        def log_exception(self, exc_info):
            logged.append(exc_info[0])

    app = Own(__name__, instance_path=str(tmp_path))
    alone(app, "errors")
    app.add_url_rule("/fail", "fail", lambda: 1 / 0)
    Stopper(app)
    app.test_client().get("/fail")

    assert logged == [ZeroDivisionError]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 429, 500, 503])
def test_an_abort_is_a_page_with_its_status(client, status):
    response = client.get(f"/abort/{status}", headers=PAGE)

    assert response.status_code == status
    assert response.text.count("<h1>") == 1
    assert '<html lang="en">' in response.text


def test_an_unknown_address_and_a_wrong_method_stay_what_they_were(client):
    assert client.get("/missing", headers=PAGE).status_code == 404
    response = client.post("/fail", headers=PAGE)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_words_given_to_abort_are_shown_as_text(app):
    app.add_url_rule("/no", "no", lambda: abort(404, "No <boat> of that name."))
    Stopper(app)

    page = app.test_client().get("/no", headers=PAGE)
    assert "No &lt;boat&gt; of that name." in page.text


def test_headers_of_an_exception_stay(app):
    @app.get("/often")
    def often():
        raise TooManyRequests(retry_after=7)

    @app.get("/who")
    def who():
        from werkzeug.datastructures import WWWAuthenticate

        raise Unauthorized(www_authenticate=WWWAuthenticate("basic", {"realm": "a"}))

    Stopper(app)
    client = app.test_client()

    assert client.get("/often").headers["Retry-After"] == "7"
    assert client.get("/who").headers["WWW-Authenticate"] == "Basic realm=a"


def test_a_redirect_and_a_response_given_to_abort_pass(app):
    app.add_url_rule("/slash/", "slash", lambda: "there")
    app.add_url_rule("/own", "own", lambda: abort(make_response("mine", 418)))
    Stopper(app)
    client = app.test_client()

    assert client.get("/slash").status_code == 308
    assert client.get("/own").text == "mine"


@pytest.mark.parametrize("kind", [403, Forbidden, HTTPException, Exception])
def test_a_handler_of_the_app_goes_first(app, kind):
    app.register_error_handler(kind, lambda e: (f"mine: {type(e).__name__}", 403))
    Stopper(app)
    client = app.test_client()

    assert client.get("/abort/403").text == "mine: Forbidden"


@pytest.mark.parametrize("kind", [500, InternalServerError, LookupError, Exception])
def test_a_handler_of_a_failure_goes_first(app, kind):
    app.register_error_handler(kind, lambda e: ("mine", 500))
    Stopper(app)

    assert app.test_client().get("/fail").text == "mine"


def test_a_handler_of_a_blueprint_goes_first(app):
    boats = Blueprint("boats", __name__, url_prefix="/boats")
    boats.register_error_handler(404, lambda e: ("boats: none", 404))
    boats.add_url_rule("/<int:id>", "boat", lambda id: abort(404))
    app.register_blueprint(boats)
    Stopper(app)
    client = app.test_client()

    assert client.get("/boats/1").text == "boats: none"
    assert client.get("/missing").json["title"] == "Not Found"


@pytest.mark.parametrize("give", [lambda e: e, lambda e: (e, e.code)])
def test_a_handler_that_gives_the_error_back_leaves_it_to_us(app, give):
    app.register_error_handler(HTTPException, give)
    Stopper(app)

    assert app.test_client().get("/abort/404").json["title"] == "Not Found"


def test_a_handler_may_build_on_werkzeugs_answer(app):
    @app.errorhandler(HTTPException)
    def mine(e):
        response = e.get_response()
        response.data = '{"mine": 1}'
        response.content_type = "application/json"
        return response

    Stopper(app)
    response = app.test_client().get("/abort/404")

    assert (response.json, response.status_code) == ({"mine": 1}, 404)


def test_an_exception_with_a_look_of_its_own_keeps_it(app):
    class Sunk(NotFound):
        def get_body(self, environ=None, scope=None):
            return "<h1>Sunk</h1>"

    def sunk():
        raise Sunk

    app.add_url_rule("/sunk", "sunk", sunk)
    Stopper(app)

    assert app.test_client().get("/sunk").text == "<h1>Sunk</h1>"


def own(app, text):
    app.jinja_loader = jinja2.DictLoader({"stopper/error.html": text})
    app.context_processor(lambda: {"brand": "Boats"})
    Stopper(app)
    return app.test_client()


def test_an_apps_own_page_is_sent(app):
    client = own(app, "{{ brand }} {{ status }} {{ title }} {{ says }} #{{ incident }}")
    response = client.get("/abort/404", headers=PAGE)
    number = response.headers["X-Request-ID"]

    assert response.text == (
        f"Boats 404 Not Found There is nothing at this address. #{number}"
    )
    assert response.content_type == "text/html; charset=utf-8"
    assert client.get("/fail", headers=PAGE).text.startswith("Boats 500")
    assert client.get("/abort/404").json["status"] == 404


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{% if %}", "{% extends 'missing.html' %}"]
)
def test_a_page_that_fails_itself_is_replaced_by_the_built_in_one(app, text):
    client = own(app, text)

    with events(app) as found:
        response = client.get("/abort/404", headers=PAGE)

    assert (response.status_code, "<h1>Not Found</h1>" in response.text) == (404, True)
    assert "error-page-broken" in [e.name for e in found]


def test_a_redirect_that_is_refused_has_the_look_of_every_refusal(tmp_path):
    app = app_of(tmp_path, "redirects", STOPPER_ORIGIN="https://shop.example")
    app.add_url_rule("/go", "go", lambda: redirect(request.args["next"]))
    client = own(app, "{{ brand }} {{ status }} {{ developer }}")
    ask = "/go?next=https://evil.example"

    assert client.get(ask, headers=PAGE).text == "Boats 400 "
    app.debug = True
    assert "STOPPER_REDIRECT_HOSTS" in client.get(ask, headers=PAGE).text


def test_a_broken_session_store_is_answered(app):
    from flask.sessions import SecureCookieSessionInterface

    class Broken(SecureCookieSessionInterface):
        def open_session(self, app, request):
            raise OSError("redis://:secret@host is down")

    app.session_interface = Broken()
    Stopper(app)
    response = app.test_client().get("/", headers=PAGE)

    assert response.status_code == 500
    assert "<h1>Internal Server Error</h1>" in response.text
    assert "redis" not in response.text


def test_a_broken_handler_is_answered(app):
    @app.errorhandler(500)
    def broken(e):
        raise KeyError("inside the handler")

    Stopper(app)

    with events(app) as found:
        response = app.test_client().get("/fail", headers=PAGE)

    assert "<h1>Internal Server Error</h1>" in response.text
    assert found[-1].name == "failed-below-flask"
    assert found[-1].request_id == response.headers["X-Request-ID"]


def test_an_after_request_that_raises_is_answered(app):
    @app.after_request
    def broken(response):
        raise KeyError("inside")

    Stopper(app)
    response = app.test_client().get("/abort/404", headers=PAGE)

    assert response.status_code == 500
    assert "<h1>Internal Server Error</h1>" in response.text


def test_head_has_the_length_and_no_body(client):
    response = client.head("/fail", headers=PAGE)

    assert (response.status_code, response.data) == (500, b"")
    assert int(response.headers["Content-Length"]) > 1000


@pytest.mark.parametrize("key", ["TESTING", "DEBUG", "PROPAGATE_EXCEPTIONS"])
def test_an_error_comes_out_where_flask_lets_it(tmp_path, key):
    app = app_of(tmp_path, **{key: True})
    Stopper(app)

    with pytest.raises(LookupError):
        app.test_client().get("/fail")


def test_report_changes_no_look(tmp_path):
    app = app_of(
        tmp_path, STOPPER_ERRORS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )
    app.add_url_rule(
        "/leak", "leak", lambda: ("Traceback (most recent call last)", 500)
    )
    Stopper(app)
    client = app.test_client()

    with events(app) as found:
        assert "URL manually" in client.get("/abort/404", headers=PAGE).text
        assert client.get("/leak").text == "Traceback (most recent call last)"

    assert found.reported == ["leaking-answer"]


def test_the_answer_to_json_is_json_whatever_the_visitor_sent(client):
    response = client.get("/fail", headers={"Accept": "application/json"})

    assert response.content_type == "application/problem+json"
    assert "crew" not in response.text


def test_the_guards_of_a_request_change_no_404(tmp_path):
    one = app_of(tmp_path / "one")
    two = app_of(tmp_path / "two", "headers")
    texts = []

    for app in (one, two):
        Stopper(app)
        response = app.test_client().get("/missing")
        texts.append({**response.json, "instance": "", "incident": ""})

    assert texts[0] == texts[1]


def test_logging_stays_quiet_about_refusals(client, caplog):
    caplog.set_level(logging.ERROR)
    client.get("/missing")

    assert caplog.records == []


def test_json_of_the_apps_own_is_left_alone(app):
    @app.errorhandler(404)
    def none(e):
        return jsonify(path=request.path), 404

    Stopper(app)
    assert app.test_client().get("/missing").json == {"path": "/missing"}


def test_a_refusal_whose_handler_fails_is_a_refusal_all_the_same(tmp_path):
    app = Flask("handlers", instance_path=str(tmp_path / "instance"))
    app.secret_key = "for this test alone"
    alone(app, "errors", "ratelimits")
    app.config["STOPPER_LIMIT_ALL"] = "1/hour"
    app.register_error_handler(HTTPException, lambda e: 1 // 0)
    app.add_url_rule("/", "index", lambda: "shown")
    Stopper(app)
    client = app.test_client()

    with events(app) as found:
        statuses = [client.get("/").status_code for _ in range(2)]
        answer = client.get("/")

    assert statuses == [200, 429]
    assert int(answer.headers["Retry-After"]) > 3000
    assert answer.json["status"] == 429
    assert "error-handler-broken" in {event.name for event in found}
