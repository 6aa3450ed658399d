"""Nothing that a request says of its way counts, unless a proxy that is named said it."""

from __future__ import annotations

import socket
import ssl

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from stopper import Stopper

PLAIN = "http://shop.example"
ONE = {"STOPPER_PROXIES": ["127.0.0.1"]}
TWO = {"STOPPER_PROXIES": ["127.0.0.1, unix", "198.51.100.0/24, 2001:db8::/32"]}
SPOOFED = {
    "X-Forwarded-For": "203.0.113.66",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=203.0.113.66",
}
TRUE = {
    "client": "127.0.0.1",
    "scheme": "https",
    "host": "shop.example",
    "url": "https://shop.example/",
    "cookies": {},
}


def names(happened):
    return [e.name for e in happened]


@pytest.mark.parametrize("more", [{}, {"X-Forwarded-Proto": "https"}])
@pytest.mark.parametrize("config", [{}, {"STOPPER_PROXIES": ["192.0.2.1"]}])
def test_what_strangers_say_changes_nothing(make, ask, config, more):
    assert ask(make(**config), **SPOOFED, **more).json == TRUE


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Proto": "HTTPS "},
        {"X-Forwarded-Proto": "http, https"},
        {"X-Forwarded-Ssl": "on"},
        {"X-Forwarded-Protocol": "ssl"},
        {"Front-End-Https": "on"},
        {"Forwarded": 'for=192.0.2.1; Proto="https"'},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proxy_that_is_not_named_gets_no_redirect(
    make, ask, happened, header, method
):
    app = make()
    answers = [ask(app, "/", PLAIN, method, **header) for _ in range(3)]

    assert [(a.status_code, a.headers.get("Location")) for a in answers] == [
        (400, None)
    ] * 3
    assert "STOPPER" not in answers[0].text
    assert [(e.name, str(e.action)) for e in happened] == [
        ("forwarded-not-believed", "refused")
    ]
    assert "STOPPER_PROXIES: ('127.0.0.1',)" in happened[0].message


def test_the_developer_reads_what_to_set(make, ask):
    answer = ask(make(DEBUG=True), url=PLAIN, X_Forwarded_Proto="https")

    assert answer.status_code == 400
    assert "STOPPER_PROXIES" in answer.text


def test_each_peer_is_an_event_of_its_own(make, ask, happened):
    app = make()

    for peer in ("192.0.2.7", "192.0.2.8", "192.0.2.7", ""):
        ask(app, url=PLAIN, environ={"REMOTE_ADDR": peer}, X_Forwarded_Proto="https")

    assert [e.details["peer"] for e in happened] == [
        "192.0.2.7",
        "192.0.2.8",
        "a unix socket",
    ]


def test_what_gunicorn_believes_is_not_believed(make, ask, happened):
    with socket.socket() as plain:
        environ = {"gunicorn.socket": plain}
        answer = ask(make(), environ=environ)

    assert (answer.status_code, names(happened)) == (400, ["forwarded-not-believed"])


def test_gunicorn_s_own_tls_is_believed(make, ask):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    with context.wrap_socket(socket.socket(), server_hostname="shop.example") as tls:
        environ = {"gunicorn.socket": tls}
        assert ask(make(), environ=environ).json == TRUE
        # A header may have made plain HTTP of it, and the way would be a circle.
        answer = ask(make(), "/", PLAIN, environ=environ, X_Forwarded_Proto="http")
        assert answer.json == TRUE


def test_a_mount_out_of_a_header_is_believed_of_no_proxy(make, ask, happened):
    app = make(STOPPER_PROXIES=["127.0.0.1"], STOPPER_HEALTH_PATHS=["/healthz"])
    believed = {"REMOTE_ADDR": "127.0.0.1", "SCRIPT_NAME": "/x", "gunicorn.socket": 1}
    said = {"X_Forwarded_For": "203.0.113.1", "X_Forwarded_Proto": "https"}

    for path in ("/", "/healthz"):
        answer = ask(app, path, environ=believed, Script_Name="/x", **said)
        assert answer.status_code == 400

    assert set(names(happened)) == {"mount-not-believed"}


@pytest.mark.parametrize("more", [{}, {"gunicorn.socket": 1}])
def test_a_mount_that_no_header_made_is_a_mount(make, ask, more):
    peer = {"REMOTE_ADDR": "127.0.0.1"}
    said = {"X_Forwarded_For": "203.0.113.1", "X_Forwarded_Proto": "https"}
    app = make(STOPPER_PROXIES=["127.0.0.1"])
    mounted = {**peer, **more, "SCRIPT_NAME": "/shop"}
    answer = ask(app, environ=mounted, **said)

    assert answer.json["url"] == "https://shop.example/shop/"
    # Without one, a server that reads no such header made nothing of it.
    assert ask(app, environ={**peer, **more}, Script_Name="/x", **said).json


@pytest.mark.parametrize(("said", "status"), [("on", 200), ("", 400)])
def test_what_uwsgi_makes_of_a_header_is_not_believed(make, ask, said, status):
    environ = {"uwsgi.version": b"2", "HTTPS": said}
    answer = ask(make(), environ=environ, X_Forwarded_Proto="https")

    assert answer.status_code == status


@pytest.mark.parametrize("prefix", ["", "/evil"])
def test_a_proxy_fix_around_the_entry_point_is_taken_back(make, ask, happened, prefix):
    app = make()
    outer = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)
    headers = {**SPOOFED, "X-Forwarded-Prefix": prefix}
    client = Client(outer)
    peer = {"REMOTE_ADDR": "127.0.0.1"}
    answer = client.get(
        "/", base_url="https://shop.example", headers=headers, environ_base=peer
    )

    assert answer.json == TRUE


def test_a_mount_further_in_stays_when_a_proxy_fix_is_taken_back(bare):
    app = bare()
    Stopper(app)
    mounted = DispatcherMiddleware(app, {"/shop": app.wsgi_app})
    outer = ProxyFix(mounted, x_prefix=1)
    client = Client(outer)
    answer = client.get(
        "/shop/",
        base_url="https://shop.example",
        headers={"X-Forwarded-Prefix": "/evil"},
    )

    assert answer.json["url"] == "https://shop.example/shop/"


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("127.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("spoof, , 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5555", "203.0.113.7"),
        ("[2001:db8::7]:5555", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_the_visitor_is_who_the_proxy_saw(make, ask, said, client):
    answer = ask(
        make(**ONE), url=PLAIN, X_Forwarded_For=said, X_Forwarded_Proto="https"
    )

    assert answer.json == {**TRUE, "client": client}


def test_a_server_that_takes_the_headers_away_is_named(make, ask, happened):
    ask(make(**ONE), url=PLAIN)
    [refused] = happened

    assert "waitress takes it away" in refused.message

    ask(make(**ONE), url=PLAIN, X_Forwarded_For="unknown")

    assert "waitress" not in happened[-1].message


@pytest.mark.parametrize(
    "said",
    [
        "",
        "unknown",
        "203.0.113.7, ",
        "203.0.113.7, unknown",
        "203.0.113.7, _hidden",
        "203.0.113.7, fe80::1%<script>",
        "203.0.113.7, 203.0.113.300",
        "203.0.113.7, [2001:db8::7",
        "203.0.113.7, [2001:db8::7]x",
        "203.0.113.7, 203.0.113.7:٣",
        "203.0.113.7, localhost",
        "203.0.113.7, unix:",
    ],
)
def test_what_is_no_address_is_refused(make, ask, happened, said):
    environ = {"HTTP_X_FORWARDED_FOR": said, "HTTP_X_FORWARDED_PROTO": "https"}
    answer = ask(make(**ONE), url=PLAIN, environ=environ)

    assert (answer.status_code, names(happened)) == (400, ["forwarded-incomplete"])


@pytest.mark.parametrize(
    ("said", "status", "scheme"),
    [
        ("https", 200, "https"),
        ("WSS", 200, "https"),
        ("http", 307, ""),
        ("http, https", 200, "https"),
        ("https, http", 307, ""),
        ("ftp", 400, ""),
        ("https, ", 400, ""),
        ("", 400, ""),
        (None, 400, ""),
    ],
)
def test_the_scheme_is_what_the_proxy_says(make, ask, said, status, scheme):
    environ = {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    environ |= {} if said is None else {"HTTP_X_FORWARDED_PROTO": said}
    answer = ask(make(**ONE), url=PLAIN, environ=environ)

    assert answer.status_code == status
    assert not scheme or answer.json["scheme"] == scheme


def test_a_proxy_that_says_http_is_believed_over_the_server(make, ask):
    environ = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "http"}

    assert ask(make(**ONE), environ=environ).status_code == 307


@pytest.mark.parametrize(
    ("said", "proto", "status"),
    [
        ("203.0.113.7, 198.51.100.3", "https", 200),
        ("203.0.113.7, 198.51.100.3", "https, http", 200),
        ("203.0.113.7, 2001:db8::3", "https", 200),
        ("spoof, 203.0.113.7, 198.51.100.3", "https", 200),
        ("203.0.113.7", "https", 400),
        ("198.51.100.3", "https", 400),
        ("203.0.113.7, 203.0.113.8", "https", 400),
        ("203.0.113.7, localhost", "https", 400),
        ("198.51.100.3, 203.0.113.7", "https", 400),
    ],
)
def test_of_two_proxies_each_has_to_be_where_it_is_named(
    make, ask, said, proto, status
):
    headers = {"X-Forwarded-For": said, "X-Forwarded-Proto": proto}
    answer = ask(make(**TWO), url=PLAIN, **headers)

    assert answer.status_code == status
    assert status == 400 or answer.json["client"] == "203.0.113.7"


def test_of_three_proxies_two_schemes_are_nobody_s(make, ask):
    config = {"STOPPER_PROXIES": ["127.0.0.1", "192.0.2.1", "192.0.2.2"]}
    way = "203.0.113.7, 192.0.2.2, 192.0.2.1"
    headers = {"X-Forwarded-For": way, "X-Forwarded-Proto": "https, http"}

    assert ask(make(**config), url=PLAIN, **headers).status_code == 400


@pytest.mark.parametrize("peer", ["", "<local>", "localhost"])
def test_a_unix_socket_is_a_peer_where_it_is_named(make, ask, peer):
    environ = {"REMOTE_ADDR": peer}
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    statuses = [
        ask(make(STOPPER_PROXIES=p), "/", PLAIN, environ=environ, **headers).status_code
        for p in (["unix"], ["10.0.0.0/8, unix"], ["127.0.0.0/8"])
    ]

    assert statuses == [200, 200, 400]


def test_a_server_that_knows_no_peer_has_no_proxy(make):
    app = make(**ONE)
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    context = app.test_request_context("/", base_url=PLAIN, headers=headers)
    environ = context.request.environ
    environ.pop("REMOTE_ADDR", None)
    started = []
    list(app.wsgi_app(environ, lambda status, headers: started.append(status)))

    assert started[0].startswith("400")


@pytest.mark.parametrize(
    ("config", "host", "status"),
    [
        ({}, "evil.example", 200),
        ({"STOPPER_PROXY_HOST": True}, "shop.example", 200),
        ({"STOPPER_PROXY_HOST": True}, "evil.example, shop.example", 200),
        ({"STOPPER_PROXY_HOST": True}, "evil.example", 400),
        ({"STOPPER_PROXY_HOST": True}, "shop.example, evil.example", 400),
    ],
)
def test_the_host_is_believed_only_where_that_is_said(make, ask, config, host, status):
    headers = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": host,
    }
    url = "http://inside" if config and status == 200 else PLAIN
    answer = ask(make(**ONE, **config), "/", url, **headers)

    assert answer.status_code == status
    assert status == 400 or answer.json["url"] == "https://shop.example/"


def test_a_test_without_a_proxy_is_a_test(make, ask):
    app = make(**ONE, TESTING=True)

    assert ask(app, url="http://localhost").status_code == 200
    assert ask(app).json == TRUE


def test_an_event_at_the_door_shows_the_visitor(make, ask, happened):
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    ask(make(**ONE), "/", "http://evil.example", **headers)

    assert [(e.name, e.client) for e in happened] == [("foreign-host", "203.0.113.7")]


def test_an_app_inside_of_another_believes_the_first_one(bare, ask):
    inner, outer = bare(**ONE), bare(**ONE)
    Stopper(inner)
    outer.wsgi_app = DispatcherMiddleware(outer.wsgi_app, {"/in": inner})
    Stopper(outer)
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}

    with socket.socket() as plain:
        environ = {"gunicorn.socket": plain}
        answer = ask(outer, "/in/", PLAIN, environ=environ, **headers)

    assert answer.json["client"] == "203.0.113.7"
    assert answer.json["url"] == "https://shop.example/in/"


def test_on_trial_the_app_believes_what_it_did(bare, ask, happened):
    app = bare(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-01-01")
    app.wsgi_app = ProxyFix(app.wsgi_app)
    Stopper(app)
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    answers = [ask(app, "/", PLAIN, **headers) for _ in range(2)]

    assert [a.json["client"] for a in answers] == ["203.0.113.7"] * 2
    assert [(e.name, str(e.action)) for e in happened] == [
        ("proxy-fix-unjudged", "failed"),
        ("forwarded-not-believed", "reported"),
    ]


def test_on_trial_named_proxies_are_believed(bare, ask, happened):
    app = bare(**ONE, STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-01-01")
    Stopper(app)
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}

    assert ask(app, "/", PLAIN, **headers).json["client"] == "203.0.113.7"
    assert ask(app, "/", PLAIN, X_Forwarded_Proto="https").status_code == 200
    assert names(happened) == ["forwarded-incomplete"]
