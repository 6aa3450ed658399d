"""What an address is, and when two of them are one."""

from __future__ import annotations

import random
import smtplib
import time
from email import policy
from email.message import EmailMessage

import pytest

from stopper.controls.accounts.policy import address_key
from stopper.controls.accounts.policy import complain_of_address

#: What has a meaning in a header of a mail or in a dialogue with its server.
ODD = "ab.=?_-+!#$%&'*/^`{|}~é\u0301＠。\\,;:@<>()[]\" \t\r\n\0\u200b"


@pytest.mark.parametrize(
    "spelling",
    ["ANN@example.org", " ann@example.org ", "ａnn@example.org", "ann@EXAMPLE.org"],
)
def test_spellings_of_one_address_are_one(spelling):
    assert address_key(spelling) == address_key("ann@example.org")


def test_a_row_of_marks_takes_no_time():
    began = time.process_time()

    address_key("a" + "\u0301\u0316" * 100_000)

    assert time.process_time() - began < 0.5


def test_what_grows_as_it_is_looked_up_is_as_long_as_it_becomes():
    assert complain_of_address("\ufdfa" * 20 + "@example.org") is not None
    assert complain_of_address("\ufdfa" * 5 + "@example.org") is None


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?ann?=@example.org",
        "eve@=?utf-8?q?evil.example=3e?=.example.org",
        "=?utf-8?q?eve=40evil.example=3e=2c?=@example.org",
    ],
)
def test_an_address_that_is_written_as_another_one_is_none(address):
    assert complain_of_address(address) is not None


def test_mail_goes_to_the_very_address_that_was_taken_or_nowhere():
    chance = random.Random(5)
    taken = 0

    for _ in range(20_000):
        before, after = ("".join(chance.choices(ODD, k=4)) for _ in "ab")
        address = f"{before}@{after}.org"

        if complain_of_address(address) is None:
            taken += 1
            message = EmailMessage(policy.SMTP)
            message["To"] = address
            assert smtplib.quoteaddr(message["To"]) in (f"<{address}>", "<>")

    assert taken > 100
