"""A one-time code is right once, for a minute and a half, and is worth few guesses."""

from __future__ import annotations

import base64

import pyotp
import pytest

import stopper.testing
from guard.mfa.site import post
from guard.mfa.site import race
from guard.mfa.site import Site
from stopper.guard.tables.ready import Credential


def secrets_of(site, user):
    with site.service.database.reading() as sql:
        return [
            r.secret for r in site.service.factors.credentials.of(sql, user, "totp")
        ]


def second(site, user, code):
    return post(site.half(user), "/account/second", code=code)


def test_a_code_of_the_app_logs_in(site, ann):
    app = site.totp(ann)
    client = site.half(ann)

    assert post(client, "/account/second", code=site.code(app)).status_code == 200
    assert client.get("/").json == {"user": ann, "how": ["password", "totp"]}


def test_before_the_code_nobody_is_logged_in(site, ann):
    site.totp(ann)

    assert site.half(ann).get("/").json["user"] is None


def test_a_code_is_taken_as_it_is_typed(site, ann):
    app = site.totp(ann)
    code = site.code(app)

    assert second(site, ann, f" {code[:3]} {code[3:]} ").status_code == 200


@pytest.mark.parametrize(
    ("ahead", "status"), [(-2, 403), (-1, 200), (1, 200), (2, 403)]
)
def test_a_clock_may_be_one_step_off(site, ann, ahead, status):
    app = site.totp(ann)
    site.clock.now += 300

    assert second(site, ann, site.code(app, ahead)).status_code == status


@pytest.mark.parametrize(("ahead", "status"), [(-1, 403), (0, 200), (1, 403)])
def test_a_code_may_be_good_for_thirty_seconds_alone(ahead, status):
    site = Site(STOPPER_TOTP_DRIFT=0)
    user = site.user()
    app = site.totp(user)
    site.clock.now += 300

    assert second(site, user, site.code(app, ahead)).status_code == status


def test_a_code_works_once(site, ann):
    app = site.totp(ann)
    code = site.code(app)

    assert second(site, ann, code).status_code == 200
    assert second(site, ann, code).status_code == 403


def test_a_code_from_before_the_last_one_does_not_work(site, ann):
    app = site.totp(ann)

    assert second(site, ann, site.code(app)).status_code == 200
    assert second(site, ann, site.code(app, -1)).status_code == 403


def test_a_code_that_comes_again_is_an_event(site, ann):
    app = site.totp(ann)
    second(site, ann, site.code(app))

    with stopper.testing.events(site.app) as found:
        second(site, ann, site.code(app))

    assert found.refused == ["code-replayed", "second-factor-failed"]


def test_wrong_and_used_codes_are_answered_alike(site, ann):
    app = site.totp(ann)
    code = site.code(app)
    second(site, ann, code)
    used, wrong = second(site, ann, code), second(site, ann, "000000")

    assert (used.status_code, used.json) == (wrong.status_code, wrong.json)


def test_the_code_that_confirmed_the_app_is_used_up(site, ann):
    client = site.client(ann)
    app = pyotp.TOTP(post(client, "/account/factors/totp").json["secret"])
    code = site.code(app)
    post(client, "/account/factors/totp/confirm", code=code)

    assert second(site, ann, code).status_code == 403


def test_what_was_never_confirmed_logs_nobody_in(site, ann):
    app = pyotp.TOTP(post(site.client(ann), "/account/factors/totp").json["secret"])

    assert second(site, ann, site.code(app)).status_code == 403


def test_of_two_requests_with_one_code_one_wins(site, ann):
    app = site.totp(ann)
    code, clients = site.code(app), [site.half(ann) for _ in range(4)]

    assert sorted(race(clients, "/account/second", code=code)) == [200, 403, 403, 403]


@pytest.mark.parametrize("path", ["/account/second", "/account/confirm"])
def test_a_head_request_is_no_try(site, ann, path):
    site.totp(ann)
    client = site.half(ann) if "second" in path else site.client(ann)

    with stopper.testing.events(site.app) as found:
        assert client.head(path).status_code == 200

    assert found.refused == []


def test_the_secret_is_encrypted_in_the_table(site, ann):
    app = site.totp(ann)
    (kept,) = secrets_of(site, ann)

    assert base64.b32decode(app.secret) not in kept
    assert app.secret.encode() not in kept


def test_a_secret_of_another_row_does_not_open(site, ann):
    app = site.totp(ann)
    (kept,) = secrets_of(site, ann)
    bob = site.user("bob@club.example")
    site.totp(bob)

    with site.service.database.writing() as sql:
        for row in sql.query(Credential).filter_by(user=bob, kind="totp"):
            row.secret = kept

    with pytest.raises(Exception, match="cannot be opened"):
        second(site, bob, site.code(app))


def test_after_five_wrong_codes_the_login_is_over(site, ann):
    app = site.totp(ann)
    client = site.half(ann)
    found = [
        post(client, "/account/second", code=f"00000{n}").status_code for n in range(6)
    ]

    assert found == [403, 403, 403, 403, 403, 429]
    assert post(client, "/account/second", code=site.code(app)).status_code == 401


def test_five_tries_are_five_also_at_once(site, ann):
    site.totp(ann)
    client = site.half(ann)
    clients = [site.client() for _ in range(12)]

    for one in clients:
        copy(client, one)

    with stopper.testing.events(site.app) as found:
        race(clients, "/account/second", code="000000")

    assert found.refused.count("second-factor-failed") <= 5


def copy(one, other):
    cookie = one.get_cookie("__Host-session", domain="club.example")
    other.set_cookie("__Host-session", cookie.value, domain="club.example", secure=True)


def test_a_login_waits_ten_minutes_for_its_code(site, ann):
    app = site.totp(ann)
    client = site.half(ann)
    site.clock.now += 601

    assert post(client, "/account/second", code=site.code(app)).status_code == 401


def test_guesses_at_one_user_are_throttled_over_all_logins(site, ann):
    app = site.totp(ann)
    found = []

    for n in range(30):
        site.clock.now += 1
        found.append(second(site, ann, f"{n:06}").status_code)

    assert set(found) == {403, 429}
    assert second(site, ann, site.code(app)).status_code == 429


def test_who_is_tried_out_is_told_that_somebody_has_the_password(site, ann):
    site.totp(ann)
    client = site.half(ann)

    with stopper.testing.mails(site.app) as found:
        for n in range(8):
            post(client, "/account/second", code=f"00000{n}")

    assert [mail["To"] for mail in found] == ["ann@club.example"]
    assert "/account/reset" in found[0].get_content()


def test_who_is_tried_out_over_many_logins_is_told_too(site, ann):
    site.totp(ann)

    with stopper.testing.mails(site.app) as found:
        for n in range(25):
            site.clock.now += 1
            second(site, ann, f"{n:06}")

    assert len(found) == 1


def test_a_wrong_code_in_a_strange_browser_is_told_at_once(site, ann):
    site.totp(ann)

    with stopper.testing.mails(site.app) as found:
        second(site, ann, "000000")
        second(site, ann, "000001")

    assert [m["To"] for m in found] == ["ann@club.example"]
    assert "followed by a wrong second factor" in found[0].get_content()


def test_a_wrong_code_in_a_browser_of_ones_own_is_no_news(site, ann):
    app = site.totp(ann)
    client = site.half(ann)
    post(client, "/account/second", code=site.code(app))
    site.clock.now += 60
    client.post(f"/half/{ann}")

    with stopper.testing.mails(site.app) as found:
        assert post(client, "/account/second", code="000000").status_code == 403

    assert found == []


def test_a_new_key_seals_it_anew_when_it_is_used(site, ann, database_url):
    app = site.totp(ann)
    before = secrets_of(site, ann)
    key = "2:" + "QUFB" * 10 + "QUE="
    other = Site(database_url, STOPPER_DATA_KEYS=[key])
    other.clock.now = site.clock.now

    assert second(other, ann, other.code(app)).status_code == 200
    assert secrets_of(site, ann) != before

    with other.service.database.reading() as sql:
        (row,) = other.service.factors.credentials.of(sql, ann, "totp")
        assert row.key_id == "2"

    other.service.engine.dispose()


def test_a_key_that_is_missing_is_named_before_anybody_logs_in(site, ann, database_url):
    site.totp(ann)
    other = Site(database_url, SECRET_KEY="another key: 77ab01")

    with pytest.raises(Exception, match="SECRET_KEY_FALLBACKS"):
        other.user("bob@club.example")

    other.service.engine.dispose()


def test_the_key_is_shown_as_a_picture_and_as_text(site, ann):
    client = site.client(ann)
    page = client.post("/account/factors/totp", headers={"Accept": "text/html"}).text

    assert "<svg" in page
    assert "style=" not in page
    assert page.count("otpauth") == 0


def test_it_is_set_up_by_who_logged_in_a_short_while_ago(site, ann):
    client = site.client(ann)
    site.clock.now += 601

    assert post(client, "/account/factors/totp").status_code == 401
