"""A visitor chooses the host of our links: on a bare app, and in the audit."""

from __future__ import annotations

from flask import Flask
from flask import request
from flask import url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from projects import found

SOURCE = """\
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app, {hops})
"""


def bare(**hops):
    app = Flask(__name__)
    app.get("/reset", endpoint="reset")(lambda: url_for("reset", _external=True))
    app.get("/who", endpoint="who")(lambda: str(request.remote_addr))
    app.wsgi_app = ProxyFix(app.wsgi_app, **hops)
    return app.test_client()


def test_a_header_chooses_the_host_of_a_link():
    every = {"x_for": 1, "x_proto": 1, "x_host": 1, "x_port": 1, "x_prefix": 1}
    answer = bare(**every).get("/reset", headers={"X-Forwarded-Host": "evil.example"})
    hops = ", ".join(f"{k}=1" for k in every)

    assert answer.text == "http://evil.example/reset"
    assert ("trusted-forwarding", "app.py", 4) in found(
        {"app.py": SOURCE.format(hops=hops)}
    )


def test_one_hop_too_many_lets_the_visitor_choose_an_address():
    # The one real proxy appends the visitor's address to what the visitor sent.
    headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.7"}

    assert bare(x_for=1).get("/who", headers=headers).text == "203.0.113.7"
    assert bare(x_for=2).get("/who", headers=headers).text == "10.0.0.1"
    assert ("trusted-forwarding", "app.py", 4) in found(
        {"app.py": SOURCE.format(hops="x_for=2")}
    )
