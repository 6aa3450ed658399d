"""Behind a real nginx, by TCP and by a unix socket, in front of a real gunicorn."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from servers import folder
from servers import free_port
from servers import gunicorn
from servers import HOST
from servers import nginx

HERE = Path(__file__).parent

#: gunicorn with its own default, which believes this machine, and one that believes
#: nobody by TCP. A unix socket both believe.
GUNICORNS = {"believing": (), "doubting": ("--forwarded-allow-ips", "192.0.2.9")}

SERVERS = """
upstream believing-tcp {{ server 127.0.0.1:{believing}; }}
upstream believing-unix {{ server unix:{home}/believing.sock; }}
upstream doubting-tcp {{ server 127.0.0.1:{doubting}; }}
upstream doubting-unix {{ server unix:{home}/doubting.sock; }}
ssl_certificate {home}/cert.pem;
ssl_certificate_key {home}/key.pem;
proxy_set_header X-Which $which;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
map $host $which {{ ~^(?<a>[a-z]+)-([a-z]+)-([a-z]+)\\. $a; default both; }}
map $host $behind {{ ~^([a-z]+)-(?<b>[a-z]+-[a-z]+)\\. $b; default believing-tcp; }}
server {{
    listen 127.0.0.1:{tls} ssl;
    listen 127.0.0.1:{plain};
    location / {{ proxy_pass http://$behind; }}
}}
"""

SPOOFED = {
    "X-Forwarded-For": "203.0.113.66, 203.0.113.67",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Ssl": "on",
    "Forwarded": "for=203.0.113.66;proto=https;host=evil.example",
}


class Setup:
    """The addresses of what runs, and a client that trusts the certificate."""

    def __init__(self, ports, trusted):
        self.ports = ports
        self.trusted = trusted

    def ask(self, name, path="/echo", method="GET", plain=False, **headers):
        """Ask the nginx for an app by its name, as a visitor would."""
        port = self.ports["plain" if plain else "tls"]
        host = f"{name}.shop.test"
        headers = {"Host": f"{host}:{port}", **_named(headers)}
        return self._send(host, port, plain, method, path, headers)

    def direct(self, gunicorn, path="/echo", method="GET", **headers):
        """Ask a gunicorn itself, as somebody who found its port would."""
        host = f"none-{gunicorn}-tcp.shop.test"
        named = {"Host": f"{host}:{self.ports['tls']}", **_named(headers)}
        plain = gunicorn != "direct"
        return self._send(host, self.ports[gunicorn], plain, method, path, named)

    def events(self, name, gunicorn):
        """Return the events of an app that a gunicorn serves."""
        found = self.direct(gunicorn, "/events", x_which=name)
        return [e for e in json.loads(found.body) if e["action"] != "noted"]

    def _send(self, host, port, plain, method, path, headers):
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        connection.connect()

        if not plain:
            connection.sock = self.trusted.wrap_socket(
                connection.sock, server_hostname=host
            )

        with contextlib.closing(connection):
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            answer.body = answer.read().decode()
            return answer


def _named(headers):
    # In capitals it is one of those that gunicorn reads with their underscore.
    return {k if k.isupper() else k.replace("_", "-"): v for k, v in headers.items()}


@pytest.fixture(scope="module")
def setup():
    ports = {n: free_port() for n in ("tls", "plain", "direct", *GUNICORNS)}
    authority = trustme.CA()
    pair = authority.issue_cert("*.shop.test")
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)

    with folder() as home, contextlib.ExitStack() as stack:
        pair.private_key_pem.write_to_path(home / "key.pem")
        pair.cert_chain_pems[0].write_to_path(home / "cert.pem")

        for file in ("key.pem", "cert.pem"):
            (home / file).chmod(0o644)

        names = [
            f"https://{app}-{gun}-{by}.shop.test:{ports['tls']}"
            for app in ("tcp", "unix", "both", "none", "elsewhere", "two", "host")
            for gun in (*GUNICORNS, "direct")
            for by in ("tcp", "unix")
        ]
        env = {"ORIGINS": " ".join(names), "HOME": str(home)}
        options = {
            name: (*more, "--bind", f"unix:{home}/{name}.sock")
            for name, more in GUNICORNS.items()
        }
        options["direct"] = (
            *("--certfile", f"{home}/cert.pem", "--keyfile", f"{home}/key.pem"),
        )

        for name, more in options.items():
            served = ("--pythonpath", str(HERE), *more)
            run = gunicorn(home, "served:application", ports[name], *served, env=env)
            stack.enter_context(run)

        servers = SERVERS.format(home=home, **ports)
        stack.enter_context(nginx(home, servers, ports["tls"]))
        yield Setup(ports, trusted)


#: The app, the gunicorn and the way to it of every set-up that is right.
RIGHT = [
    f"{app}-{gun}-{by}"
    for gun in GUNICORNS
    for app, by in [("tcp", "tcp"), ("unix", "unix"), ("both", "tcp"), ("both", "unix")]
]

#: Those in which the proxy is not named: not at all, or another one is.
NOT_NAMED = [
    f"{app}-{gun}-{by}"
    for gun in GUNICORNS
    for app, by in [
        ("none", "tcp"),
        ("none", "unix"),
        ("elsewhere", "tcp"),
        ("elsewhere", "unix"),
        ("tcp", "unix"),
        ("unix", "tcp"),
    ]
]


@pytest.mark.parametrize("spoofed", [{}, SPOOFED], ids=["plainly", "spoofed"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_visitor_is_seen_as_nginx_sees_them(setup, name, spoofed):
    answer = setup.ask(name, **spoofed)

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "client": "127.0.0.1",
        "scheme": "https",
        "url": f"https://{name}.shop.test:{setup.ports['tls']}/echo",
        "forwarded": [],
    }
    assert answer.headers["Strict-Transport-Security"] == "max-age=300"


@pytest.mark.parametrize("spoofed", [{}, SPOOFED], ids=["plainly", "spoofed"])
@pytest.mark.parametrize("name", RIGHT)
def test_plain_http_is_led_to_https_once(setup, name, spoofed):
    # gunicorn itself refuses schemes that contradict each other.
    spoofed = {k: v for k, v in spoofed.items() if k != "X-Forwarded-Ssl"}
    answer = setup.ask(name, "/echo?a=1", plain=True, **spoofed)
    to = f"https://{name}.shop.test:{setup.ports['tls']}/echo?a=1"

    assert (answer.status, answer.headers["Location"]) == (307, to)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers
    parts = urlsplit(answer.headers["Location"])
    assert setup.ask(name, f"{parts.path}?{parts.query}").status == 200


@pytest.mark.parametrize("name", NOT_NAMED)
def test_a_proxy_that_is_not_named_makes_no_loop(setup, name):
    answers = [setup.ask(name), setup.ask(name, **SPOOFED), setup.ask(name, "/x")]

    assert [a.status for a in answers] == [400, 400, 400]
    assert [a.headers["Location"] for a in answers] == [None, None, None]
    assert [a for a in answers if "PROXIES" in a.body] == []


@pytest.mark.parametrize("gunicorn", GUNICORNS)
def test_one_event_names_the_setting_and_the_peer(setup, gunicorn):
    for _ in range(3):
        setup.ask(f"none-{gunicorn}-tcp")
        setup.ask(f"none-{gunicorn}-unix")

    found = [
        (e["name"], e["details"]["peer"], e["details"]["setting"])
        for e in setup.events("none", gunicorn)
        if e["name"] == "forwarded-not-believed"
    ]

    assert sorted(found) == [
        ("forwarded-not-believed", "127.0.0.1", "STOPPER_PROXIES"),
        ("forwarded-not-believed", "a unix socket", "STOPPER_PROXIES"),
    ]


@pytest.mark.parametrize("by", ["tcp", "unix"])
@pytest.mark.parametrize("gunicorn", GUNICORNS)
def test_fewer_entries_than_proxies_are_refused(setup, gunicorn, by):
    answer = setup.ask(f"two-{gunicorn}-{by}")

    assert (answer.status, answer.headers["Location"]) == (400, None)
    assert "forwarded-incomplete" in {e["name"] for e in setup.events("two", gunicorn)}


def test_an_entry_that_a_visitor_wrote_stands_for_no_proxy(setup):
    answer = setup.ask("two-believing-tcp", X_Forwarded_For="203.0.113.66")

    assert answer.status == 400


def test_an_event_at_the_door_shows_who_nginx_saw(setup):
    setup.ask(
        "unix-believing-unix", Host="evil.example", X_Forwarded_For="203.0.113.66"
    )
    setup.ask("unix-believing-unix", method="POST", plain=True)
    events = setup.events("unix", "believing") + setup.events("both", "believing")
    found = {(e["name"], e["client"]) for e in events}

    assert ("foreign-host", "127.0.0.1") in found
    assert ("sent-in-clear", "127.0.0.1") in found


def test_another_host_is_refused(setup):
    answer = setup.ask("both-believing-tcp", Host="evil.example")

    assert answer.status == 400
    assert "evil.example" not in answer.body


def test_a_host_that_a_visitor_wrote_is_judged_where_it_is_believed(setup):
    answer = setup.ask("host-believing-tcp", X_Forwarded_Host="evil.example")

    assert answer.status == 400


@pytest.mark.parametrize("gunicorn", GUNICORNS)
def test_past_nginx_nothing_that_is_said_counts(setup, gunicorn):
    assert setup.direct(gunicorn).status == 307
    assert setup.direct(gunicorn, **SPOOFED).status == 400
    assert setup.direct(gunicorn, x_forwarded_proto="https").status == 400
    assert setup.direct(gunicorn, x_forwarded_for="203.0.113.66").status == 307
    assert setup.direct(gunicorn, method="POST").status == 403


@pytest.mark.parametrize(
    "spoofed",
    [{}, SPOOFED, {"X-Forwarded-Proto": "http"}],
    ids=["plainly", "spoofed", "to plain HTTP"],
)
def test_gunicorn_s_own_tls_needs_no_proxy(setup, spoofed):
    answer = setup.direct("direct", **spoofed)

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "client": "127.0.0.1",
        "scheme": "https",
        "url": f"https://none-direct-tcp.shop.test:{setup.ports['tls']}/echo",
        "forwarded": [],
    }


@pytest.mark.parametrize("mount", ["/open", "//evil.example"])
def test_a_mount_that_a_visitor_made_up_is_no_way_around_rules_for_paths(setup, mount):
    answer = setup.direct("direct", f"{mount}/echo", SCRIPT_NAME=mount)

    assert (answer.status, "evil" in answer.body) == (400, False)
    event = setup.events("none", "direct")[-1]
    assert event["name"] == "mount-not-believed"
    assert "--forwarder-headers" in event["message"]
