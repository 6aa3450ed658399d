"""Which passwords are taken."""

from __future__ import annotations

import pytest

from stopper.controls.passwords import policy


def test_every_form_of_a_password_is_one():
    assert policy.normal("cafe\u0301 ﬁn") == "café fin"


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("a" * 1024, False),
        ("a" * 1025, True),
        ("é" * 512, False),
        ("é" * 513, True),
        # 3 bytes each, of which NFKC makes 33.
        ("\ufdfa" * 31, False),
        ("\ufdfa" * 32, True),
    ],
    ids=["ascii", "ascii-over", "accents", "accents-over", "signs", "signs-over"],
)
def test_bytes_are_counted_before_and_after_the_normal_form(password, found):
    assert policy.too_long(password) is found


def test_half_a_surrogate_pair_is_no_error():
    assert policy.encoded("\ud800x") == b"\xed\xa0\x80x"
    assert not policy.too_long("\ud800x")


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("x" * 14, True),
        ("x" * 15, False),
        ("語" * 15, False),
        # One sign that NFKC makes eighteen letters of is one.
        ("\ufdfa", True),
        # Fifteen and their accents are fifteen.
        ("e\u0301" * 14, True),
    ],
)
def test_characters_are_counted(password, found):
    assert (policy.too_short(password, 15) is not None) is found


def test_the_complaint_says_how_many_it_takes():
    assert "at least 8 characters" in policy.too_short("x", 8).says


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("abcabcab", "abc"),
        ("aaaa", "a"),
        ("password1password1", "password1"),
        ("abcdefgh", "abcdefgh"),
        ("", ""),
    ],
)
def test_what_a_password_repeats_is_found(password, found):
    assert policy.unit(password) == found


@pytest.mark.parametrize(
    "password",
    [
        "1" * 15,
        "abcabcabcabcabc",
        "123456789012345",
        "543210987654321",
        "abcdefghijklmno",
        "QWERTYUIOPasdfg",
        "lkjhgfdsapoiuyt",
        "1qaz2wsx3edc4rfv",
    ],
)
def test_what_is_typed_without_a_thought_is_seen(password):
    assert policy.monotonous(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "kX9#mQ2$vL", "password1password2"]
)
def test_other_passwords_are_not(password):
    assert not policy.monotonous(password)


CONTEXT = ("Anna.Smith@boats.example", "anni")


@pytest.mark.parametrize(
    "password",
    [
        "annasmith",
        "Anna.Smith 1985",
        "anna-smith-2027",
        "4nn4$m1th_1985",
        "boats.example!",
        "htimsanna12345",
        "annaannaannaanna",
        "a.n.n.a.s.m.i.t.h",
        "ANNI-anni-anni",
    ],
)
def test_a_password_that_leans_on_the_context_is_seen(password):
    assert policy.leans(password, CONTEXT)


@pytest.mark.parametrize(
    "password",
    [
        # Enough is left without the name.
        "anna rows across the lake",
        "correct horse battery staple",
        "12345678",
        "",
    ],
)
def test_others_do_not(password):
    assert not policy.leans(password, CONTEXT)


def test_short_words_of_the_context_count_for_nothing():
    assert policy.words(["Al@b.io"]) == ()
    assert not policy.leans("al-b-io", ["Al@b.io"])


def test_no_context_makes_it_slow():
    words = policy.words([f"word{n:05}" for n in range(5000)])

    assert len(words) == policy.MOST_WORDS


@pytest.mark.parametrize(
    ("memory", "passes", "found"),
    [
        (19456, 2, True),
        (19455, 2, False),
        (19456, 1, False),
        (47104, 1, True),
        (7168, 5, True),
        (7168, 4, False),
        (65536, 3, True),
    ],
)
def test_the_floor_is_owasps(memory, passes, found):
    assert policy.enough(memory, passes) is found
