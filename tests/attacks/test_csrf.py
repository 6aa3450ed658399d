"""Another site acts in a user's name: done to a bare app, found in its source."""

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

STRANGER = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}


def test_a_form_of_another_site_changes_what_is_the_user_s():
    addresses: dict[str, str] = {}
    browser = client(APP, request_key="of this test", addresses=addresses)
    browser.get("/login")

    browser.post("/address", data={"street": "1 Evil Street"}, headers=STRANGER)

    assert addresses == {"ann": "1 Evil Street"}
    assert "csrf-missing" in rules(APP)


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
