"""Which guards are forgotten or stand where they do nothing."""

import pytest

from projects import found

HEAD = """
from flask import Flask
from flask.views import MethodView
from flask_login import login_required
app = Flask(__name__)
"""


def marked(source, *rules):
    """Return the lines with these findings."""
    text = HEAD + source
    lines = text.split("\n")
    return {
        lines[line - 1].strip()
        for rule, _, line in found({"app.py": text})
        if rule in rules
    }


def view(name, method="get", guard="@login_required\n"):
    return f"@app.{method}('/{name}')\n{guard}def {name}(): ...\n"


THREE = view("aa") + view("bb", "post") + view("cc", "post")


def test_the_one_that_changes_something_is_found_among_open_ones_that_read():
    reading = view("dd", guard="") + view("ee", guard="")
    changing = view("ff", "post") + view("gg", "delete", guard="")

    assert marked(THREE + reading + changing, "unguarded-sibling") == {"def gg(): ..."}


@pytest.mark.parametrize(
    "more",
    [
        view("dd", "post", guard="") + view("ee", "post", guard=""),
        view("login", "post", guard=""),
        view("create_user", "post", guard=""),
        "",
    ],
)
def test_what_is_no_habit_or_public_is_left_alone(more):
    assert marked(THREE + more, "unguarded-sibling") == set()


def test_two_guarded_views_make_no_habit():
    assert (
        marked(view("aa") + view("bb") + view("dd", guard=""), "unguarded-sibling")
        == set()
    )


def test_a_resource_of_a_module_full_of_guarded_ones_is_found():
    source = "".join(
        f"class V{i}(MethodView):\n{'' if i == 3 else '    decorators = [login_required]'}\n"
        f"    def post(self): return {i}\n"
        f"app.add_url_rule('/v{i}', view_func=V{i}.as_view('v{i}'))\n"
        for i in range(5)
    )

    assert marked(source, "unguarded-sibling") == {"def post(self): return 3"}


def test_a_guard_around_a_view_in_add_url_rule_counts():
    source = "".join(
        f"def v{i}(): return {i}\napp.add_url_rule('/v{i}', view_func="
        f"{'v3' if i == 3 else f'login_required(v{i})'}, methods=['POST'])\n"
        for i in range(5)
    )

    assert marked(source, "unguarded-sibling") == {"def v3(): return 3"}


def test_the_guard_of_a_base_class_counts():
    source = (
        "class Base(MethodView):\n    decorators = [login_required]\n"
        + "".join(
            f"class V{i}(Base):\n    def post(self): ...\n"
            f"app.add_url_rule('/v{i}', view_func=V{i}.as_view('v{i}'))\n"
            for i in range(4)
        )
        + "class V9(Base):\n    def post(self): ...\n"
        "app.add_url_rule('/v9', view_func=V9.as_view('v9'))\n"
    )

    assert marked(source, "unguarded-sibling") == set()


@pytest.mark.parametrize(
    "head",
    [
        "from flask_login import login_required as lr\n@lr\n",
        "import flask_login\n@flask_login.login_required\n",
        "import flask_login as f\nmembers = f.login_required\n@members\n",
    ],
)
def test_a_guard_above_the_route_is_known_under_any_name(head):
    found_ = marked(head + "@app.get('/x')\ndef x(): ...\n", "guard-above-route")

    assert found_ == {head.rstrip().split("\n")[-1]}
