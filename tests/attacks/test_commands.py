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
