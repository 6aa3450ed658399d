"""How many sessions a user may have, which the app says."""

from __future__ import annotations

import pytest

from .site import log_in
from .site import OTHER
from .site import THERE
from .site import who


@pytest.fixture
def config():
    return {"STOPPER_ACCOUNTS_SESSIONS": 2}


def logged_in(site, times=1, **more):
    found = [site.browser() for _ in range(times)]

    for browser in found:
        site.clock.now += 60
        log_in(browser, **more)

    return found


def reopen(browser):
    """Close a browser and open it again: its session is gone, and still in the store."""
    browser.delete_cookie("__Host-session", domain="notes.example")


def sessions(site):
    store, user = site.service.house.store, site.person().id
    return len(store.of(user, site.clock.now))


def test_one_more_ends_the_oldest(site, happened):
    ann = site.add()
    found = logged_in(site, 3)

    assert [who(b) for b in found] == ["stranger", ann.id, ann.id]
    assert [e.name for e in happened].count("session-crowded-out") == 1


def test_the_browser_of_the_oldest_does_not_come_back(site):
    site.add()
    first, *_ = logged_in(site, 3, remember="on")

    assert who(first) == "stranger"
    assert sessions(site) == 2


def test_a_browser_that_comes_back_counts(site):
    ann = site.add()
    (first,) = logged_in(site, 1, remember="on")
    (second,) = logged_in(site)
    reopen(first)

    assert [who(first), who(second)] == [ann.id, ann.id]
    assert sessions(site) == 2


def test_an_earlier_session_of_the_same_browser_ends_alone(site):
    ann = site.add()
    (first,) = logged_in(site, 1, remember="on")
    logged_in(site)

    for _ in range(3):
        site.clock.now += 60
        reopen(first)
        assert who(first) == ann.id


def test_who_logs_in_again_in_one_browser_ends_nobody(site):
    ann = site.add()
    first, second = logged_in(site, 2)

    for _ in range(3):
        site.clock.now += 60
        log_in(first)

    assert [who(first), who(second)] == [ann.id, ann.id]


def test_sessions_of_others_do_not_count(site):
    site.add("eve@notes.example", OTHER)
    site.add()
    (first,) = logged_in(site, 1)
    logged_in(site, 2, address="eve@notes.example", password=OTHER)

    assert who(first) == site.person().id


@pytest.mark.parametrize("config", [{}])
def test_without_a_number_there_may_be_any(site):
    ann = site.add()

    assert [who(b) for b in logged_in(site, 12)] == [ann.id] * 12


def test_who_is_thrown_out_logs_in_from_anywhere(site):
    ann = site.add()
    logged_in(site, 3)
    browser = site.browser(THERE)
    log_in(browser)

    assert who(browser) == ann.id
