"""A finding is known again when the lines around it move, and not when it changed."""

from __future__ import annotations

import re

import pytest

from projects import project
from stopper.audit.fingerprint import fingerprints
from stopper.audit.run import audit

LOAD = "import yaml\n\ndef read(text):\n    return yaml.load(text, yaml.Loader)\n"


def prints(text, file="app.py", secret=frozenset()):
    made = project({file: text})
    found = [f for f in audit([made]).findings if f.rule.name == "unsafe-yaml-load"]
    return fingerprints(found, made.line, secret)


def test_a_fingerprint_is_thirty_two_hexadecimal_digits():
    [mark] = prints(LOAD)
    assert re.fullmatch("[0-9a-f]{32}", mark)


@pytest.mark.parametrize(
    "moved",
    [
        "# A word before.\n\n\n" + LOAD,
        LOAD + "\n\ndef more():\n    pass\n",
        LOAD.replace("(text, yaml.Loader)", "( text,  yaml.Loader )"),
        LOAD.replace("    return", "    if text:\n        return"),
        LOAD.replace("er)", "er)  # stopper: allow[unsafe-yaml-load] our own file"),
    ],
)
def test_it_stays_when_the_line_moves_or_is_laid_out_anew(moved):
    assert prints(moved) == prints(LOAD)


@pytest.mark.parametrize(
    "other",
    [LOAD.replace("text", "body"), LOAD.replace("yaml.Loader", "yaml.UnsafeLoader")],
)
def test_it_goes_when_the_line_changes(other):
    assert set(prints(other)).isdisjoint(prints(LOAD))


def test_it_goes_with_the_file():
    assert set(prints(LOAD, "other.py")).isdisjoint(prints(LOAD))


def test_equal_lines_of_one_file_have_fingerprints_of_their_own():
    twice = LOAD + LOAD.replace("read", "again").replace("import yaml\n", "")
    first, second = prints(twice)

    assert first != second
    assert [first] == prints(LOAD)


def test_what_is_secret_is_not_in_it():
    one = prints(LOAD, secret=frozenset({"unsafe-yaml-load"}))
    other = prints(
        LOAD.replace("text", "hunter2"), secret=frozenset({"unsafe-yaml-load"})
    )

    assert one == other
