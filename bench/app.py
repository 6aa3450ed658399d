"""The app that is measured: five routes, every control on, strict."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from flask import Flask
from flask import jsonify
from flask import render_template
from flask import request
from flask import session
from flask.typing import ResponseReturnValue

from stopper import Stopper

SECRET = "bench-secret-key-bench-secret-key-0123456789"
USER, PASSWORD = "bench", "bench-password-1"

#: As good as none, and counted all the same.
HUGE = "100000000/minute"

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bench</title>
<script>document.documentElement.dataset.js = 1;</script>
</head><body><main><h1>{{ title }}</h1>
<table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.note }}</td></tr>
{% endfor %}</table>
<form method="post" action="/form">
<label>Title <input name="title"></label><label>Body <textarea name="body"></textarea></label>
<button>Send</button></form></main></body></html>
"""
ROWS = [
    {"id": i, "name": f"row {i}", "note": "<b>escaped & kept</b>"} for i in range(20)
]


def bare_app(folder: str) -> Flask:
    """Return the app without any protection."""
    app = Flask("bench", root_path=folder, instance_path=folder)
    app.config.update(SECRET_KEY=SECRET, SESSION_COOKIE_SECURE=True)
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", PROPAGATE_EXCEPTIONS=True)

    @app.get("/json")
    def json_view() -> ResponseReturnValue:
        return jsonify(ok=True, items=[1, 2, 3], name="bench")

    @app.get("/page")
    def page_view() -> ResponseReturnValue:
        return render_template("page.html", title="Bench", rows=ROWS)

    @app.post("/login")
    def login_view() -> ResponseReturnValue:
        if request.form["username"] != USER or request.form["password"] != PASSWORD:
            return {"error": "bad"}, 403

        session["uid"] = "1"
        return {"ok": True}

    @app.get("/me")
    def me_view() -> ResponseReturnValue:
        if session.get("uid") is None:
            return {"error": "login"}, 401

        return jsonify(ok=True, user=USER)

    @app.post("/form")
    def form_view() -> ResponseReturnValue:
        if session.get("uid") is None:
            return {"error": "login"}, 401

        return jsonify(ok=True, title=request.form["title"])

    return app


def create_app(store: str = "", login: str = HUGE) -> Flask:
    """Return the guarded app, every control on, and no mode set.

    :param store: Where it keeps sessions and counters: ``"memory:"``, ``"sqlite:"`` for a
        file of its own, or the address of a Redis. Empty for what ``BENCH_STORE`` says,
        and memory where it says nothing.
    :param login: The limit of the login.
    """
    folder = made(PAGE)
    app = bare_app(folder)
    store = store or os.environ.get("BENCH_STORE", "memory:")
    app.config.update(
        STOPPER_ORIGIN="https://127.0.0.1",
        STOPPER_STORE=f"sqlite:{folder}/store.sqlite" if store == "sqlite:" else store,
        STOPPER_LIMIT_ALL=HUGE,
        STOPPER_LIMIT_LOGIN=login,
    )
    app.extensions["bench"] = stopper = Stopper(app)
    views = app.view_functions

    for name in ("json_view", "page_view", "login_view"):
        stopper.public(views[name])

    for name in ("me_view", "form_view"):
        stopper.requires()(views[name])

    return app


def made(page: str) -> str:
    """Make a folder with the one template, and return it; it goes with the process."""
    folder = tempfile.mkdtemp(prefix="stopper-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.mkdir(f"{folder}/templates")

    with open(f"{folder}/templates/page.html", "w", encoding="utf-8") as file:
        file.write(page)

    return folder
