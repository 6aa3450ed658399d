"""Names are followed to what they stand for, through the whole project."""

import ast

import pytest

from projects import project


def name_of_last_call(files, path="app.py"):
    made = project(files)
    module = next(m for m in made.modules if m.path == path)
    calls = module.index.nodes(ast.Call)
    last = max(calls, key=lambda n: (n.lineno, n.col_offset))
    return made.site(module, last).name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import yaml\nyaml.load(x)", "yaml.load"),
        ("from yaml import load as read\nread(x)", "yaml.load"),
        ("import yaml as y\nz = y\nz.load(x)", "yaml.load"),
        ("import os.path\nos.path.join(x)", "os.path.join"),
        ("import os.path as p\np.join(x)", "os.path.join"),
        ("def f():\n    from yaml import load\n    load(x)", "yaml.load"),
        ("import yaml\nclass C:\n    read = yaml.load\nC.read(x)", "yaml.load"),
        ("open(x)", "builtins.open"),
        ("from flask import *\nsend_file(x)", "flask.send_file"),
    ],
)
def test_aliases_are_followed(source, name):
    assert name_of_last_call({"app.py": source}) == name


def test_a_name_of_the_app_s_own_hides_a_builtin():
    source = "def open(x): ...\nopen(x)"

    assert name_of_last_call({"app.py": source}) == "app.open"


def test_a_name_bound_in_a_class_body_is_not_seen_from_a_method():
    source = "class C:\n    eval = 1\n    def m(self, x):\n        eval(x)"

    assert name_of_last_call({"app.py": source}) == "builtins.eval"


def test_the_last_assignment_above_decides():
    source = """
        import json, yaml
        read = json.loads
        read = yaml.load
        read(x)
        read = json.loads
    """

    assert name_of_last_call({"app.py": source}) == "yaml.load"


def test_an_object_is_named_by_its_class():
    source = """
        import sqlite3
        connection = sqlite3.connect("x")
        with connection as c:
            c.cursor()
    """

    assert name_of_last_call({"app.py": source}).endswith(".cursor")


def test_what_no_model_knows_is_named_by_its_call():
    source = "import hashlib\nhashlib.md5(x).hexdigest()"

    assert name_of_last_call({"app.py": source}) == "hashlib.md5().hexdigest"


def test_an_annotation_says_what_a_parameter_is():
    source = """
        from flask import Flask
        def init(app: Flask | None):
            app.run()
    """

    assert name_of_last_call({"app.py": source}) == "flask.Flask.run"


def test_self_is_its_class_and_its_attributes_are_found():
    source = """
        import yaml
        class Reader:
            def __init__(self):
                self.load = yaml.load
            def go(self, x):
                self.load(x)
    """

    assert name_of_last_call({"app.py": source}) == "yaml.load"


def test_a_method_is_found_in_the_base_class_of_another_module():
    files = {
        "base.py": "class Base:\n    def go(self): ...",
        "app.py": "from base import Base\nclass C(Base): ...\nC().go()",
    }

    assert name_of_last_call(files) == "base.Base.go"


def test_re_exports_are_followed_through_packages():
    files = {
        "pkg/__init__.py": "from .inner import *\nfrom .other import tool as hammer",
        "pkg/inner.py": "from yaml import load",
        "pkg/other.py": "def tool(x): ...",
        "app.py": "import pkg\npkg.load(x)",
    }

    assert name_of_last_call(files) == "yaml.load"
    assert (
        name_of_last_call({**files, "app.py": "from pkg import hammer\nhammer(1)"})
        == "pkg.other.tool"
    )


def test_relative_imports_and_a_source_folder_are_understood():
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/a.py": "from .b import thing\nthing()",
        "src/pkg/b.py": "from pkg.c import thing",
        "src/pkg/c.py": "def thing(): ...",
    }

    assert name_of_last_call(files, "src/pkg/a.py") == "src.pkg.c.thing"


def test_a_script_imports_what_lies_beside_it():
    files = {
        "one/app.py": "from config import KEY\nKEY()",
        "one/config.py": "def KEY(): ...",
        "two/config.py": "def KEY(): ...",
    }

    assert name_of_last_call(files, "one/app.py") == "one.config.KEY"


def test_a_stray_file_does_not_stand_for_a_library():
    files = {
        "tools/flask.py": "def send_file(x): ...",
        "app.py": "import flask\nflask.send_file(x)",
    }

    assert name_of_last_call(files) == "flask.send_file"


def test_what_a_factory_returns_is_known():
    source = """
        from flask import Flask
        def create_app():
            app = Flask(__name__)
            return app
        create_app().run()
    """

    assert name_of_last_call({"app.py": source}) == "flask.Flask.run"


@pytest.mark.parametrize(
    "source",
    [
        "a = b\nb = a\na(x)",
        "class A(B): ...\nclass B(A): ...\nA().go()",
        "def f():\n    return f()\nf().g()",
        "a = a.a\na(x)",
        "x = x[0]\nx(1)",
    ],
)
def test_circles_end(source):
    name_of_last_call({"app.py": source})


def test_modules_that_import_each_other_end():
    files = {
        "a.py": "from b import *\nfrom b import x",
        "b.py": "from a import *\nfrom a import x",
        "app.py": "from a import x, y\nx()\ny()",
    }

    assert name_of_last_call(files) == "a.y"
