"""The page of a user's keys, for people and for programs."""

from __future__ import annotations

import re

import pytest

from guard.apikeys.conftest import START
from stopper.controls.apikeys.policy import keys_in
from stopper.controls.apikeys.policy import parsed
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import client

PAGE = {"Accept": "text/html"}


@pytest.fixture
def browser(app):
    found = client(app)
    found.post("/in/ann")
    return found


def page(browser):
    return browser.get("/account/keys", headers=PAGE)


def test_who_is_not_logged_in_sees_nothing(app):
    assert client(app).get("/account/keys").status_code == 401
    assert client(app).post("/account/keys", json={}).status_code == 401
    assert client(app).post("/account/keys/x/revoke").status_code == 401


def test_a_browser_is_led_to_the_login_page_where_there_is_one(app):
    if "stopper_accounts.login" not in app.view_functions:
        app.add_url_rule("/in", "stopper_accounts.login", lambda: "log in")

    answer = client(app).get("/account/keys", headers=PAGE)

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("next=/account/keys")


@pytest.mark.parametrize("path", ["", "/{}/rotate", "/{}/revoke"])
def test_a_login_that_is_not_fresh_changes_nothing(browser, keys, key, clock, path):
    clock.now = START + 601
    answer = browser.post("/account/keys" + path.format(parsed(key).id), json={})

    assert answer.status_code == 401
    assert [row.state(clock.now) for row in keys.listed()] == ["live"]
    assert browser.get("/account/keys").status_code == 200


def test_the_list_shows_what_its_owner_may_know(browser, keys, key, program):
    keys.make("bob", Wish("somebody else's"))
    program(key, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    keys.checks.uses.wait()
    found = browser.get("/account/keys").json

    assert [{**one, "id": ""} for one in found["keys"]] == [
        {
            "id": "",
            "label": "a job",
            "state": "live",
            "scopes": ["notes:read"],
            "networks": [],
            "created_at": START,
            "expires_at": START + 90 * 86_400,
            "revoked_at": None,
            "used_at": START,
            "used_from": "192.0.2.7",
            "successor": None,
        }
    ]
    assert found["max_days"] == 90
    assert found["scopes"]["notes:read"] == "Read your notes"

    text = page(browser).text

    assert "192.0.2.7" in text
    assert "a job" in text
    assert "somebody else" not in text
    assert list(keys_in(text)) == []


def test_a_key_is_made_with_a_form_and_shown_once(browser, program):
    answer = browser.post(
        "/account/keys",
        headers=PAGE,
        data={"label": "backup", "scopes": ["notes:read"], "days": "7"},
    )
    key = re.search(r'value="(stp_\w+)"', answer.text)[1]

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert program(key).json["scopes"] == ["notes:read"]
    assert key not in page(browser).text


def test_a_key_is_made_with_json(browser, program):
    said = {"label": "backup", "scopes": "notes:read notes:write", "days": 7}
    answer = browser.post("/account/keys", json=said)

    assert answer.status_code == 201
    assert answer.json["expires_at"] == START + 7 * 86_400
    assert program(answer.json["key"], "/api/write", "POST").status_code == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"days": "91"}, "days"),
        ({"days": "soon"}, "days"),
        ({"networks": "everywhere"}, "networks"),
        ({"scopes": "admin"}, "scopes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, keys, said, field):
    as_json = browser.post("/account/keys", json=said)
    as_page = browser.post("/account/keys", data=said, headers=PAGE)

    assert as_json.status_code == as_page.status_code == 422
    assert list(as_json.json["errors"]) == [field]
    assert f'id="{field}-error"' in as_page.text
    assert keys.listed() == []


def test_a_user_raises_no_limit_of_a_key(browser):
    answer = browser.post("/account/keys", json={"rate": "1000000/second"})

    assert answer.status_code == 422
    assert "rate" in answer.json["errors"]


def test_a_key_is_replaced_on_the_page(browser, key, program):
    answer = browser.post(f"/account/keys/{parsed(key).id}/rotate", json={})

    assert answer.status_code == 201
    assert program(key).status_code == 200
    assert program(answer.json["key"]).status_code == 200

    again = browser.post(f"/account/keys/{parsed(key).id}/rotate", headers=PAGE)

    assert again.status_code == 409
    assert "replaced by" in page(browser).text


def test_a_key_is_revoked_on_the_page(browser, key, program):
    answer = browser.post(f"/account/keys/{parsed(key).id}/revoke", headers=PAGE)

    assert answer.status_code == 303
    assert program(key).status_code == 401
    assert "revoked on" in page(browser).text


@pytest.mark.parametrize(("what", "status"), [("rotate", 409), ("revoke", 404)])
def test_the_key_of_somebody_else_is_as_one_that_is_not_there(
    browser, keys, what, status
):
    theirs = keys.make("bob", Wish()).row.id
    answers = [
        browser.post(f"/account/keys/{id}/{what}", json={}) for id in (theirs, "none")
    ]

    assert [a.status_code for a in answers] == [status, status]
    assert keys.listed("bob")[0].state(START) == "live"


def test_another_site_makes_no_key(app, keys):
    browser = client(app)
    browser.post("/in/ann")
    browser.page = "https://evil.example"

    assert browser.post("/account/keys", data={"label": "x"}).status_code == 403
    assert keys.listed() == []


def test_a_key_makes_no_key(keys, key, program):
    answer = program(key, "/account/keys", "POST", json={"label": "x"})

    assert answer.status_code == 401
    assert len(keys.listed()) == 1


def test_a_label_is_text_and_no_markup(browser, keys):
    keys.make("ann", Wish("<script>alert(1)</script>"))

    assert "<script>alert" not in page(browser).text


def test_an_app_with_a_login_of_its_own_has_no_pages_and_has_keys(make_app):
    app = make_app(pages=False)
    keys = app.extensions["stopper.accounts"].apikeys
    key = keys.make("17", Wish(scopes=("notes:read",))).key
    bearer = {"Authorization": f"Bearer {key}"}
    program = client(app, browser=False)

    assert "stopper_accounts.keys" not in app.view_functions
    assert program.get("/api/notes", headers=bearer).json["user"] == "17"
    assert program.post("/account/token", headers=bearer).status_code == 200
