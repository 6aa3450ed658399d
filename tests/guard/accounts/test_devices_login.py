"""Browsers that stay logged in, and those that need no second factor."""

from __future__ import annotations

import threading

import pytest

from guard.accounts.club import ann
from guard.accounts.club import bob
from guard.accounts.club import bring
from guard.accounts.club import Clock
from guard.accounts.club import close
from guard.accounts.club import Club
from guard.accounts.club import club
from guard.accounts.club import DAY
from guard.accounts.club import lines
from guard.accounts.club import MFA
from guard.accounts.club import REMEMBER
from guard.accounts.club import SESSION
from guard.accounts.club import statements
from guard.accounts.club import value
from guard.accounts.club import who
from stopper.guard.sessions.listing import Sessions
from stopper.testing import events

__all__ = ("ann", "bob", "club")


@pytest.fixture
def browser(club, ann):
    """A browser of Ann's that stays logged in."""
    found = club.browser()
    found.post(f"/in/{ann}?remember=1")
    return found


def test_a_browser_stays_logged_in_that_was_asked_to(club, ann, browser):
    other = club.browser()
    other.post(f"/in/{ann}")
    close(browser)
    close(other)
    club.clock.now += DAY

    assert who(browser) == ann
    assert who(other) is None


def test_it_is_no_fresh_login(browser):
    close(browser)

    assert browser.get("/me").json["how"] == ["remembered"]
    assert browser.get("/me").json["fresh"] is False


def test_it_gets_a_session_and_another_token(browser):
    before = value(browser, REMEMBER)
    close(browser)
    answer = browser.get("/me")

    assert lines(answer, SESSION)
    assert value(browser, REMEMBER) not in (None, before)
    assert value(browser, REMEMBER).partition(".")[0] == before.partition(".")[0]


def test_the_cookie_is_for_this_host_and_no_script(club, ann):
    (line,) = lines(club.browser().post(f"/in/{ann}?remember=1"), REMEMBER)

    assert line.partition("; ")[2].split("; ") == [
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Secure",
        f"Max-Age={int(30 * DAY)}",
    ]


def test_no_token_stands_in_the_database(club, browser):
    series, _, token = value(browser, REMEMBER).partition(".")
    (row,) = club.rows("device")

    assert row.id == series
    assert token.encode() not in row.token
    assert len(row.token) == 32


def test_the_browser_and_where_it_was_last_are_kept(club, browser):
    club.clock.now += 60
    close(browser)
    browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    browser.get("/me")
    (row,) = club.rows("device")

    assert (row.label, row.place) == ("Firefox on Linux", "198.51.100.7")
    assert row.seen_at == club.clock.now
    assert row.created_at == club.clock.now - 60


def test_an_answer_that_gives_a_token_is_kept_by_no_cache(browser):
    close(browser)

    assert browser.get("/me").headers["Cache-Control"] == "no-store"


def test_it_ends_after_thirty_days_however_often_it_came(club, ann, browser):
    for _ in range(3):
        club.clock.now += 10 * DAY - 10
        close(browser)
        assert who(browser) == ann

    club.clock.now += 40
    close(browser)

    assert who(browser) is None
    assert value(browser, REMEMBER) is None


def test_the_cookie_of_a_later_use_ends_when_the_first_does(club, browser):
    club.clock.now += 10 * DAY
    close(browser)
    (line,) = lines(browser.get("/me"), REMEMBER)

    assert line.endswith(f"Max-Age={int(20 * DAY)}")


def test_a_logout_ends_it(club, browser):
    old = value(browser, REMEMBER)
    browser.post("/out")

    assert value(browser, REMEMBER) is None
    assert club.rows("device") == []
    bring(browser, REMEMBER, old)
    assert who(browser) is None


def test_a_logout_ends_it_without_its_cookie_as_well(club, browser):
    browser.delete_cookie(REMEMBER, domain="club.example")
    browser.post("/out")

    assert club.rows("device") == []


def test_a_logout_of_one_browser_leaves_the_others(club, ann, browser):
    other = club.browser()
    other.post(f"/in/{ann}?remember=1")
    browser.post("/out")
    close(other)

    assert who(other) == ann


def test_all_of_a_user_end_when_they_are_forgotten(club, ann, bob, browser):
    other = club.browser()
    other.post(f"/in/{bob}?remember=1")

    with club.app.app_context():
        assert club.service.devices.forget(ann) == 1

    close(browser)
    close(other)

    assert who(browser) is None
    assert who(other) == bob


def test_who_may_log_in_no_more_is_not_remembered(club, ann, browser):
    with club.service.database.writing() as sql:
        sql.get(club.service.tables.user, ann).active = False

    close(browser)

    assert browser.get("/me").json == {"user": None, "how": [], "fresh": False}
    assert club.rows("device") == []


def test_a_login_as_somebody_else_ends_it(club, ann, bob, browser):
    close(browser)
    browser.delete_cookie(REMEMBER, domain="club.example")
    browser.post(f"/in/{bob}?remember=1")
    bobs = value(browser, REMEMBER)
    browser.post(f"/in/{ann}")
    close(browser)

    assert who(browser) is None
    bring(browser, REMEMBER, bobs)
    assert who(browser) is None


def test_one_that_ends_while_it_logs_a_browser_in_leaves_no_session(club, ann, browser):
    close(browser)
    by_id = club.service.people.by_id

    def slow(sql, id):
        club.service.people.by_id = by_id
        found = by_id(sql, id)
        # What another request does before the session of this one is kept.
        sql.rollback()
        assert club.service.devices.forget(ann) == 1
        Sessions().revoke_all(ann)
        return found

    club.service.people.by_id = slow
    browser.get("/nothing")

    assert who(browser) is None


def test_a_second_one_takes_the_place_of_the_first(club, ann, browser):
    browser.post(f"/in/{ann}?remember=1")

    assert len(club.rows("device")) == 1


def test_who_is_on_the_way_to_log_in_as_somebody_else_is_let_go_on(club, bob, browser):
    browser.post(f"/half/{bob}")

    assert browser.get("/pending").text == bob


def test_a_logout_on_the_way_to_log_in_as_somebody_else_ends_it(
    club, ann, bob, browser
):
    close(browser)
    browser.post(f"/half/{bob}")

    assert browser.post("/account/logout").status_code == 200

    assert who(browser) is None
    assert club.rows("device") == []


@pytest.mark.parametrize(
    "junk",
    [
        "x",
        ".",
        "a.b",
        "a" * 16 + "." + "b" * 43,
        "%00.%00",
        "a" * 5000,
        "é.é",
        "..",
        "",
    ],
)
def test_what_is_no_token_logs_nobody_in(club, browser, junk):
    stranger = club.browser()
    answer = stranger.get("/me", headers={"Cookie": f"{REMEMBER}={junk}"})

    assert answer.json["user"] is None
    assert len(club.rows("device")) == 1


def test_a_token_of_another_series_logs_nobody_in_and_ends_its_own(club, ann, browser):
    other = club.browser()
    other.post(f"/in/{ann}?remember=1")
    series = value(browser, REMEMBER).partition(".")[0]
    token = value(other, REMEMBER).partition(".")[2]
    thief = club.browser()
    bring(thief, REMEMBER, f"{series}.{token}")

    assert who(thief) is None
    assert [row.id for row in club.rows("device")] != [series]


def test_a_request_without_the_cookie_asks_the_database_nothing(club, ann):
    found = statements(club.service.database.engine)
    browser = club.browser()
    browser.get("/nothing")
    browser.post(f"/in/{ann}")
    browser.get("/nothing")

    assert found == []


def test_a_session_that_lives_asks_the_database_nothing(club, browser):
    found = statements(club.service.database.engine)
    browser.get("/nothing")

    assert found == []


def test_a_file_logs_nobody_in(club, browser):
    close(browser)
    found = statements(club.service.database.engine)
    browser.get("/account/static/accounts.css").close()

    assert found == []
    assert value(browser, REMEMBER)


def test_a_database_that_is_down_is_no_stranger(club, browser):
    with club.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE stopper_device")

    close(browser)

    with events(club.app) as found:
        answer = browser.get("/me")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert [e.name for e in found] == ["accounts-down"]
    assert value(browser, REMEMBER)


def test_a_database_that_is_down_remembers_nobody_and_keeps_nobody_out(club, ann):
    with club.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE stopper_device")

    browser = club.browser()

    with events(club.app) as found:
        assert browser.post(f"/in/{ann}?remember=1").status_code == 200

    assert "not-remembered" in [e.name for e in found]
    assert who(browser) == ann
    assert value(browser, REMEMBER) is None


def at_once(club, cookie, path, many):
    """Send the same cookie in several requests at once; return the answers."""
    answers, gate = [], threading.Barrier(many)

    def ask():
        browser = club.browser()
        bring(browser, *cookie)
        gate.wait(10)
        answers.append(browser.get(path))

    threads = [threading.Thread(target=ask) for _ in range(many)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join(30)

    return answers


def test_several_requests_at_once_are_all_logged_in_and_one_gets_the_token(
    club, ann, browser
):
    for _ in range(5):
        with events(club.app) as found:
            answers = at_once(club, (REMEMBER, value(browser, REMEMBER)), "/me", 6)

        given = [line for answer in answers for line in lines(answer, REMEMBER)]
        assert [answer.json["user"] for answer in answers] == [ann] * 6
        assert len(given) == 1
        assert "remember-replayed" not in [e.name for e in found]
        bring(browser, REMEMBER, given[0].partition(";")[0].partition("=")[2])

    assert len(club.rows("device")) == 1


def test_an_old_token_is_taken_for_a_minute(club, ann, browser):
    old = value(browser, REMEMBER)
    close(browser)
    browser.get("/me")
    late = club.browser()
    bring(late, REMEMBER, old)
    club.clock.now += 60

    assert who(late) == ann
    # It keeps what it has: the next token is on its way to the same browser.
    assert value(late, REMEMBER) == old


def test_a_token_from_before_the_last_but_one_is_no_late_request(club, ann, browser):
    old = value(browser, REMEMBER)

    for _ in range(2):
        close(browser)
        browser.get("/me")

    late = club.browser()
    bring(late, REMEMBER, old)

    assert who(late) is None


def test_it_can_be_turned_off(tmp_path):
    with Club(str(tmp_path), Clock(), STOPPER_REMEMBER=0) as club:
        ann = club.add("ann")
        browser = club.browser()
        browser.post(f"/in/{ann}?remember=1")

        assert value(browser, REMEMBER) is None
        assert not club.service.devices.offers("login")
        assert club.service.devices.offers("mfa")


def trusted(browser, user):
    return browser.get(f"/known/{user}").json["trusted"]


def test_a_browser_may_need_no_second_factor(club, ann, bob):
    browser, other = club.browser(), club.browser()
    browser.post(f"/in/{ann}?mfa=1")
    other.post(f"/in/{ann}?remember=1")

    assert trusted(browser, ann)
    assert not trusted(browser, bob)
    assert trusted(browser, ann)
    assert not trusted(other, ann)


def test_a_browser_that_is_trusted_again_has_one_row(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}?mfa=1")
    browser.post(f"/in/{ann}?mfa=1")

    assert len(club.rows("device")) == 1
    assert trusted(browser, ann)


def test_a_trusted_browser_logs_nobody_in(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}?mfa=1")
    swapped = club.browser()
    bring(swapped, REMEMBER, value(browser, MFA))

    assert who(swapped) is None


def test_a_browser_that_stays_logged_in_is_not_trusted_for_it(club, ann, browser):
    swapped = club.browser()
    bring(swapped, MFA, value(browser, REMEMBER))

    assert not trusted(swapped, ann)


def test_trust_outlives_the_logout_and_ends_when_it_is_forgotten(club, ann):
    browser = club.browser()
    browser.post(f"/in/{ann}?mfa=1&remember=1")
    browser.post("/out")
    assert trusted(browser, ann)

    with club.app.app_context():
        assert club.service.devices.forget(ann, "mfa") == 1

    assert not trusted(browser, ann)


def test_a_copy_of_a_trusted_browser_ends_it(club, ann):
    browser, thief = club.browser(), club.browser()
    browser.post(f"/in/{ann}?mfa=1")
    bring(thief, MFA, value(browser, MFA))
    assert trusted(thief, ann)
    club.clock.now += 61

    with events(club.app) as found:
        assert not trusted(browser, ann)

    assert [e.name for e in found] == ["remember-replayed"]
    assert not trusted(thief, ann)


def test_what_is_past_is_swept(club, ann, bob, browser):
    club.clock.now += 31 * DAY
    club.browser().post(f"/in/{bob}?remember=1")
    club.service.housekeeping.soon()

    assert [row.user for row in club.rows("device")] == [bob]
