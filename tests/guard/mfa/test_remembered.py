"""What a browser is remembered by is worth no factor, and ends when a factor changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from guard.mfa.site import PASSWORD
from guard.mfa.site import post
from stopper.guard.accounts import login

LOGIN = {"address": "ann@club.example", "password": PASSWORD}
SESSION = "__Host-session"


@pytest.fixture
def laptop(site, ann):
    """A browser that stays logged in, by a password alone."""
    client = site.client()
    assert post(client, "/account/login", **LOGIN, remember=True).status_code == 200
    return client


def reopen(client):
    client.delete_cookie(SESSION, domain="club.example")
    return client.get("/").json


def purposes(site, user):
    table = site.service.tables.device

    with site.service.database.reading() as sql:
        return set(sql.scalars(select(table.purpose).where(table.user == user)))


def remember(site, app):
    """Have a browser remembered for both purposes, and return it."""
    client = site.client()
    post(client, "/account/login", **LOGIN, remember=True)
    code = site.code(app)
    sent = post(client, "/account/second", code=code, remember_device=True)
    assert sent.status_code == 200, sent.text
    site.clock.now += 60
    return client


def test_a_first_factor_ends_logins_that_stay_by_a_password_alone(site, ann, laptop):
    assert reopen(laptop) == {"user": ann, "how": ["remembered"]}

    site.totp(ann)

    assert purposes(site, ann) == set()
    assert reopen(laptop) == {"user": None, "how": []}


@pytest.mark.parametrize("more", ["totp", "passkey"])
def test_another_factor_ends_what_browsers_are_remembered_by(site, ann, more):
    client = remember(site, site.totp(ann))
    assert purposes(site, ann) == {"login", "mfa"}

    getattr(site, more)(ann)

    assert purposes(site, ann) == set()
    assert reopen(client)["user"] is None
    assert post(client, "/account/login", **LOGIN).json["next"] == "second-factor"


def test_a_factor_that_is_removed_ends_it_too(site, ann):
    app = site.totp(ann)
    site.passkey(ann)
    client = remember(site, app)
    listed = site.client(ann).get(
        "/account/factors", headers={"Accept": "application/json"}
    )
    id = listed.json["factors"][0]["id"]
    removed = post(site.client(ann), f"/account/factors/{id}/remove")

    assert removed.status_code == 200
    assert purposes(site, ann) == set()
    assert reopen(client)["user"] is None


def test_a_login_that_stays_is_no_factor_at_all(site, ann):
    client = remember(site, site.totp(ann))
    assert reopen(client) == {"user": ann, "how": ["remembered"]}

    with client as kept:
        kept.get("/")
        assert login.current().factors == 0
        assert login.current().fresh == 0.0

    assert client.get("/pay").status_code == 401
    assert (
        post(client, "/account/keys", label="x").json["step_up"] == "/account/confirm"
    )


def test_the_password_beside_it_is_one_factor_and_not_two(site, ann):
    app = site.totp(ann)
    client = remember(site, app)
    reopen(client)
    change = {"current": PASSWORD, "password": "a kettle full of stars"}

    assert post(client, "/account/confirm", password=PASSWORD).status_code == 403
    assert post(client, "/account/password", **change).status_code == 401
    both = {"password": PASSWORD, "code": site.code(app)}
    assert post(client, "/account/confirm", **both).status_code == 200
    assert client.get("/").json["how"] == ["password", "totp"]
    assert client.get("/pay").text == "paid"
