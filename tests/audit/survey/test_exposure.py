"""Who can bring a finding about is told by what stands before the view."""

from __future__ import annotations

import pytest

from projects import project
from stopper.audit.finding import Exposure
from stopper.audit.run import audit
from stopper.catalogue.rule import Severity

APP = """
from flask import Flask
app = Flask(__name__)
"""

TOP = """
from flask import Blueprint, abort, g, redirect, request, session
from flask.views import MethodView
from flask_login import current_user, login_required
from elsewhere import allows, cached, Base

bp = Blueprint("bp", __name__)
other = Blueprint("other", __name__)
"""

GO = """
def go():
    return redirect(request.args["to"])

"""

VIEW = '@bp.get("/go")\n{above}def view():\n    {first}return redirect(request.args["to"])\n'


def of(text, app=APP):
    result = audit([project({"app.py": app, "views.py": TOP + text})])
    assert result.failures == ()
    [found] = [f for f in result.findings if f.rule.name == "open-redirect"]
    return found


def view(above="", first=""):
    return VIEW.format(above=above, first=first)


def test_what_anyone_can_send_is_worse_than_its_rule_says():
    found = of(view())

    assert found.exposure is Exposure.ANYONE
    assert (found.rule.severity, found.severity) == (Severity.MEDIUM, Severity.HIGH)
    assert found.level is Severity.HIGH


def test_what_is_behind_a_login_is_as_bad_as_its_rule_says():
    found = of(view(above="@login_required\n"))

    assert (found.exposure, found.severity) == (Exposure.LOGIN, Severity.MEDIUM)


HOOK = "@{on}.{hook}\ndef ask():\n    {does}\n\n"
REFUSES = "if not current_user.is_authenticated: abort(401)"


@pytest.mark.parametrize(
    ("text", "exposure"),
    [
        (view(first=REFUSES + "\n    "), Exposure.LOGIN),
        (
            HOOK.format(on="bp", hook="before_request", does=REFUSES) + view(),
            Exposure.LOGIN,
        ),
        # The login of another blueprint is none of this one.
        (
            HOOK.format(on="other", hook="before_request", does=REFUSES) + view(),
            Exposure.ANYONE,
        ),
        # With exceptions, perhaps, that nobody knows.
        (
            HOOK.format(on="other", hook="before_app_request", does=REFUSES) + view(),
            Exposure.UNKNOWN,
        ),
        (
            HOOK.format(on="bp", hook="before_request", does="g.user = load()")
            + view(),
            Exposure.UNKNOWN,
        ),
        (
            HOOK.format(on="bp", hook="before_request", does="g.db = connect()")
            + view(),
            Exposure.ANYONE,
        ),
        ("bp.before_request(check_token)\n" + view(), Exposure.UNKNOWN),
        # A guard that is not recognised is one all the same.
        (view(above="@allows('admin')\n"), Exposure.UNKNOWN),
        (view(above="@cached(60)\n"), Exposure.ANYONE),
        (view(first="check_access(request)\n    "), Exposure.UNKNOWN),
        (view(first="if not g.user: return ''\n    "), Exposure.UNKNOWN),
        (view(first="db.session.commit()\n    "), Exposure.ANYONE),
        # Who logs in is not logged in yet.
        (
            view(first="session['user'] = 1\n    ").replace("view", "login"),
            Exposure.ANYONE,
        ),
    ],
)
def test_what_stands_before_a_view_says_who_can_send(text, exposure):
    assert of(text).exposure is exposure


CLASS = """
class View({base}):
    {body}

    def get(self):
        return redirect(request.args["to"])

bp.add_url_rule("/go", view_func=View.as_view("go"))
"""


@pytest.mark.parametrize(
    ("base", "body", "exposure"),
    [
        ("MethodView", "x = 1", Exposure.ANYONE),
        ("MethodView", "decorators = [login_required]", Exposure.LOGIN),
        (
            "MethodView",
            f"def dispatch_request(self):\n        {REFUSES}",
            Exposure.LOGIN,
        ),
        (
            "MethodView",
            "def __init__(self): self.user = current_user",
            Exposure.UNKNOWN,
        ),
        ("Base", "x = 1", Exposure.UNKNOWN),
    ],
)
def test_a_class_says_who_can_send(base, body, exposure):
    assert of(CLASS.format(base=base, body=body)).exposure is exposure


CALLER = '@bp.get("/{name}")\n{above}def {name}():\n    return go()\n'


def test_a_helper_is_as_open_as_the_most_open_view_that_calls_it():
    closed = CALLER.format(name="a", above="@login_required\n")
    opened = CALLER.format(name="b", above="")

    assert of(GO + closed).exposure is Exposure.LOGIN
    assert of(GO + closed + opened).exposure is Exposure.ANYONE


def test_a_part_of_an_app_may_be_put_behind_a_login():
    assert of(view(), app="").exposure is Exposure.UNKNOWN


def test_what_no_view_calls_is_unknown():
    assert of(GO).exposure is Exposure.UNKNOWN
