"""What the audit looks for can be asked for."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from stopper import __version__
from stopper.cli import COMMANDS
from stopper.cli import main
from stopper.controls import CONTROLS

RULES = [(c, r) for c in CONTROLS for r in c.rules]


def said(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_every_command_is_there_and_has_help():
    for name in COMMANDS:
        done = said(name, "--help")
        assert done.exit_code == 0
        assert name in said("--help").output


def test_the_version_is_the_packages():
    assert __version__ in said("--version").output


def test_every_rule_is_listed_under_its_control():
    lines = said("rules").output.splitlines()
    assert [
        r.name for _, r in RULES if not any(f"  {r.name} " in x for x in lines)
    ] == []


def test_the_rules_of_one_control():
    output = said("rules", "serialization").output
    assert "unsafe-yaml-load" in output
    assert "guard-above-route" not in output


def test_rules_as_json_are_the_catalogue():
    rows = json.loads(said("rules", "--format", "json").output)
    assert [(row["control"], row["rule"]) for row in rows] == [
        (c.name, r.name) for c, r in RULES
    ]


@pytest.mark.parametrize(("control", "rule"), RULES, ids=lambda x: x.name)
def test_every_rule_can_be_explained(control, rule):
    output = " ".join(said("explain", rule.name).output.split())

    assert rule.mend in output
    assert f"CWE-{rule.cwe[0]}" in output
    assert f"allow[{rule.name}]" in output
    assert "# find:" not in output


def test_an_explanation_has_the_examples_of_the_page_and_no_other_rules():
    output = said("explain", "unsafe-yaml-load").output

    assert "yaml.load(text, yaml.Loader)  # found: unsafe-yaml-load" in output
    assert "pickle.load" not in output


def test_a_control_can_be_explained():
    output = said("explain", "serialization").output
    assert "## unsafe-yaml-load" in output
    assert "## unsafe-pickle" in output


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("explain", "unsafe-yaml-lod"), "unsafe-yaml-load"),
        (("explain", "serialisation"), "serialization"),
        (("rules", "serialisation"), "serialization"),
    ],
)
def test_a_misspelt_name_ends_with_two_and_names_the_nearest(arguments, near):
    done = said(*arguments)

    assert done.exit_code == 2
    assert f"Did you mean {near}?" in done.stderr


def test_an_unknown_command_ends_with_two():
    assert said("audti").exit_code == 2
