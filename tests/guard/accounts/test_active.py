"""Who may log in no more is out at once, with everything that opened the account."""

from __future__ import annotations

import pytest

from stopper.guard.accounts.flows.active import activate
from stopper.guard.accounts.flows.active import deactivate
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import client

from .site import log_in
from .site import PASSWORD
from .site import who
from .test_register import device
from .test_reset import ask
from .test_reset import keep


@pytest.fixture
def config():
    return {"STOPPER_APIKEY_SCOPES": {"notes:read": "Read"}}


@pytest.fixture
def ann(site):
    return site.add()


@pytest.fixture
def key(site, ann):
    yield site.service.apikeys.make(ann.id, Wish()).key
    # What is written behind an answer needs the database.
    site.service.apikeys.checks.uses.wait()


def brought(site, key):
    """Return what a check says of a key: empty if it is good."""
    return site.service.apikeys.checks.brought(key, "192.0.2.1").reason


def switch(site, how, person):
    with site.app.app_context():
        return how(person)


def test_whoever_is_switched_off_is_out_everywhere(site, ann, key):
    browser = site.browser()
    log_in(browser)
    keep(site, device)
    ask(browser)

    assert who(browser) == ann.id
    assert switch(site, deactivate, ann) == 1

    assert who(browser) == "stranger"
    assert site.rows("device") == []
    assert site.browser().get(site.link()).status_code == 410
    assert log_in(site.browser()).status_code == 403
    assert brought(site, key) == "revoked"


def test_who_is_let_in_again_logs_in_and_has_no_old_key(site, ann, key):
    switch(site, deactivate, ann)
    switch(site, activate, ann)
    browser = site.browser()

    assert log_in(browser).status_code == 303
    assert who(browser) == ann.id
    assert brought(site, key) == "revoked"


def test_a_key_of_who_may_not_log_in_never_works(site, ann, key):
    """Whatever set the column, and without a look at the key itself."""
    assert brought(site, key) == ""

    with site.service.database.writing() as sql:
        site.service.people.set_active(sql, ann.id, False, site.clock.now)

    assert brought(site, key) == "owner-inactive"


def test_a_key_of_nobody_never_works(site, ann, key):
    """As one that was made while its owner closed the account."""
    with site.service.database.writing() as sql:
        site.service.people.close(sql, ann.id)

    assert brought(site, key) == "owner-inactive"


def test_a_token_dies_with_its_owner(site, ann, key):
    id = site.service.apikeys.listed(ann.id)[0].id
    token = site.service.apikeys.mint(id, frozenset(), 60)
    assert brought(site, token) == ""

    with site.service.database.writing() as sql:
        site.service.people.set_active(sql, ann.id, False, site.clock.now)

    assert brought(site, token) == "owner-inactive"


def test_the_owner_costs_no_statement(site, ann, key):
    site.service.apikeys.checks.uses.wait()
    site.statements.clear()
    site.service.apikeys.checks._row(site.service.apikeys.listed()[0].id)

    assert len(site.statements) == 2


def test_a_closed_account_leaves_no_key(site, ann, key):
    browser = site.browser()
    log_in(browser)
    assert (
        browser.post("/account/close", data={"password": PASSWORD}).status_code == 303
    )

    assert site.rows("apikey") == []
    assert brought(site, key) == "unknown"


def test_the_owner_reads_what_happened(site, ann, key, happened):
    ours = site.service
    second = ours.apikeys.make(ann.id, Wish("second"))
    ours.apikeys.rotate(second.row.id, ann.id)
    ours.apikeys.revoke(ours.apikeys.listed(ann.id)[0].id)
    switch(site, deactivate, ann)
    switch(site, activate, ann)

    names = [entry.name for entry in ours.history.of(ann.id)][::-1]
    assert names == [
        *("key-made", "key-made", "key-rotated", "key-revoked"),
        *("keys-revoked", "account-deactivated", "account-activated"),
    ]
    assert {e.details["user"] for e in happened if e.control == "apikeys"} == {ann.id}


def test_a_key_that_was_seen_in_an_address_is_in_the_history(site, ann, key):
    answer = client(site.app, browser=False).get(f"/notes?key={key}")
    assert answer.status_code == 400

    assert site.service.history.of(ann.id)[0].name == "key-revoked"
