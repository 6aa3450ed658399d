"""The table of ASVS 5.0 in the docs: it has every requirement, and names tests that are."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: How many requirements the sections of each chapter have.
SECTIONS = {
    "6": (3, 12, 8, 6, 8, 4, 2, 4),
    "7": (3, 4, 2, 5, 3, 2),
    "8": (4, 4, 3, 2),
    "9": (3, 4),
    "10": (2, 3, 5, 16, 5, 2, 3),
}

IDS = {
    f"{chapter}.{section}.{n + 1}"
    for chapter, sizes in SECTIONS.items()
    for section, size in enumerate(sizes, 1)
    for n in range(size)
}

#: Those of V6 to V8 that a layer below an app can keep without its help.
REACHABLE = {
    *("6.1.1", "6.1.2"),
    *(f"6.2.{n}" for n in range(1, 13)),
    *("6.3.1", "6.3.3", "6.3.5", "6.3.6", "6.3.7", "6.3.8"),
    *("6.4.1", "6.4.2", "6.4.3", "6.4.6"),
    *(f"6.5.{n}" for n in range(1, 9)),
    *("6.6.2", "6.6.3", "6.7.2"),
    *("7.1.1", "7.1.2", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2"),
    *("7.4.1", "7.4.2", "7.4.3", "7.4.5", "7.5.1", "7.5.2", "7.6.2"),
    *("8.2.1", "8.3.1", "8.3.2"),
}


def load():
    """Return the module that makes the page: the docs are no package."""
    spec = importlib.util.spec_from_file_location("asvs", ROOT / "docs" / "asvs.py")
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks for itself there.
    sys.modules["asvs"] = module
    spec.loader.exec_module(module)
    return module


asvs = load()
ROWS = asvs.rows()

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


@functools.cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_requirement_has_one_row():
    ids = [row.id for row in ROWS]

    assert sorted(ids) == sorted(IDS)


@every_row
def test_a_row_says_how_it_stands(row):
    assert row.status in asvs.STATES
    assert row.how.endswith(".")
    assert row.why == "" or row.why.endswith(".")
    assert "|" not in row.how + row.why


@every_row
def test_its_tests_exist(row):
    named = [test.partition("::") for test in row.tests]

    assert [t for t in row.tests if not (ROOT / t.partition("::")[0]).is_file()] == []
    assert [f"{p}::{n}" for p, _, n in named if n not in names_in(p)] == []
    assert len({*row.tests}) == len(row.tests)


@every_row
def test_what_is_kept_is_shown(row):
    if row.status in ("kept", "helper"):
        assert row.tests
    elif row.status == "audited":
        assert asvs.rules_of(row)


@every_row
def test_what_could_be_kept_is_kept_or_has_a_reason(row):
    if row.id in REACHABLE and row.status != "kept":
        assert row.why


def test_settings_and_marks_that_rows_name_exist():
    from stopper import Stopper
    from stopper.controls.settings import every_setting

    keys = {setting.key for _, setting in every_setting()}
    text = " ".join(f"{row.how} {row.why}" for row in ROWS)

    assert set(re.findall(r"STOPPER_[A-Z_]+", text)) - keys == set()
    assert [
        m for m in re.findall(r"@stopper\.(\w+)", text) if not hasattr(Stopper(), m)
    ] == []


def test_commands_that_rows_name_exist():
    from stopper.cli.flask import group

    text = " ".join(f"{row.how} {row.why}" for row in ROWS)
    named = re.findall(r"`flask stopper ([a-z]+)(?: ([a-z-]+))?", text)

    for name, below in named:
        command = group.commands[name]
        assert not below or below in command.commands


def test_the_page_has_every_row():
    text = asvs.page()

    assert [id for id in IDS if f"\n| {id} | " not in text] == []
