"""What regular expressions let through."""

from __future__ import annotations

import pytest

from stopper.audit.survey.flow.pattern import anchored
from stopper.audit.survey.flow.pattern import clears
from stopper.audit.survey.flow.pattern import removes


@pytest.mark.parametrize("regex", ["[a-z]+", r"\w{1,8}", "a|b", r"(\d+)-(\d+)"])
def test_a_full_match_of_plain_characters_clears(regex):
    assert clears(regex, "shell", whole=True)


@pytest.mark.parametrize("regex", [".*", "[^a-z]+", r"\S+", "[a-z; ]+"])
def test_a_full_match_of_anything_else_does_not(regex):
    assert not clears(regex, "shell", whole=True)


def test_half_an_anchor_holds_nothing():
    assert anchored("^a|b$") == (False, False)
    assert not clears("^[a-z]+", "shell", whole=False)


@pytest.mark.parametrize("regex", [r"[^\w]", "[^a-z0-9]+", r"\W"])
def test_what_takes_out_all_that_does_harm_clears(regex):
    assert removes(regex, "shell")


@pytest.mark.parametrize("regex", ["[;&]", "[^a-z;]", r"[^\w]x", "(", "[a-z]+"])
def test_what_takes_out_a_part_of_it_does_not(regex):
    assert not removes(regex, "shell")
