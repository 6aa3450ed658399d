"""A token lives for minutes, is signed in one way, and dies with its key."""

from __future__ import annotations

import base64
import json

import pytest

from guard.apikeys.conftest import keys_of
from guard.apikeys.conftest import program_of
from guard.apikeys.conftest import START
from guard.apikeys.test_keys import other_id
from stopper.controls.apikeys.policy import parsed
from stopper.guard.apikeys.tokens import Claims
from stopper.guard.apikeys.tokens import Tokens
from stopper.guard.apikeys.wishes import Wish
from stopper.guard.keys import Keys

KEYS = Keys({"SECRET_KEY": "x" * 32})


def mint(program, key, **said):
    return program(key, "/account/token", "POST", json=said)


def token_of(program, key, **said):
    return mint(program, key, **said).json["access_token"]


def test_a_key_is_changed_into_a_token(program, key):
    answer = mint(program, key)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert {k: v for k, v in answer.json.items() if k != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "notes:read",
    }

    used = program(answer.json["access_token"])

    assert used.status_code == 200
    assert used.json["user"] == "ann"
    assert used.json["id"] == parsed(key).id


def test_a_form_says_the_same_as_json(program, key):
    answer = program(key, "/account/token", "POST", data={"expires_in": "60"})

    assert answer.json["expires_in"] == 60


def test_a_token_may_what_was_asked_for_and_no_more(keys, program):
    key = keys.make("ann", Wish(scopes=("notes:read", "notes:write"))).key
    token = token_of(program, key, scope="notes:read")

    assert program(token).json["scopes"] == ["notes:read"]
    assert program(token, "/api/write", "POST").status_code == 403


def test_a_token_is_not_given_what_its_key_may_not(program, key):
    answer = mint(program, key, scope="notes:read notes:write")

    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "seconds", ["0", "901", "-1", "1e3", "²", "99999999999", "000000900000"]
)
def test_a_token_lives_no_longer_than_the_setting(program, key, seconds):
    assert mint(program, key, expires_in=seconds).status_code == 400


def test_a_token_ends(program, key, clock):
    token = token_of(program, key, expires_in=60)
    clock.now = START + 59
    assert program(token).status_code == 200

    clock.now = START + 60
    answer = program(token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_ends_with_its_key(keys, program, key):
    token = token_of(program, key)
    keys.revoke(parsed(key).id)

    assert program(token).status_code == 401


def test_a_token_ends_when_its_key_expires(program, key, clock):
    clock.now = START + 90 * 86_400 - 10
    token = token_of(program, key)
    clock.now += 10

    assert program(token).status_code == 401


def test_a_token_is_taken_from_the_networks_of_its_key(keys, program):
    key = keys.make("ann", Wish(scopes=("notes:read",), networks="127.0.0.1")).key
    token = token_of(program, key)

    assert program(token).status_code == 200
    assert (
        program(token, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code
        == 401
    )


def test_a_token_takes_of_the_allowance_of_its_key(keys, program):
    key = keys.make("ann", Wish(scopes=("notes:read",), rate="2/minute")).key
    token = token_of(program, key)

    assert [program(token).status_code for _ in range(2)] == [200, 429]


def test_a_token_makes_no_token(program, key, happened):
    assert mint(program, token_of(program, key)).status_code == 401
    assert [e.details["reason"] for e in happened if e.name == "wrong-key"] == [
        "token-for-token"
    ]


@pytest.mark.parametrize("sent", [None, "nonsense"])
def test_without_a_key_there_is_no_token(program, sent):
    assert mint(program, sent).status_code == 401


def test_a_wrong_key_makes_no_token(program, key):
    assert mint(program, other_id(key)).status_code == 401


def test_a_token_costs_one_statement(keys, program, key, statements):
    token = token_of(program, key)
    keys.checks.uses.wait()
    statements.clear()
    program(token)

    assert [text.split()[0] for text in statements] == ["SELECT"]


def test_a_token_of_another_origin_is_none(make_app, engine):
    app = make_app()
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key
    other = make_app()
    other.config["STOPPER_ORIGIN"] = "https://other.example"
    token = token_of(program_of(app), key)

    assert program_of(other)(key).status_code == 200
    assert program_of(other)(token).status_code == 401


def claims(**more):
    return Claims(
        **{"id": "k", "scopes": frozenset(), "made": 1, "expires": 60, **more}
    )


def test_a_token_says_what_it_was_made_for():
    tokens = Tokens(KEYS, "stp", "https://a.example")
    said = claims(scopes=frozenset({"b", "a"}))

    assert tokens.read(tokens.mint(said), 59) == said


@pytest.mark.parametrize(
    ("made", "expires", "now", "good"),
    [
        (100, 1000, 100, True),
        # Another machine made it, and its clock is ahead.
        (100, 1000, 40, True),
        (100, 1000, 39, False),
        (100, 1001, 100, False),
        (100, 1001, 1000, False),
        (100, 100, 99, False),
    ],
)
def test_a_token_lives_for_minutes_from_when_it_was_made(made, expires, now, good):
    tokens = Tokens(KEYS, "stp", "https://a.example")
    token = tokens.mint(claims(made=made, expires=expires))

    assert (tokens.read(token, now) is not None) is good


def changed(token, **more):
    prefix, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    text = json.dumps({**said, **more}).encode()
    return ".".join(
        [prefix, base64.urlsafe_b64encode(text).decode().rstrip("="), signature]
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: changed(t, scope="admin"),
        lambda t: changed(t, alg="none"),
        lambda t: t.rpartition(".")[0] + ".",
        lambda t: t.rpartition(".")[0],
        lambda t: t + "=",
        lambda t: "stp." + t.split(".")[1],
        lambda t: "eyJhbGciOiJub25lIn0." + t.split(".")[1] + ".",
        lambda t: "stp..",
        lambda t: "stp.\udcff.\udcff",
        lambda t: "stp." + "a" * 5000,
    ],
)
def test_a_token_that_was_changed_is_none(spoil):
    tokens = Tokens(KEYS, "stp", "https://a.example")

    assert tokens.read(spoil(tokens.mint(claims())), 1) is None


@pytest.mark.parametrize("body", ["[]", '"x"', "{}", '{"aud": "a"}', "x", "null"])
def test_what_is_signed_and_says_nothing_is_none(body):
    from stopper.guard.apikeys.tokens import _encoded
    from stopper.guard.apikeys.tokens import _signature

    text = f"stp.{_encoded(body.encode())}"
    signed = f"{text}.{_encoded(_signature(KEYS.of('apikeys.tokens')[0], text))}"

    assert Tokens(KEYS, "stp", "a").read(signed, 1) is None


def test_a_token_that_lives_too_long_is_none():
    tokens = Tokens(KEYS, "stp", "a")

    assert tokens.read(tokens.mint(claims(expires=902)), 1) is None
    assert tokens.read(tokens.mint(claims(expires=901)), 1) is not None


def test_a_token_outlives_a_planned_rotation_and_no_other():
    token = Tokens(Keys({"SECRET_KEY": "old" * 10}), "stp", "a").mint(claims())
    planned = Keys({"SECRET_KEY": "new" * 10, "SECRET_KEY_FALLBACKS": ["old" * 10]})
    leaked = Keys({"SECRET_KEY": "new" * 10})

    assert Tokens(planned, "stp", "a").read(token, 1) == claims()
    assert Tokens(leaked, "stp", "a").read(token, 1) is None


def test_a_token_of_another_purpose_is_none():
    from stopper.guard.apikeys.tokens import _encoded
    from stopper.guard.apikeys.tokens import _signature

    tokens = Tokens(KEYS, "stp", "a")
    body = tokens.mint(claims()).rpartition(".")[0]
    forged = f"{body}.{_encoded(_signature(KEYS.of('apikeys')[0], body))}"

    assert tokens.read(forged, 1) is None
