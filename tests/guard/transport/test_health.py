"""A probe is answered at an address and by plain HTTP; nobody else comes in that way."""

from __future__ import annotations

import pytest

from stopper.guard import passage

PROBE = "http://10.0.0.5:8000"
PATHS = {"STOPPER_HEALTH_PATHS": ["/healthz"]}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_is_answered(make, ask, method):
    answer = ask(make(**PATHS), "/healthz", PROBE, method)

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


def test_no_browser_keeps_an_answer_to_a_probe_in_mind(make, ask):
    answer = ask(make(**PATHS), "/healthz", "https://other.example")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


def test_its_view_sees_the_main_origin_s_host_and_no_cookie(make):
    client = make(**PATHS).test_client()
    client.set_cookie("session", "x", domain="10.0.0.5")
    seen = client.get("/healthz", base_url=PROBE).json

    assert (seen["host"], seen["cookies"]) == ("shop.example", {})


def test_others_can_tell_that_it_is_a_probe(make, ask):
    app = make(**PATHS)
    seen = []

    @app.before_request
    def look():
        seen.append(passage.current(app.extensions["stopper"]).health)

    ask(app, "/healthz", PROBE)
    ask(app, "/healthz")
    ask(app, "/")

    assert seen == [True, True, False]


def test_a_probe_goes_around_the_proxies(make, ask):
    app = make(**PATHS, STOPPER_PROXIES=["127.0.0.1"])
    answer = ask(app, "/healthz", PROBE, X_Forwarded_Proto="https")

    assert (answer.status_code, answer.json["client"]) == (200, "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/healthz", "POST", {}),
        ("/healthz/", "GET", {}),
        ("/healthz/x", "GET", {}),
        ("/HEALTHZ", "GET", {}),
        ("//healthz", "GET", {}),
        ("/healthz%2f", "GET", {}),
        ("/", "GET", {}),
        ("/healthz", "GET", {"Authorization": "Bearer x"}),
    ],
)
def test_nothing_else_is_a_probe(make, ask, path, method, headers):
    environ = {"PATH_INFO": path} if path.startswith("//") else {}
    answer = ask(make(**PATHS), path, PROBE, method, environ=environ, **headers)

    assert answer.status_code == 400


def test_a_visitor_s_own_request_for_it_is_no_way_around_https(make, ask):
    # It is open to everybody, and so has to be no page: that is what its cookies and
    # credentials are left out for.
    answer = ask(make(**PATHS), "/healthz", "http://shop.example")

    assert (answer.status_code, answer.json["cookies"]) == (200, {})
