"""What is used once is used once, however many ask at the same time."""

from __future__ import annotations

from collections import Counter

import pytest

from guard.stores.worker import at_once
from guard.stores.worker import crowd

from .site import ANN
from .site import log_in
from .site import OTHER
from .site import PASSWORD

MANY = 6


@pytest.fixture
def config():
    # So that nobody is sent away because others hash.
    return {"STOPPER_PASSWORD_QUEUE": 50}


def phrase(n):
    return f"{n} geese over the harbour"


def statuses(site, path, data):
    """Send one thing from several threads at once; each has a connection of its own."""

    def send(n):
        browser = site.browser(f"192.0.2.{n}")
        return browser.post(path, data=data(n)).status_code

    return Counter(crowd(send, MANY))


@pytest.fixture
def token(site):
    site.add()
    site.browser().post("/account/reset", data={"address": ANN})
    return site.token()


def test_of_many_who_use_one_reset_link_one_sets_the_password(site, token):
    found = statuses(
        site,
        "/account/reset/link",
        lambda n: {"token": token, "password": phrase(n)},
    )

    assert found == {303: 1, 410: MANY - 1}
    right = [
        n
        for n in range(MANY)
        if site.service.passwords.verify(site.person().password, phrase(n)).right
    ]
    assert len(right) == 1


def test_of_many_who_use_one_verification_link_one_verifies(site):
    data = {"address": ANN, "password": PASSWORD}
    site.browser().post("/account/register", data=data)
    token = site.token()

    found = statuses(
        site,
        "/account/verify/link",
        lambda n: {"token": token, "password": phrase(n)},
    )

    assert found == {303: 1, 410: MANY - 1}


def test_of_a_reset_and_a_change_at_once_one_wins(site, token):
    browser = site.browser()
    log_in(browser)
    changed = {"current": PASSWORD, "password": phrase(1)}
    reset = {"token": token, "password": phrase(2)}

    one, two = at_once(
        lambda: browser.post("/account/password", data=changed).status_code,
        lambda: site.browser().post("/account/reset/link", data=reset).status_code,
    )

    # The reset ends the session of the change, if that comes later.
    assert (one == 303) + (two == 303) == 1
    winner = phrase(1) if one == 303 else phrase(2)
    assert site.service.passwords.verify(site.person().password, winner).right


def test_of_many_registrations_of_one_address_one_account_comes(site):
    found = statuses(
        site,
        "/account/register",
        lambda n: {"address": ANN, "password": phrase(n)},
    )

    assert found == {200: MANY}
    assert len(site.rows("user")) == 1
    assert len([m for m in site.mails if m["To"] == ANN]) == 3


def test_a_better_hash_does_not_overwrite_a_password_that_was_reset(site, token):
    ann = site.person()
    people, passwords = site.service.people, site.service.passwords
    new = passwords.hash(OTHER)

    with site.service.database.writing() as sql:
        assert people.set_password(sql, ann.id, ann.password, new, 1.0)

    # What a login that read the old hash before would write now.
    with site.service.database.writing() as sql:
        assert not people.set_password(sql, ann.id, ann.password, "better", 2.0)

    assert site.person().password == new


def test_of_many_wrong_passwords_at_once_five_are_looked_at(site):
    site.add()
    before = site.service.passwords.hashes

    def send(n):
        return log_in(site.browser(), password=phrase(n)).status_code

    found = Counter(crowd(send, 12))

    # One whose take came between another's and its return may be refused too.
    assert found[403] <= 5
    assert site.service.passwords.hashes - before == found[403]
