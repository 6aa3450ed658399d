"""Redirects and fetched addresses: the attack works, and the audit sees the hole."""

from __future__ import annotations

import http.server
import select
import threading

import pytest
from flask import Flask
from flask import redirect
from flask import request

from alone import alone
from bare import client
from bare import rules
from stopper import fetch
from stopper import FetchError
from stopper import safe_redirect
from stopper import Stopper

OPEN = """
from flask import Flask, redirect, request
app = Flask(__name__)

@app.get("/login")
def login():
    return redirect(request.args.get("next") or "/")
"""

#: Each is the validator that people copy, with an address that it lets through and that
#: browsers take for another site.
BROKEN = [
    (
        """
    ours = urlparse(request.host_url)
    theirs = urlparse(urljoin(request.host_url, target))
    return theirs.scheme in ("http", "https") and ours.netloc == theirs.netloc
""",
        "http:///evil.example",
    ),
    ("    return not urlparse(target).netloc\n", "http:///evil.example"),
    ('    return target.startswith("/")\n', "//evil.example"),
]

VALIDATED = """
from urllib.parse import urljoin, urlparse
from flask import Flask, redirect, request
app = Flask(__name__)

def is_safe_url(target):
{body}

@app.get("/login")
def login():
    target = request.args["next"]
    return redirect(target if is_safe_url(target) else "/")
"""

SOUND = """
    parts = urlparse(target)
    own = target.startswith("/") and target[1:2] not in ("/", "\\\\")
    return own and not parts.scheme and not parts.netloc
"""

FETCH = """
import urllib.request
from flask import Flask, request
app = Flask(__name__)

@app.get("/preview")
def preview():
    with urllib.request.urlopen(request.args["url"], timeout=5) as answer:
        return answer.read()
"""


def test_a_link_to_this_site_ends_on_another():
    answer = client(OPEN).get("/login?next=https://evil.example/")
    assert answer.location == "https://evil.example/"
    assert "open-redirect" in rules(OPEN)


def guarded(view):
    app = alone(Flask("guarded"), "redirects")
    app.config.update(STOPPER_ORIGIN="https://shop.example")
    Stopper(app)
    app.add_url_rule("/login", "login", view)
    return app.test_client()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "http:///evil.example",
        "//evil.example",
        "https:evil.example",
        "/\t/evil.example",
    ],
)
def test_the_guard_keeps_the_visitor(address):
    asked = {"path": "/login", "query_string": {"next": address}}
    forgot = guarded(lambda: redirect(request.args["next"])).get(**asked)
    asks = guarded(lambda: safe_redirect(request.args["next"], "/home")).get(**asked)

    assert (forgot.status_code, forgot.location) == (400, None)
    assert (asks.status_code, asks.location) == (302, "/home")


OWN_CHECK = """
from urllib.parse import urlparse
from flask import Flask, redirect, request
from stopper import Stopper
app = Flask(__name__)
stopper = Stopper(app)

def is_safe_url(target):
    return bool(urlparse(target).netloc) and not stopper.redirects.leads_away(target)
"""


def test_the_audit_is_silent_where_a_check_asks_the_guard():
    assert "broken-redirect-check" not in rules(OWN_CHECK)


ASKING = """
from flask import Flask, redirect, request
from stopper import redirect_back, safe_redirect, Stopper
app = Flask(__name__)
stopper = Stopper(app)

@app.get("/login")
def login():
    return safe_redirect(request.args.get("next"))

@app.get("/back")
def back():
    return redirect_back()

@app.get("/asks")
def asks():
    target = request.args["next"]

    if stopper.redirects.leads_away(target):
        target = "/"

    return redirect(target)
"""


def test_the_audit_is_silent_where_the_helpers_are_asked():
    assert rules(ASKING).isdisjoint({"broken-redirect-check", "open-redirect"})


@pytest.mark.parametrize(("body", "address"), BROKEN)
def test_a_known_validator_lets_an_address_through(body, address):
    source = VALIDATED.format(body=body)
    answer = client(source).get("/login", query_string={"next": address})
    assert answer.location == address
    assert "broken-redirect-check" in rules(source)


@pytest.mark.parametrize(
    "address",
    [
        "http:///evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ],
)
def test_a_sound_validator_refuses_and_is_silent(address):
    source = VALIDATED.format(body=SOUND)
    answer = client(source).get("/login", query_string={"next": address})
    assert answer.location == "/"
    assert rules(source).isdisjoint({"broken-redirect-check", "open-redirect"})


class Inside(http.server.BaseHTTPRequestHandler):
    """A console that only this machine reaches."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"inside")

    def log_message(self, *args):
        pass


def test_the_server_fetches_from_inside_for_a_stranger():
    with http.server.HTTPServer(("127.0.0.1", 0), Inside) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        answer = client(FETCH).get("/preview", query_string={"url": url})
        thread.join()

    assert answer.text == "inside"
    assert "request-forgery" in rules(FETCH)


FETCHES = """
from flask import abort, Flask, request
from stopper import fetch, FetchError
app = Flask(__name__)

@app.get("/preview")
def preview():
    try:
        return fetch(request.args["url"]).data
    except FetchError:
        abort(422)
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:7f00:1]", "127.1"])
def test_the_guard_s_fetch_reaches_nothing_inside(host):
    with http.server.HTTPServer(("127.0.0.1", 0), Inside) as server:
        url = f"http://{host}:{server.server_port}/"
        answer = client(FETCHES).get("/preview", query_string={"url": url})

        with pytest.raises(FetchError):
            fetch(url, ports=(server.server_port,))

        knocked = select.select([server], [], [], 0)[0]

    assert knocked == []
    assert answer.status_code == 422
    assert rules(FETCHES) == set()
