"""What a key looks like, to the app and to a scanner."""

from __future__ import annotations

import math

import pytest

from stopper.catalogue.error import SettingError
from stopper.controls.apikeys import settings
from stopper.controls.apikeys.policy import checksum
from stopper.controls.apikeys.policy import DIGITS
from stopper.controls.apikeys.policy import keys_in
from stopper.controls.apikeys.policy import LONGEST
from stopper.controls.apikeys.policy import parsed
from stopper.controls.apikeys.policy import Parts
from stopper.controls.apikeys.policy import SECRET
from stopper.controls.apikeys.policy import within
from stopper.controls.apikeys.policy import written
from stopper.controls.secrets.formats import tokens

PARTS = Parts("acme", "0123456789Az", "9aZ" * 10)
KEY = written(PARTS)


def test_a_secret_has_160_random_bits_and_more():
    assert SECRET * math.log2(len(DIGITS)) >= 160
    assert len(set(DIGITS)) == 62


def test_a_key_is_read_as_it_was_written():
    assert parsed(KEY) == PARTS
    assert parsed(written(Parts("a" * 12, PARTS.id, PARTS.secret))) is not None
    assert len(written(Parts("a" * 12, PARTS.id, PARTS.secret))) == LONGEST


def test_a_checksum_is_crc32_in_base62():
    # Of b"123456789" it is 0xCBF43926 (the check value of CRC-32/ISO-HDLC).
    left, found = 0xCBF43926, ""

    while left:
        left, digit = divmod(left, 62)
        found = DIGITS[digit] + found

    assert checksum("123456789") == found.rjust(6, "0")


@pytest.mark.parametrize("place", range(len(KEY)))
def test_one_wrong_character_is_noticed(place):
    other = "b" if KEY[place] != "b" else "c"

    assert parsed(KEY[:place] + other + KEY[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "_", "acme", KEY + "x", "x" + KEY[1:], KEY + "\n", " " + KEY, KEY * 50]
)
def test_what_is_no_key_is_none(text):
    assert parsed(text) is None


def test_a_key_is_found_in_a_text():
    text = f"curl -H 'Authorization: Bearer {KEY}' https://a.example/?k={KEY}&x"

    assert list(keys_in(text)) == [PARTS, PARTS]


def test_a_key_shows_no_secret():
    assert PARTS.secret not in repr(PARTS)


def test_the_audit_knows_a_key_by_its_checksum_alone():
    found = tokens(f"# for the job\nKEY = '{KEY}'\n")
    typo = KEY[:-1] + ("a" if KEY[-1] != "a" else "b")

    assert [(t.issuer, t.mark, t.weak) for t in found] == [
        ("an app with Stopper", f"acme_{PARTS.id}_", False)
    ]
    assert tokens(f"KEY = '{typo}'") == []


@pytest.mark.parametrize(
    ("address", "networks", "inside"),
    [
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.3.7", "192.0.2.0/24", False),
        ("::ffff:192.0.2.7", "192.0.2.0/24", True),
        ("2001:db8::1", "192.0.2.0/24 2001:db8::/32", True),
        (None, "192.0.2.0/24", False),
        ("unix:", "192.0.2.0/24", False),
        (None, "", True),
    ],
)
def test_an_address_is_in_a_network_or_not(address, networks, inside):
    from stopper.controls.apikeys.policy import networks_in

    assert within(address, networks_in(networks)) is inside


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (settings.PREFIX, "Acme"),
        (settings.PREFIX, "a"),
        (settings.PREFIX, "a_b"),
        (settings.SCOPES, {"notes read": "x"}),
        (settings.SCOPES, {'a"b': "x"}),
        (settings.SCOPES, {"notes:read": 1}),
        (settings.SCOPES, {1: "x"}),
        (settings.HEADER, "Cookie"),
        (settings.HEADER, "X Key"),
        (settings.MAX_DAYS, 367),
        (settings.MAX_DAYS, 0),
        (settings.TOKEN_SECONDS, 901),
        (settings.OVERLAP, 169),
        (settings.RATE, "often"),
    ],
)
def test_a_setting_takes_what_it_says_and_nothing_else(setting, value):
    with pytest.raises(SettingError, match=setting.key):
        setting.read({setting.key: value})
