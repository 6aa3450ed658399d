"""The page of where an account is in use, for people and for programs."""

from __future__ import annotations

import re

import pytest

from guard.accounts.club import ann
from guard.accounts.club import bob
from guard.accounts.club import close
from guard.accounts.club import club
from guard.accounts.club import PHONE
from guard.accounts.club import REMEMBER
from guard.accounts.club import value
from guard.accounts.club import who

__all__ = ("ann", "bob", "club")

PAGE = "/account/devices"
JSON = {"Accept": "application/json"}


@pytest.fixture
def browser(club, ann):
    found = club.browser()
    found.post(f"/in/{ann}?remember=1")
    return found


@pytest.fixture
def phone(club, ann, browser):
    club.clock.now += 60
    found = club.browser(PHONE, "198.51.100.7")
    found.post(f"/in/{ann}?remember=1")
    return found


def listed(browser):
    return browser.get(PAGE, headers=JSON).json


def post(browser, **sent):
    return browser.post(PAGE, json=sent, headers=JSON)


def test_a_stranger_sees_nothing(club):
    answer = club.browser().get(PAGE, headers=JSON)

    assert answer.status_code == 401


def test_the_page_shows_where_the_account_is_in_use(club, browser, phone):
    text = browser.get(PAGE, headers={"Accept": "text/html"}).text

    assert text.count("Firefox on Linux") >= 2
    assert "Safari on iPhone" in text
    assert "198.51.100.7" in text
    assert "Logged in from a new browser" in text
    assert "15 January 2027, 08:01 UTC" in text
    assert "Mozilla" not in text


def test_a_program_gets_the_same(club, browser, phone):
    found = listed(phone)

    assert [(s["device"], s["current"]) for s in found["sessions"]] == [
        ("Safari on iPhone", True),
        ("Firefox on Linux", False),
    ]
    assert [(d["device"], d["purpose"], d["current"]) for d in found["devices"]] == [
        ("Safari on iPhone", "login", True),
        ("Firefox on Linux", "login", False),
    ]
    assert [e["name"] for e in found["activity"]] == ["login-new", "login"]


def test_what_names_a_browser_on_the_page_is_no_part_of_its_cookie(browser):
    series, _, token = value(browser, REMEMBER).partition(".")
    text = browser.get(PAGE, headers={"Accept": "text/html"}).text

    assert series not in text
    assert token not in text
    assert series not in str(listed(browser))


def test_one_session_is_ended_and_its_browser_does_not_come_back(browser, phone):
    (handle,) = [s["handle"] for s in listed(phone)["sessions"] if not s["current"]]

    assert post(phone, session=handle).json == {"ended": 1}
    assert who(browser) is None
    assert len(listed(phone)["devices"]) == 1
    assert listed(phone)["activity"][0]["name"] == "session-revoked"


def test_one_browser_is_forgotten_and_its_sessions_end(browser, phone):
    (handle,) = [d["handle"] for d in listed(phone)["devices"] if not d["current"]]

    assert post(phone, device=handle).json == {"ended": 1}
    assert who(browser) is None


def test_who_forgets_this_browser_stays_logged_in_until_the_session_ends(ann, browser):
    (handle,) = [d["handle"] for d in listed(browser)["devices"]]

    assert post(browser, device=handle).json == {"ended": 1}
    assert who(browser) == ann
    assert value(browser, REMEMBER) is None
    close(browser)
    assert who(browser) is None


def test_everything_else_is_ended(club, ann, browser, phone):
    third = club.browser()
    third.post(f"/in/{ann}?mfa=1")

    assert post(phone, others=True).json == {"ended": 2}
    assert [who(b) for b in (browser, third, phone)] == [None, None, ann]
    close(phone)
    assert who(phone) == ann
    assert third.get(f"/known/{ann}").json["trusted"] is False


@pytest.mark.parametrize("field", ["session", "device"])
def test_what_is_somebody_elses_stays(club, bob, browser, field):
    thief = club.browser()
    thief.post(f"/in/{bob}?remember=1")
    handle = listed(browser)[f"{field}s"][0]["handle"]

    assert post(thief, **{field: handle}).json == {"ended": 0}
    assert who(browser) is not None
    close(browser)
    assert who(browser) is not None


@pytest.mark.parametrize(
    "sent", [{}, {"session": "x"}, {"device": "00"}, {"session": ""}]
)
def test_what_is_over_already_is_no_error(browser, sent):
    assert post(browser, **sent).json == {"ended": 0}
    assert who(browser) is not None


def test_the_buttons_work_without_script(browser, phone):
    text = phone.get(PAGE, headers={"Accept": "text/html"}).text
    form = next(f for f in re.findall(r"<form.*?</form>", text, re.S) if "session" in f)
    handle = re.search(r'name="session" value="(\w+)"', form)[1]
    answer = phone.post(PAGE, data={"session": handle}, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert who(browser) is None
    assert (
        "This session is over." in phone.get(PAGE, headers={"Accept": "text/html"}).text
    )


def test_every_button_says_what_it_is_for(browser, phone):
    text = phone.get(PAGE, headers={"Accept": "text/html"}).text
    names = re.findall(r'aria-label="([^"]*)"', text)

    assert len(set(names)) == len(names) == 3
    assert "<style" not in text
    assert "onclick" not in text


@pytest.mark.parametrize(
    "sent", [{"session": "00"}, {"device": "00"}, {"others": True}]
)
def test_to_end_something_takes_a_login_of_a_short_while_ago(
    club, browser, phone, sent
):
    club.clock.now += 11 * 60
    answer = post(browser, **sent)

    assert (answer.status_code, answer.json["step_up"]) == (401, "/account/confirm")
    assert len(listed(browser)["sessions"]) == 2


def test_a_browser_that_came_back_by_itself_ends_nothing(browser, phone):
    close(browser)
    answer = browser.post(PAGE, data={"others": "on"}, headers={"Accept": "text/html"})

    assert answer.location.startswith("/account/confirm?")
    assert who(phone) is not None


def test_another_site_ends_nothing(browser, phone):
    phone.page = "https://evil.example"

    assert phone.post(PAGE, data={"others": "on"}).status_code == 403
    assert who(browser) is not None
