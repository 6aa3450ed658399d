"""A stranger's page reads an answer: the bare app lets it, and the audit finds it."""

from __future__ import annotations

from flask import Flask
from flask import request

from projects import found

SOURCE = """\
from flask import Flask, request
app = Flask(__name__)

@app.after_request
def allow(response):
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
"""


def test_a_reflected_origin_lets_a_stranger_read():
    app = Flask(__name__)
    app.get("/")(lambda: "ada owes 3")

    @app.after_request
    def allow(response):
        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    answer = app.test_client().get("/", headers={"Origin": "https://evil.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "https://evil.example"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert ("reflected-origin", "app.py", 6) in found({"app.py": SOURCE})
