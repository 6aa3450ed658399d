"""What Flask-Security and Flask-Login let in with their defaults, and Stopper before them.

Codes that come twice and recovery codes are in ``tests/guard/guests/test_security.py``.
"""

from __future__ import annotations

import pytest

from guard.guests.members import BEN
from guard.guests.members import browser
from guard.guests.members import closed
from guard.guests.members import club
from guard.guests.members import enter
from guard.guests.members import entered
from guard.guests.members import PASSWORD
from guard.guests.members import quiet
from guard.guests.members import send
from stopper import Stopper
from stopper import testing

__all__ = ("closed",)

pytestmark = quiet

#: What the pages of a real app have on.
PAGES = {
    "SECURITY_REGISTERABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_USE_REGISTER_V2": True,
}


def guessed(app, times):
    """Try that many wrong passwords, and return how many were looked at."""
    client = browser(app)
    answers = [enter(client, password=f"wrong {n}") for n in range(times)]
    return sum("Invalid password" in answer.text for answer in answers)


def test_sixty_wrong_passwords_are_looked_at(closed):
    assert guessed(closed(), 60) == 60


def test_five_of_sixty_wrong_passwords_are_looked_at(closed):
    app = closed()
    Stopper(app)

    assert guessed(app, 60) == 5


def test_the_list_that_has_the_password_gets_in(closed):
    app = closed()
    client = browser(app)

    for word in [*(f"wrong {n}" for n in range(200)), PASSWORD]:
        enter(client, password=word)

    assert entered(client)


def test_the_list_that_has_the_password_does_not_and_the_user_does(closed):
    app = closed()
    Stopper(app)
    client = browser(app)

    for word in [*(f"wrong {n}" for n in range(200)), PASSWORD]:
        enter(client, password=word)

    assert not entered(client)
    user = browser(app, "198.51.100.1")
    enter(user)
    assert entered(user)


def copied(app):
    """Copy the cookie of who logs in, let them log out, and ask with the copy."""
    victim, thief = browser(app), browser(app, "198.51.100.9")
    enter(victim)
    cookies = [c for c in victim._cookies.values() if c.key.endswith("session")]

    for cookie in cookies:
        thief.set_cookie(cookie.key, cookie.value)

    assert thief.get("/me").text == BEN
    victim.get("/logout")
    victim.post("/logout")
    assert not entered(victim)
    return thief.get("/me").text == BEN


def test_a_copied_cookie_works_after_the_logout(closed):
    assert copied(closed())


def test_a_copied_cookie_ends_with_the_logout(closed):
    app = closed()
    Stopper(app)

    assert not copied(app)


def remembered(app):
    """Copy the cookie that remembers who logs in, and ask with it after the logout."""
    victim, thief = browser(app), browser(app, "198.51.100.9")
    sent = {"username": "ben", "password": PASSWORD, "remember": "1"}
    victim.post("/enter", data=sent)
    thief.set_cookie("remember_token", victim.get_cookie("remember_token").value)
    victim.post("/leave")
    return thief.get("/me").text == "ben"


def test_a_copy_of_what_remembers_works_after_the_logout():
    assert remembered(club())


def test_a_copy_of_what_remembers_ends_with_the_logout():
    app = club()
    Stopper(app)

    assert not remembered(app)


def joined(app, password):
    """Open an account, and say whether that worked."""
    sent = {"email": "eve@example.org", "password": password}
    answer = send(browser(app), "/register", **sent, password_confirm=password)

    with app.app_context():
        made = app.security.datastore.find_user(email="eve@example.org") is not None

    return made, answer.text


WEAK = ["password1", "12345678", "aaaaaaaaaaaa", "eve@example.org"]


@pytest.mark.parametrize("password", WEAK)
def test_a_password_that_is_guessed_first_is_taken(closed, password):
    assert joined(closed(**PAGES), password)[0]


@pytest.mark.parametrize("password", WEAK)
def test_a_password_that_is_guessed_first_is_refused_with_the_reason(closed, password):
    app = closed(**PAGES)
    Stopper(app)
    made, page = joined(app, password)

    assert not made
    assert "Take another." in page


def test_a_good_password_is_taken(closed):
    app = closed(**PAGES)
    Stopper(app)

    assert joined(app, "nine herons at the weir")[0]


def test_who_has_such_a_password_still_logs_in(closed):
    app = closed()
    Stopper(app)

    with app.app_context():
        user = app.security.datastore.find_user(email=BEN)
        user.password = "password1"  # as hashed here: in plain text
        app.security.datastore.commit()

    client = browser(app)
    enter(client, password="password1")
    assert entered(client)


def test_on_trial_such_a_password_is_told_of(closed):
    app = closed(**PAGES, STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01")
    Stopper(app)

    with testing.events(app) as found:
        assert joined(app, "password1")[0]

    assert "weak-password" in found.reported


def told(app):
    """Return whether a login and a reset say who has an account."""
    client, nobody = browser(app), "no@example.org"
    login = enter(client, nobody, "wrong").text
    reset = send(client, "/reset", email=nobody).text
    return tuple("Specified user does not exist" in text for text in (login, reset))


def test_answers_tell_who_has_an_account(closed):
    assert told(closed(**PAGES)) == (True, True)


def test_the_start_names_the_setting_and_with_it_they_do_not(closed):
    app = closed(**PAGES)
    Stopper(app)

    with testing.events(app) as found:
        testing.client(app).get("/login")

    key = "SECURITY_RETURN_GENERIC_RESPONSES"
    assert key in [e.details.get("setting") for e in found if e.details]
    mended = closed(**PAGES, SECURITY_RETURN_GENERIC_RESPONSES=True)
    Stopper(mended)
    assert told(mended) == (False, False)
