"""What an app puts into a session comes back, and what two put in at once is kept."""

from __future__ import annotations

import datetime
import threading
import uuid

import pytest
from flask import flash
from flask import get_flashed_messages
from flask import Response
from flask import session
from markupsafe import Markup

from stopper.guard.sessions.content import data_in
from stopper.guard.sessions.content import Facts
from stopper.guard.sessions.content import facts_in
from stopper.guard.sessions.content import written
from stopper.guard.sessions.merge import merged

WHEN = datetime.datetime(2026, 5, 4, 12, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "value",
    [
        ("a", 1),
        b"\x00\xff",
        WHEN,
        uuid.UUID(int=7),
        Markup("<b>"),
        {"deep": [("x",)]},
        {" t": "no tag"},
        {"a": None},
        'a text that looks like {" b": "eA=="}',
        "фото\u2028",
    ],
)
def test_a_value_comes_back_as_what_it_was(value):
    text = written(Facts(1.5, "s", "Firefox | 3", "::1", "mark"), {"k": value})

    assert data_in(text) == {"k": value}
    assert type(data_in(text)["k"]) is type(value)
    assert facts_in(text) == Facts(1.5, "s", "Firefox | 3", "::1", "mark")


@pytest.mark.parametrize("text", ["", "x", "m|1|2\n{}", "m|a|b|c|d\n{}", "m|1|b|c|d"])
def test_what_is_no_session_says_so(text):
    def read():
        return facts_in(text), data_in(text)

    with pytest.raises(ValueError, match="no session"):
        read()


def test_what_json_has_no_form_for_is_an_error(app, visitor):
    @app.get("/bad")
    def bad():
        session["thing"] = object()
        return "stored"

    assert visitor.ask("GET", "/bad").status_code == 500


@pytest.mark.parametrize(
    "data", ["broken", "{}|1.0|s|p|d\nno json", "{}|1.0|s|p|d\n[1]"]
)
def test_what_the_store_holds_and_cannot_be_read_is_no_login(app, visitor, data):
    visitor.ask("POST", "/login/ada")
    store = app.session_interface.keeper.store
    (record,) = store.of("ada", 1_800_000_000.0)
    record.data = data.format(record.data.partition("|")[0])

    assert visitor.ask("GET", "/me").text == "None"
    assert visitor.ask("POST", "/login/bob").status_code == 200
    assert visitor.ask("GET", "/me").text == "bob"


def test_a_flash_is_shown_once(app, visitor):
    app.add_url_rule("/say", "say", lambda: flash("Saved.") or "said")
    app.add_url_rule("/hear", "hear", lambda: str(get_flashed_messages()))
    visitor.ask("GET", "/say")

    assert visitor.ask("GET", "/hear").text == "['Saved.']"
    assert visitor.ask("GET", "/hear").text == "[]"


def test_writing_the_same_again_writes_nothing(app, visitor):
    visitor.ask("POST", "/login/ada")
    store = app.session_interface.keeper.store
    visitor.ask("GET", "/put/color/red")
    (before,) = store.of("ada", 1_800_000_000.0)
    visitor.ask("GET", "/put/color/red")
    (after,) = store.of("ada", 1_800_000_000.0)

    assert after.version == before.version


def test_a_list_that_was_added_to_and_put_back_is_written(app, visitor):
    @app.get("/add/<thing>")
    def add(thing):
        cart = session.get("cart", [])
        cart.append(thing)
        session["cart"] = cart
        return session["cart"]

    visitor.ask("GET", "/add/tea")

    assert visitor.ask("GET", "/add/jam").json == ["tea", "jam"]


def test_a_read_writes_nothing_but_once_a_minute(app, visitor, clock):
    visitor.ask("POST", "/login/ada")
    store = app.session_interface.keeper.store
    (first,) = store.of("ada", clock.now)
    clock.now += 59
    visitor.ask("GET", "/me")
    (second,) = store.of("ada", clock.now)
    clock.now += 1
    visitor.ask("GET", "/me")
    (third,) = store.of("ada", clock.now)

    assert (second.seen, third.seen) == (first.seen, first.seen + 60)


def test_two_requests_at_once_lose_nothing(app, visitor, new_browser, happened):
    inside, go = threading.Barrier(3), threading.Event()

    @app.get("/slow/<key>")
    def slow(key):
        session[key] = "there"
        inside.wait(10)
        go.wait(10)
        return "written"

    visitor.ask("POST", "/login/ada")

    def ask(key):
        tab = new_browser()
        tab.bring(visitor.key())
        tab.ask("GET", f"/slow/{key}")

    threads = [threading.Thread(target=ask, args=(key,)) for key in ("one", "two")]

    for thread in threads:
        thread.start()

    inside.wait(10)
    go.set()

    for thread in threads:
        thread.join(10)

    found = visitor.ask("GET", "/put/three/3").json

    assert found == {"user_id": "ada", "one": "there", "two": "there", "three": "3"}
    assert happened == []


def test_a_request_that_ends_late_does_not_bring_a_session_back(app, visitor, other):
    inside, go = threading.Event(), threading.Event()

    @app.get("/slow")
    def slow():
        session["draft"] = "text"
        inside.set()
        go.wait(10)
        return "written"

    visitor.ask("POST", "/login/ada")
    other.bring(visitor.key())
    answers = []
    thread = threading.Thread(target=lambda: answers.append(other.ask("GET", "/slow")))
    thread.start()
    inside.wait(10)
    visitor.ask("POST", "/logout")
    go.set()
    thread.join(10)

    assert other.ask("GET", "/me").text == "None"
    assert "Set-Cookie" not in answers[0].headers
    assert app.session_interface.keeper.store.of("ada", 1_800_000_000.0) == []


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both", "clash"),
    [
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}, ()),
        ({"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2}, ()),
        ({"a": 1}, {"a": 1}, {}, {}, ()),
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}, ("a",)),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, ()),
        ({"a": 1}, {"a": 2}, {}, {"a": 2}, ("a",)),
        ({"a": 1}, {"a": True}, {"a": 1}, {"a": True}, ()),
    ],
)
def test_what_two_wrote_is_brought_together(base, mine, theirs, both, clash):
    assert merged(base, mine, theirs) == (both, clash)


def test_a_write_in_a_stream_is_an_error_and_no_loss(app, visitor):
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/stream")
    def stream():
        from flask import stream_with_context

        def parts():
            yield "first"
            session["late"] = 1
            yield "second"

        return Response(stream_with_context(parts()))

    with pytest.raises(RuntimeError, match="would be lost"):
        visitor.ask("GET", "/stream").get_data()


def test_session_transaction_works_before_any_request(app, visitor):
    with visitor.session_transaction(base_url="https://notes.example") as s:
        s["user_id"] = "ada"

    assert visitor.ask("GET", "/me").text == "ada"


def test_the_values_are_not_in_the_repr(app, visitor):
    app.add_url_rule("/repr", "repr", lambda: repr(session))
    visitor.ask("POST", "/login/ada-and-her-secret")

    assert "secret" not in visitor.ask("GET", "/repr").text


def test_what_is_in_a_session_stands_in_no_repr(app, visitor):
    seen = []

    @app.get("/look")
    def look():
        seen.append((repr(session.record), repr(session.facts), session.csrf_secret))
        return ""

    visitor.ask("POST", "/login/ada")
    visitor.ask("GET", "/put/card/4111")
    visitor.ask("GET", "/look")
    ((record, facts, secret),) = seen

    assert len(secret) == 43
    assert secret not in record + facts
    assert "4111" not in record
    assert "ada" in record
