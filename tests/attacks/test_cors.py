"""A stranger's page reads an answer: the bare app lets it, the audit finds it, the guard stops it."""

from __future__ import annotations

import contextlib
import threading

import pytest
from flask import Flask
from flask import request
from flask import session
from werkzeug.serving import make_server

from alone import alone
from projects import found
from stopper import Stopper

SOURCE = """\
from flask import Flask, request
app = Flask(__name__)

@app.after_request
def allow(response):
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
"""

READ = """async ([url, options]) => {
    try {
        const answer = await fetch(url, {credentials: "include", ...options});
        return answer.status + " " + await answer.text();
    } catch (e) {
        return "blocked";
    }
}"""


@contextlib.contextmanager
def serving(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()

    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def stranger():
    """Serve a page of another origin."""
    app = Flask("stranger")
    app.get("/")(lambda: "<link rel=icon href=data:,>")

    with serving(app) as base:
        yield base


def build():
    """Return an app that sends any origin back, with cookies."""
    app = Flask("attacked")
    app.config["SECRET_KEY"] = "0" * 32

    @app.get("/login")
    def login():
        session["who"] = "ada"
        return "in"

    @app.get("/")
    def index():
        return f"{session.get('who')} owes 3"

    @app.after_request
    def allow(response):
        response.headers["Access-Control-Allow-Origin"] = request.headers.get(
            "Origin", ""
        )
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    return app


def test_a_reflected_origin_lets_a_stranger_read():
    answer = build().test_client().get("/", headers={"Origin": "https://evil.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "https://evil.example"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert ("reflected-origin", "app.py", 6) in found({"app.py": SOURCE})


@pytest.mark.parametrize(
    ("guarded", "reads"), [(False, "200 ada owes 3"), (True, "blocked")]
)
def test_a_stranger_s_page_reads_what_the_visitor_may_read(page, guarded, reads):
    app = build()

    with serving(app) as base, stranger() as other:
        if guarded:
            alone(app, "cors").config["STOPPER_ORIGIN"] = base
            Stopper(app)

        page.goto(f"{base}/login")
        page.goto(other)

        assert page.evaluate(READ, [f"{base}/", {}]) == reads


def test_a_named_page_reads_writes_and_sees_refusals(page):
    app = Flask("sharing")
    app.config["SECRET_KEY"] = "0" * 32
    alone(app, "cors")

    with serving(app) as base, stranger() as named, stranger() as other:
        app.config["STOPPER_ORIGIN"] = base
        stopper = Stopper(app)
        mark = stopper.cors(named, headers="Content-Type", credentials=True)
        app.get("/login", endpoint="login")(lambda: session.update(who="ada") or "in")
        app.get("/", endpoint="read")(mark(lambda: f"{session.get('who')} owes 3"))
        app.put("/debts", endpoint="note")(
            mark(lambda: f"{request.get_json()['owes']} noted")
        )
        app.get("/secret", endpoint="secret")(mark(lambda: ("not for you", 403)))
        put = {
            "method": "PUT",
            "body": '{"owes": 4}',
            "headers": {"Content-Type": "application/json"},
        }
        delete = {"method": "DELETE"}
        page.goto(f"{base}/login")
        tries = [["/", {}], ["/debts", put], ["/secret", {}], ["/", delete]]
        found = {}

        for site in (named, other):
            page.goto(site)
            found[site] = [
                page.evaluate(READ, [base + path, options]) for path, options in tries
            ]

    assert found[named] == [
        "200 ada owes 3",
        "200 4 noted",
        "403 not for you",
        "blocked",
    ]
    assert found[other] == ["blocked"] * 4
