"""Keys by purpose: the published vectors, and a rotation from end to end."""

from __future__ import annotations

import hmac

import pytest
from flask import Flask

from stopper.catalogue.error import SettingError
from stopper.cli.secrets import rotation
from stopper.guard.keys import hkdf
from stopper.guard.keys import keyed
from stopper.guard.keys import Keys

# RFC 5869, appendix A.1 to A.3.
VECTORS = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        "34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        "9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("key", "salt", "info", "found"), VECTORS)
def test_hkdf_gives_what_the_rfc_says(key, salt, info, found):
    wanted = bytes.fromhex(found)
    given = (bytes.fromhex(text) for text in (key, info))

    assert hkdf(*given, length=len(wanted), salt=bytes.fromhex(salt)) == wanted


@pytest.mark.parametrize("length", [0, -1, 255 * 32 + 1])
def test_hkdf_gives_no_other_length(length):
    with pytest.raises(ValueError, match="HKDF gives 1 to 8160 bytes"):
        hkdf(b"key", b"purpose", length)


def test_no_two_purposes_share_a_key():
    keys = Keys({"SECRET_KEY": "one", "SECRET_KEY_FALLBACKS": ["two"]})
    found = [*keys.of("csrf"), *keys.of("sessions"), *keys.of("csrf2")]

    assert len({*found, b"one", b"two"}) == 8
    assert {len(key) for key in found} == {32}


def test_the_key_to_sign_with_comes_first():
    both = Keys({"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": ["old", b"older"]})
    alone = [Keys({"SECRET_KEY": key}).of("x")[0] for key in ("new", "old", "older")]

    assert both.of("x") == tuple(alone)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"SECRET_KEY": ""},
        {"SECRET_KEY": 5},
        {"SECRET_KEY": "x", "SECRET_KEY_FALLBACKS": "old"},
        {"SECRET_KEY": "x", "SECRET_KEY_FALLBACKS": [""]},
        {"SECRET_KEY": "x", "SECRET_KEY_FALLBACKS": [None]},
    ],
)
def test_what_is_no_key_is_refused_by_its_name(config):
    with pytest.raises(SettingError, match="SECRET_KEY"):
        Keys(config)


def signature(config):
    return keyed(Keys(config).of("csrf")[0], b"a token")


def verifies(config, found):
    keys = Keys(config).of("csrf")
    return any(hmac.compare_digest(keyed(key, b"a token"), found) for key in keys)


@pytest.mark.parametrize(
    ("compromised", "still"), [(False, [True, True]), (True, [False, False])]
)
def test_what_old_keys_signed_after_a_rotation(compromised, still):
    app = Flask("rotated")
    app.config.update(SECRET_KEY="older")
    signed = [signature(app.config)]
    found = rotation(app.config, compromised=False)
    app.config.update(SECRET_KEY=found.key, SECRET_KEY_FALLBACKS=list(found.fallbacks))
    signed.append(signature(app.config))
    found = rotation(app.config, compromised)
    app.config.update(SECRET_KEY=found.key, SECRET_KEY_FALLBACKS=list(found.fallbacks))

    assert [verifies(app.config, one) for one in signed] == still
    assert verifies(app.config, signature(app.config))
