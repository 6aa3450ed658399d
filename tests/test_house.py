"""Each control stands on every floor: words, page, checks, guard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stopper
from stopper.audit.checks import CHECKS
from stopper.catalogue.mode import Mode
from stopper.controls import CONTROLS

ROOT = Path(stopper.__file__).parent
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HEADING = re.compile(r"^#{2,4} +`?([a-z0-9-]+)`?\s*$", re.M)
KEY = re.compile(r"STOPPER_[A-Z0-9]+(_[A-Z0-9]+)*")
RULES = [rule for control in CONTROLS for rule in control.rules]

#: The audit's own promise is asked about where its allow comments are.
ASKED_IN = {"audit": "allows"}

every_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.name)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)


def doubles(names):
    return {name for name in names if names.count(name) > 1}


@every_control
def test_a_control_has_its_words_and_its_page(control):
    folder = ROOT / "controls" / control.name

    assert (folder / "control.py").is_file()
    assert (folder / "page.md").is_file()


@every_control
def test_a_control_with_rules_has_checks(control):
    module = ASKED_IN.get(control.name, control.name)
    checks = ROOT / "audit" / "checks" / module
    has = checks.is_dir() or checks.with_suffix(".py").is_file()

    assert has or not control.rules


@every_control
def test_a_control_has_a_guard_or_says_that_it_has_none(control):
    guard = ROOT / "guard" / control.name
    has = guard.is_dir() or guard.with_suffix(".py").is_file()

    assert has == control.guarded


@every_control
def test_a_guard_can_enforce(control):
    assert not control.guarded or Mode.ENFORCE in control.modes


@every_control
def test_a_control_does_something(control):
    assert control.rules or control.guarded


@every_control
def test_a_page_starts_with_its_control(control):
    page = (ROOT / "controls" / control.name / "page.md").read_text("utf-8")

    assert page.startswith("# ")


@every_control
def test_every_rule_has_its_place_on_the_page(control):
    page = (ROOT / "controls" / control.name / "page.md").read_text("utf-8")
    headings = set(HEADING.findall(page))

    assert [r.name for r in control.rules if r.name not in headings] == []


@every_control
def test_every_setting_is_on_the_page(control):
    page = (ROOT / "controls" / control.name / "page.md").read_text("utf-8")

    assert [s.key for s in control.settings if s.key not in page] == []


def test_every_folder_of_a_control_is_in_the_list():
    folders = {p.parent.name for p in ROOT.glob("controls/*/control.py")}

    assert folders - {control.name for control in CONTROLS} == set()


def test_control_names_are_unique():
    assert doubles([control.name for control in CONTROLS]) == set()


@every_rule
def test_every_rule_has_a_check(rule):
    assert any(check.rule is rule for check in CHECKS)


def test_every_check_answers_for_a_rule_of_a_control():
    assert [c.rule.name for c in CHECKS if c.rule not in RULES] == []


def test_rule_names_are_unique():
    assert doubles([rule.name for rule in RULES]) == set()


@every_rule
def test_a_rule_is_named_as_one_writes_it(rule):
    assert KEBAB.fullmatch(rule.name)


@every_rule
def test_a_rule_says_all_that_a_reader_needs(rule):
    assert all((rule.message, rule.reason, rule.mend, rule.cwe))


@every_rule
def test_a_rule_speaks_in_sentences(rule):
    assert [
        text
        for text in (rule.message, rule.reason, rule.mend)
        if not text.rstrip().endswith((".", "?", "`", ")"))
    ] == []


@every_rule
def test_a_rule_names_requirements_by_their_ids(rule):
    assert [i for i in rule.asvs if not re.fullmatch(r"\d+\.\d+\.\d+", i)] == []


@every_control
def test_settings_are_named_alike(control):
    keys = [s.key for s in control.settings]

    assert [key for key in keys if not KEY.fullmatch(key)] == []


def test_setting_keys_are_unique():
    keys = [s.key for control in CONTROLS for s in control.settings]
    keys += [control.mode.key for control in CONTROLS if control.guarded]

    assert doubles(keys) == set()


@every_control
def test_every_default_is_taken(control):
    for setting in control.settings:
        assert setting.read({setting.key: setting.default}) == setting.default


@every_control
def test_a_setting_says_what_it_decides_and_where_its_default_is_from(control):
    assert [s.key for s in control.settings if not (s.says and s.source)] == []


def test_no_address_of_a_package_index_stands_in_a_lock():
    locks = Path(__file__).parent.parent.glob("requirements/*.txt")
    addresses = re.compile(
        r"://|--(?:extra-)?index-url|--find-links|--trusted-host| @ "
    )
    found = [
        (lock.name, line)
        for lock in locks
        for line in lock.read_text("utf-8").splitlines()
        if addresses.search(line)
    ]

    assert found == []
