"""Commands and code: the attack works, and the audit sees the hole."""

from __future__ import annotations

import pytest

from bare import client
from bare import rules

VIEW = """
import os
import shlex
import subprocess
from flask import Flask, request
app = Flask(__name__)

@app.get("/")
def view():
    name = request.args["name"]
    return {expression}
"""


@pytest.mark.parametrize(
    "expression",
    [
        'subprocess.getoutput(f"echo {name}")',
        'subprocess.check_output("echo " + name, shell=True)',
        'subprocess.check_output(["sh", "-c", "echo " + name])',
        'subprocess.run(args=f"echo {name}", shell=True, capture_output=True).stdout',
    ],
)
def test_a_semicolon_in_a_value_starts_a_command(expression):
    source = VIEW.format(expression=expression)
    query = {"name": "a; printf 'o''wned'"}
    answer = client(source).get("/", query_string=query)
    assert "owned" in answer.get_data(as_text=True)
    assert "shell-command" in rules(source)


@pytest.mark.parametrize(
    "expression",
    [
        'subprocess.check_output(["echo", name])',
        'subprocess.getoutput("echo " + shlex.quote(name))',
    ],
)
def test_a_list_or_a_quoted_value_starts_nothing_and_is_silent(expression):
    source = VIEW.format(expression=expression)
    answer = client(source).get("/", query_string={"name": "a; printf 'o''wned'"})
    assert "owned" not in answer.get_data(as_text=True)
    assert "shell-command" not in rules(source)


def test_eval_without_builtins_reaches_every_class():
    source = (
        VIEW.format(expression='str(eval(name, {{"__builtins__": {{}}}}))')
        .replace("{{", "{")
        .replace("}}", "}")
    )
    query = {"name": "().__class__.__base__.__subclasses__().__len__() > 100"}
    assert client(source).get("/", query_string=query).text == "True"
    assert "code-evaluation" in rules(source)


def test_a_chosen_program_is_any_program():
    source = VIEW.format(expression='subprocess.check_output([name, "/etc/hostname"])')
    answer = client(source).get("/", query_string={"name": "basename"})
    assert answer.text == "hostname\n"
    assert "chosen-program" in rules(source)


CHOICE = """
import importlib
from flask import Flask, request
app = Flask(__name__)
KEY = "of the app alone"

class Boat:
    def __init__(self):
        self.name = "Ada"

    def sail(self):
        return "sailing"

    def sink(self):
        return "sunk"

ORDERS = {"sail": Boat.sail}

@app.get("/")
def view():
    name = request.args["name"]
    return str(EXPRESSION)
"""


@pytest.mark.parametrize(
    ("expression", "name", "reached"),
    [
        ("getattr(Boat(), name)()", "sink", "sunk"),
        ("globals()[name]", "KEY", "of the app alone"),
        ("importlib.import_module(name).__name__", "antigravity", "antigravity"),
    ],
)
def test_a_chosen_name_reaches_what_was_not_offered(
    expression, name, reached, monkeypatch
):
    monkeypatch.setattr("webbrowser.open", lambda address: None)
    source = CHOICE.replace("EXPRESSION", expression)
    answer = client(source).get("/", query_string={"name": name})
    assert answer.text == reached
    assert "chosen-code" in rules(source)


def test_a_table_offers_what_it_holds_and_is_silent():
    source = CHOICE.replace("EXPRESSION", "ORDERS.get(name, str)(Boat())")
    answer = client(source).get("/", query_string={"name": "sink"})
    assert "sunk" not in answer.text
    assert "chosen-code" not in rules(source)


def test_a_pattern_prints_what_the_module_holds():
    source = CHOICE.replace("EXPRESSION", "name.format(boat=Boat())")
    query = {"name": "{boat.__init__.__globals__[KEY]}"}
    assert client(source).get("/", query_string=query).text == "of the app alone"
    assert "format-string" in rules(source)


def test_a_value_in_a_pattern_of_the_apps_is_text_and_is_silent():
    source = CHOICE.replace("EXPRESSION", '"{} {}".format(Boat().name, name)')
    query = {"name": "{boat.__init__}"}
    assert client(source).get("/", query_string=query).text == "Ada {boat.__init__}"
    assert "format-string" not in rules(source)


FRAME = """
import pandas
from flask import Flask, request
app = Flask(__name__)

@app.get("/")
def view():
    boats = pandas.read_csv("boats.csv")
    return str(EXPRESSION)
"""


def test_a_query_of_a_frame_is_code():
    # pandas is no dependency of the tests: its own documents say that query evaluates.
    chosen = FRAME.replace("EXPRESSION", "boats.query(request.args['where'])")
    bound = FRAME.replace("EXPRESSION", "boats.query('length > @least')")
    assert "code-evaluation" in rules(chosen)
    assert "code-evaluation" not in rules(bound)
