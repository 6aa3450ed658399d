"""A redirect leads to strangers only where the request did not choose it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import redirect
from flask import request
from werkzeug.exceptions import HTTPException

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.guard.events import event

EVIL = "https://evil.example/x"
REPORT = {"STOPPER_MODE": "report", "STOPPER_REPORT_UNTIL": "2999-01-01"}


def build(**config):
    app = alone(Flask(__name__), "redirects")
    app.config.update(
        TESTING=True,
        SECRET_KEY="0" * 32,
        STOPPER_ORIGIN="https://shop.example",
        **config,
    )
    stopper = Stopper(app)

    def to(target):
        answer = app.make_response("")
        answer.status_code = 302
        answer.headers["Location"] = target
        return answer

    app.add_url_rule("/go", "go", lambda: redirect(request.args["next"]))
    app.add_url_rule("/raw", "raw", lambda: to(request.args["next"]))
    app.add_url_rule("/path/<path:p>", "path", lambda p: redirect(f"/{p}"))
    app.add_url_rule(
        "/tail", "tail", lambda: redirect("https://shop.example" + request.args["rest"])
    )
    app.add_url_rule(
        "/made", "made", lambda: redirect(f"https://{request.args['host']}/in")
    )
    app.add_url_rule(
        "/form", "form", lambda: redirect(request.form["next"]), methods=["POST"]
    )
    app.add_url_rule(
        "/json", "json", lambda: redirect(request.get_json()["to"][0]), methods=["POST"]
    )
    app.add_url_rule(
        "/body",
        "body",
        lambda: redirect(request.get_data(as_text=True)),
        methods=["POST"],
    )
    app.add_url_rule(
        "/names", "names", lambda: redirect(next(iter(request.form))), methods=["POST"]
    )
    app.add_url_rule("/back", "back", lambda: redirect(request.referrer))
    app.add_url_rule("/cookie", "cookie", lambda: redirect(request.cookies["next"]))
    app.add_url_rule("/header", "header", lambda: redirect(request.headers["X-Next"]))
    app.add_url_rule(
        "/fixed", "fixed", lambda: redirect("https://idp.example/login?a=b")
    )
    app.add_url_rule(
        "/refresh",
        "refresh",
        lambda: (
            "hello",
            {"Refresh": request.args.get("how", "0; url=") + request.args["next"]},
        ),
    )
    return app, stopper


def happened(app, run):
    events = []

    def listen(sender, event):
        events.append(event)

    event.connect(listen, app)
    run()
    event.disconnect(listen, app)
    return [(e.name, str(e.action)) for e in events]


TARGETS = [
    EVIL,
    "//evil.example",
    "HTTPS://EVIL.example",
    "https:evil.example",
    "https:///evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\x01//evil.example",
    "https://shop.example@evil.example",
    "https://shop.example\\@evil.example",
    "https://shop.example.evil.example",
    "https://shop.example:8443/",
    "//evil。example",
    "//ｅvil.example",
    "//ev\u00adil.example",
    "//bücher.example",
    "//straße.example",
    "http://2130706433/",
    "http://[::1]/",
    "http://[2001:db8:0::0:1]:8080/",
    "http://[::ffff:8.8.8.8]/",
    "http://a@[2001:DB8::0:1]/",
    "myapp://x",
]


@pytest.mark.parametrize("target", TARGETS)
def test_an_address_from_the_query_that_leads_away_is_refused(target):
    app, _ = build()
    answers = []

    def run():
        answers.append(app.test_client().get("/go", query_string={"next": target}))

    assert happened(app, run) == [("foreign-redirect", "refused")]
    assert answers[0].status_code == 400
    assert "Location" not in answers[0].headers
    assert "another site" in answers[0].text
    assert "evil" not in answers[0].text


@pytest.mark.parametrize("target", [*TARGETS, "/\\evil.example", "\\\\evil.example"])
def test_a_header_that_a_view_sets_by_hand_is_refused_too(target):
    if not target.isascii():
        target = target.encode().decode("latin-1")

    app, _ = build()
    answer = app.test_client().get("/raw", query_string={"next": target})

    assert (answer.status_code, answer.location) == (400, None)


@pytest.mark.parametrize(
    "target",
    ["/notes", "notes", "?a=b", "https://shop.example/x", "/x?u=https://evil.example"],
)
def test_an_address_that_stays_is_let_through(target):
    app, _ = build()
    answer = app.test_client().get("/go", query_string={"next": target})

    assert (answer.status_code, answer.location) == (302, target)


@pytest.mark.parametrize(
    "ask",
    [
        {"path": "/path//evil.example"},
        {"path": "/path/%2fevil.example"},
        {"path": "/tail?rest=.evil.example"},
        {"path": "/tail?rest=@evil.example"},
        {"path": "/tail?rest=evil.example"},
        {"path": "/tail?rest=%252eevil.example"},
        {"path": "/made?host=evil.example"},
        {"path": "/form", "method": "POST", "data": {"next": EVIL}},
        {"path": "/json", "method": "POST", "json": {"to": [EVIL]}},
        {
            "path": "/json",
            "method": "POST",
            "data": '{"to": ["//\\u0065vil.example"]}',
            "content_type": "application/json",
        },
        {"path": "/names", "method": "POST", "data": {EVIL: ""}},
        {"path": "/body", "method": "POST", "data": EVIL},
        {"path": "/back", "headers": {"Referer": EVIL}},
        {"path": "/cookie", "headers": {"Cookie": 'next="https://evil.example/x"'}},
        {"path": "/header", "headers": {"X-Next": EVIL}},
    ],
    ids=lambda ask: ask["path"],
)
def test_a_host_from_anywhere_in_the_request_is_refused(ask):
    app, _ = build()
    answer = app.test_client(use_cookies=False).open(**ask)

    assert (answer.status_code, answer.location) == (400, None)


def test_a_host_of_the_app_s_own_choice_is_let_through():
    app, _ = build()
    headers = {"Referer": "https://idp.example/", "User-Agent": "+http://idp.example"}
    answer = app.test_client().get("/fixed?a=b", headers=headers)

    assert answer.location == "https://idp.example/login?a=b"


@pytest.mark.parametrize(
    "hosts", [["evil.example"], ["https://evil.example:443"], ["*.example"], "x"]
)
def test_a_declared_host_is_let_through(hosts):
    if hosts == "x" or hosts == ["*.example"]:
        with pytest.raises(SettingError, match="STOPPER_REDIRECT_HOSTS"):
            build(STOPPER_REDIRECT_HOSTS=hosts)

        return

    app, _ = build(STOPPER_REDIRECT_HOSTS=hosts)

    assert app.test_client().get(f"/go?next={EVIL}").location == EVIL


def test_a_marked_view_may_lead_where_its_mark_says():
    app, stopper = build()
    view = stopper.redirects.to("https://evil.example")(app.view_functions["go"])
    app.add_url_rule("/sso", view_func=view, endpoint="sso")

    assert app.test_client().get(f"/sso?next={EVIL}").location == EVIL
    assert app.test_client().get("/sso?next=//other.example").status_code == 400


@pytest.mark.parametrize("hosts", [[], ["https://evil.example/x"], [3]])
def test_what_is_no_host_is_refused_when_declared(hosts):
    with pytest.raises(SettingError, match=r"redirects\.to"):
        Stopper().redirects.to(*hosts)


@pytest.mark.parametrize(
    "how", ["0; url=", "0;", "0,url = '", "0 ", "0 url=", "0\t", "0 , ", "0.5 '"]
)
def test_a_refresh_that_leads_away_is_taken_off(how):
    app, _ = build()
    client = app.test_client()
    away = client.get("/refresh", query_string={"how": how, "next": EVIL})
    home = client.get("/refresh", query_string={"how": how, "next": "/notes"})

    assert "Refresh" not in away.headers
    assert home.headers["Refresh"] == f"{how}/notes"


def test_a_redirect_from_below_flask_loses_its_address():
    app, _ = build()
    inner = app.wsgi_app.inner

    def below(environ, start_response):
        start_response("302 Found", [("Location", EVIL)])
        return []

    app.wsgi_app.inner = lambda e, s: inner(
        e, lambda *a: s("302 Found", [("location", EVIL)])
    )
    answer = app.test_client().get(f"/fixed?next={EVIL}")

    assert answer.location is None
    app.wsgi_app.inner = below
    # Nothing is known of a request that Flask never saw.
    assert app.test_client().get("/").location == EVIL


def test_on_trial_it_is_said_once_and_let_through():
    app, _ = build(**REPORT)

    def run():
        assert app.test_client().get("/go?next=https:evil.example").status_code == 302

    assert happened(app, run) == [("foreign-redirect", "reported")]


def test_a_page_of_the_app_stands_in_for_the_redirect_and_cookies_stay():
    app, _ = build()

    @app.errorhandler(HTTPException)
    def refused(error):
        return {"error": error.description}, 418, {"X-Own": "1"}

    @app.after_request
    def cookie(response):
        response.set_cookie("a", "b")
        return response

    answer = app.test_client().get(f"/go?next={EVIL}")

    assert answer.status_code == 418
    assert answer.get_json() == {
        "error": "This address leads to another site, so it was not followed."
    }
    assert answer.headers["X-Own"] == "1"
    assert answer.headers["Set-Cookie"].startswith("a=b")
    assert answer.content_length == len(answer.data)


def test_the_app_s_own_redirects_for_slashes_are_let_through():
    app, _ = build(STOPPER_MODE="enforce")
    app.config["STOPPER_ORIGIN"] = ""
    app.add_url_rule("/slash/", "slash", lambda: "")
    answer = app.test_client().get("/slash", base_url="https://any.example")

    assert answer.location == "https://any.example/slash/"


def test_a_host_that_the_request_made_up_is_refused():
    app, _ = build()
    app.add_url_rule("/slash/", "slash", lambda: "")
    answer = app.test_client().get("/slash", base_url="https://evil.example")

    assert (answer.status_code, answer.location) == (400, None)
