"""Wrong passwords are counted, and nobody is locked out by those of others."""

from __future__ import annotations

import pytest

from stopper.guard.refusal import Refused
from stopper.guard.stores.base import StoreDown

from .site import ANN
from .site import HERE
from .site import log_in
from .site import OTHER
from .site import PASSWORD
from .site import THERE
from .site import who

MINUTE, HOUR, DAY = 60, 3600, 86_400


def guess(site, times, address=ANN, place=HERE, password=OTHER):
    """Try wrong passwords, and return the last answer."""
    for _ in range(times):
        answer = log_in(site.browser(place), address, password)

    return answer


def spread(site, times, address=ANN, first=0):
    """Try wrong passwords, each from another network."""
    for n in range(first, first + times):
        place = f"192.{n // 65536}.{n // 256 % 256}.{n % 256}"
        answer = log_in(site.browser(place), address, OTHER)

    return answer


def wait(answer):
    assert answer.status_code == 429
    return int(answer.headers["Retry-After"])


def test_a_client_tries_an_account_five_times_a_minute(site):
    site.add()

    assert guess(site, 5).status_code == 403
    assert wait(guess(site, 1)) == 12


def test_an_account_that_does_not_exist_is_counted_alike(site):
    site.add()
    known = [guess(site, 1).status_code for _ in range(7)]
    unknown = [guess(site, 1, "no@x.example", THERE).status_code for _ in range(7)]

    assert known == unknown == [403] * 5 + [429] * 2


def test_nothing_is_hashed_for_a_try_that_is_refused(site):
    site.add()
    guess(site, 5)
    before = site.service.passwords.hashes

    guess(site, 5)

    assert site.service.passwords.hashes == before


def test_the_right_password_is_refused_as_well_until_it_is_time(site, clock):
    ann = site.add()
    guess(site, 5)

    seconds = wait(log_in(site.browser()))
    clock.now += seconds - 1
    assert log_in(site.browser()).status_code == 429
    clock.now += 1
    browser = site.browser()
    log_in(browser)
    assert who(browser) == ann.id


def test_the_delays_grow(site, clock):
    site.add()
    waits, looked_at = [], 0

    while clock.now < 1_800_000_000.0 + DAY:
        answer = guess(site, 1)

        if answer.status_code == 429:
            waits.append(wait(answer))
            clock.now += waits[-1]
        else:
            looked_at += 1

    assert sorted(waits) == waits
    assert (waits[0], waits[-1]) == (12, DAY // 30)
    assert looked_at <= 60


def test_the_user_gets_in_from_another_address_at_once(site):
    ann = site.add()
    guess(site, 200)
    browser = site.browser(THERE)

    assert log_in(browser).status_code == 303
    assert who(browser) == ann.id


def test_who_is_refused_uses_up_nothing_of_what_belongs_to_all(site, clock):
    site.add()
    guess(site, 400)

    # Of the account's 50 an hour the first client took five.
    assert spread(site, 45).status_code == 403
    assert wait(spread(site, 1, first=99)) == HOUR // 50


def test_a_success_gives_back_what_it_took(site):
    site.add()

    for _ in range(40):
        assert log_in(site.browser()).status_code == 303

    assert guess(site, 5).status_code == 403
    assert guess(site, 1).status_code == 429


def test_success_with_an_account_of_ones_own_gives_no_more_tries_at_another(site):
    site.add()
    site.add("eve@notes.example")
    statuses = []

    for _ in range(8):
        statuses.append(guess(site, 1).status_code)
        log_in(site.browser(), "eve@notes.example")

    assert statuses == [403] * 5 + [429] * 3


def test_one_client_cannot_try_one_password_at_many_accounts(site):
    for n in range(30):
        answer = guess(site, 1, f"user{n}@x.example")
        assert answer.status_code == 403

    assert wait(guess(site, 1, "another@x.example")) == 20


def test_many_clients_cannot_try_at_one_account_without_end(site, clock):
    site.add()

    assert spread(site, 50).status_code == 403
    assert spread(site, 1, first=60).status_code == 429


def test_a_browser_that_logged_in_before_gets_in_whatever_strangers_do(site):
    ann = site.add()
    browser = site.browser()
    log_in(browser)
    browser.post("/account/logout")
    # From the same network too: an office has one address.
    guess(site, 30)
    spread(site, 400)

    assert log_in(site.browser(THERE)).status_code == 429
    assert log_in(browser).status_code == 303
    assert who(browser) == ann.id


def test_a_browser_that_logged_in_before_has_tries_of_its_own(site):
    site.add()
    browser = site.browser()
    log_in(browser)
    browser.post("/account/logout")

    statuses = [log_in(browser, password=OTHER).status_code for _ in range(7)]

    assert statuses == [403] * 5 + [429] * 2


class TestManyThatAreKnown:
    @pytest.fixture
    def config(self):
        return {"STOPPER_ACCOUNTS_STRANGER_TRIES": "6/hour"}

    def test_they_have_no_more_tries_than_strangers(self, site):
        site.add()
        known = [site.browser(f"192.0.2.{n}") for n in range(5)]

        for browser in known:
            log_in(browser)
            browser.post("/account/logout")

        # The password may be another one now, and they are back to guess it.
        tried = [
            log_in(browser, password=OTHER).status_code
            for browser in known
            for _ in range(4)
        ]

        # Six as browsers that are known, six as strangers, and then they wait.
        assert tried == [403] * 12 + [429] * 8

    def test_strangers_take_nothing_of_theirs(self, site):
        site.add()
        known = site.browser()
        log_in(known)
        known.post("/account/logout")
        spread(site, 10)

        assert log_in(known, password=OTHER).status_code == 403
        assert log_in(known).status_code == 303


def test_a_browser_known_to_one_account_is_a_stranger_to_another(site):
    site.add()
    site.add("eve@notes.example")
    browser = site.browser()
    log_in(browser, "eve@notes.example")
    browser.post("/account/logout")
    spread(site, 50)

    assert log_in(browser).status_code == 429


class TestStuffing:
    @pytest.fixture
    def config(self):
        return {"STOPPER_ACCOUNTS_ALL_TRIES": "20 per 10 minutes"}

    def stuff(self, site, times, first=0):
        for n in range(first, first + times):
            place = f"192.0.{n // 256}.{n % 256}"
            answer = log_in(site.browser(place), f"user{n}@x.example", OTHER)

        return answer

    def test_passwords_tried_at_large_are_seen_once_in_a_while(
        self, site, happened, clock
    ):
        self.stuff(site, 25)
        assert [e.name for e in happened].count("credential-stuffing") == 1
        clock.now += 10 * MINUTE
        self.stuff(site, 25, first=100)
        assert [e.name for e in happened].count("credential-stuffing") == 2

    def test_strangers_wait_their_turn_and_known_browsers_do_not(self, site, clock):
        site.add()
        known = site.browser()
        log_in(known)
        known.post("/account/logout")
        assert self.stuff(site, 20).status_code == 403
        answer = self.stuff(site, 1, first=50)

        assert wait(answer) == 30
        assert log_in(known).status_code == 303
        clock.now += 30
        assert log_in(site.browser(THERE)).status_code == 303


def test_no_address_stands_in_the_store(site):
    site.add()
    guess(site, 2)
    keys = list(site.service.house.store._arrivals)

    assert len(keys) == 8
    assert not [key for key in keys if "ann" in key or HERE in key]


def test_a_code_is_counted_by_user_and_by_client(site, clock):
    throttle = site.service.throttle

    def tries(place, what="totp"):
        with site.app.test_request_context(environ_base={"REMOTE_ADDR": place}):
            try:
                throttle.code("ann", what)
            except Refused as e:
                return e.refusal.status

            return 200

    assert [tries(HERE) for _ in range(6)] == [200] * 5 + [429]
    assert tries(HERE, "recovery") == 200
    places = [f"192.0.2.{n}" for n in range(20)]
    assert [tries(place) for place in places] == [200] * 15 + [429] * 5


class Down:
    shared, counts = True, True

    def __getattr__(self, name):
        def fail(*args, **kwargs):
            raise StoreDown("it is down")

        return fail


def test_without_the_store_nobody_gets_in(site, happened):
    site.add()
    house = site.service.house
    up, house.store = house.store, Down()
    browser = site.browser()

    answer = log_in(browser)

    house.store = up
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert who(browser) == "stranger"
    assert "store-down" in [e.name for e in happened]


def test_a_full_queue_answers_at_once(site):
    from stopper.guard.passwords.pool import Busy

    site.add()

    def full(stored, password):
        raise Busy

    site.service.passwords.verify = full
    answer = log_in(site.browser())

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_the_limit_of_all_logins_is_not_laid_over_the_throttle(site):
    for n in range(15):
        answer = guess(site, 1, f"user{n}@x.example")

    assert answer.status_code == 403
    assert PASSWORD not in answer.text
