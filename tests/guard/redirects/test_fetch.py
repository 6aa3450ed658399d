"""The server fetches for strangers what strangers may reach, and nothing else."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
import time

import pytest
import trustme
from flask import Flask

import stopper
from alone import alone
from stopper import fetch
from stopper import FetchError
from stopper import Stopper
from stopper.guard.events import event
from stopper.guard.redirects.outbound.error import FetchFailed
from stopper.guard.redirects.outbound.error import FetchRefused
from stopper.guard.redirects.outbound.error import FetchTimeout
from stopper.guard.redirects.outbound.error import FetchTooLarge

HERE = ("127.0.0.1/32",)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as its path says, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        answer = self.server.answers.get(
            self.path.partition("?")[0], (200, {}, b"here")
        )
        status, headers, data = answer(self) if callable(answer) else answer
        self.send_response(status)

        for name, value in headers.items():
            self.send_header(name, value)

        if "Transfer-Encoding" not in headers and "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(data)))

        self.end_headers()

        if self.command != "HEAD":
            self.wfile.write(data)

    do_POST = do_PUT = do_HEAD = do_GET

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serving(answers=None, context=None, address="127.0.0.1"):
    with http.server.ThreadingHTTPServer((address, 0), Handler) as server:
        server.daemon_threads = True
        server.answers, server.asked = answers or {}, []

        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)

        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        thread.start()

        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server():
    with serving() as found:
        yield found


def get(server, path="/", host="a.example", scheme="http", **options):
    """Fetch from the server under any name, as if that led to it."""
    ports = options.pop("ports", (server.server_port,))
    return fetch(
        f"{scheme}://{host}:{server.server_port}{path}",
        **{
            "allow": HERE,
            "ports": ports,
            "resolve": lambda h: ["127.0.0.1"],
            **options,
        },
    )


def test_an_answer_is_fetched_under_its_name(server):
    server.answers["/x"] = (
        404,
        {"Content-Type": "text/plain; charset=latin-1"},
        "né".encode("latin-1"),
    )
    answer = get(server, "/x?q=é b".replace(" ", "%20"), headers={"X-Key": "k"})
    method, path, headers = server.asked[0]

    assert (answer.status, answer.text) == (404, "né")
    assert (method, path) == ("GET", "/x?q=%C3%A9%20b")
    assert headers == {
        "Host": f"a.example:{server.server_port}",
        "Connection": "close",
        "Accept-Encoding": "identity",
        "X-Key": "k",
    }


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "rot13", "x"])
def test_a_charset_that_is_none_of_the_web_is_read_as_utf_8(server, charset):
    """Python knows codecs that take for ever, or raise at what they do not like."""
    kind = {"Content-Type": f"text/plain; charset={charset}"}
    server.answers["/"] = (200, kind, "né-9a".encode())

    assert get(server).text == "né-9a"


def test_json_that_is_nested_too_deeply_is_none(server):
    server.answers["/"] = (200, {}, b"[" * 200_000)

    with pytest.raises(ValueError, match="nested"):
        get(server).json()


def test_data_is_posted_and_json_is_read(server):
    server.answers["/"] = lambda asked: (
        200,
        {},
        asked.rfile.read(int(asked.headers["Content-Length"])),
    )

    assert get(server, method="post", data=b'{"a": 1}').json() == {"a": 1}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1%25lo]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0/",
        "http://0.0.0.0/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://127.0.0.1./",
        "http://100.64.0.1/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://a.example/",
        "unix:/run/x",
        "//a.example/",
        "a.example",
        "",
        "http://",
        "http://a.example:22/",
        "http://a.example:0/",
        "http://a.example:99999/",
        "http://user:password@a.example/",
        "http://a.example\\@127.0.0.1/",
        "http://a.example#@127.0.0.1:22/",
        "http://a.example /",
        "http://a.example/\r\nX: y",
        "http://a.example/\ud800",
        "http://a..example/",
        "http://a%2eexample/",
        "http://[::1/",
        "http://a.example,b.example/",
        None,
        b"http://a.example/",
    ],
)
def test_what_is_not_to_be_reached_is_refused(url):
    def nobody(host):
        return ["127.0.0.1"]

    with pytest.raises(FetchRefused):
        fetch(url, resolve=nobody, timeout=2)


def test_a_name_without_an_end_is_no_work():
    marks = "\u0301\u0323" * 40_000
    began = time.process_time()

    with pytest.raises(FetchRefused, match="too long"):
        fetch(f"http://e{marks}.example/", timeout=2)

    assert time.process_time() - began < 3


def test_a_redirect_to_a_name_without_an_end_is_no_work(server):
    marks = "\u0301\u0323" * 12_000
    location = f"http://e{marks}/".encode().decode("latin-1")
    server.answers["/"] = (302, {"Location": location}, b"")

    with pytest.raises(FetchRefused, match="too long"):
        get(server)


@pytest.mark.parametrize(
    "found",
    [
        ["10.0.0.1"],
        ["8.8.8.8", "192.168.0.1"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["2002:7f00:1::"],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_that_leads_inside_is_refused(found):
    with pytest.raises(FetchRefused, match=r"a\.example"):
        fetch("http://a.example/", resolve=lambda host: found)


def test_the_system_s_own_resolver_is_looked_at():
    with pytest.raises(FetchRefused):
        fetch("http://localhost/")


def test_a_name_is_asked_for_once_so_that_it_cannot_change_its_mind(server):
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    assert get(server, resolve=lambda host: next(answers)).data == b"here"
    assert next(answers) == ["127.0.0.2"]


def test_a_name_that_changes_its_mind_between_redirects_is_refused(server):
    server.answers["/"] = (302, {"Location": "/again"}, b"")
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    with pytest.raises(FetchRefused, match="this machine"):
        get(server, resolve=lambda host: next(answers))

    assert [path for _, path, _ in server.asked] == ["/"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/",
        "//127.0.0.2/",
        "http://[::1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "http://a.example:22/",
        "http://u:p@a.example/",
        "http:\\\\127.0.0.2/",
        "/\x01",
        "http://[::1",
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(server, location):
    server.answers["/"] = (302, {"Location": location}, b"")

    def resolve(host):
        return ["127.0.0.1"]

    with pytest.raises(FetchRefused):
        get(server, resolve=resolve, ports=(80, server.server_port))


def test_redirects_come_to_an_end(server):
    server.answers["/"] = (302, {"Location": "/"}, b"")

    with pytest.raises(FetchFailed, match="more than 3"):
        get(server, redirects=3)

    assert len(server.asked) == 4


def test_no_redirect_is_followed_where_none_may_be(server):
    server.answers["/"] = (302, {"Location": "/x"}, b"")

    with pytest.raises(FetchFailed):
        get(server, redirects=0)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_form_that_is_redirected_becomes_a_read(server, status):
    server.answers["/"] = (status, {"Location": "/x y"}, b"")
    answer = get(server, method="POST", data=b"a=b")

    assert [(m, p) for m, p, _ in server.asked] == [("POST", "/"), ("GET", "/x%20y")]
    assert answer.url.endswith("/x%20y")


def test_keys_and_cookies_are_shown_to_no_other_host(server):
    with serving() as other:
        server.answers["/"] = (
            302,
            {
                "Location": f"http://b.example:{other.server_port}/",
                "Set-Cookie": "a=b",
            },
            b"",
        )
        keys = {
            "Authorization": "secret",
            "Cookie": "a=b",
            "X-Api-Key": "secret",
            "User-Agent": "notes",
        }
        get(server, headers=keys, ports=(server.server_port, other.server_port))

    assert set(other.asked[0][2]) == {
        "Host",
        "Connection",
        "Accept-Encoding",
        "User-Agent",
    }


@pytest.mark.parametrize("status", [307, 308])
def test_what_was_sent_is_given_to_no_other_host(server, status):
    with serving() as other:
        location = f"http://b.example:{other.server_port}/"
        server.answers["/"] = (status, {"Location": location}, b"")

        with pytest.raises(FetchRefused, match="another host"):
            get(
                server,
                method="POST",
                data=b"a=b",
                ports=(server.server_port, other.server_port),
            )

    assert other.asked == []


def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")

        assert get(server).data == b"here"

    assert proxy.asked == []


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({}, b"x" * 11),
        ({"Content-Length": "99999999999"}, b"x"),
        ({"Transfer-Encoding": "chunked"}, b"b\r\n" + b"x" * 11 + b"\r\n0\r\n\r\n"),
    ],
)
def test_a_long_answer_is_not_taken(server, headers, data):
    server.answers["/"] = (200, headers, data)

    with pytest.raises(FetchTooLarge, match="10 bytes"):
        get(server, most_bytes=10)


def test_an_answer_may_be_as_long_as_it_may(server):
    server.answers["/"] = (200, {}, b"x" * 10)

    assert get(server, most_bytes=10).data == b"x" * 10
    assert get(server, method="HEAD", most_bytes=1).data == b""


def talking(say):
    """Serve one connection by hand."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        with contextlib.suppress(OSError), listener.accept()[0] as peer:
            peer.recv(65536)
            say(peer, stop)

    thread = threading.Thread(target=serve)
    thread.start()

    def end():
        stop.set()
        listener.close()
        thread.join()

    return listener.getsockname()[1], end


def drip(start, more):
    def say(peer, stop):
        peer.sendall(start)

        while not stop.wait(0.02):
            peer.sendall(more)

    return say


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 ", b"1"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b""),
    ],
)
def test_a_server_that_never_ends_holds_nobody(start, more):
    port, end = talking(drip(start, more))
    began = time.monotonic()

    try:
        with pytest.raises(FetchFailed):
            fetch(f"http://127.0.0.1:{port}/", allow=HERE, ports=[port], timeout=0.3)
    finally:
        took = time.monotonic() - began
        end()

    assert took < 2


def test_a_resolver_that_never_ends_holds_nobody():
    stop = threading.Event()

    def resolve(host):
        stop.wait()
        return []

    with pytest.raises(FetchTimeout, match=r"0\.1 seconds"):
        fetch("http://a.example/", resolve=resolve, timeout=0.1)

    stop.set()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_none_is_an_error_of_ours(said):
    port, end = talking(lambda peer, stop: peer.sendall(said))

    try:
        with pytest.raises(FetchFailed):
            fetch(f"http://127.0.0.1:{port}/", allow=HERE, ports=[port], timeout=5)
    finally:
        end()


def test_a_host_that_nobody_knows_is_an_error_of_ours():
    def resolve(host):
        raise socket.gaierror

    for found in (resolve, lambda host: []):
        with pytest.raises(FetchFailed, match="not known"):
            fetch("http://a.example/", resolve=found)


def test_a_host_that_is_not_there_is_an_error_of_ours():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(FetchFailed, match="does not answer"):
        fetch(f"http://127.0.0.1:{port}/", allow=HERE, ports=[port])


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def secure(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.example").configure_cert(context)

    with serving(context=context) as found:
        yield found


@pytest.fixture
def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_certificate_is_asked_for_the_name_and_not_the_address(secure, trusting):
    assert get(secure, scheme="https", tls=trusting).data == b"here"

    with pytest.raises(FetchFailed, match="certificate"):
        get(secure, scheme="https", host="b.example", tls=trusting)

    with pytest.raises(FetchFailed, match="certificate"):
        get(secure, scheme="https")


def test_a_redirect_does_not_step_down_to_http(secure, trusting):
    secure.answers["/"] = (302, {"Location": "http://a.example/"}, b"")

    with pytest.raises(FetchRefused, match="https to http"):
        get(secure, scheme="https", tls=trusting, ports=(80, secure.server_port))


@pytest.mark.parametrize(
    "options",
    [
        {"allow": "127.0.0.1/32"},
        {"allow": ["localhost"]},
        {"tls": ssl._create_unverified_context()},
        {"method": "GET / HTTP/1.1\r\n"},
        {"method": "CONNECT"},
        {"headers": {"Host": "b.example"}},
        {"headers": {"X: y\r\nZ": "a"}},
        {"headers": {"X": "a\r\nZ: b"}},
        {"headers": {"X": "é"}},
        {"headers": {"": "a"}},
    ],
)
def test_an_argument_that_is_none_is_an_error_of_ours(options):
    with pytest.raises(FetchError):
        fetch("http://a.example/", resolve=lambda host: ["127.0.0.1"], **options)


def test_a_refusal_is_an_event_that_names_the_host_and_no_query():
    app = alone(Flask(__name__), "redirects")
    app.config.update(TESTING=True, STOPPER_ORIGIN="https://shop.example")
    Stopper(app)
    events = []

    def listen(sender, event):
        events.append(event)

    event.connect(listen, app)

    with app.test_request_context(), pytest.raises(FetchRefused):
        fetch("http://169.254.169.254/latest?token=secret")

    assert [(e.control, e.name, str(e.action)) for e in events] == [
        ("redirects", "fetch-refused", "refused")
    ]
    assert "169.254.169.254" in events[0].message
    assert "secret" not in str(events[0].as_dict())


def test_the_errors_are_one_tree():
    tree = (FetchRefused, FetchFailed, FetchTimeout, FetchTooLarge)

    assert [e for e in tree if not issubclass(e, stopper.FetchError)] == []
