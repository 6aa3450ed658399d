"""Wrong passwords and codes at Flask-Security and Flask-Login are counted."""

from __future__ import annotations

import pytest

from guard.guests.members import ADA
from guard.guests.members import BEN
from guard.guests.members import browser
from guard.guests.members import closed
from guard.guests.members import club
from guard.guests.members import code_of
from guard.guests.members import enter
from guard.guests.members import entered
from guard.guests.members import PASSWORD
from guard.guests.members import quiet
from guard.guests.members import send
from stopper import Stopper
from stopper import testing

__all__ = ("closed",)

pytestmark = quiet

NOW = 1_800_000_000.0


@pytest.fixture
def clock():
    """The time, which a test sets."""
    return [NOW]


def tries(client, times, who="ben", **more):
    """Try that many wrong passwords, and return the statuses."""
    sent = {"username": who, "password": "wrong", **more}
    return [client.post("/enter", data=sent).status_code for _ in range(times)]


def right(client, who="ben", **more):
    return client.post("/enter", data={"username": who, "password": PASSWORD, **more})


@pytest.fixture
def ours(clock):
    """An app of Flask-Login's with Stopper in front."""
    app = club()
    Stopper(app, clock=lambda: clock[0])
    return app


def test_wrong_passwords_at_one_account_wait(ours, clock):
    client = browser(ours)

    assert tries(client, 7) == [403] * 5 + [429] * 2
    clock[0] += 12
    assert tries(client, 2) == [403, 429]


def test_it_is_said_when_to_come_again(ours, clock):
    client = browser(ours)
    tries(client, 5)
    answer = right(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "12")
    clock[0] += 12
    assert right(client).status_code == 200


def test_delays_grow(ours, clock):
    client, seen = browser(ours), 0

    for _ in range(200):
        clock[0] += 30
        seen += tries(client, 1).count(403)

    # In 100 minutes: of 200 tries, 30 and what came back of them.
    assert seen <= 32


def test_a_right_password_takes_nothing(ours):
    assert {right(browser(ours)).status_code for _ in range(20)} == {200}


def test_an_account_that_does_not_exist_is_counted_alike(ours):
    first = tries(browser(ours), 7, who="nobody")

    assert first == tries(browser(ours, "192.0.2.2"), 7, who="ben")


def test_who_is_tried_from_elsewhere_gets_in(ours):
    tries(browser(ours, "198.51.100.1"), 20)

    assert right(browser(ours)).status_code == 200


def test_a_known_browser_gets_in_whatever_strangers_try(ours):
    mine = browser(ours)
    right(mine)
    mine.post("/leave")

    for place in range(60):
        tries(browser(ours, f"198.51.100.{place}"), 3)

    assert right(browser(ours, "192.0.2.77")).status_code == 429
    assert right(mine).status_code == 200


def test_a_known_browser_has_no_more_tries_than_a_stranger(ours):
    mine = browser(ours)
    right(mine)

    assert tries(mine, 7) == [403] * 5 + [429] * 2


def test_many_known_browsers_have_no_more_tries_than_strangers(ours):
    known = [browser(ours, f"198.51.100.{place}") for place in range(13)]

    for client in known:
        right(client)

    assert sum(tries(client, 4).count(403) for client in known) == 50


def test_the_cookie_of_a_known_browser_is_for_its_account_alone(ours):
    thief = browser(ours, "198.51.100.250")
    # Ada calls herself Ben, and sends his name along.
    assert right(thief, "ada", name="ben").status_code == 200

    for place in range(60):
        tries(browser(ours, f"198.51.100.{place}"), 3)

    assert right(thief, "ben").status_code == 429


def test_a_name_that_comes_along_hides_nobody(ours):
    client = browser(ours)
    found = [tries(client, 1, email=f"{n}@example.org", user=f"u{n}") for n in range(7)]

    assert found == [[403]] * 5 + [[429]] * 2


def test_names_in_json_are_counted(ours):
    client = browser(ours)
    sent = {"username": "ben", "password": "wrong"}
    found = [client.post("/enter", json=sent).status_code for _ in range(7)]

    assert found == [403] * 5 + [429] * 2


def test_names_in_what_does_not_say_that_it_is_json_are_counted(ours):
    client = browser(ours)
    sent = '{"user": {"email": "ben@example.org"}, "password": "wrong"}'
    found = [
        client.post("/enter", data=sent, content_type="text/plain").status_code
        for _ in range(7)
    ]

    assert found.count(429) == 2


def test_one_client_at_many_accounts_waits(ours):
    client = browser(ours)
    found = [tries(client, 1, who=f"user{n}")[0] for n in range(40)]

    assert found == [403] * 30 + [429] * 10


def test_many_clients_at_many_accounts_wait_and_it_is_said_once(ours):
    with testing.events(ours) as found:
        seen = [
            tries(browser(ours, f"198.51.{n % 50}.1"), 1, who=f"user{n}")[0]
            for n in range(305)
        ]

    assert seen == [403] * 300 + [429] * 5
    assert [e.name for e in found].count("credential-stuffing") == 1


def test_what_is_refused_never_reaches_the_view(clock):
    app, asked = club(), []
    app.before_request(lambda: asked.append(1) and None)
    Stopper(app, clock=lambda: clock[0])
    tries(browser(app), 60)

    assert len(asked) == 5


def test_on_trial_it_is_told_and_nothing_is_kept(clock):
    app = club(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01")
    Stopper(app, clock=lambda: clock[0])
    client = browser(app)

    with testing.events(app) as found:
        assert tries(client, 7) == [403] * 7
        cookies = right(client).headers.getlist("Set-Cookie")

    assert found.reported.count("too-many-tries") == 3
    assert not any("stopper" in line for line in cookies)


def test_where_limits_are_off_nothing_is_counted(clock):
    app = club(STOPPER_RATELIMITS_MODE="off")
    Stopper(app, clock=lambda: clock[0])

    assert tries(browser(app), 60) == [403] * 60


def test_a_view_that_the_app_takes_out_of_the_limits_is_not_counted(clock):
    app, stopper = club(), Stopper(clock=lambda: clock[0])
    stopper.limit.exempt(app.view_functions["enter"])
    stopper.init_app(app)

    assert tries(browser(app), 60) == [403] * 60


def test_another_site_uses_nothing_up(ours):
    page = testing.client(ours, page="https://evil.example")
    page.environ_base = {"REMOTE_ADDR": "192.0.2.1"}
    tries(page, 20)

    assert right(browser(ours)).status_code == 200


@pytest.fixture
def security(closed, clock):
    """An app of Flask-Security's with Stopper in front."""
    app = closed(
        STOPPER_LIMIT_LOGIN="",
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
    )
    Stopper(app, clock=lambda: clock[0])
    return app


def test_flask_security_looks_at_five_wrong_passwords(security):
    client = browser(security)
    found = [enter(client, password="wrong").status_code for _ in range(60)]

    assert found == [200] * 5 + [429] * 55


def test_flask_security_gives_back_what_was_right(security):
    for _ in range(12):
        client = browser(security)
        enter(client)
        assert entered(client)


def test_wrong_codes_are_counted_for_who_showed_the_password(security):
    client = browser(security)
    enter(client, ADA)
    found = [send(client, "/tf-validate", code="000000") for _ in range(7)]

    assert [a.status_code for a in found].count(429) == 2
    other = browser(security, "192.0.2.2")
    enter(other, ADA)
    send(other, "/tf-validate", code=code_of(security))
    assert entered(other)


def test_a_second_factor_makes_a_browser_known(security, clock):
    client = browser(security)
    enter(client, ADA)
    answer = send(client, "/tf-validate", code=code_of(security))

    assert any("stopper-known" in c for c in answer.headers.getlist("Set-Cookie"))


def test_a_password_that_was_right_takes_nothing_where_a_code_is_to_follow(security):
    found = [enter(browser(security), ADA).status_code for _ in range(12)]

    assert found == [302] * 12


def test_who_is_logged_in_cannot_try_the_password_for_ever(security):
    client = browser(security)
    enter(client)
    new = {
        "new_password": "another long one",
        "new_password_confirm": "another long one",
    }
    found = [
        client.post("/change", data={"password": "wrong", **new}).status_code
        for _ in range(7)
    ]

    assert found == [200] * 5 + [429] * 2


def test_links_to_a_new_password_are_counted_by_address(security):
    client = browser(security)
    found = [send(client, "/reset", email=BEN).status_code for _ in range(5)]

    assert found.count(429) == 2
    assert send(browser(security, "192.0.2.2"), "/reset", email=BEN).status_code != 429
