"""What views and Flask-Cors set by themselves is kept, but never any origin with cookies."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import request
from flask_cors import CORS
from flask_cors import cross_origin

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.events import event

APP = "https://app.example"
EVIL = "https://evil.example"
REPORT = {"STOPPER_MODE": "report", "STOPPER_REPORT_UNTIL": "2999-01-01"}
ALLOWED = "Access-Control-Allow-Origin"


def build(**config):
    app = alone(Flask(__name__), "cors")
    app.config.update(TESTING=True, STOPPER_ORIGIN="https://shop.example", **config)
    return app


def reflecting(**config):
    app = build(**config)
    app.get("/")(lambda: "notes")

    @app.after_request
    def reflect(response):
        response.headers[ALLOWED] = request.headers.get("Origin")
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    Stopper(app)
    return app


def get(app, origin, **headers):
    return app.test_client().get("/", headers={"Origin": origin, **headers})


def happened(app, run):
    events = []

    def listen(sender, event):
        events.append(event)

    event.connect(listen, app)
    run()
    event.disconnect(listen, app)
    return [(e.name, str(e.action)) for e in events]


@pytest.mark.parametrize("origin", [EVIL, "null"])
def test_any_origin_with_cookies_is_taken_off_the_answer(origin):
    app = reflecting()
    found = happened(app, lambda: get(app, origin))
    answer = get(app, origin)

    assert found == [("reflected-origin", "refused")]
    assert [k for k, _ in answer.headers if k.startswith("Access-Control")] == []
    assert answer.text == "notes"


def test_null_with_cookies_is_taken_off_whoever_asks():
    app = build()
    headers = {ALLOWED: "null", "Access-Control-Allow-Credentials": "true"}
    app.get("/")(lambda: ("notes", headers))
    Stopper(app)

    # A cache may hand this very answer to a sandboxed frame.
    assert ALLOWED not in get(app, EVIL).headers


def test_a_declared_origin_is_kept():
    app = reflecting(STOPPER_CORS_ORIGINS=[APP])

    assert get(app, APP).headers[ALLOWED] == APP
    assert ALLOWED not in get(app, EVIL).headers


def test_the_app_s_own_origin_is_kept():
    assert ALLOWED in get(reflecting(), "https://shop.example").headers


def test_report_mode_only_says_so():
    app = reflecting(**REPORT)

    assert happened(app, lambda: get(app, EVIL)) == [("reflected-origin", "reported")]
    assert get(app, EVIL).headers[ALLOWED] == EVIL


@pytest.mark.parametrize("value", [["*"], ["null"], ["https://*.example"], "x"])
def test_the_setting_takes_named_origins_alone(value):
    app = build(STOPPER_CORS_ORIGINS=value)

    with pytest.raises(SettingError, match="STOPPER_CORS_ORIGINS"):
        Stopper(app)


def flask_cors(**options):
    app = build()
    CORS(app, **options)
    app.get("/")(lambda: "notes")
    Stopper(app)
    return app


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"origins": "*"},
        {"origins": r"https://.*"},
        {"resources": {r"/api/*": {"origins": "*"}}},
    ],
)
def test_flask_cors_with_everyone_and_cookies_does_not_start(options):
    app = flask_cors(supports_credentials=True, **options)

    with pytest.raises(StartError, match="supports_credentials"):
        get(app, EVIL)


def test_cross_origin_with_everyone_and_cookies_does_not_start():
    app = build()
    app.get("/")(cross_origin(supports_credentials=True)(lambda: "notes"))
    Stopper(app)

    with pytest.raises(StartError, match="supports_credentials"):
        get(app, EVIL)


def test_flask_cors_with_everyone_and_cookies_is_an_event_in_report_mode():
    app = build(**REPORT)
    CORS(app, supports_credentials=True)
    app.get("/")(lambda: "notes")
    Stopper(app)

    assert happened(app, lambda: get(app, EVIL)) == [
        ("any-origin-with-credentials", "failed"),
        ("flask-cors-at-work", "noted"),
        ("reflected-origin", "reported"),
    ]


@pytest.mark.parametrize("origins", [[APP], APP, r"https://[a-z]+\.example$"])
def test_origins_that_flask_cors_names_are_kept(origins):
    app = flask_cors(origins=origins, supports_credentials=True)

    assert happened(app, lambda: get(app, APP)) == [("flask-cors-at-work", "noted")]
    answer = get(app, APP)
    assert answer.headers[ALLOWED] == APP
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


def test_an_origin_that_a_decorator_names_is_kept():
    app = build()
    view = cross_origin(origins=[APP], supports_credentials=True)(lambda: "notes")
    app.get("/")(view)
    Stopper(app)

    assert get(app, APP).headers[ALLOWED] == APP
    assert ALLOWED not in get(app, EVIL).headers


def test_everyone_without_cookies_is_left_to_flask_cors():
    app = flask_cors()

    assert get(app, EVIL).headers[ALLOWED] == EVIL


def test_a_mark_goes_before_flask_cors():
    app = build()
    CORS(app)
    stopper = Stopper(app)
    app.get("/")(stopper.cors(APP)(lambda: "notes"))

    assert get(app, APP).headers.getlist(ALLOWED) == [APP]
    assert get(app, EVIL).headers.getlist(ALLOWED) == []
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "GET"}
    assert ALLOWED not in app.test_client().options("/", headers=asked).headers


UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade"}


def socket(**config):
    app = build(**config)
    stopper = Stopper(app)
    app.add_url_rule("/", view_func=stopper.cors(APP)(lambda: "up"), websocket=True)
    return app


@pytest.mark.parametrize("origin", [EVIL, "null", "http://shop.example", ""])
def test_a_websocket_of_a_foreign_page_is_refused(origin):
    app = socket()
    assert happened(app, lambda: get(app, origin, **UPGRADE))[0] == (
        "foreign-websocket",
        "refused",
    )
    assert get(app, origin, **UPGRADE).status_code == 403


@pytest.mark.parametrize("origin", [APP, "https://shop.example"])
def test_a_websocket_of_a_named_page_is_served(origin):
    assert get(socket(), origin, **UPGRADE).text == "up"


def test_a_websocket_of_a_program_is_served():
    assert socket().test_client().get("/", headers=UPGRADE).text == "up"


def test_a_websocket_is_served_and_reported_on_trial():
    app = socket(**REPORT)
    found = happened(app, lambda: get(app, EVIL, **UPGRADE))

    assert ("foreign-websocket", "reported") in found
    assert get(app, EVIL, **UPGRADE).text == "up"


def test_where_no_origin_is_known_localhost_counts():
    app = socket(STOPPER_MODE="enforce")
    app.config["STOPPER_ORIGIN"] = ""

    assert get(app, "http://localhost:5000", **UPGRADE).text == "up"
    assert get(app, EVIL, **UPGRADE).status_code == 403
