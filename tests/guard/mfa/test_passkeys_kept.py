"""What is kept of a passkey, on each kind of database, and of two that race one wins."""

from __future__ import annotations

import json

import pytest

from authenticator import Authenticator
from authenticator import BE
from authenticator import BS
from guard.mfa.shown import ADD
from guard.mfa.shown import log_in
from guard.mfa.shown import LOGIN
from guard.mfa.shown import options
from guard.mfa.shown import row
from guard.mfa.shown import why
from guard.mfa.site import ORIGIN
from guard.mfa.site import post
from guard.mfa.site import race


@pytest.fixture
def passkey(site, ann):
    """A passkey of the user."""
    return site.passkey(ann)


def test_a_passkey_logs_in_alone(site, ann, passkey):
    client = site.client()

    assert log_in(client, passkey).status_code == 200
    assert client.get("/").json == {"user": ann, "how": ["passkey"]}


def test_a_passkey_is_a_second_factor(site, ann, passkey):
    client = site.half(ann)
    sent = passkey.show(options(client, "/account/second/passkey"))

    assert post(client, "/account/second/passkey", credential=sent).status_code == 200
    assert client.get("/").json == {"user": ann, "how": ["password", "passkey"]}


def test_what_was_shown_is_taken_once(site, passkey):
    passkey.counts = False
    client = site.client()
    sent = passkey.show(options(client))

    assert post(client, LOGIN, credential=sent).status_code == 200
    assert why(site, lambda: post(client, LOGIN, credential=sent)) == (
        403,
        ["no such challenge"],
    )


def test_of_two_requests_with_one_passkey_one_wins(site, passkey):
    passkey.counts = False
    client = site.client()
    sent = passkey.show(options(client))
    clients = [site.client() for _ in range(4)]
    cookie = client.get_cookie("__Host-session", domain="club.example")

    for one in clients:
        one.set_cookie(
            "__Host-session", cookie.value, domain="club.example", secure=True
        )

    assert sorted(race(clients, LOGIN, credential=sent)) == [200, 403, 403, 403]


def test_a_counter_that_goes_back_is_refused_and_an_event(site, passkey):
    assert log_in(site.client(), passkey).status_code == 200
    passkey.count -= 1

    status, reasons = why(site, lambda: log_in(site.client(), passkey))

    assert (status, reasons) == (403, ["passkey-copied", "its counter went back"])


def test_a_counter_that_is_always_zero_is_taken(site, passkey):
    passkey.counts = False

    assert log_in(site.client(), passkey).status_code == 200
    assert log_in(site.client(), passkey).status_code == 200


def test_backup_flags_are_kept_and_follow(site, ann):
    client = site.client(ann)
    made = Authenticator(ORIGIN)
    made.flags |= BE
    post(client, ADD, credential=made.make(options(client, ADD)))
    before = json.loads(row(site, ann).details)
    made.flags |= BS
    log_in(site.client(), made)
    after = json.loads(row(site, ann).details)

    assert (before["device"], before["backed_up"]) == ("multi_device", False)
    assert (after["device"], after["backed_up"]) == ("multi_device", True)


def test_a_passkey_is_nobodys_twice(site, ann, passkey):
    bob = site.user("bob@club.example")
    client = site.client(bob)
    sent = passkey.make(options(client, ADD))

    assert post(client, ADD, credential=sent).status_code == 422


def test_who_is_closed_does_not_get_in(site, ann, passkey):
    with site.service.database.writing() as sql:
        site.service.people.close(sql, ann)

    assert log_in(site.client(), passkey).status_code == 403
