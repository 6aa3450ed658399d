"""A header chooses the host of our links, or who asks; a cookie is read on the way."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import request
from flask import session
from flask import url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from alone import alone
from projects import found
from stopper import Stopper
from stopper.catalogue.error import StartError

SOURCE = """\
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app, {hops})
"""


METHODS = ("GET", "POST")

#: One file of an app that keeps sessions; another shows that it is the whole of it.
WHOLE = {
    "app.py": "from flask import Flask, session\n"
    'app = Flask(__name__)\nsession["user"]\n',
    "more.py": "",
}


def build():
    app = alone(Flask(__name__), "transport")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.get("/reset", endpoint="reset")(lambda: url_for("reset", _external=True))
    app.get("/who", endpoint="who")(lambda: str(request.remote_addr))
    return app


def bare(**hops):
    app = build()
    app.wsgi_app = ProxyFix(app.wsgi_app, **hops)
    return app.test_client()


def guarded(*proxies, **hops):
    app = build()
    app.config["STOPPER_ORIGIN"] = "https://shop.example"
    app.config["STOPPER_PROXIES"] = proxies

    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, **hops)

    Stopper(app)
    return app.test_client()


def test_a_header_chooses_the_host_of_a_link():
    every = {"x_for": 1, "x_proto": 1, "x_host": 1, "x_port": 1, "x_prefix": 1}
    answer = bare(**every).get("/reset", headers={"X-Forwarded-Host": "evil.example"})
    hops = ", ".join(f"{k}=1" for k in every)

    assert answer.text == "http://evil.example/reset"
    assert ("trusted-forwarding", "app.py", 4) in found(
        {"app.py": SOURCE.format(hops=hops)}
    )

    with pytest.raises(StartError, match="STOPPER_PROXIES"):
        guarded(**every).get("/reset", base_url="https://shop.example")

    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.7"}
    answer = guarded("127.0.0.1", **every).get(
        "/reset",
        base_url="http://shop.example",
        headers={**spoofed, "X-Forwarded-Proto": "https"},
    )
    assert answer.text == "https://shop.example/reset"


def test_one_hop_too_many_lets_the_visitor_choose_an_address():
    # The one real proxy appends the visitor's address to what the visitor sent.
    headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.7"}

    assert bare(x_for=1).get("/who", headers=headers).text == "203.0.113.7"
    assert bare(x_for=2).get("/who", headers=headers).text == "10.0.0.1"
    assert ("trusted-forwarding", "app.py", 4) in found(
        {"app.py": SOURCE.format(hops="x_for=2")}
    )

    # Who names one proxy too many is told so, and the visitor chooses nothing.
    forwarded = {**headers, "X-Forwarded-Proto": "https"}
    plain = "http://shop.example"
    right, wrong = guarded("127.0.0.1"), guarded("127.0.0.1", "192.0.2.1")

    assert right.get("/who", base_url=plain, headers=forwarded).text == "203.0.113.7"
    assert wrong.get("/who", base_url=plain, headers=forwarded).status_code == 400


def test_a_session_is_read_on_the_way():
    def login():
        session["user"] = "ada"
        return "in"

    def served(make):
        app = make().application
        app.secret_key = "for this test alone"
        app.add_url_rule("/login", "login", login, methods=["GET", "POST"])
        client = app.test_client()
        return [client.open("/login", "http://shop.example", method=m) for m in METHODS]

    sent, _ = served(bare)
    assert "session=" in sent.headers["Set-Cookie"]
    assert "Secure" not in sent.headers["Set-Cookie"]
    assert ("https-not-enforced", "app.py", 2) in found(WHOLE)

    led, refused = served(guarded)
    assert (led.status_code, led.headers["Location"][:6]) == (307, "https:")
    assert refused.status_code == 403
    assert not {"Set-Cookie"} & {*led.headers.keys(), *refused.headers.keys()}
