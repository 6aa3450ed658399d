"""A token is new each time, and holds for what it was made for."""

from __future__ import annotations

import base64

import pytest

from stopper.guard.csrf.secret import binding
from stopper.guard.csrf.tokens import Tokens

OLD, NEW, OTHER = (bytes([n]) * 32 for n in range(3))


def test_a_token_holds_for_what_it_was_made_for():
    tokens = Tokens((NEW,))

    assert tokens.valid(tokens.make(b"ann"), b"ann")
    assert not tokens.valid(tokens.make(b"ann"), b"ben")


def test_no_two_tokens_share_a_half():
    tokens = Tokens((NEW,))
    made = [tokens.make(b"ann") for _ in range(50)]

    assert len({t[:42] for t in made}) == len({t[44:] for t in made}) == 50


def test_a_token_of_an_older_key_is_taken_and_none_is_made_with_it():
    both = Tokens((NEW, OLD))

    assert both.valid(Tokens((OLD,)).make(b"ann"), b"ann")
    assert not Tokens((OLD,)).valid(both.make(b"ann"), b"ann")
    assert not both.valid(Tokens((OTHER,)).make(b"ann"), b"ann")


def test_every_bit_counts():
    tokens = Tokens((NEW,))
    raw = bytearray(base64.urlsafe_b64decode(tokens.make(b"ann") + "=="))

    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        changed = base64.urlsafe_b64encode(raw)[:86].decode()
        raw[bit // 8] ^= 1 << bit % 8

        assert not tokens.valid(changed, b"ann"), bit


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: t[:-1],
        lambda t: t[:43],
        lambda t: t + "A",
        lambda t: t + "==",
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t.replace(t[5], "\0"),
        lambda t: t.replace(t[5], "é"),
        lambda t: t.replace(t[5], "٣"),
        lambda t: "\ud800" * 86,
        lambda t: t * 1000,
        lambda t: "A" * 86,
        lambda t: "+/" * 43,
    ],
)
def test_what_is_no_token_is_none(change):
    tokens = Tokens((NEW,))

    assert not tokens.valid(change(tokens.make(b"ann")), b"ann")


def test_bindings_never_read_alike():
    made = [
        binding(secret, who, form)
        for secret in ("", "a", "sa")
        for who in (None, "", "-", "+", "ann", "1\0x", "\ud800")
        for form in ("", "POST /a", "1\0x\0+ann", "\0")
    ]

    assert len(set(made)) == len(made)
