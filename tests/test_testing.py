"""The client for tests: it asks as a browser on the app's own pages does."""

from __future__ import annotations

import flask_login
import pytest
from flask import current_app
from flask import Flask
from flask import redirect
from flask import request
from flask import session
from flask_wtf.csrf import CSRFProtect

from alone import alone
from stopper import Stopper
from stopper import testing
from stopper.catalogue.event import Action
from stopper.guard import events
from stopper.testing import Client
from stopper.testing import client


@pytest.fixture
def app():
    app = Flask("tested")
    app.config.update(TESTING=True, SECRET_KEY="for these tests alone, and no others")
    app.config["STOPPER_AUTHORIZATION_MODE"] = "off"
    app.add_url_rule("/", "asked", asked, methods=["GET", "POST", "DELETE"])
    return app


def asked():
    return {
        "url": request.url,
        "site": request.headers.get("Sec-Fetch-Site"),
        "origin": request.headers.get("Origin"),
    }


def test_it_asks_over_https_as_a_page_of_the_app(app):
    assert client(app).post("/?q=1").json == {
        "url": "https://localhost/?q=1",
        "site": "same-origin",
        "origin": "https://localhost",
    }


def test_the_page_is_named_where_flask_wtf_asks_for_it_and_nowhere_else(app):
    app.add_url_rule("/from", "from", lambda: request.referrer or "-", methods=["POST"])
    before = client(app).post("/from").text
    app.extensions["csrf"] = object()

    assert (before, client(app).post("/from").text) == ("-", "https://localhost/")


def test_a_path_without_its_slash_is_sent_with_it(app):
    app.add_url_rule("/notes/<int:key>", "note", lambda key: f"{key} {request.url}")
    Stopper(app)

    with testing.events(app) as found:
        answer = client(app).get("notes/1?q=2")

    assert answer.text == "1 https://localhost/notes/1?q=2"
    assert found.refused == []


def test_a_safe_request_has_no_origin(app):
    assert client(app).get("/").json["origin"] is None


@pytest.mark.parametrize(
    ("config", "origin"),
    [
        ({"STOPPER_ORIGIN": "https://shop.example"}, "https://shop.example"),
        (
            {"STOPPER_ORIGIN": ["https://a.example:8443", "https://b.example"]},
            "https://a.example:8443",
        ),
        ({"STOPPER_ORIGIN": "http://localhost:5000"}, "http://localhost:5000"),
        ({"SERVER_NAME": "named.example"}, "https://named.example"),
        ({}, "https://localhost"),
    ],
)
def test_it_asks_at_the_origin_of_the_app(app, config, origin):
    app.config.update(config)
    found = client(app).delete("/").json

    assert (found["url"], found["origin"]) == (f"{origin}/", origin)


def test_an_origin_that_is_set_later_counts(app):
    ours = client(app)
    app.config["STOPPER_ORIGIN"] = "https://late.example"

    assert ours.get("/").json["url"] == "https://late.example/"


def test_the_root_of_the_app_stays_in_front(app):
    app.config["APPLICATION_ROOT"] = "/below"

    assert client(app).get("/").json["url"] == "https://localhost/below/"


def test_a_page_of_somebody_else_is_cross_site(app):
    found = client(app, page="https://evil.example").post("/").json

    assert (found["site"], found["origin"]) == ("cross-site", "https://evil.example")


def test_a_program_says_neither(app):
    found = client(app, browser=False).post("/").json

    assert (found["site"], found["origin"]) == (None, None)


def test_what_a_test_says_goes_instead(app):
    headers = {"Sec-Fetch-Site": "same-site", "Origin": "null"}
    found = client(app).post("/", headers=headers, base_url="http://other.example").json

    assert found == {
        "url": "http://other.example/",
        "site": "same-site",
        "origin": "null",
    }


def test_an_address_can_stand_in_the_place_where_flask_takes_it(app):
    ours = client(app)

    assert ours.get("/", "http://a.example").json["url"] == "http://a.example/"
    assert ours.get(path="/", base_url=None).json["url"] == "https://localhost/"


def test_an_empty_header_is_not_sent(app):
    found = client(app).post("/", headers={"Sec-Fetch-Site": "", "Origin": ""}).json

    assert (found["site"], found["origin"]) == (None, None)


def test_a_whole_address_is_asked_as_it_is(app):
    assert client(app).get("http://x.example/").json["url"] == "http://x.example/"


def test_a_scheme_or_a_subdomain_of_a_test_is_kept(app):
    ours = client(app)

    assert ours.get("/", url_scheme="http").json["url"] == "http://localhost/"
    assert ours.get("/", subdomain="a").json["url"] == "https://a.localhost/"


def test_cookies_of_a_session_come_back(app):
    app.config.update(SESSION_COOKIE_SECURE=True, STOPPER_ORIGIN="https://shop.example")
    app.add_url_rule("/who", "who", lambda: session.get("name", "nobody"))
    ours = client(app)

    with ours.session_transaction() as opened:
        opened["name"] = "anna"

    assert ours.get("/who").text == "anna"

    with ours.session_transaction() as opened:
        assert opened["name"] == "anna"


def test_a_redirect_is_followed_as_a_browser_does(app):
    app.add_url_rule("/go", "go", lambda: redirect("/", 307), methods=["POST"])
    found = client(app).post("/go", follow_redirects=True).json

    assert (found["site"], found["origin"]) == ("same-origin", "https://localhost")


def test_a_suite_needs_one_line(app):
    app.test_client_class = Client

    with app.test_client(page="https://evil.example") as ours:
        assert ours.post("/").json["site"] == "cross-site"
        assert request.scheme == "https"


class User(flask_login.UserMixin):
    id = "anna"


@pytest.fixture
def login_app(app):
    manager = flask_login.LoginManager(app)
    manager.user_loader(lambda id: User())
    Stopper(app)

    @app.post("/login")
    def login():
        flask_login.login_user(User())
        return "", 204

    @app.route("/me", methods=["GET", "POST"])
    @flask_login.login_required
    def me():
        return flask_login.current_user.id

    return app


def test_an_app_with_flask_login_is_logged_in_and_out(login_app):
    ours = client(login_app)

    assert ours.get("/me").status_code == 401
    assert ours.post("/login").status_code == 204
    assert ours.post("/me").text == "anna"
    assert client(login_app).get("/me").status_code == 401


def test_the_client_of_flask_login_is_one_of_ours(login_app):
    login_app.test_client_class = flask_login.FlaskLoginClient
    ours = client(login_app, user=User())

    assert isinstance(ours, flask_login.FlaskLoginClient)
    assert ours.post("/me").text == "anna"


def test_a_subclass_of_ours_stays_what_it_is(app):
    class Own(Client):
        pass

    app.test_client_class = Own
    assert type(client(app)) is Own


def test_events_are_collected_while_the_block_runs(app):
    def publish(name, action):
        events.publish(app, events.make("csrf", name, action, "It happened."))

    publish("before", Action.REFUSED)

    with testing.events(app) as found:
        publish("bad-token", Action.REFUSED)
        publish("no-token", Action.REPORTED)

    publish("after", Action.REFUSED)

    assert [e.name for e in found] == ["bad-token", "no-token"]
    assert (found.refused, found.reported) == (["bad-token"], ["no-token"])


def test_events_of_another_app_are_not_ours(app):
    with testing.events(app) as found:
        happened = events.make("csrf", "bad-token", Action.REFUSED, "It happened.")
        events.publish(Flask("other"), happened)

    assert found == []


def test_events_of_the_app_in_context_are_found(app):
    alone(app, "headers")
    Stopper(app)
    app.add_url_rule("/w", "w", lambda: ("<p>", {"Content-Security-Policy": "x *"}))

    with app.app_context(), testing.events(current_app) as found:
        client(app).get("/w")

    assert [e.name for e in found] == ["weak-header"]


def test_another_site_is_refused_and_the_app_s_own_pages_are_not(login_app):
    with testing.events(login_app) as found:
        ours = client(login_app).post("/login")
        theirs = client(login_app, page="https://evil.example").post("/login")

    assert (ours.status_code, theirs.status_code) == (204, 403)
    assert found.refused == ["cross-site"]


def test_a_control_on_trial_reports(login_app):
    login_app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01")

    with testing.events(login_app) as found:
        answer = client(login_app, page="https://evil.example").post("/login")

    assert answer.status_code == 204
    assert found.reported[0] == "cross-site"
    assert found.refused == []


@pytest.mark.parametrize(("scheme", "sent"), [("https", True), ("http", False)])
def test_flask_wtf_gets_the_referer_that_it_asks_for_over_https_alone(scheme, sent):
    app = Flask("referring")
    app.config.update(SECRET_KEY="for this test alone", WTF_CSRF_CHECK_DEFAULT=False)
    CSRFProtect(app)
    app.add_url_rule(
        "/", "index", lambda: {"referrer": request.referrer}, methods=["POST"]
    )
    answer = client(app).post("/", base_url=f"{scheme}://localhost")

    assert (answer.json["referrer"] is not None) is sent
