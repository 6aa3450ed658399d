"""``flask stopper passwords calibrate``: what it prints, and how it ends."""

from __future__ import annotations

import ast
import json

import pytest
from flask import Flask

from stopper.cli.flask import group
from stopper.controls.passwords.policy import enough
from stopper.controls.passwords.settings import SETTINGS


@pytest.fixture
def app(tmp_path):
    app = Flask("calibrating", instance_path=str(tmp_path))
    app.cli.add_command(group, "stopper")
    return app


@pytest.fixture
def run(app):
    def run(*words):
        return app.test_cli_runner().invoke(
            args=["stopper", "passwords", "calibrate", *words]
        )

    return run


def read(text):
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
    }


def test_what_it_prints_are_settings_that_are_taken(run):
    done = run("--rate", "2")
    found = read(done.stdout)

    assert done.exit_code == 0
    assert found["STOPPER_PASSWORD_SCHEME"] == "argon2id"
    assert enough(found["STOPPER_PASSWORD_MEMORY"], found["STOPPER_PASSWORD_PASSES"])
    assert "at 2 logins a second it may take 250 ms" in " ".join(done.stderr.split())
    assert {*found} <= {setting.key for setting in SETTINGS}

    for setting in SETTINGS:
        setting.read(found)


def test_a_rate_that_the_floor_is_too_slow_for_ends_with_1(run):
    done = run("--rate", "10000")

    assert done.exit_code == 1
    assert read(done.stdout)["STOPPER_PASSWORD_MEMORY"] == 19456
    assert "weaker ones are never proposed" in " ".join(done.stderr.split())


def test_bcrypt_is_calibrated_where_it_was_chosen(run, app):
    app.config["STOPPER_PASSWORD_SCHEME"] = "bcrypt"
    done = run("--rate", "6", "--json")
    found = json.loads(done.stdout)

    assert found["fits"] is (done.exit_code == 0)
    assert found["settings"]["STOPPER_PASSWORD_SCHEME"] == "bcrypt"
    assert found["settings"]["STOPPER_PASSWORD_COST"] >= 10
    assert found["hashing"] == 1


def test_no_more_are_hashed_at_once_than_there_are_cores(run, app):
    app.config["STOPPER_PASSWORD_WORKERS"] = 64
    found = json.loads(run("--rate", "10000", "--processes", "64", "--json").stdout)

    assert 1 <= found["hashing"] < 64 * 64


def test_wrong_settings_end_with_2_and_a_line(run, app):
    app.config["STOPPER_PASSWORD_MEMORY"] = "much"
    done = run()

    assert done.exit_code == 2
    assert done.stderr.startswith("stopper: STOPPER_PASSWORD_MEMORY is 'much'")
    assert done.stderr.count("\n") == 1


def test_a_rate_of_nothing_is_refused(run):
    assert run("--rate", "0").exit_code == 2


def test_help_teaches(run):
    text = " ".join(run("--help").stdout.split())

    assert "whoever steals the table pays that price for every guess" in text
    assert "Ends with 0 if the proposal keeps to that, 1" in text
    assert "Example: flask stopper passwords calibrate --rate 5" in text
