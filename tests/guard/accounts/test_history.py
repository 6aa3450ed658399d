"""What happened to an account is written down, and no request waits for it."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import event as sql_event

from guard.accounts.club import ann
from guard.accounts.club import bob
from guard.accounts.club import Clock
from guard.accounts.club import Club
from guard.accounts.club import club
from guard.accounts.club import PHONE
from stopper.catalogue.event import Action
from stopper.guard.accounts import history
from stopper.guard.accounts import queue as queues
from stopper.testing import events

__all__ = ("ann", "bob", "club")


def happen(club, user, name, control="accounts", **details):
    with club.app.app_context():
        club.service.house.emit(
            control, name, Action.NOTED, "It did.", user=user, **details
        )


def test_what_happened_is_listed_with_the_newest_first(club, ann):
    browser = club.browser(PHONE, "198.51.100.7")
    browser.post(f"/in/{ann}")
    club.clock.now += 60
    browser.post("/changed")
    first, second = club.service.history.of(ann)

    assert (first.name, first.says) == ("password-changed", "The password was changed")
    assert (first.at, second.at) == (club.clock.now, club.clock.now - 60)
    assert (second.name, second.device) == ("login", "Safari on iPhone")
    assert second.place == "198.51.100.7"


def test_what_happened_to_others_is_not_listed(club, ann, bob):
    happen(club, ann, "address-changed")

    assert club.names(bob) == []
    assert club.names(ann) == ["address-changed"]


@pytest.mark.parametrize(
    ("control", "name"),
    [("csrf", "password-changed"), ("accounts", "login"), ("accounts", "mail-failed")],
)
def test_what_a_user_need_not_read_is_not_written_down(club, ann, control, name):
    happen(club, ann, name, control)

    assert club.names(ann) == []


def test_an_event_that_names_no_user_is_nobodys(club, ann):
    happen(club, None, "password-changed")

    assert club.rows("event") == []


def test_the_newest_are_kept(club, ann, bob, monkeypatch):
    monkeypatch.setattr(history, "MOST", 5)
    happen(club, bob, "registered")

    for n in range(8):
        club.clock.now += n
        happen(club, ann, "address-changed" if n < 6 else "address-asked")

    assert club.names(ann) == ["address-changed"] * 3 + ["address-asked"] * 2
    assert len(club.rows("event")) == 6
    assert club.names(bob) == ["registered"]


def test_since_when_all_browsers_are_forgotten_is_kept(club, ann, monkeypatch):
    monkeypatch.setattr(history, "MOST", 3)
    browser = club.browser()
    browser.post(f"/in/{ann}")
    club.clock.now += 60
    happen(club, ann, "password-reset")

    for _ in range(5):
        club.clock.now += 60
        happen(club, ann, "address-asked")

    club.browser(PHONE).post(f"/in/{ann}")
    browser.post(f"/in/{ann}")

    assert {row.name for row in club.rows("event")} >= {"password-reset", "login-new"}


def test_what_is_known_of_an_account_goes_with_it(club, ann, bob):
    club.browser().post(f"/in/{ann}")
    club.browser().post(f"/in/{bob}")
    happen(club, ann, "account-closed")

    assert {row.user for row in club.rows("event")} == {bob}


def test_what_cannot_be_written_down_now_is_later(club, ann):
    engine, failing = club.service.database.engine, [True]

    def refuse(conn, cursor, statement, parameters, context, many):
        if failing and "INSERT" in statement:
            raise context.dialect.dbapi.OperationalError("down")

    sql_event.listen(engine, "before_cursor_execute", refuse)
    club.service.history.queue.pause = 0.01

    with events(club.app) as found:
        happen(club, ann, "address-changed")
        club.service.history.settle()

    assert [e.name for e in found] == ["address-changed", "history-delayed"]
    failing.clear()
    time.sleep(0.02)
    assert club.names(ann) == ["address-changed"]


@pytest.fixture
def served(tmp_path):
    """A club as it is served: a thread writes down what happened."""
    config = {"STOPPER_MAIL_URL": "smtp://127.0.0.1:1"}
    url = f"sqlite:///{tmp_path}/accounts.sqlite"

    with Club(
        str(tmp_path), Clock(), testing=False, STOPPER_ACCOUNTS_URL=url, **config
    ) as club:
        yield club

    for queue in list(queues._ALL):
        queue._tasks.clear()


def test_a_thread_writes_it_down_in_production(served):
    ann = served.add("ann")

    for agent in ("one", PHONE):
        assert served.browser(agent).post(f"/in/{ann}").status_code == 200

    assert served.service.history.queue.flush(10) == 0
    assert served.names(ann) == ["login", "login-new"]
    # The notice waits for a mail server.
    assert served.service.mailer.outbox.flush(0) == 1


def test_a_queue_that_is_full_keeps_nobody_waiting(club, ann, monkeypatch):
    monkeypatch.setattr(queues, "MOST", 2)

    with events(club.app) as found:
        for _ in range(4):
            happen(club, ann, "address-changed")

    assert [e.name for e in found].count("history-dropped") == 2
    assert club.names(ann) == ["address-changed"] * 2
