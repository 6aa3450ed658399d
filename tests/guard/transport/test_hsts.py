"""Browsers are told to stay with HTTPS where that can be kept, and nowhere else."""

from __future__ import annotations

import pytest

from stopper import Stopper

NAME = "Strict-Transport-Security"


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({}, "max-age=300"),
        ({"STOPPER_HSTS_MAX_AGE": 0}, "max-age=0"),
        (
            {"STOPPER_HSTS_MAX_AGE": 86400, "STOPPER_HSTS_SUBDOMAINS": True},
            "max-age=86400; includeSubDomains",
        ),
        (
            {
                "STOPPER_HSTS_MAX_AGE": 31536000,
                "STOPPER_HSTS_SUBDOMAINS": True,
                "STOPPER_HSTS_PRELOAD": True,
            },
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_the_line_is_what_the_settings_say(make, ask, config, line):
    assert ask(make(**config)).headers.getlist(NAME) == [line]


@pytest.mark.parametrize("path", ["/missing", "/"])
@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "GET"])
def test_every_answer_over_https_has_it(make, ask, path, method):
    assert ask(make(), path, method=method).headers[NAME]


def test_an_address_that_is_an_origin_has_it(make, ask):
    app = make(STOPPER_ORIGIN="https://127.0.0.1:8443")

    assert ask(app, url="https://127.0.0.1:8443").headers[NAME]


@pytest.mark.parametrize(
    ("url", "config"),
    [
        ("http://shop.example", {}),
        ("https://evil.example", {}),
        ("https://shop.example", {"DEBUG": True}),
        ("https://localhost", {"STOPPER_ORIGIN": "https://localhost"}),
        ("https://a.localhost", {"STOPPER_ORIGIN": "https://a.localhost"}),
        ("https://localhost", {"TESTING": True}),
        ("https://localhost", {"TESTING": True, "STOPPER_ORIGIN": ""}),
    ],
)
def test_no_other_answer_has_it(make, ask, url, config):
    assert NAME not in ask(make(**config), url=url).headers


def test_on_trial_no_answer_has_it(bare, ask):
    app = bare(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2030-01-01")
    Stopper(app, clock=lambda: 0.0)

    assert NAME not in ask(app).headers


def test_a_line_of_the_app_s_own_stays_alone(make, ask):
    app = make()
    app.after_request(lambda r: r.headers.set(NAME.lower(), "max-age=7") or r)

    assert ask(app).headers.getlist(NAME) == ["max-age=7"]
