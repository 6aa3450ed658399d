"""Browsers that are known, and what is sent when one is new."""

from __future__ import annotations

import base64

import pytest

from guard.accounts.club import ann
from guard.accounts.club import bob
from guard.accounts.club import bring
from guard.accounts.club import Clock
from guard.accounts.club import Club
from guard.accounts.club import club
from guard.accounts.club import DAY
from guard.accounts.club import DEVICE
from guard.accounts.club import lines
from guard.accounts.club import PHONE
from guard.accounts.club import statements
from guard.accounts.club import value
from stopper.guard.accounts.browsers import browser
from stopper.guard.accounts.devices.seals import LENGTH
from stopper.guard.accounts.devices.seals import MOST
from stopper.testing import client
from stopper.testing import events
from stopper.testing import mails

__all__ = ("ann", "bob", "club")


def known(browser, user):
    return browser.get(f"/known/{user}").json["known"]


def test_a_browser_is_known_once_its_user_logged_in(club, ann, bob):
    browser, other = club.browser(), club.browser()

    assert known(browser, ann) == ""
    browser.post(f"/in/{ann}")

    assert known(browser, ann)
    assert known(browser, bob) == ""
    assert known(other, ann) == ""


def test_the_cookie_is_for_this_host_and_no_script(club, ann):
    (line,) = lines(club.browser().post(f"/in/{ann}"), DEVICE)

    assert line.partition("; ")[2].split("; ") == [
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Secure",
        f"Max-Age={int(180 * DAY)}",
    ]


def test_on_plain_localhost_it_has_a_name_without_a_prefix(tmp_path):
    with Club(str(tmp_path), Clock(), STOPPER_ORIGIN="http://localhost:5000") as club:
        ann = club.add("ann")
        browser = client(club.app)
        (line,) = lines(browser.post(f"/in/{ann}"), "stopper-device")

        assert "Secure" not in line
        assert browser.get(f"/known/{ann}").json["known"]


def test_a_cookie_with_a_prefix_of_another_spelling_is_not_ours(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}")
    seal = value(browser, DEVICE)
    found = club.browser().get(
        f"/known/{ann}", headers={"Cookie": f"\x1f{DEVICE}={seal}"}
    )

    assert found.json["known"] == ""


def test_a_cookie_tells_a_stranger_nothing(club, ann):
    one, two = club.browser(), club.browser()
    one.post(f"/in/{ann}")
    two.post(f"/in/{ann}")
    seals = [base64.urlsafe_b64decode(value(b, DEVICE)) for b in (one, two)]

    # Two of one user have nothing in common but the time.
    assert ann.encode() not in seals[0]
    assert not {seals[0][i : i + 4] for i in (0, 2, 4, 6, 14, 18, 22, 26)} & {
        seals[1][i : i + 4] for i in range(27)
    }


def test_one_browser_is_known_to_several_users_but_not_to_any_number(club, ann):
    browser = club.browser()
    others = [club.add(f"guest{n}") for n in range(MOST)]
    browser.post(f"/in/{ann}")

    for user in others:
        browser.post(f"/in/{user}")

    assert len(value(browser, DEVICE)) == MOST * LENGTH
    assert all(known(browser, user) for user in others)
    assert known(browser, ann) == ""


def test_who_logs_in_again_takes_the_place_of_their_own_seal(club, ann, bob):
    browser = club.browser()
    browser.post(f"/in/{bob}")

    for _ in range(3):
        browser.post(f"/in/{ann}")

    assert len(value(browser, DEVICE)) == 2 * LENGTH
    assert known(browser, bob)


def test_a_browser_is_forgotten_after_a_while(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}")
    club.clock.now += 180 * DAY - 2
    assert known(browser, ann)
    club.clock.now += 4

    assert known(browser, ann) == ""


@pytest.mark.parametrize(
    "change",
    [lambda s: "A" * len(s), lambda s: s[:-1], lambda s: "!" * 40, str.swapcase],
)
def test_a_seal_that_somebody_changed_is_none(club, ann, change):
    browser, thief = club.browser(), club.browser()
    browser.post(f"/in/{ann}")
    bring(thief, DEVICE, change(value(browser, DEVICE)))

    assert known(thief, ann) == ""


@pytest.mark.parametrize("kept", [True, False])
def test_a_seal_survives_a_planned_change_of_the_key(club, ann, kept):
    browser = club.browser()
    browser.post(f"/in/{ann}")
    old = club.app.secret_key
    club.app.config["SECRET_KEY_FALLBACKS"] = [old] if kept else []
    club.app.secret_key = "another one that is long enough too"
    del club.service.house.keys
    del club.service.devices._seals

    assert bool(known(browser, ann)) is kept


def test_the_first_login_of_all_is_no_news(club, ann):
    with mails(club.app) as found:
        club.browser().post(f"/in/{ann}")

    assert found == []
    assert club.names(ann) == ["login"]


def test_a_login_from_a_new_browser_is_told(club, ann):
    club.browser().post(f"/in/{ann}")
    club.clock.now += DAY

    with mails(club.app) as found:
        club.browser(PHONE, "198.51.100.7").post(f"/in/{ann}")

    (mail,) = found
    text = mail.get_content()
    assert mail["To"] == "ann@example.org"
    assert "Safari on iPhone" in text
    assert "198.51.100.7" in text
    assert "16 January 2027, 08:00 UTC" in text
    assert "https://club.example/account/reset" in text
    assert club.names(ann) == ["login", "login-new"]


def test_a_login_from_a_known_browser_is_not_told(club, ann):
    browser = club.browser()

    with mails(club.app) as found:
        browser.post(f"/in/{ann}")
        browser.post("/out")
        browser.post(f"/in/{ann}")

    assert found == []


def test_what_a_browser_says_of_itself_does_not_reach_the_mail(club, ann):
    club.browser().post(f"/in/{ann}")

    with mails(club.app) as found:
        club.browser("You won! Go to https://evil.example/").post(f"/in/{ann}")

    assert "evil" not in found[0].get_content()
    assert "an unknown browser" in found[0].get_content()


@pytest.mark.parametrize("name", ["password-changed", "password-reset"])
def test_every_browser_is_new_after_the_password_was_changed(club, ann, name):
    browser, other = club.browser(), club.browser()
    browser.post(f"/in/{ann}")
    club.clock.now += 60

    with club.app.app_context():
        club.service.house.emit("accounts", name, "noted", "It was.", user=ann)

    club.clock.now += 60

    with mails(club.app) as found:
        browser.post(f"/in/{ann}")
        other.post(f"/in/{ann}")
        browser.post(f"/in/{ann}")

    assert [m["Subject"] for m in found] == [
        "New login to your account at club.example"
    ] * 2


def test_the_browser_in_which_the_password_was_changed_stays_known(club, ann):
    browser, other = club.browser(), club.browser(PHONE)
    browser.post(f"/in/{ann}")
    other.post(f"/in/{ann}")
    club.clock.now += 60
    browser.post("/changed")
    club.clock.now += 60

    with mails(club.app) as found:
        browser.post(f"/in/{ann}")
        assert found == []
        other.post(f"/in/{ann}")
        assert len(found) == 1


def test_every_browser_is_new_after_all_were_forgotten(club, ann, bob):
    browser = club.browser()
    browser.post(f"/in/{ann}")
    browser.post(f"/in/{bob}")
    club.clock.now += 1.5

    with club.app.app_context():
        club.service.devices.forget(ann)

    with mails(club.app) as found:
        browser.post(f"/in/{bob}")
        browser.post(f"/in/{ann}")

    assert [m["To"] for m in found] == ["ann@example.org"]


def test_a_login_asks_the_database_nothing_of_its_own(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}")
    club.service.history.settle()
    found = statements(club.service.database.engine)
    browser.post(f"/in/{ann}")

    assert found == []


def test_a_database_that_is_down_costs_the_login_nothing(club, ann):
    with events(club.app) as found:
        assert club.browser().post(f"/in/{ann}").status_code == 200
        _break(club)
        club.service.history.settle()

    assert [(e.name, e.details["why"]) for e in found] == [
        ("history-delayed", "DatabaseDown")
    ]


def _break(club):
    with club.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE stopper_account_event")


def test_an_app_without_accounts_has_no_guard_for_them():
    from flask import Flask

    from stopper import Stopper
    from stopper.guard.accounts.guard import AccountsGuard

    app = Flask("bare")
    app.secret_key = "for these tests alone, and long enough"
    app.testing = True
    Stopper(app)
    walk = app.extensions["stopper"].settle()

    assert not any(isinstance(g, AccountsGuard) for g in walk.guards)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (PHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "curl"),
        ("", "an unknown browser"),
        ("<b>you</b>", "an unknown browser"),
    ],
)
def test_a_browser_has_a_name_of_ours(said, name):
    assert browser(said) == name
