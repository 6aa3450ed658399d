"""Another site acts in a user's name: done, found in the source, and stopped."""

import re

import pytest

from bare import client
from bare import rules

APP = """
from flask import Flask, redirect, request, session
app = Flask(__name__)
app.secret_key = request_key

@app.get("/login")
def login():
    session["user"] = "ann"
    return "hello"

@app.post("/address")
def address():
    addresses[session["user"]] = request.form.get("street")
    return redirect("/")
"""

GUARDED = (
    APP.replace(
        "app.secret_key",
        "from stopper import Stopper\n"
        "app.config.update(STOPPER_SESSIONS_MODE='off', TESTING=True)\n"
        "app.config['STOPPER_AUTHORIZATION_MODE'] = 'off'\n"
        "Stopper(app)\n"
        "app.secret_key",
    )
    + """
from flask import render_template
import jinja2
app.jinja_loader = jinja2.FileSystemLoader(folder)

@app.get("/")
def form():
    return render_template("form.html")
"""
)

STRANGER = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}


def test_a_form_of_another_site_changes_what_is_the_user_s():
    addresses: dict[str, str] = {}
    browser = client(APP, request_key="of this test", addresses=addresses)
    browser.get("/login")

    browser.post("/address", data={"street": "1 Evil Street"}, headers=STRANGER)

    assert addresses == {"ann": "1 Evil Street"}
    assert "csrf-missing" in rules(APP)


@pytest.fixture
def guarded(tmp_path):
    """The same app behind Stopper: what was changed in it, and what makes a client."""
    (tmp_path / "form.html").write_text('<form method="post" action="/address"></form>')
    addresses: dict[str, str] = {}
    browser = client(
        GUARDED, request_key="of this test", addresses=addresses, folder=tmp_path
    )
    browser.get("/login")
    return addresses, browser


#: What the browsers of today, of yesterday and with a hidden origin send along.
SENT = [
    STRANGER,
    {**STRANGER, "Sec-Fetch-Site": "cross-site"},
    {**STRANGER, "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
    {},
]


@pytest.mark.parametrize("headers", SENT)
@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"],
)
def test_stopper_refuses_what_a_stranger_s_page_sends(guarded, headers, content_type):
    addresses, browser = guarded
    form = {"street": "1 Evil Street"}
    body = "street=1" if content_type == "text/plain" else form

    answer = browser.post(
        "/address", data=body, content_type=content_type, headers=headers
    )

    assert answer.status_code == 403
    assert addresses == {}


def test_a_token_that_the_stranger_got_for_himself_opens_nothing(guarded):
    addresses, browser = guarded
    own = browser.application.test_client().get("/").text
    stolen = re.search(r'value="([\w-]{86})"', own)[1]
    form = {"street": "1 Evil Street", "csrf_token": stolen}

    for headers in SENT:
        assert browser.post("/address", data=form, headers=headers).status_code == 403

    assert addresses == {}


def test_the_user_s_own_form_goes_on(guarded):
    addresses, browser = guarded
    token = re.search(r'value="([\w-]{86})"', browser.get("/").text)[1]
    form = {"street": "1 Good Street", "csrf_token": token}

    assert browser.post("/address", data=form).status_code == 302
    assert addresses == {"ann": "1 Good Street"}
    assert "csrf-missing" not in rules(GUARDED)


def test_a_stranger_s_image_does_not_change_what_post_alone_changes(guarded):
    addresses, browser = guarded

    assert browser.get("/address?street=1&_method=POST").status_code == 405
    assert addresses == {}


def test_the_same_app_with_protection_is_silent():
    protected = APP.replace(
        "app.secret_key",
        "from flask_wtf import CSRFProtect\nCSRFProtect(app)\napp.secret_key",
    )

    assert "csrf-missing" not in rules(protected)


GET = """
import sqlite3
from flask import Flask
app = Flask(__name__)

with sqlite3.connect(file) as first:
    first.execute("create table notes (id integer)")
    first.execute("insert into notes values (1)")

first.close()

@app.get("/notes")
def listing():
    connection = sqlite3.connect(file)
    rows = connection.execute("select id from notes").fetchall()
    connection.close()
    return [row[0] for row in rows]

@app.get("/notes/<int:id>/delete")
def delete(id):
    connection = sqlite3.connect(file)
    connection.execute("delete from notes where id = ?", (id,))
    connection.commit()
    connection.close()
    return "deleted"
"""


def test_an_image_on_another_site_deletes_what_is_the_user_s(tmp_path):
    browser = client(GET, file=tmp_path / "notes.db")
    assert browser.get("/notes").json == [1]

    browser.get("/notes/1/delete", headers=STRANGER)

    assert browser.get("/notes").json == []


def test_a_change_on_get_is_found_and_one_on_post_is_none():
    assert "change-on-get" in rules(GET)
    assert "change-on-get" not in rules(
        GET.replace('get("/notes/<int:id>/delete', 'post("/notes/<int:id>/delete')
    )
