"""Data that runs while it is read: the attack works, and the audit sees the hole."""

from __future__ import annotations

import pickle

from bare import client
from bare import rules

VIEW = """
import io
import pickle
import yaml
from flask import Flask, request
app = Flask(__name__)

class Known(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError(name)

@app.post("/")
def view():
    try:
        return str({expression})
    except (pickle.UnpicklingError, yaml.YAMLError):
        return "refused"
"""


class Bomb:
    """Asks its reader to compute something."""

    def __reduce__(self):
        return eval, ("6 * 7",)


def test_a_pickle_runs_what_it_says():
    source = VIEW.format(expression="pickle.loads(request.data)")
    assert client(source).post("/", data=pickle.dumps(Bomb())).text == "42"
    assert "unsafe-pickle" in rules(source)


def test_an_unpickler_with_a_list_refuses_and_is_silent():
    source = VIEW.format(expression="Known(io.BytesIO(request.data)).load()")
    assert client(source).post("/", data=pickle.dumps(Bomb())).text == "refused"
    assert "unsafe-pickle" not in rules(source)


def test_a_yaml_tag_calls_a_function():
    source = VIEW.format(expression="yaml.load(request.data, Loader=yaml.Loader)")
    text = "!!python/object/apply:eval ['6 * 7']"
    assert client(source).post("/", data=text).text == "42"
    assert "unsafe-yaml-load" in rules(source)


def test_safe_load_refuses_the_tag_and_is_silent():
    source = VIEW.format(expression="yaml.safe_load(request.data)")
    text = "!!python/object/apply:eval ['6 * 7']"
    assert client(source).post("/", data=text).text == "refused"
    assert "unsafe-yaml-load" not in rules(source)
