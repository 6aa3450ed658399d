"""What the pages say of numbers is what the settings have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stopper.controls
from stopper.controls.accounts import settings as accounts
from stopper.controls.ratelimits.policy import rates
from stopper.controls.sessions import control as sessions

PAGES = Path(stopper.controls.__file__).parent


def page(control: str) -> str:
    return (PAGES / control / "page.md").read_text("utf-8")


@pytest.mark.parametrize(
    "setting",
    [
        accounts.TRIES,
        accounts.CLIENT_TRIES,
        accounts.STRANGER_TRIES,
        accounts.ALL_TRIES,
    ],
    ids=lambda s: s.key,
)
def test_the_page_has_the_numbers_of_the_settings(setting):
    rows = page("accounts").splitlines()
    mine = [r for r in rows if r.startswith("|") and r.endswith(f"`{setting.key}` |")]
    wanted = [rate.amount for rate in rates(setting.default)]

    assert mine
    for row in mine:
        assert [int(n) for n in re.findall(r"(\d+) (?:a|an|in)\b", row)] == wanted


def test_the_page_has_the_time_outs_of_the_settings():
    text = page("sessions")
    idle, lifetime = sessions.SESSION_IDLE, sessions.SESSION_LIFETIME

    assert (idle.default, lifetime.default) == (3600, 24 * 3600)
    assert f"nothing comes for an hour (`{idle.key}`)" in text
    assert f"a day is over (`{lifetime.key}`)" in text
    assert accounts.REMEMBER.default == 30 * 24 * 3600
    assert "for up to 30 days" in text
    assert f"`{accounts.REMEMBER.key} = 0` turns it off" in text
