"""A password is hashed, verified, replaced and judged."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import subprocess
import sys

import bcrypt
import pytest
from argon2 import extract_parameters
from argon2 import PasswordHasher

from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.passwords.passwords import Answer
from stopper.guard.passwords.passwords import pepper_of
from stopper.guard.passwords.passwords import TooLong

GOOD = "correct horse battery staple"
BCRYPT = {"STOPPER_PASSWORD_SCHEME": "bcrypt", "STOPPER_PASSWORD_COST": 10}


def key(name):
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


OLD, NEW = key("2026"), key("2027")


def test_a_password_is_hashed_as_owasp_says(made):
    found = made().hash(GOOD)
    parameters = extract_parameters(found)

    assert found.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (parameters.salt_len, parameters.hash_len) == (18, 32)


def test_the_hash_is_one_that_others_verify(made):
    assert PasswordHasher().verify(made().hash(GOOD), GOOD)


def test_no_two_hashes_are_alike(made):
    passwords = made()
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


@pytest.mark.parametrize("more", [{}, BCRYPT, {"STOPPER_PASSWORD_PEPPERS": [NEW]}])
def test_the_right_password_is_right_and_another_is_not(made, more):
    passwords = made(**more)
    stored = passwords.hash(GOOD)

    assert passwords.verify(stored, GOOD) == Answer(True)
    assert passwords.verify(stored, GOOD + "r") == Answer(False)
    assert passwords.verify(stored, "") == Answer(False)


@pytest.mark.parametrize(
    "more",
    [
        {},
        BCRYPT,
        {"STOPPER_PASSWORD_PEPPERS": [NEW]},
        {**BCRYPT, "STOPPER_PASSWORD_PEPPERS": [NEW]},
        {
            **BCRYPT,
            "STOPPER_PASSWORD_OLD_SALT": "146585145368132386173505678016728509634",
        },
        {"STOPPER_PASSWORD_OLD_SALT": "146585145368132386173505678016728509634"},
    ],
)
@pytest.mark.parametrize(
    "given",
    [GOOD, "", "n\u0308ein", "x" * 80, "\ud800", "a\0b"],
    ids=["words", "empty", "composed", "long", "surrogate", "nul"],
)
def test_an_unknown_user_costs_what_a_wrong_password_costs(made, more, given):
    passwords = made(**more)
    stored = passwords.hash("another password of somebody")
    before = passwords.hashes
    wrong = passwords.verify(stored, given)
    between = passwords.hashes
    unknown = passwords.verify(None, given)

    assert wrong == unknown == Answer(False)
    assert passwords.hashes - between == between - before > 0


@pytest.mark.parametrize("more", [{}, BCRYPT])
def test_a_login_is_one_hash(made, more):
    passwords = made(**more)
    stored = passwords.hash(GOOD)
    before = passwords.hashes
    passwords.verify(stored, GOOD)
    passwords.verify(stored, "wrong")
    passwords.verify(None, GOOD)

    assert passwords.hashes - before == 3


def test_ours_are_one_hash_whatever_was_typed(made):
    passwords = made()
    stored = passwords.hash("cafe\u0301 de la gare")
    before = passwords.hashes

    assert passwords.verify(stored, "café de la gare") == Answer(True)
    assert passwords.verify(stored, "cafe\u0301 de la gare") == Answer(True)
    assert passwords.hashes - before == 2


def test_too_long_a_password_is_not_hashed(made):
    passwords = made()
    stored = passwords.hash(GOOD)
    before = passwords.hashes

    assert passwords.verify(stored, "x" * 1025) == Answer(False)
    assert passwords.verify(None, "x" * 1025) == Answer(False)
    assert passwords.hashes == before

    for wrong in ("", "x" * 1025, "\ufdfa" * 32):
        with pytest.raises(TooLong, match="1 to 1024 bytes"):
            passwords.hash(wrong)


def test_the_longest_password_is_hashed_to_its_end(made):
    for more in ({}, BCRYPT):
        passwords = made(**more)
        stored = passwords.hash("x" * 1024)

        assert passwords.verify(stored, "x" * 1024).right
        assert not passwords.verify(stored, "x" * 1023).right


def test_an_empty_password_is_never_right(made):
    stored = bcrypt.hashpw(b"", bcrypt.gensalt(4)).decode()
    assert made().verify(stored, "") == Answer(False)


@pytest.mark.parametrize(
    "more",
    [
        {"STOPPER_PASSWORD_MEMORY": 20480},
        {"STOPPER_PASSWORD_PASSES": 3},
        {"STOPPER_PASSWORD_PEPPERS": [NEW]},
        BCRYPT,
    ],
)
def test_a_hash_of_other_settings_is_replaced_once(made, more):
    stored = made().hash(GOOD)
    now = made(**more)
    answer = now.verify(stored, GOOD)

    assert answer.right
    assert answer.better is not None
    assert now.verify(answer.better, GOOD) == Answer(True)
    assert now.verify(stored, "wrong") == Answer(False)


def test_bcrypt_of_another_cost_is_replaced(made):
    stored = made(**BCRYPT).hash(GOOD)
    answer = made(**{**BCRYPT, "STOPPER_PASSWORD_COST": 11}).verify(stored, GOOD)

    assert answer.better.startswith("$2b$11$")


def test_bcrypt_is_one_that_others_verify(made):
    assert bcrypt.checkpw(GOOD.encode(), made(**BCRYPT).hash(GOOD).encode())


@pytest.mark.parametrize(
    "password",
    ["x" * 72, "x" * 100, "one\0two", "語" * 30],
    ids=["72", "100", "nul", "signs"],
)
def test_what_bcrypt_would_cut_goes_through_a_keyed_hash(made, password):
    passlib = pytest.importorskip("passlib.hash")
    passwords = made(**BCRYPT)
    stored = passwords.hash(password)

    assert stored.startswith("$bcrypt-sha256$v=2,t=2b,r=10$")
    assert passlib.bcrypt_sha256.verify(password, stored)
    assert passwords.verify(stored, password) == Answer(True)
    assert not passwords.verify(stored, password + "x").right
    assert not passwords.verify(stored, password[:-1]).right


def test_no_longer_password_is_taken_for_one_that_bcrypt_holds_whole(made):
    passwords = made(**BCRYPT)

    for size in (70, 71, 72):
        stored = passwords.hash("x" * size)
        assert not passwords.verify(stored, "x" * size + "y" * 10).right


def test_a_pepper_is_named_in_the_hash_and_needed(made):
    stored = made(STOPPER_PASSWORD_PEPPERS=[NEW]).hash(GOOD)

    assert ",keyid=2027$" in stored
    assert pepper_of(stored) == "2027"
    assert not made(STOPPER_PASSWORD_PEPPERS=[key("2027")]).verify(stored, GOOD).right


def test_the_page_tells_how_to_leave_with_a_pepper(made):
    stored = made(STOPPER_PASSWORD_PEPPERS=[NEW]).hash(GOOD)
    raw = base64.b64decode(NEW.partition(":")[2])
    text = base64.b64encode(hmac.digest(raw, GOOD.encode(), "sha256"))

    assert PasswordHasher().verify(re.sub(",keyid=[^$]*", "", stored), text)


def test_an_old_pepper_is_still_taken_and_replaced(made):
    old = made(STOPPER_PASSWORD_PEPPERS=[OLD])
    both = made(STOPPER_PASSWORD_PEPPERS=[NEW, OLD])
    answer = both.verify(old.hash(GOOD), GOOD)

    assert pepper_of(answer.better) == "2027"
    assert both.verify(answer.better, GOOD) == Answer(True)


@pytest.mark.parametrize("more", [{}, BCRYPT])
def test_a_pepper_that_is_gone_is_told_and_nobody_gets_in(made, happened, more):
    stored = made(STOPPER_PASSWORD_PEPPERS=[OLD], **more).hash(GOOD)
    passwords = made(STOPPER_PASSWORD_PEPPERS=[NEW], **more)
    before = passwords.hashes

    assert passwords.verify(stored, GOOD) == Answer(False)
    assert passwords.hashes - before == 1
    assert [e.name for e in happened] == ["pepper-missing"]

    with pytest.raises(StartError, match=r"'2026'.*STOPPER_PASSWORD_PEPPERS"):
        passwords.look([pepper_of(stored)])

    passwords.look(["2027"])


@pytest.mark.parametrize(
    "wrong",
    [
        ["no colon at all"],
        ["2026b:"],
        ["2026b:c2hvcnQ="],
        [key("with space")],
        [key("a,b")],
        [key("")],
        [NEW, key("2027")],
        [NEW.replace(":", ":!")],
        [7777],
    ],
)
def test_what_is_no_pepper_does_not_start_and_is_not_shown(made, wrong):
    with pytest.raises(SettingError, match="STOPPER_PASSWORD_PEPPERS") as error:
        made(STOPPER_PASSWORD_PEPPERS=wrong)

    assert str(wrong[0]) not in str(error.value)
    assert NEW.partition(":")[2] not in str(error.value)


def test_parameters_below_the_floor_do_not_start(made):
    with pytest.raises(SettingError, match=r"STOPPER_PASSWORD_MEMORY is 19455"):
        made(STOPPER_PASSWORD_MEMORY=19455)

    made(STOPPER_PASSWORD_MEMORY=47104, STOPPER_PASSWORD_PASSES=1)


def test_no_hash_stands_in_what_is_printed(made):
    answer = made().verify(made(STOPPER_PASSWORD_PASSES=3).hash(GOOD), GOOD)

    assert answer.better not in repr(answer)


@pytest.mark.parametrize("module", ["argon2", "bcrypt"])
def test_a_missing_library_is_told_with_what_to_run(module):
    code = f"""
import sys
sys.modules[{module!r}] = None
sys.modules[{module + ".low_level"!r}] = None
from stopper.guard.passwords.scheme import scheme
from stopper.catalogue.error import StartError
try:
    scheme({{}})
except StartError as e:
    print(e)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "pip install 'stopper[accounts]'" in done.stdout


def names(found):
    return [complaint.name for complaint in found]


@pytest.mark.parametrize(
    ("password", "alone", "found"),
    [
        (GOOD, True, []),
        ("ünï cödë ist gut genug", True, []),
        ("kX9#mQ2$vLpW7z", True, ["too-short"]),
        ("kX9#mQ2$", False, []),
        ("kX9#mQ2", False, ["too-short"]),
        pytest.param("x" * 1025, True, ["too-long"], id="1025"),
        ("password1", False, ["common"]),
        ("PassWord1", False, ["common"]),
        ("12345678", False, ["common"]),
        ("password1", True, ["too-short", "common"]),
        ("password1password1", True, ["common"]),
        ("111111111111111", True, ["common"]),
        ("qwertyuiop12345", True, ["common"]),
        ("anna.smith@shop.test", True, ["context-word"]),
        ("harbour-2027-xyz", True, ["context-word"]),
        ("boats.example99", True, ["context-word"]),
        ("Fjord Trading 1!", True, ["context-word"]),
    ],
)
def test_a_new_password_is_judged(made, password, alone, found):
    passwords = made(STOPPER_PASSWORD_WORDS=["Fjord", "Trading"])
    context = ["anna.smith@shop.test", "Anna"]

    assert names(passwords.complaints(password, alone=alone, context=context)) == found


@pytest.mark.parametrize(
    "password",
    [
        "only lower case letters",
        "ONLY UPPER CASE LETTERS",
        "58201946372915064",
        "&%$!?=+*#,;.:-_<>",
        "日本語の長いパスワードですよね皆様",
        "            a  b     ",
    ],
)
def test_a_password_of_any_characters_is_taken(made, password):
    assert made().complaints(password, alone=True) == ()


def test_a_complaint_holds_no_password(made):
    found = made().complaints("password1", alone=True)

    assert not any("password1" in c.says for c in found)


def test_the_length_can_be_set_down_to_eight(made):
    assert made(STOPPER_PASSWORD_LENGTH=8).complaints("kX9#mQ2$", alone=True) == ()

    with pytest.raises(SettingError, match="at least 8 characters"):
        made(STOPPER_PASSWORD_LENGTH=7)


def test_a_password_that_would_not_be_taken_today_still_logs_in(made):
    passwords = made()

    assert passwords.verify(passwords.hash("12345678"), "12345678").right
