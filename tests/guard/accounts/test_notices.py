"""Tries to log in that look like somebody else's are told to the user."""

from __future__ import annotations

import pytest

from .site import ANN
from .site import HERE
from .site import log_in
from .site import OTHER
from .site import THERE
from .test_reset import factor


def told(site):
    return [m for m in site.mails if "was right after wrong ones" in m["Subject"]]


def wrong(site, times, place=HERE):
    for _ in range(times):
        log_in(site.browser(place), password=OTHER)


def test_a_right_password_after_several_wrong_ones_is_told(site, happened):
    ann = site.add()
    wrong(site, 5)
    site.clock.now += 12

    assert log_in(site.browser()).status_code == 303
    (mail,) = told(site)
    assert mail["To"] == ANN
    assert "after 5 wrong ones" in mail.get_content()
    assert "/account/reset" in mail.get_content()
    (event,) = [e for e in happened if e.name == "login-after-failures"]
    assert event.details == {"user": ann.id}


def test_it_is_told_who_came_from_elsewhere(site):
    site.add()
    wrong(site, 5)
    log_in(site.browser(THERE))

    assert len(told(site)) == 1


@pytest.mark.parametrize("kind", ["totp", "passkey"])
def test_it_is_told_before_the_second_factor_was_shown(site, kind):
    site.add()
    factor(site, kind)
    wrong(site, 5)

    assert log_in(site.browser(THERE)).location == "/account/second"
    assert len(told(site)) == 1


def test_it_is_told_of_a_known_browser_too(site):
    site.add()
    browser, other = site.browser(), site.browser()
    log_in(browser)
    log_in(other)

    for _ in range(5):
        log_in(browser, password=OTHER)

    log_in(other)

    assert len(told(site)) == 1


def test_few_wrong_ones_are_no_news(site):
    site.add()
    wrong(site, 4)
    log_in(site.browser())

    assert told(site) == []


def test_what_strangers_try_is_no_news_in_a_known_browser(site):
    site.add()
    browser = site.browser()
    log_in(browser)
    wrong(site, 5, THERE)
    log_in(browser)

    assert told(site) == []


def test_it_is_told_once_an_hour(site):
    site.add()
    wrong(site, 5)

    for _ in range(3):
        log_in(site.browser(THERE))

    assert len(told(site)) == 1


def test_the_user_reads_it_among_what_happened(site):
    site.add()
    wrong(site, 5)
    browser = site.browser(THERE)
    log_in(browser)
    page = browser.get("/account/devices").text

    assert "The password was right after several wrong ones" in page
