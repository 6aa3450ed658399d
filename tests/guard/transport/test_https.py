"""Plain HTTP is led to HTTPS, or refused; never to where a request says."""

from __future__ import annotations

import datetime
from urllib.parse import urlsplit

import pytest

from stopper import Stopper
from stopper.guard.transport.guard import FEW

PLAIN = "http://shop.example"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_visitor_is_led_to_the_origin(make, ask, method):
    answer = ask(make(), "/a%20b?c=d&e=%2F", PLAIN, method)

    assert answer.status_code == 307
    assert answer.headers["Location"] == "https://shop.example/a%20b?c=d&e=%2F"
    assert answer.headers["Cache-Control"] == "no-store"


def test_that_is_no_event_and_no_incident(make, ask, happened):
    answer = ask(make(), url=PLAIN)

    assert "X-Request-ID" not in answer.headers
    assert happened == []


@pytest.mark.parametrize("arrives", [False, True])
def test_a_circle_that_no_header_shows_is_said_once(make, ask, happened, arrives):
    app = make()

    if arrives:
        ask(app)

    for _ in range(FEW + 5):
        ask(app, url=PLAIN)

    assert [e.name for e in happened] == ([] if arrives else ["nobody-arrives"])


def test_the_way_is_kept_once_browsers_come_by_themselves(make, ask):
    app = make(STOPPER_HSTS_MAX_AGE=31_536_000)
    answer = ask(app, url=PLAIN)

    assert answer.status_code == 308
    assert "no-store" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("DELETE", {}),
        ("OPTIONS", {}),
        ("GET", {"Authorization": "Bearer s3cret"}),
        ("HEAD", {"X-Api-Key": "s3cret"}),
        ("GET", {"Transfer-Encoding": "chunked"}),
    ],
)
def test_what_was_sent_in_clear_is_refused(make, ask, happened, method, headers):
    answer = ask(make(), "/", PLAIN, method, **headers)

    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert [(e.name, str(e.action)) for e in happened] == [("sent-in-clear", "refused")]
    assert "clear" in happened[0].message
    assert "s3cret" not in str(happened)


def test_a_body_in_clear_is_refused(make, ask):
    environ = {"CONTENT_LENGTH": "3"}

    assert ask(make(), "/", PLAIN, environ=environ).status_code == 403


def test_a_session_s_cookie_in_clear_is_an_event(make, ask, happened):
    client = make().test_client()
    client.set_cookie("session", "s3cret", domain="shop.example")
    answers = [client.get("/", base_url=PLAIN) for _ in range(2)]

    assert [a.status_code for a in answers] == [307, 307]
    assert [e.name for e in happened] == ["cookie-in-clear"]
    assert "s3cret" not in str(happened)


HOSTILE = [
    "//evil.example/",
    "///evil.example",
    "/%2Fevil.example",
    "/\\evil.example",
    "/%5Cevil.example",
    "@evil.example",
    ".evil.example",
    ":80@evil.example",
    "",
    "/\r\nSet-Cookie: a=b",
    "/\x00",
    "/é\xff",
    "/%0d%0aX: y",
    "*",
    "https://evil.example/",
]


@pytest.mark.parametrize("query", ["", "a=\r\nX: y", "\xff<>\" '", "next=//evil"])
@pytest.mark.parametrize("mount", ["", "/shop", "//evil.example"])
@pytest.mark.parametrize("path", HOSTILE)
def test_no_path_leads_elsewhere(make, ask, path, mount, query):
    environ = {"PATH_INFO": path, "SCRIPT_NAME": mount, "QUERY_STRING": query}
    answer = ask(make(), "/", PLAIN, environ=environ)
    parts = urlsplit(answer.headers["Location"])

    assert (answer.status_code, parts.scheme, parts.netloc) == (
        307,
        "https",
        "shop.example",
    )
    assert answer.headers["Location"].isascii()
    assert answer.headers["Location"].isprintable()
    assert "\\" not in answer.headers["Location"]
    assert list(answer.headers.getlist("Set-Cookie")) == []


def test_the_mount_is_part_of_the_way(make, ask):
    answer = ask(make(), "/a", PLAIN, environ={"SCRIPT_NAME": "/shop"})

    assert answer.headers["Location"] == "https://shop.example/shop/a"


def test_each_host_is_led_to_its_own_origin(make, ask):
    app = make(STOPPER_ORIGIN=["https://a.example", "https://b.example:8443"])
    places = {
        ask(app, url=url).headers["Location"]
        for url in ("http://b.example", "http://b.example:8080")
    }

    assert places == {"https://b.example:8443/"}


@pytest.mark.parametrize("mode", [{"DEBUG": True}, {"TESTING": True}])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5000", "a.localhost"])
def test_on_a_developer_s_machine_plain_http_is_said_once(
    make, ask, happened, mode, host
):
    app = make(STOPPER_ORIGIN="", **mode)
    statuses = [ask(app, url=f"http://{host}").status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert [(e.name, str(e.action)) for e in happened] == [("plain-http-here", "noted")]


@pytest.mark.parametrize("mode", [{"DEBUG": True}, {"TESTING": True}])
def test_there_too_other_names_are_led_or_refused(make, ask, mode):
    assert ask(make(**mode), url=PLAIN).status_code == 307
    assert ask(make(**mode), url="http://192.168.0.9").status_code == 400


def test_in_production_localhost_is_no_exception(make, ask):
    assert ask(make(), url="http://localhost").status_code == 400


def test_an_origin_of_this_machine_may_be_plain(make, ask):
    app = make(STOPPER_ORIGIN="http://localhost:5000")

    assert ask(app, url="http://localhost:5000").status_code == 200
    assert ask(app, url="http://localhost").status_code == 400


def test_a_test_client_is_served_at_the_server_name(make):
    app = make(STOPPER_ORIGIN="", SERVER_NAME="app.test", TESTING=True)

    assert app.test_client().get("/").status_code == 200


def test_on_trial_nobody_is_led_and_each_is_an_event(bare, ask, happened):
    app = bare(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2030-01-01")
    Stopper(app, clock=lambda: 0.0)
    answers = [ask(app, url=PLAIN), ask(app, url=PLAIN, method="POST")]

    assert [a.status_code for a in answers] == [200, 200]
    assert [(e.name, str(e.action)) for e in happened] == [
        ("plain-http", "reported"),
        ("sent-in-clear", "reported"),
    ]


def test_the_trial_ends_on_its_day(bare, ask):
    now = [0.0]
    app = bare(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2030-01-01")
    Stopper(app, clock=lambda: now[0])
    first = ask(app, url=PLAIN).status_code
    now[0] = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC).timestamp()

    assert (first, ask(app, url=PLAIN).status_code) == (200, 307)
