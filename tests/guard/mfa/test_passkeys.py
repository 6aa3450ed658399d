"""A passkey is taken once, from our own pages, of whom it is, and with its user verified."""

from __future__ import annotations

import base64
import json

import pytest

import stopper.testing
from authenticator import Authenticator
from authenticator import b64
from authenticator import BE
from authenticator import raw
from authenticator import UP
from authenticator import UV
from guard.mfa.shown import ADD
from guard.mfa.shown import log_in
from guard.mfa.shown import LOGIN
from guard.mfa.shown import options
from guard.mfa.shown import why
from guard.mfa.site import ORIGIN
from guard.mfa.site import post
from guard.mfa.site import Site


@pytest.fixture
def site():
    """An app whose database is in memory: what is asked here never gets to it."""
    return Site()


@pytest.fixture
def ann(site):
    """A user."""
    return site.user()


@pytest.fixture
def passkey(site, ann):
    """A passkey of the user."""
    return site.passkey(ann)


def test_a_passkey_of_somebody_else_is_no_second_factor(site, ann, passkey):
    bob = site.user("bob@club.example")
    site.passkey(bob)
    client = site.half(bob)
    asked = options(client, "/account/second/passkey")

    assert b64(passkey.id) not in [c["id"] for c in asked["allowCredentials"]]
    sent = passkey.show(asked)
    assert post(client, "/account/second/passkey", credential=sent).status_code == 403


def test_the_options_tell_nothing_of_who_has_a_passkey(site, passkey):
    found = options(site.client())
    del found["challenge"]

    assert found == {
        "allowCredentials": [],
        "rpId": "club.example",
        "timeout": 300000,
        "userVerification": "required",
    }


def test_an_unknown_passkey_is_answered_as_a_wrong_one_is(site, passkey):
    unknown = Authenticator(ORIGIN)
    unknown.handle = passkey.handle
    first = log_in(site.client(), unknown)
    passkey.origin = "https://evil.example"
    second = log_in(site.client(), passkey)

    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert first.status_code == 403


def test_each_challenge_is_256_random_bits(site):
    found = [options(site.client())["challenge"] for _ in range(20)]

    assert {len(base64.urlsafe_b64decode(f"{one}=")) for one in found} == {32}
    assert len(set(found)) == 20


def test_a_challenge_of_another_session_is_none(site, passkey):
    sent = passkey.show(options(site.client()))

    assert why(site, lambda: post(site.client(), LOGIN, credential=sent))[0] == 403


def test_a_challenge_is_good_for_one_purpose(site, ann, passkey):
    client = site.client(ann)
    sent = passkey.show(options(client, "/account/confirm/passkey"))

    assert why(site, lambda: post(client, LOGIN, credential=sent)) == (
        403,
        ["no such challenge"],
    )


def test_a_challenge_is_good_for_five_minutes(site, passkey):
    client = site.client()
    sent = passkey.show(options(client))
    site.clock.now += 301

    assert why(site, lambda: post(client, LOGIN, credential=sent)) == (
        403,
        ["no such challenge"],
    )


def test_four_tabs_may_be_open(site, passkey):
    client = site.client()
    first = options(client)
    [options(client) for _ in range(3)]

    assert post(client, LOGIN, credential=passkey.show(first)).status_code == 200


def test_a_challenge_of_our_own_making_is_none(site, passkey):
    client = site.client()
    made = {**options(client), "challenge": b64(b"x" * 32)}

    assert post(client, LOGIN, credential=passkey.show(made)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://club.example.evil.example"},
        {"origin": "http://club.example"},
        {"crossOrigin": True},
        {"type": "webauthn.create"},
    ],
)
def test_what_was_asked_for_elsewhere_is_refused(site, passkey, wrong):
    assert log_in(site.client(), passkey, **wrong).status_code == 403


def test_another_relying_party_is_refused(site, passkey):
    passkey.rp = "evil.example"

    assert log_in(site.client(), passkey).status_code == 403


def test_a_signature_of_another_key_is_refused(site, passkey):
    passkey.key = Authenticator().key

    assert log_in(site.client(), passkey).status_code == 403


@pytest.mark.parametrize("flags", [UP, UV, 0])
def test_the_user_is_there_and_verified(site, passkey, flags):
    passkey.flags = flags

    assert log_in(site.client(), passkey).status_code == 403


def test_the_user_is_verified_when_it_is_made(site, ann):
    client = site.client(ann)
    made = Authenticator(ORIGIN)
    made.flags = UP
    sent = made.make(options(client, ADD))

    assert post(client, ADD, credential=sent).status_code == 422


def test_a_counter_that_was_not_zero_does_not_become_it(site, passkey):
    log_in(site.client(), passkey)
    passkey.count, passkey.counts = 0, False

    assert log_in(site.client(), passkey).status_code == 403


def test_a_passkey_does_not_turn_into_one_that_is_backed_up(site, passkey):
    passkey.flags |= BE

    assert log_in(site.client(), passkey).status_code == 403


def test_the_handle_says_nothing_of_the_user_and_stays(site, ann, passkey):
    client = site.client(ann)
    again = options(client, ADD)

    assert len(passkey.handle) == 32
    assert raw(again["user"]["id"]) == passkey.handle
    assert ann.encode() not in passkey.handle
    assert again["excludeCredentials"][0]["id"] == b64(passkey.id)


def test_two_tabs_that_make_the_first_passkey_have_one_handle(site, ann):
    client = site.client(ann)
    first, second = options(client, ADD), options(client, ADD)
    made = Authenticator(ORIGIN)

    assert first["user"]["id"] == second["user"]["id"]
    assert post(client, ADD, credential=made.make(first)).status_code == 200
    assert log_in(site.client(), made).status_code == 200


@pytest.mark.parametrize("handle", [b"", b"x" * 32])
def test_a_passkey_that_names_another_user_is_refused(site, passkey, handle):
    passkey.handle = handle

    assert log_in(site.client(), passkey).status_code == 403


def test_who_did_not_verify_gets_in_by_a_passkey_no_more_than_by_a_password(
    site, ann, passkey
):
    with site.service.database.writing() as sql:
        # As it is where addresses were not verified when the account was opened.
        sql.get(site.service.tables.user, ann).verified_at = None

    assert log_in(site.client(), passkey).status_code == 403


def test_what_is_asked_for_is_discoverable_and_unattested(site, ann):
    found = options(site.client(ann), ADD)

    assert found["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert found["attestation"] == "none"


BROKEN = [
    None,
    "",
    7,
    [],
    {},
    {"id": "x"},
    {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
    {
        "id": "eA",
        "rawId": "eA",
        "type": "public-key",
        "response": {
            "clientDataJSON": "eA",
            "authenticatorData": "eA",
            "signature": "eA",
            "attestationObject": "eA",
            "userHandle": 7,
        },
    },
]


@pytest.mark.parametrize("sent", BROKEN)
@pytest.mark.parametrize("path", [LOGIN, ADD, "/account/confirm/passkey"])
def test_what_cannot_be_read_is_refused(site, ann, sent, path):
    assert post(site.client(ann), path, credential=sent).status_code in (403, 422)


@pytest.mark.parametrize("place", range(0, 500, 23))
def test_a_changed_attestation_is_refused(site, ann, place):
    client = site.client(ann)
    sent = Authenticator(ORIGIN).make(options(client, ADD))
    data = bytearray(raw(sent["response"]["attestationObject"]))
    data[place % len(data)] ^= 0xFF
    sent["response"]["attestationObject"] = b64(bytes(data))

    assert post(client, ADD, credential=sent).status_code in (200, 422)


def test_a_form_is_not_taken(site, passkey):
    client = site.client()
    sent = json.dumps(passkey.show(options(client)))

    assert client.post(LOGIN, data={"credential": sent}).status_code == 415


def test_another_site_does_not_get_to_it(site):
    client = stopper.testing.client(site.app, page="https://evil.example")

    assert post(client, f"{LOGIN}/options").status_code == 403


def test_what_is_too_long_is_not_read(site):
    assert post(site.client(), LOGIN, credential="x" * 70_000).status_code == 413


def test_a_host_below_the_main_one_takes_its_passkeys():
    site = Site(STOPPER_ORIGIN=[ORIGIN, "https://shop.club.example"])
    passkey = site.passkey(site.user())
    passkey.origin = "https://shop.club.example"

    assert log_in(site.client(), passkey).status_code == 200


def test_another_host_of_the_app_does_not():
    site = Site(STOPPER_ORIGIN=[ORIGIN, "https://club.test"])
    passkey = site.passkey(site.user())
    passkey.origin = "https://club.test"

    assert log_in(site.client(), passkey).status_code == 403


def test_an_address_of_numbers_has_no_passkeys():
    site = Site(STOPPER_ORIGIN="https://192.0.2.7")

    assert post(site.client(), f"{LOGIN}/options").status_code == 404


def test_an_office_behind_one_address_gets_its_options(site):
    client = site.client()

    assert {post(client, f"{LOGIN}/options").status_code for _ in range(60)} == {200}
