"""What changes how one logs in takes all of one's factors, and not the password alone."""

from __future__ import annotations

import pytest

from guard.mfa.site import PASSWORD
from guard.mfa.site import post
from stopper.guard.accounts.login import AHEAD
from stopper.testing import mails

CONFIRM = "/account/confirm"
PAGE = {"Accept": "text/html"}
NEW = "a kettle full of stars"

#: What is sent, with the right password.
CHANGES = {
    "/account/password": {"current": PASSWORD, "password": NEW},
    "/account/address": {"address": "new@club.example", "password": PASSWORD},
    "/account/close": {"password": PASSWORD},
}

#: What is sent without one, for the page has none to ask for.
FRESH = {
    "/account/keys": {"label": "backup"},
    "/account/keys/none/rotate": {},
    "/account/keys/none/revoke": {},
    "/account/factors/totp": {},
    "/account/factors/totp/confirm": {"code": "123456"},
    "/account/factors/passkey/options": {},
    "/account/factors/passkey": {"credential": "x"},
    "/account/factors/recovery": {},
    "/account/factors/none/remove": {},
}

changes = pytest.mark.parametrize(("path", "sent"), CHANGES.items())
everything = pytest.mark.parametrize(
    ("path", "sent"), [*CHANGES.items(), *FRESH.items()]
)


@pytest.fixture
def secured(site, ann):
    """The authenticator app of the user, whose logins are all a while ago."""
    app = site.totp(ann)
    site.old = site.client(ann)
    site.clock.now += 660
    return app


def is_as_it_was(site, ann):
    ours = site.service

    with ours.database.reading() as sql:
        person = ours.people.by_id(sql, ann)

    right = ours.passwords.verify(person.password, PASSWORD).right
    rows = ours.apikeys.listed(ann)
    return person.address == "ann@club.example" and right and not rows


@everything
def test_a_program_is_told_to_show_more(site, ann, secured, path, sent):
    answer = post(site.old, path, **sent)

    assert (answer.status_code, answer.json["step_up"]) == (401, CONFIRM)
    assert answer.mimetype == "application/problem+json"
    assert is_as_it_was(site, ann)


@everything
def test_a_browser_is_led_to_show_more(site, ann, secured, path, sent):
    headers = {**PAGE, "Referer": "https://club.example/account/factors"}
    answer = site.old.post(path, data=sent, headers=headers)

    assert answer.status_code == 303
    assert answer.location.startswith(f"{CONFIRM}?next=https://club.example/account/")
    assert is_as_it_was(site, ann)


@changes
def test_a_browser_comes_back_to_the_form_and_gets_on(site, ann, secured, path, sent):
    led = site.old.get(path, headers=PAGE)
    assert (led.status_code, led.location) == (303, f"{CONFIRM}?next={path}")

    shown = {"password": PASSWORD, "code": site.code(secured), "next": path}
    back = site.old.post(CONFIRM, data=shown, headers=PAGE)
    assert (back.status_code, back.location) == (303, path)
    assert site.old.get(path, headers=PAGE).status_code == 200

    with mails(site.app):
        done = site.old.post(path, data=sent, headers=PAGE)

    assert done.status_code in (200, 303)
    assert CONFIRM not in (done.location or "")


@changes
def test_the_second_factor_alone_is_not_enough(site, ann, secured, path, sent):
    shown = {"password": PASSWORD, "code": site.code(secured)}
    post(site.old, CONFIRM, **shown)
    wrong = {name: "no" if text == PASSWORD else text for name, text in sent.items()}

    assert post(site.old, path, **wrong).status_code == 422
    assert is_as_it_was(site, ann)


@changes
def test_where_the_password_is_all_there_is_it_is_enough(site, ann, path, sent):
    client = site.client(ann)
    site.clock.now += 660

    with mails(site.app):
        assert post(client, path, **sent).status_code == 200


@changes
def test_a_browser_that_was_spared_the_factor_shows_it_now(
    site, ann, secured, path, sent
):
    client = site.client()
    client.post(f"/in/{ann}?stale=1")

    assert post(client, path, **sent).status_code == 401


def test_who_has_only_a_passkey_is_led_to_show_it(site, ann):
    site.passkey(ann)
    client = site.client(ann)
    site.clock.now += 660

    with site.service.database.writing() as sql:
        hash = site.service.people.by_id(sql, ann).password
        site.service.people.set_password(sql, ann, hash, None, site.clock())

    assert post(client, "/account/close").json["step_up"] == CONFIRM


def test_a_clock_that_is_a_little_ahead_keeps_nobody_out(site, ann):
    client = site.client(ann)
    site.clock.now -= AHEAD - 1

    assert post(client, "/account/keys", label="backup").status_code == 201
    assert client.get("/pay").text == "paid"


def test_a_clock_that_was_far_ahead_makes_nothing_fresh_for_good(site, ann):
    client = site.client(ann)
    site.clock.now -= AHEAD + 1

    assert post(client, "/account/keys", label="backup").status_code == 401
    assert client.get("/pay").status_code == 401


def test_a_stranger_is_led_to_the_login(site):
    for path in (*CHANGES, *FRESH):
        assert post(site.client(), path).status_code == 401
        led = site.client().post(path, headers=PAGE)
        assert led.location.startswith("/account/login")
