"""The id in the cookie: what it is, when it changes, and what an old one is worth."""

from __future__ import annotations

import re

import pytest
from flask import session

from stopper.guard.sessions.cookie import hashed


def test_a_visitor_who_stores_nothing_gets_no_cookie(visitor):
    assert "Set-Cookie" not in visitor.ask("GET", "/me").headers
    assert "Set-Cookie" not in visitor.ask("GET", "/quiet").headers


def test_that_a_cookie_would_be_permanent_is_nothing_to_store(app, visitor, other):
    @app.before_request
    def stay():
        session.permanent = True

    @app.post("/leave")
    def leave():
        session.pop("user_id")
        return "out"

    assert "Set-Cookie" not in visitor.ask("GET", "/quiet").headers
    assert "; Max-Age=86400" in visitor.ask("POST", "/login/ada").headers["Set-Cookie"]

    other.bring(visitor.key())
    line = visitor.ask("POST", "/leave").headers["Set-Cookie"]

    assert line.startswith("__Host-session=; ")
    assert other.ask("GET", "/me").text == "None"


def test_the_cookie_holds_256_random_bits_and_every_flag(visitor):
    line = visitor.ask("POST", "/login/ada").headers["Set-Cookie"]

    assert re.fullmatch(
        r"__Host-session=[A-Za-z0-9_-]{43}; HttpOnly; Path=/; SameSite=Lax; Secure",
        line,
    )


def test_the_store_never_sees_the_id(visitor, app):
    visitor.ask("POST", "/login/ada")
    key = visitor.key()
    store = app.session_interface.keeper.store
    (record,) = store.of("ada", 1_800_000_000.0)

    assert record.id == hashed(key)
    assert key not in repr(record)


def test_an_id_that_the_client_made_up_is_never_taken(visitor):
    chosen = "A" * 43
    visitor.bring(chosen)
    visitor.ask("POST", "/login/ada")

    assert visitor.key() != chosen


def test_a_login_changes_the_id_and_the_old_one_is_dead_at_once(visitor, other):
    visitor.ask("POST", "/put/color/red")
    before = visitor.key()
    visitor.ask("POST", "/login/ada")
    other.bring(before)

    assert visitor.key() != before
    assert other.ask("GET", "/me").text == "None"


def test_a_copied_cookie_is_dead_after_the_logout(visitor, other):
    visitor.ask("POST", "/login/ada")
    other.bring(visitor.key())

    assert other.ask("GET", "/me").text == "ada"

    line = visitor.ask("POST", "/logout").headers["Set-Cookie"]

    assert other.ask("GET", "/me").text == "None"
    assert line.startswith("__Host-session=; ")
    assert line.endswith("; Max-Age=0")


def test_a_logout_that_leaves_a_message_behind_kills_the_id_too(app, visitor, other):
    @app.post("/leave")
    def leave():
        del session["user_id"]
        session["message"] = "See you."
        return "out"

    visitor.ask("POST", "/login/ada")
    other.bring(visitor.key())
    visitor.ask("POST", "/leave")

    assert other.ask("GET", "/me").text == "None"
    assert visitor.ask("GET", "/put/a/b").json == {"message": "See you.", "a": "b"}


def test_other_rights_are_another_id(visitor):
    visitor.ask("POST", "/login/ada")
    before = visitor.key()
    visitor.ask("POST", "/put/role/admin")

    assert visitor.key() != before


def test_a_session_that_was_cleared_and_filled_again_is_another_one(
    app, visitor, other
):
    @app.post("/begin")
    def begin():
        session.clear()
        session["seat"] = 7
        return "begun"

    visitor.ask("POST", "/put/color/red")
    other.bring(visitor.key())
    visitor.ask("POST", "/begin")

    assert other.ask("GET", "/put/a/b").json == {"a": "b"}


def test_other_values_are_the_same_id(visitor):
    visitor.ask("POST", "/login/ada")
    before = visitor.key()
    visitor.ask("POST", "/put/color/red")

    assert visitor.key() == before


def test_a_view_can_ask_for_a_new_id(app, stopper, visitor):
    app.add_url_rule("/renew", "renew", lambda: stopper.sessions.renew() or "done")
    visitor.ask("POST", "/login/ada")
    before = visitor.key()
    visitor.ask("GET", "/renew")

    assert visitor.key() != before
    assert visitor.ask("GET", "/me").text == "ada"


def test_an_old_id_is_replaced_and_works_a_minute_more(visitor, other, clock):
    visitor.ask("POST", "/login/ada")
    before = visitor.key()
    clock.now += 3000
    visitor.ask("GET", "/me")
    clock.now += 601
    visitor.ask("GET", "/me")
    other.bring(before)
    clock.now += 59

    assert visitor.key() != before
    assert other.ask("GET", "/me").text == "ada"
    assert "Set-Cookie" not in other.ask("GET", "/me").headers


def test_an_id_that_comes_back_after_its_grace_ends_the_session(
    visitor, other, clock, happened
):
    visitor.ask("POST", "/login/ada")
    other.bring(visitor.key())
    clock.now += 3000
    visitor.ask("GET", "/me")
    clock.now += 700
    visitor.ask("GET", "/me")
    clock.now += 61

    assert other.ask("GET", "/me").text == "None"
    assert visitor.ask("GET", "/me").text == "None"
    assert [e.name for e in happened if e.control == "sessions"] == ["session-replayed"]


def test_a_chain_of_new_ids_is_followed_to_its_end(visitor, other, clock):
    visitor.ask("POST", "/login/ada")
    other.bring(visitor.key())

    for _ in range(4):
        clock.now += 3550
        visitor.ask("GET", "/me")
        clock.now += 60
        visitor.ask("GET", "/me")

    assert visitor.ask("GET", "/me").text == "ada"
    assert other.ask("GET", "/me").text == "None"
    assert visitor.ask("GET", "/me").text == "None"


def test_a_session_that_nobody_uses_ends(visitor, clock):
    visitor.ask("POST", "/login/ada")
    clock.now += 3599

    assert visitor.ask("GET", "/me").text == "ada"

    clock.now += 3600

    assert visitor.ask("GET", "/me").text == "None"


def test_a_session_ends_however_much_it_is_used(visitor, clock):
    visitor.ask("POST", "/login/ada")
    said = set()

    for _ in range(47):
        clock.now += 1800
        said.add(visitor.ask("GET", "/me").text)

    clock.now += 1800

    assert said == {"ada"}
    assert visitor.ask("GET", "/me").text == "None"


def test_a_clock_that_is_set_back_ends_nothing(visitor, clock):
    visitor.ask("POST", "/login/ada")
    clock.now -= 7200

    assert visitor.ask("GET", "/me").text == "ada"


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "A" * 42, "A" * 44, "ä" * 43, "\x00" * 43, "A" * 100_000, '"', "=" * 43],
)
def test_a_cookie_that_is_none_of_ours_is_a_stranger(app, stopper, cookie):
    client = app.test_client(use_cookies=False)
    header = {"Cookie": f"__Host-session={cookie}".encode().decode("latin-1")}
    answer = client.get("/me", base_url="https://notes.example", headers=header)

    assert (answer.status_code, answer.text) == (200, "None")


def test_a_permanent_session_outlives_the_browser(app, visitor):
    @app.post("/stay")
    def stay():
        session["user_id"] = "ada"
        session.permanent = True
        return "in"

    line = visitor.ask("POST", "/stay").headers["Set-Cookie"]

    assert "; Max-Age=86400" in line


def test_on_a_developers_machine_the_cookie_has_no_prefix(app, stopper):
    app.debug = True
    client = app.test_client()
    line = client.post("/login/ada").headers["Set-Cookie"]

    assert line.startswith("session=")
    assert client.get("/me").text == "ada"


def test_in_production_a_cookie_without_prefix_is_nothing(app, stopper, visitor):
    visitor.ask("POST", "/login/ada")
    client = app.test_client(use_cookies=False)
    header = {"Cookie": f"session={visitor.key()}"}

    assert client.get("/me", headers=header).text == "None"


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\x1c", "\t"])
def test_a_name_that_a_neighbour_may_set_is_nothing(app, stopper, visitor, space):
    # A browser lets every host of the domain set a name without the prefix, and to
    # Python such a byte is white space, which a name could lose.
    visitor.ask("POST", "/login/ada")
    client = app.test_client(use_cookies=False)
    address = {"path": "/me", "base_url": "https://notes.example"}
    key = visitor.key()
    assert (
        client.get(headers={"Cookie": f"a=b; __Host-session={key}"}, **address).text
        == "ada"
    )

    header = {"Cookie": f"a=b; {space}__Host-session={key}"}
    assert client.get(headers=header, **address).text == "None"


def test_in_debug_only_this_machines_own_names_go_without_the_prefix(app, stopper):
    app.debug = True
    client = app.test_client()
    answer = client.post("/login/ada", base_url="http://192.0.2.7:5000")

    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
