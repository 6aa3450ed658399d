"""Who stays logged in can be copied: what a copy of the cookie is worth, and how long."""

from __future__ import annotations

import base64
import threading

from flask import Flask
from flask_login import login_required
from flask_login import login_user
from flask_login import LoginManager
from flask_login import logout_user
from flask_login import UserMixin

from guard.accounts.club import ann
from guard.accounts.club import bring
from guard.accounts.club import close
from guard.accounts.club import club
from guard.accounts.club import REMEMBER
from guard.accounts.club import SESSION
from guard.accounts.club import value
from guard.accounts.club import who
from guard.tables.conftest import database_url
from stopper.guard.stores.base import StoreDown
from stopper.testing import events
from stopper.testing import mails

__all__ = ("ann", "club", "database_url")


def bare():
    """What people do today: Flask-Login's remember cookie."""
    app = Flask("bare")
    app.secret_key = "for these tests alone, and long enough"
    users = LoginManager(app)

    class Ann(UserMixin):
        id = "ann"

    users.user_loader(lambda id: Ann())

    @app.post("/in")
    def come():
        login_user(Ann(), remember=True)
        return "in"

    @app.post("/out")
    def leave():
        logout_user()
        return "out"

    @app.get("/me")
    @login_required
    def me():
        return "ann"

    return app


def test_a_copied_cookie_works_after_the_logout_on_the_bare_stack():
    app = bare()
    victim, thief = app.test_client(), app.test_client()
    victim.post("/in")
    thief.set_cookie("remember_token", victim.get_cookie("remember_token").value)
    victim.post("/out")

    for _ in range(2):
        assert thief.get("/me").text == "ann"
        thief.delete_cookie("session")


def stolen(club, ann):
    """Return the victim's browser, and a thief's with a copy of its cookie."""
    victim, thief = club.browser(), club.browser(address="198.51.100.66")
    victim.post(f"/in/{ann}?remember=1")
    bring(thief, REMEMBER, value(victim, REMEMBER))
    return victim, thief


def test_a_copied_cookie_is_worth_nothing_after_the_logout(club, ann):
    victim, thief = stolen(club, ann)
    victim.post("/out")

    assert who(thief) is None


def test_a_session_that_a_copy_began_is_no_longer_than_the_victims_next_visit(
    club, ann
):
    victim, thief = stolen(club, ann)
    assert who(thief) == ann
    club.clock.now += 120
    close(victim)

    # The victim comes with a token that the thief has used.
    with events(club.app) as found, mails(club.app) as sent:
        assert who(victim) is None

    assert who(thief) is None
    assert [e.name for e in found if e.action == "refused"] == ["remember-replayed"]
    assert [(m["To"], m["Subject"]) for m in sent] == [
        ("ann@example.org", "You were logged out of club.example")
    ]
    close(thief)
    assert who(thief) is None


def test_a_replay_by_the_thief_ends_the_victims_session_too(club, ann):
    victim, thief = stolen(club, ann)
    close(victim)
    assert who(victim) == ann
    club.clock.now += 120

    assert who(thief) is None
    assert who(victim) is None


def test_a_replay_ends_no_session_that_has_nothing_to_do_with_it(club, ann):
    victim, thief = stolen(club, ann)
    other = club.browser()
    other.post(f"/in/{ann}?remember=1")
    close(victim)
    who(victim)
    club.clock.now += 120

    assert who(thief) is None
    assert who(other) == ann
    close(other)
    assert who(other) == ann


def test_many_replays_at_once_are_told_once(club, ann):
    victim, thief = stolen(club, ann)
    old = value(thief, REMEMBER)
    close(victim)
    who(victim)
    club.clock.now += 120
    gate, answers = threading.Barrier(6), []

    def replay():
        browser = club.browser()
        bring(browser, REMEMBER, old)
        gate.wait(10)
        answers.append(browser.get("/me").json["user"])

    threads = [threading.Thread(target=replay) for _ in range(6)]

    with mails(club.app) as sent:
        for thread in threads:
            thread.start()

        for thread in threads:
            thread.join(30)

    assert answers == [None] * 6
    assert len(sent) == 1


def test_a_replay_while_the_store_is_down_is_found_out_later(club, ann, monkeypatch):
    victim, thief = stolen(club, ann)
    close(victim)
    who(victim)
    club.clock.now += 120

    def down(*given):
        raise StoreDown("not there")

    with monkeypatch.context() as patch:
        patch.setattr(club.service.house.store, "of", down)
        assert thief.get("/me").status_code == 503

    assert who(thief) is None
    assert who(victim) is None


def test_a_session_that_begins_while_a_copy_is_found_out_ends_too(club, ann):
    victim, thief = stolen(club, ann)
    who(thief)
    club.clock.now += 120
    close(victim)
    close(thief)
    series = club.service.devices._series
    end, came = series.end, []

    def late(*given):
        series.end = end
        # In a thread, for a request inside of another one shares its context.
        visit = threading.Thread(target=lambda: came.append(who(thief)))
        visit.start()
        visit.join(10)
        return end(*given)

    series.end = late

    assert who(victim) is None
    assert came == [ann]
    assert who(thief) is None


def test_the_table_of_devices_opens_nothing(club, ann):
    stolen(club, ann)
    (row,) = club.rows("device")

    for token in (row.token.hex(), base64.urlsafe_b64encode(row.token).decode()[:43]):
        thief = club.browser()
        bring(thief, REMEMBER, f"{row.id}.{token}")
        assert who(thief) is None


def test_a_page_of_another_site_rotates_no_token(club, ann):
    victim, _ = stolen(club, ann)
    before = value(victim, REMEMBER)
    close(victim)
    victim.page = "https://evil.example"

    assert victim.post("/changed").status_code == 403
    assert value(victim, REMEMBER) == before


def test_the_session_id_is_another_one_after_it_came_back(club, ann):
    """A session that a thief fixed before is not the one that is logged in."""
    victim, _ = stolen(club, ann)
    close(victim)
    bring(victim, SESSION, "f" * 43)
    victim.get("/me")

    assert value(victim, SESSION) != "f" * 43
    thief = club.browser()
    bring(thief, SESSION, "f" * 43)
    assert who(thief) is None
