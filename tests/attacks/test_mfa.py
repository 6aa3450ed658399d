"""A second factor that is checked badly is none: shown on the bare primitives, then on ours."""

from __future__ import annotations

import datetime

import pyotp
import pytest
from webauthn import verify_authentication_response
from webauthn import verify_registration_response

import stopper.testing
from authenticator import Authenticator
from authenticator import b64
from guard.mfa.shown import log_in
from guard.mfa.shown import LOGIN
from guard.mfa.shown import options
from guard.mfa.site import ORIGIN
from guard.mfa.site import PASSWORD
from guard.mfa.site import post
from guard.mfa.site import Site

CHALLENGE = b"the same challenge for everybody"


@pytest.fixture
def site():
    """An app with accounts."""
    return Site()


@pytest.fixture
def ann(site):
    """A user."""
    return site.user()


def second(site, user, **fields):
    # Each of these logins is one of its own.
    site.clock.now += 0.01
    return post(site.half(user), "/account/second", **fields).status_code


def test_a_code_that_was_looked_at_over_a_shoulder(site, ann):
    bare = pyotp.TOTP(pyotp.random_base32())
    now = datetime.datetime.now(datetime.UTC)
    seen = bare.at(now)
    app = site.totp(ann)
    code = site.code(app)

    # The primitive says yes for as long as the step lasts.
    assert [bare.verify(seen, for_time=now) for _ in range(3)] == [True] * 3
    assert [second(site, ann, code=code) for _ in range(3)] == [200, 403, 403]


def test_all_codes_tried_one_after_the_other(site, ann):
    bare = pyotp.TOTP(pyotp.random_base32())
    now = datetime.datetime.now(datetime.UTC)
    tried = [f"{n:06}" for n in range(1000) if f"{n:06}" != bare.at(now)]
    # Nothing ends the search: the code is found wherever it stands on the list.
    found = [bare.verify(code, for_time=now) for code in [*tried, bare.at(now)]]
    site.totp(ann)
    statuses = [second(site, ann, code=f"{n:06}") for n in range(100)]

    assert found[-1]
    assert statuses.count(403) <= 20


def test_a_million_logins_do_not_buy_a_million_codes(site, ann):
    site.totp(ann)
    looked_at = 0

    for _hour in range(24):
        statuses = [second(site, ann, code=f"{n:06}") for n in range(30)]
        looked_at += statuses.count(403)
        site.clock.now += 3600

    # Three codes of a million are right at any time.
    assert looked_at * 3 / 1_000_000 < 1 / 2000


def test_what_a_passkey_showed_is_sent_again(site, ann):
    bare = Authenticator(ORIGIN)
    bare.counts = False
    made = {"challenge": b64(CHALLENGE), "user": {"id": b64(b"7")}}
    key = bare.make(made)
    known = verify_registration_response(
        credential=key,
        expected_challenge=CHALLENGE,
        expected_rp_id="club.example",
        expected_origin=ORIGIN,
    )
    sent = bare.show(made)

    for _ in range(2):
        # A challenge that is not remembered as used is no challenge.
        assert verify_authentication_response(
            credential=sent,
            expected_challenge=CHALLENGE,
            expected_rp_id="club.example",
            expected_origin=ORIGIN,
            credential_public_key=known.credential_public_key,
            credential_current_sign_count=0,
        ).user_verified

    passkey = site.passkey(ann)
    passkey.counts = False
    client = site.client()
    shown = passkey.show(options(client))
    statuses = [post(client, LOGIN, credential=shown).status_code for _ in range(2)]
    assert statuses == [200, 403]


def test_a_passkey_that_was_shown_to_another_site(site, ann):
    passkey = site.passkey(ann)
    passkey.origin = "https://club-example.evil.example"

    assert log_in(site.client(), passkey).status_code == 403


def test_a_second_factor_that_somebody_sets_up_in_a_stolen_session(site, ann):
    stolen = site.client(ann)
    site.clock.now += 3600

    assert post(stolen, "/account/factors/totp").status_code == 401
    assert post(stolen, "/account/factors/passkey/options").status_code == 401


@pytest.mark.parametrize("page", ["password", "address", "close"])
def test_a_stolen_session_and_the_password_do_not_take_an_account_over(site, ann, page):
    app = site.totp(ann)
    thief = site.client()
    thief.post(f"/in/{ann}?stale")
    fields = {
        "password": {"current": PASSWORD, "password": "a kettle full of stars"},
        "address": {"address": "eve@evil.example", "password": PASSWORD},
        "close": {"password": PASSWORD},
    }[page]
    stolen = post(thief, f"/account/{page}", **fields)

    assert (stolen.status_code, stolen.json["step_up"]) == (401, "/account/confirm")

    code = {"password": PASSWORD, "code": site.code(app)}
    assert post(thief, "/account/confirm", **code).status_code == 200
    assert post(thief, f"/account/{page}", **fields).status_code == 200


def test_the_second_step_is_not_stepped_over(site, ann):
    site.totp(ann)
    half = site.half(ann)

    assert half.get("/").json["user"] is None
    assert half.get("/account/factors").status_code == 401
    assert post(half, "/account/factors/recovery").status_code == 401
    assert post(half, "/account/confirm", password="x").status_code == 401


def test_a_login_with_a_password_that_is_changed_before_the_second_step(site, ann):
    app = site.totp(ann)
    ours, thief = site.service, site.half(ann)

    with ours.database.writing() as sql:
        old = ours.people.by_id(sql, ann).password
        assert ours.people.set_password(sql, ann, old, f"{old}x", site.clock())

    assert post(thief, "/account/second", code=site.code(app)).status_code == 401
    assert thief.get("/").json["user"] is None


def test_one_learns_nothing_of_who_has_a_passkey(site, ann):
    before = options(site.client())
    site.passkey(ann)
    after = options(site.client())

    assert {**before, "challenge": ""} == {**after, "challenge": ""}


def test_nothing_secret_is_in_the_log_or_in_an_event(site, ann):
    with stopper.testing.events(site.app) as found:
        app = site.totp(ann)
        codes = site.codes(ann)
        code = site.code(app)
        second(site, ann, code=code)
        second(site, ann, code=code)
        second(site, ann, recovery=codes[0])
        second(site, ann, recovery="no such code")

    said = " ".join(str(e.as_dict()) for e in found)
    secret = [app.secret, code, codes[0], codes[0].replace("-", ""), "ann@club.example"]
    assert len(found) > 5
    assert [s for s in secret if s in said] == []
