"""What is kept encrypted opens for its owner and purpose alone, also after a rotation."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

import stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.keys import Keys
from stopper.guard.vault import Sealed
from stopper.guard.vault import Vault

KEY = "0f8e2c5ab3d94716"


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


def vault(*data_keys, secret=KEY, fallbacks=()):
    config = {"STOPPER_DATA_KEYS": list(data_keys)}
    keys = {"SECRET_KEY": secret, "SECRET_KEY_FALLBACKS": list(fallbacks)}
    return Vault(config, Keys(keys))


def test_what_was_sealed_opens():
    ours = vault(f"2026:{key('a')}")
    name, sealed = ours.seal("totp", "7", b"the secret")

    assert name == "2026"
    assert b"secret" not in sealed
    assert ours.open("totp", "7", name, sealed) == b"the secret"


def test_the_same_text_is_never_sealed_alike():
    ours = vault()

    assert ours.seal("totp", "7", b"x") != ours.seal("totp", "7", b"x")


@pytest.mark.parametrize(("purpose", "owner"), [("totp", "8"), ("mail", "7")])
def test_what_is_moved_does_not_open(purpose, owner):
    ours = vault()
    name, sealed = ours.seal("totp", "7", b"the secret")

    with pytest.raises(Sealed):
        ours.open(purpose, owner, name, sealed)


def test_purpose_and_owner_do_not_run_into_each_other():
    ours = vault()
    name, sealed = ours.seal("totp", "1user", b"x")

    with pytest.raises(Sealed):
        ours.open("totp1", "user", name, sealed)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_what_was_changed_does_not_open(place):
    ours = vault()
    name, sealed = ours.seal("totp", "7", b"the secret")
    changed = bytearray(sealed)
    changed[place] ^= 1

    with pytest.raises(Sealed):
        ours.open("totp", "7", name, bytes(changed))


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12])
def test_what_is_too_short_does_not_open(sealed):
    ours = vault()

    with pytest.raises(Sealed):
        ours.open("totp", "7", ours.newest, sealed)


def test_an_older_key_opens_and_the_newest_seals():
    name, sealed = vault(f"1:{key('a')}").seal("totp", "7", b"old")
    ours = vault(f"2:{key('b')}", f"1:{key('a')}")

    assert ours.open("totp", "7", name, sealed) == b"old"
    assert ours.newest == "2"


def test_derived_keys_follow_the_rotation_of_the_secret_key():
    name, sealed = vault(secret="an older key: 91ab").seal("totp", "7", b"old")
    ours = vault(fallbacks=["an older key: 91ab"])

    assert ours.newest != name
    assert ours.open("totp", "7", name, sealed) == b"old"


def test_what_was_sealed_before_keys_were_set_opens():
    name, sealed = vault().seal("totp", "7", b"old")
    ours = vault(f"1:{key('a')}")

    assert ours.newest == "1"
    assert ours.open("totp", "7", name, sealed) == b"old"


def test_what_a_leaked_key_sealed_is_carried_over_without_it():
    name, sealed = vault(secret="a leaked key: 91ab").seal("totp", "7", b"old")
    root = Keys({"SECRET_KEY": "a leaked key: 91ab"}).of("data-keys")[0]
    carried = f"{name}:{base64.b64encode(root).decode()}"
    ours = vault(f"2:{key('b')}", carried)

    assert ours.newest == "2"
    assert ours.open("totp", "7", name, sealed) == b"old"


def test_the_id_of_a_derived_key_tells_nothing_of_it():
    assert KEY not in vault().newest
    assert re.fullmatch(r"app-[0-9a-f]{12}", vault().newest)


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        ({"2019"}, ["2019", "STOPPER_DATA_KEYS"]),
        ({"app-0123456789ab"}, ["SECRET_KEY_FALLBACKS"]),
    ],
)
def test_a_stored_id_that_is_not_known_stops_the_start(stored, names):
    with pytest.raises(StartError) as error:
        vault().look_at(stored)

    assert [n for n in names if n not in str(error.value)] == []


def test_an_unknown_key_is_named_when_something_is_opened():
    with pytest.raises(Sealed, match="STOPPER_DATA_KEYS"):
        vault().open("totp", "7", "2019", b"x" * 40)


@pytest.mark.parametrize(
    "keys",
    [
        ["no colon"],
        [f"{'x' * 33}:{key('a')}"],
        ["1:####"],
        ["1:" + base64.b64encode(b"short").decode()],
        [f"1:{key('a')}", f"1:{key('b')}"],
        [7],
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(keys):
    with pytest.raises(SettingError) as error:
        vault(*keys)

    assert "STOPPER_DATA_KEYS" in str(error.value)
    assert key("a") not in str(error.value)


def test_digests_differ_by_key_and_by_purpose():
    ours = vault(f"2:{key('b')}", f"1:{key('a')}")
    found = ours.digests("recovery", b"code")

    assert list(found)[:2] == ["2", "1"]
    assert len({*found.values(), *ours.digests("other", b"code").values()}) == 6


def example() -> str:
    page = Path(stopper.__file__).parent / "controls" / "secrets" / "page.md"
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    return next(block for block in blocks if "AESGCM" in block)


def test_the_lines_on_the_page_open_what_was_sealed():
    space: dict[str, object] = {}
    exec(example(), space)
    ours = vault(f"1:{key('a')}")
    sealed = ours.seal("totp", "7", b"the secret")[1]
    plain = vault().seal("totp", "7", b"derived")[1]
    root = space["derived"](KEY.encode(), b"data-keys")

    assert space["opened"](b"a" * 32, "totp", "7", sealed) == b"the secret"
    assert space["opened"](root, "totp", "7", plain) == b"derived"
