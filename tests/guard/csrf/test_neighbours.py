"""Beside Flask-WTF, tokens stay its own, and its origin stays asked for."""

from __future__ import annotations

import re

import pytest
from flask import render_template
from flask import render_template_string
from flask_wtf import CSRFProtect
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from guard.csrf.conftest import HOME
from stopper import Stopper

FORM = '<form method="post"></form>'
FIELD = re.compile(r'name="(?:\w+-)?(?:csrf|stopper)_token"[^>]* value="([^"]+)"')
PAGE = '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"></form>'


class Form(FlaskForm):
    name = StringField()


def add_form(app, **kwargs):
    @app.route("/form", methods=["GET", "POST"])
    def form():
        form = Form(**kwargs)

        if form.validate_on_submit():
            return f"hello {form.name.data}"

        return render_template_string("{{ form.hidden_tag() }}", form=form)


@pytest.fixture
def protected(make, folder):
    (folder / "page.html").write_text(PAGE)
    (folder / "bare.html").write_text(FORM)
    app = make(WTF_CSRF_SSL_STRICT=False)
    CSRFProtect(app)
    Stopper(app)
    return app


def test_its_tokens_stay_its_own(protected):
    client = protected.test_client()
    page = client.get("/page.html", base_url=HOME)
    form = {"csrf_token": FIELD.search(page.text)[1]}

    assert len(form["csrf_token"]) != 86
    assert "__Host-csrf" not in str(page.headers)
    assert client.post("/save", data=form, base_url=HOME).text == "done"
    assert client.post("/save", base_url=HOME).status_code == 400


def test_no_form_gets_a_second_token(protected):
    assert protected.test_client().get("/bare.html", base_url=HOME).text == FORM


def test_another_site_is_refused_before_it(protected):
    client = protected.test_client()
    page = client.get("/page.html", base_url=HOME)
    form = {"csrf_token": FIELD.search(page.text)[1]}
    headers = {"Sec-Fetch-Site": "cross-site"}

    answer = client.post("/save", data=form, headers=headers, base_url=HOME)
    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT"])
def test_where_it_checks_nothing_stopper_does(make, folder, key):
    (folder / "page.html").write_text(FORM)
    app = make(**{key: False})
    CSRFProtect(app)
    Stopper(app)
    client = app.test_client()
    page = client.get("/page.html", base_url=HOME)

    assert client.post("/save", base_url=HOME).status_code == 403
    form = {"csrf_token": FIELD.search(page.text)[1]}
    assert client.post("/save", data=form, base_url=HOME).text == "done"


def test_a_method_that_it_does_not_check_stopper_does(make, folder):
    (folder / "page.html").write_text(PAGE)
    app = make(WTF_CSRF_METHODS=["POST"])
    CSRFProtect(app)
    Stopper(app)
    client = app.test_client()
    page = client.get("/page.html", base_url=HOME)

    assert client.put("/save", base_url=HOME).status_code == 403
    headers = {"X-CSRFToken": FIELD.search(page.text)[1]}
    assert client.put("/save", headers=headers, base_url=HOME).text == "done"


def test_a_form_of_its_own_that_a_macro_prints_works_too(make, folder):
    (folder / "m.html").write_text("{% macro m(f) %}{{ f.hidden_tag() }}{% endmacro %}")
    (folder / "page.html").write_text(
        '{% import "m.html" as m %}<form method="post">{{ m.m(form) }}</form>'
    )
    app = make()
    Stopper(app)

    @app.route("/form", methods=["GET", "POST"])
    def form():
        form = Form()
        sent = form.validate_on_submit()
        return "hello" if sent else render_template("page.html", form=form)

    client = app.test_client()
    page = client.get("/form", base_url=HOME).text
    fields = MultiDict(re.findall(r'name="(\w+)"[^>]* value="([^"]+)"', page))

    assert list(fields) == ["stopper_token", "csrf_token"]
    assert client.post("/form", data=fields, base_url=HOME).text == "hello"


@pytest.mark.parametrize("prefix", ["", "one"])
def test_a_form_of_its_own_works_without_its_extension(make, prefix):
    app = make()
    Stopper(app)
    add_form(app, prefix=prefix)
    client = app.test_client()
    token = FIELD.search(client.get("/form", base_url=HOME).text)[1]
    before = f"{prefix}-" if prefix else ""
    form = {f"{before}csrf_token": token, f"{before}name": "ann"}

    assert client.post("/form", data=form, base_url=HOME).text == "hello ann"
    form[f"{before}csrf_token"] = token[:-1]
    assert client.post("/form", data=form, base_url=HOME).status_code == 403


def test_its_token_of_another_session_is_refused(make):
    app = make()
    Stopper(app)
    add_form(app)
    ann, ben = app.test_client(), app.test_client()
    token = FIELD.search(ann.get("/form", base_url=HOME).text)[1]
    ben.get("/form", base_url=HOME)

    answer = ben.post("/save", data={"csrf_token": token}, base_url=HOME)
    assert answer.status_code == 403
