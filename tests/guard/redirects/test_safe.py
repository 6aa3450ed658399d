"""``next=`` and *back* stay with the app."""

from __future__ import annotations

import pytest
from flask import Flask

from alone import alone
from stopper import redirect_back
from stopper import safe_redirect
from stopper import Stopper

AWAY = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "https:evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://shop.example\\@evil.example",
    "https://shop.example@evil.example",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "/\ud800",
    # It stays, and what redirect() makes of it leads nowhere.
    "https:shop.example\x0b",
    "",
    None,
]


def build(stopper=True, **config):
    app = alone(Flask(__name__), "redirects")
    app.config.update(TESTING=True, STOPPER_ORIGIN="https://shop.example", **config)
    app.add_url_rule("/home", "home", lambda: "")

    if stopper:
        Stopper(app)

    return app


@pytest.mark.parametrize("target", AWAY)
@pytest.mark.parametrize("stopper", [True, False])
def test_an_address_that_leads_away_becomes_the_fallback(target, stopper):
    with build(stopper).test_request_context("/", base_url="https://shop.example"):
        assert safe_redirect(target, "home").location == "/home"


@pytest.mark.parametrize(
    "target", ["/notes?a=b#c", "notes", "https://shop.example/notes"]
)
@pytest.mark.parametrize("stopper", [True, False])
def test_an_address_that_stays_is_taken(target, stopper):
    with build(stopper).test_request_context("/", base_url="https://shop.example"):
        assert safe_redirect(target, code=303).location == target
        assert safe_redirect(target, code=303).status_code == 303


def test_declared_hosts_are_taken():
    app = build(STOPPER_REDIRECT_HOSTS=["idp.example"])

    with app.test_request_context():
        assert safe_redirect("https://idp.example/").location == "https://idp.example/"


@pytest.mark.parametrize(
    ("fallback", "leads"),
    [
        ("/", "/app/"),
        ("home", "/app/home"),
        ("https://www.example/", None),
        ("/x", None),
    ],
)
def test_a_fallback_is_the_app_s_own_word(fallback, leads):
    with build().test_request_context(base_url="https://shop.example/app"):
        assert safe_redirect(None, fallback).location == (leads or fallback)


@pytest.mark.parametrize(
    ("ask", "leads"),
    [
        ({"path": "/x?next=/notes"}, "/notes"),
        ({"path": "/x?next=//evil.example"}, "/home"),
        ({"path": "/x", "method": "POST", "data": {"next": "/notes"}}, "/notes"),
        (
            {"path": "/x", "headers": {"Referer": "https://shop.example/a?b=c"}},
            "https://shop.example/a?b=c",
        ),
        ({"path": "/x", "headers": {"Referer": "https://evil.example/"}}, "/home"),
        ({"path": "/x", "headers": {"Referer": "https://shop.example/x?1"}}, "/home"),
        ({"path": "/x", "headers": {"Referer": "https://[x"}}, "/home"),
        (
            {
                "path": "/x?next=//evil.example",
                "headers": {"Referer": "https://shop.example/a"},
            },
            "/home",
        ),
        ({"path": "/x"}, "/home"),
    ],
)
def test_back_is_next_or_the_page_before(ask, leads):
    with build().test_request_context(**ask):
        assert redirect_back("home").location == leads


def test_leads_away_knows_the_app_s_hosts():
    app = build(stopper=False, STOPPER_REDIRECT_HOSTS=["idp.example"])
    stopper = Stopper(app)

    with app.test_request_context():
        assert not stopper.redirects.leads_away("https://shop.example/")
        assert not stopper.redirects.leads_away("https://idp.example/")
        assert stopper.redirects.leads_away("https://evil.example/")
        assert stopper.redirects.leads_away(None)
