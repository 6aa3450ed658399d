"""The shipped list: what is in it, what is not, and how little it is."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from pathlib import Path

import pytest

from stopper.controls.passwords.settings import LENGTH
from stopper.guard.passwords.blocklist import Blocklist
from stopper.guard.passwords.blocklist import blocklist
from stopper.guard.passwords.blocklist import digest
from stopper.guard.passwords.blocklist import FILE
from stopper.guard.passwords.blocklist import HEAD
from stopper.guard.passwords.blocklist import packed
from stopper.guard.passwords.blocklist import WIDTH

TOOL = Path(__file__).parents[3] / "tools" / "blocklist.py"


@pytest.mark.parametrize(
    "password",
    ["password1", "PASSWORD1", "iloveyou", "sunshine", "trustno1", "football1"],
)
def test_common_passwords_are_in_it(password):
    assert password in blocklist()


@pytest.mark.parametrize(
    "password",
    [
        *("123456789987654321", "qazwsxedcrfvtgb", "1qazxsw23edcvfr4"),
        *("1234qwerasdfzxcv", "q1w2e3r4t5y6u7i8", "qwertyuiop12345"),
        *("passwordpassword", "123456789qwerty", "zxcvbnm123456789"),
    ],
)
def test_common_ones_that_are_long_enough_alone_are_in_it(password):
    assert len(password) >= LENGTH.default
    assert password in blocklist()


def test_it_is_small_and_in_order():
    data = FILE.read_bytes()
    found = blocklist()
    ends = [int.from_bytes(data[i : i + WIDTH]) for i in range(0, HEAD, WIDTH)]

    assert len(data) < 700_000
    assert len(data) == HEAD + WIDTH * len(found)
    assert ends == sorted(ends)
    # False positives: entries over possible digests.
    assert len(found) / 2**40 < 1e-6


def test_none_of_many_random_passwords_is_in_it():
    draw = random.Random(5)
    letters = string.ascii_letters + string.digits

    assert [
        p
        for p in ("".join(draw.choices(letters, k=12)) for _ in range(20_000))
        if p in blocklist()
    ] == []


def test_what_was_packed_is_found_and_its_neighbours_are_not():
    words = [f"word{n}" for n in range(5000)]
    found = Blocklist(packed(map(digest, words)))

    assert len(found) == 5000
    assert [w for w in words if w not in found] == []
    assert [w for w in (f"other{n}" for n in range(5000)) if w in found] == []


def test_first_and_last_entries_are_found():
    # One for each first byte, and at both ends of the file.
    entries = sorted(digest(f"word{n}") for n in range(3000))
    found = Blocklist(packed(entries))
    low, high = entries[0], entries[-1]
    words = {digest(f"word{n}"): f"word{n}" for n in range(3000)}

    assert words[low] in found
    assert words[high] in found


def test_an_empty_list_holds_nothing():
    assert "password1" not in Blocklist(packed([]))


def test_the_tool_keeps_what_the_policy_would_take(tmp_path):
    source, target = tmp_path / "list.txt", tmp_path / "list.bin"
    source.write_text("short\nHarbour1\n11111111\nharbour1\nfifteen letters are\n")
    subprocess.run(
        [sys.executable, TOOL, source, target], check=True, capture_output=True
    )
    found = Blocklist(target.read_bytes())

    assert len(found) == 2
    assert "harbour1" in found
    assert "fifteen letters are" in found
