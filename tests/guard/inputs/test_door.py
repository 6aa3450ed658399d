"""What no honest client sends is refused at the door, and what one sends is not."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import jsonify
from flask import request

from alone import alone
from stopper import Stopper
from stopper.guard.inputs.guard import MOST_HEADERS
from stopper.testing import events


def app_of(tmp_path, **config):
    app = Flask("boats", instance_path=str(tmp_path / "instance"))
    alone(app, "inputs")
    app.config.update(config)

    @app.route("/", methods=["GET", "POST", "PUT"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def index(path=""):
        return jsonify(path=path, q=request.args.get("q"), method=request.method)

    Stopper(app)
    return app


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path)


def ask(app, **changes):
    """Send a WSGI environment as no test client would make it."""
    from werkzeug.test import EnvironBuilder
    from werkzeug.test import run_wsgi_app

    environ = EnvironBuilder(path="/").get_environ()
    del environ["RAW_URI"], environ["REQUEST_URI"]
    environ.update(changes)

    with events(app) as found:
        _, status, headers = run_wsgi_app(app, environ)

    return int(status[:3]), [e.name for e in found], headers


def wsgi(text):
    return text.encode().decode("latin-1")


HONEST = [
    {},
    {"QUERY_STRING": "q=caf%C3%A9%20%F0%9F%9B%B6&n=%0D%0A%09"},
    {"QUERY_STRING": wsgi("q=café")},
    {"QUERY_STRING": "n=a=%0A&q"},
    {"PATH_INFO": wsgi("/фото.jpg")},
    {"PATH_INFO": "/100%", "RAW_URI": "/100%25"},
    {"PATH_INFO": "/100%", "REQUEST_URI": "/100%25?q=1"},
    {"PATH_INFO": "/100%"},
    {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0"},
    {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""},
    {"HTTP_TRANSFER_ENCODING": "Chunked"},
    {"HTTP_HOST": "[::1]:8000"},
    {"HTTP_HOST": "xn--e1afmkfd.example:443"},
    {"RAW_URI": "http://localhost/", "HTTP_HOST": "LOCALHOST"},
    {"RAW_URI": "*", "REQUEST_METHOD": "OPTIONS"},
    {"REQUEST_URI": "//evil.example/", "PATH_INFO": "//evil.example/"},
    {"REQUEST_METHOD": "PROPFIND"},
    {"HTTP_COOKIE": "a=" + "x" * 8000},
]

WRONG = [
    ({"PATH_INFO": "/a\0.txt"}, 400, "control-character"),
    ({"PATH_INFO": "/a\r\nb"}, 400, "control-character"),
    ({"PATH_INFO": "/a\x7f"}, 400, "control-character"),
    ({"PATH_INFO": "/\xff\xfe"}, 400, "invalid-utf-8"),
    ({"PATH_INFO": "/\xc0\xaf"}, 400, "invalid-utf-8"),
    ({"PATH_INFO": "/%zz", "RAW_URI": "/%zz"}, 400, "invalid-encoding"),
    ({"QUERY_STRING": "q=%00"}, 400, "control-character"),
    ({"QUERY_STRING": "q=%1b[2J"}, 400, "control-character"),
    ({"QUERY_STRING": "%0B=q"}, 400, "control-character"),
    ({"QUERY_STRING": "a%0Ab=1"}, 400, "control-character"),
    ({"QUERY_STRING": "q=1&n%09"}, 400, "control-character"),
    ({"QUERY_STRING": "q=%7f"}, 400, "control-character"),
    ({"QUERY_STRING": "q=%ff"}, 400, "invalid-utf-8"),
    ({"QUERY_STRING": "q=%ED%A0%80"}, 400, "invalid-utf-8"),
    ({"QUERY_STRING": "q=\xff"}, 400, "invalid-utf-8"),
    ({"QUERY_STRING": "q=100%"}, 400, "invalid-encoding"),
    ({"QUERY_STRING": "q=%4"}, 400, "invalid-encoding"),
    ({"QUERY_STRING": "q=" + "a" * 9000}, 414, "url-too-large"),
    ({"PATH_INFO": "/" + "a" * 9000}, 414, "url-too-large"),
    ({"CONTENT_LENGTH": "+5"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "5, 5"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "0x5"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "-1"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "\u0665"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "1_0"}, 400, "ambiguous-length"),
    ({"CONTENT_LENGTH": "9" * 5000}, 400, "ambiguous-length"),
    (
        {"CONTENT_LENGTH": "5", "HTTP_TRANSFER_ENCODING": "chunked"},
        400,
        "ambiguous-length",
    ),
    ({"HTTP_TRANSFER_ENCODING": "chunked, identity"}, 400, "ambiguous-length"),
    ({"HTTP_TRANSFER_ENCODING": "xchunked"}, 400, "ambiguous-length"),
    ({"HTTP_HOST": "a.example,b.example"}, 400, "bad-host"),
    ({"HTTP_HOST": "a.example, b.example"}, 400, "bad-host"),
    ({"HTTP_HOST": "a.example/path"}, 400, "bad-host"),
    ({"HTTP_HOST": "user@a.example"}, 400, "bad-host"),
    ({"HTTP_HOST": "a.example\n"}, 400, "bad-host"),
    ({"HTTP_HOST": ""}, 400, "bad-host"),
    ({"RAW_URI": "http://evil.example/"}, 400, "two-hosts"),
    ({"REQUEST_URI": "http://[evil/"}, 400, "two-hosts"),
    ({"RAW_URI": "evil.example:443"}, 400, "two-hosts"),
    ({"REQUEST_METHOD": "TRACE"}, 405, "bad-method"),
    ({"REQUEST_METHOD": "TRACK"}, 405, "bad-method"),
    ({"REQUEST_METHOD": "CONNECT"}, 405, "bad-method"),
    ({"REQUEST_METHOD": "get"}, 400, "bad-method"),
    ({"REQUEST_METHOD": "GET\n"}, 400, "bad-method"),
    ({"REQUEST_METHOD": ""}, 400, "bad-method"),
    ({"HTTP_X": "a\r\n folded"}, 400, "bad-header"),
    ({"HTTP_X": "a\0"}, 400, "bad-header"),
    ({"CONTENT_TYPE": "a/b\n"}, 400, "bad-header"),
    ({"HTTP_COOKIE": "a" * 33000}, 431, "headers-too-large"),
    ({f"HTTP_X{n}": "a" for n in range(MOST_HEADERS + 1)}, 431, "headers-too-large"),
]


@pytest.mark.parametrize("changes", HONEST, ids=str)
def test_what_honest_clients_send_is_taken(app, changes):
    status, names, _ = ask(app, **changes)

    assert (status in (200, 404, 405), names) == (True, [])


@pytest.mark.parametrize(
    ("changes", "status", "name"), WRONG, ids=lambda value: str(value)[:50]
)
def test_what_no_honest_client_sends_is_refused(app, changes, status, name):
    found, names, headers = ask(app, **changes)

    assert (found, names) == (status, [name])
    assert headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [*WRONG[:6], *(w for w in WRONG if "CONTENT_LENGTH" in w[0])],
    ids=lambda value: str(value)[:50],
)
def test_report_lets_it_through_and_says_so(tmp_path, changes, status, name):
    app = app_of(
        tmp_path, STOPPER_INPUTS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )
    found, names, _ = ask(app, **changes)

    assert names == [name]
    assert found != status


def test_a_limit_names_its_setting_and_can_be_raised(tmp_path):
    app = app_of(tmp_path, STOPPER_MAX_URL=20_000, STOPPER_MAX_HEADERS=100_000)

    assert ask(app, QUERY_STRING="q=" + "a" * 9000)[0] == 200
    assert ask(app, HTTP_COOKIE="a" * 50_000)[0] == 200

    with events(app) as found:
        app.test_client().get("/?q=" + "a" * 20_000)

    assert "STOPPER_MAX_URL takes 20000" in found[0].message


def test_the_setting_stands_on_the_page_in_debug_alone(tmp_path):
    query = {"q": "a" * 9000}
    debug = app_of(tmp_path / "a", DEBUG=True).test_client()
    other = app_of(tmp_path / "b").test_client()

    assert "STOPPER_MAX_URL" in debug.get("/", query_string=query).text
    assert "STOPPER" not in other.get("/", query_string=query).text


def test_hosts_that_a_client_makes_up_fill_no_memory(app):
    for number in range(300):
        assert ask(app, HTTP_HOST=f"h{number}.example")[0] == 200

    from stopper.guard.inputs.guard import InputsGuard

    walk = app.extensions["stopper"].settle()
    guard = next(g for g in walk.guards if isinstance(g, InputsGuard))
    assert len(guard._hosts) <= 100
