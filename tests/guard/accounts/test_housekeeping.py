"""What is past is forgotten behind the requests, and nothing that is not."""

from __future__ import annotations

import threading

import pytest

from stopper.guard.accounts import housekeeping
from stopper.guard.accounts.flows.operator import invite
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import events

from .site import ANN
from .site import log_in
from .site import PASSWORD

DAY = 86_400.0
EVE = "eve@notes.example"


@pytest.fixture
def config():
    return {"STOPPER_REMEMBER": 3600}


def register(site, address=EVE):
    data = {"address": address, "password": PASSWORD}
    assert site.browser().post("/account/register", data=data).status_code == 200
    # That it was opened is written down.
    site.service.history.settle()


def tidy(site):
    site.service.housekeeping.soon()
    site.service.history.settle()


def test_an_address_that_nobody_verified_is_free_again(site, clock, happened):
    register(site)
    user = site.person(EVE).id
    clock.now += 7 * DAY - 60
    tidy(site)
    assert site.person(EVE) is not None

    clock.now += 3600
    tidy(site)

    assert site.person(EVE) is None
    closed = [e for e in happened if e.name == "account-closed"]
    assert [e.details for e in closed] == [{"user": user, "why": "unverified"}]
    names = ("token", "event", "credential", "apikey", "membership", "device")
    assert [len(site.rows(name)) for name in names] == [0] * 6
    register(site)
    assert site.person(EVE) is not None


def test_whoever_was_let_in_or_brought_along_stays(site, clock):
    # The app brought one with it, one verified, one was let in, one was switched off.
    site.add("old@notes.example", verified=False)
    register(site, "verified@notes.example")
    token = site.token()
    site.browser().post(
        "/account/verify/link", data={"token": token, "password": PASSWORD}
    )
    register(site, "seen@notes.example")
    site.service.history.note(site.person("seen@notes.example").id, "login")
    register(site, "off@notes.example")
    off = site.person("off@notes.example").id

    with site.service.database.writing() as sql:
        site.service.people.set_active(sql, off, False, clock.now)

    before = {row.address for row in site.rows("user")}
    clock.now += 300 * DAY
    tidy(site)

    assert {row.address for row in site.rows("user")} == before
    assert len(before) == 4


def test_an_invitation_that_nobody_took_goes_too(site, clock):
    with site.app.app_context():
        invite(EVE, roles=["editor"])

    site.service.history.settle()
    clock.now += 8 * DAY
    tidy(site)

    assert site.person(EVE) is None
    assert site.rows("membership") == []


@pytest.mark.parametrize(
    "config",
    [{"STOPPER_ACCOUNTS_UNVERIFIED_DAYS": 0}, {"STOPPER_ACCOUNTS_VERIFY": False}],
)
def test_where_nobody_has_to_verify_nobody_goes(site, clock, config):
    register(site)
    clock.now += 300 * DAY
    tidy(site)

    assert site.person(EVE) is not None


def test_links_browsers_and_keys_go_when_they_are_past(site, clock):
    ann = site.add()
    log_in(site.browser(), remember="1")
    keys = site.service.apikeys
    live = keys.make(ann.id, Wish("live", days=90)).row.id
    dead = keys.make(ann.id, Wish("dead")).row.id
    keys.revoke(dead)
    site.browser().post("/account/reset", data={"address": ANN})
    tidy(site)
    assert (len(site.rows("token")), len(site.rows("device"))) == (1, 1)

    clock.now += 3601
    tidy(site)
    assert (site.rows("token"), site.rows("device")) == ([], [])
    assert {row.id for row in site.rows("apikey")} == {live, dead}

    clock.now += housekeeping.KEPT - 60
    tidy(site)
    # That one was valid for as long; its owner sees it for as long again.
    assert {row.id for row in site.rows("apikey")} == {live}
    clock.now += housekeeping.KEPT
    tidy(site)
    assert site.rows("apikey") == []


def test_it_goes_in_lots_and_to_the_end(site, clock, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)

    for n in range(8):
        register(site, f"eve{n}@notes.example")
        clock.now += 61

    clock.now += 8 * DAY
    site.statements.clear()
    tidy(site)

    assert site.rows("user") == []
    assert (
        len([s for s in site.statements if s.startswith("DELETE FROM stopper_user")])
        == 8
    )


def test_no_request_waits_for_it(site, clock):
    register(site)
    clock.now += 8 * DAY
    site.service.housekeeping.soon()
    site.statements.clear()
    register_again = site.browser().post("/account/reset", data={"address": ANN})

    assert register_again.status_code == 200
    assert [s for s in site.statements if "stopper_account_event" in s] == []
    assert site.person(EVE) is not None


def test_it_comes_once_an_hour_and_after_a_clock_was_set_back(site, clock):
    def rounds():
        site.service.history.settle()
        site.statements.clear()
        tidy(site)
        return len(site.statements) > 0

    assert [rounds(), rounds()] == [True, False]
    clock.now += 3599
    assert not rounds()
    clock.now += 1
    assert rounds()
    clock.now -= 10 * DAY
    assert rounds()


def test_a_login_brings_it_about(site, clock):
    site.add()
    register(site)
    clock.now += 8 * DAY
    log_in(site.browser())
    site.service.history.settle()

    assert site.person(EVE) is None


def test_two_at_once_take_every_account_once(site, clock):
    for n in range(6):
        register(site, f"eve{n}@notes.example")

    clock.now += 8 * DAY
    ours = site.service
    ours.history.settle()
    both = [housekeeping.Housekeeping(ours, ours.history) for _ in "ab"]

    with events(site.app) as found:
        threads = [threading.Thread(target=one._unverified) for one in both]

        for thread in threads:
            thread.start()

        for thread in threads:
            thread.join()

    gone = [e.details["user"] for e in found if e.name == "account-closed"]
    assert len(gone) == len({*gone}) == 6
    assert site.rows("user") == []
