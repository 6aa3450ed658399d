"""What is typed at a command line is told where something is found anyway, and no more."""

from __future__ import annotations

import pytest

from projects import project
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence

HEAD = """
import argparse
import os
import sys
import click
from flask import Flask, redirect, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
options = argparse.ArgumentParser().parse_args()


class Boat(db.Model):
    home = db.Column(db.String)

"""

COMMAND = """
@app.cli.command("run")
@click.argument("name")
def run(name):
    {}
"""


def found(body: str, rest: str = "") -> list:
    made = project({"app.py": HEAD + COMMAND.format(body) + rest})
    rules = {"shell-command", "code-evaluation", "sql-injection"}
    return [f for f in audit([made]).findings if f.steps or f.rule.name in rules]


@pytest.mark.parametrize(
    "body",
    [
        "os.system(f'launch {name}')",
        "os.system(f'launch {sys.argv[1]}')",
        "os.system('launch ' + input())",
        "os.system('launch %s' % options.name)",
        "eval(name)",
        "db.session.execute(db.text(f'SELECT {name}'))",
    ],
)
def test_it_is_low_where_a_text_with_holes_is(body):
    rows = found(body)
    assert [(f.confidence, "typed" in f.message) for f in rows] == [
        (Confidence.LOW, True)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "open(name)",
        "open(sys.argv[1])",
        "open(options.name)",
        "return redirect(name)",
        "__import__('requests').get(input())",
        "db.session.add(Boat(home=name))",
    ],
)
def test_it_is_nothing_elsewhere(body):
    rest = (
        "\n@app.get('/')\ndef home():\n    return redirect(Boat.query.first().home)\n"
    )
    assert found(body, rest) == []


def test_the_environment_is_nobodys():
    rows = found("os.system(os.environ['NAME'])")
    assert ["typed" in f.message for f in rows] == [False]
