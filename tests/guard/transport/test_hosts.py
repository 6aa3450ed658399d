"""Only the hosts of the origins are answered, however a host is written."""

from __future__ import annotations

import pytest

OURS = [
    "shop.example",
    "SHOP.example",
    "shop.example:443",
    "shop.example:8443",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    "192.0.2.5:444",
]

ORIGINS = [
    "https://shop.example",
    "https://shop.example:8443",
    "https://[2001:db8::1]",
    "https://192.0.2.5:444",
]

FOREIGN = [
    "evil.example",
    "shop.example.",
    "shop.example:",
    "shop.example:80",
    "shop.example:0443",
    "shop.example:443:443",
    "shop.example,evil.example",
    "shop.example, shop.example",
    "shop.example shop.example",
    " shop.example",
    "shop.example\n",
    "shop.example\t",
    "evil@shop.example",
    "shop.example@evil.example",
    "shop.example#.evil.example",
    "shop.example/evil",
    "shop.example\\.evil.example",
    "shop.example%00",
    "shop.example\x00",
    "a.shop.example",
    "xshop.example",
    "ſhop.example",
    "[2001:db8::1",
    "[2001:db8:0::1]",
    "2001:db8::1",
    "[::ffff:192.0.2.5]:444",
    "192.0.2.5",
    "localhost",
    "",
]


@pytest.mark.parametrize("host", OURS)
def test_a_host_of_ours_is_answered(make, ask, host):
    app = make(STOPPER_ORIGIN=ORIGINS)

    for _ in range(2):
        assert ask(app, environ={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_is_refused_and_never_led(make, ask, happened, host, scheme):
    app = make(STOPPER_ORIGIN=ORIGINS)
    environ = {"HTTP_HOST": host, "wsgi.url_scheme": scheme}
    answer = ask(app, environ=environ)

    if scheme == "http" and host in ("shop.example:80", "192.0.2.5"):
        # From plain HTTP the port does not count: the way leads to the origin.
        assert answer.headers["Location"] in {f"{o}/" for o in ORIGINS}
        return

    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert "Strict-Transport-Security" not in answer.headers
    assert [(e.name, e.details["host"]) for e in happened] == [("foreign-host", host)]


@pytest.mark.parametrize(
    "host",
    [
        "evil@localhost",
        "evil.example#.localhost",
        "evil.example/.localhost",
        "evil.example,a.localhost",
        "localhost.evil.example",
        "localhost:x",
    ],
)
def test_no_odd_host_is_a_developer_s_machine(make, ask, host):
    app = make(STOPPER_ORIGIN="", DEBUG=True)

    assert ask(app, environ={"HTTP_HOST": host}).status_code == 400


def test_no_host_is_refused(make, happened):
    app = make()
    started = []
    environ = app.test_request_context("/", base_url="https://shop.example")
    environ = environ.request.environ
    del environ["HTTP_HOST"]
    list(app.wsgi_app(environ, lambda status, headers: started.append(status)))

    assert started[0].startswith("400")
    assert happened[0].details["host"] is None


def test_the_answer_tells_a_visitor_nothing(make, ask):
    text = ask(make(), url="https://evil.example").text

    assert not any(word in text for word in ("evil", "STOPPER", "shop.example"))


def test_the_answer_tells_a_developer_the_setting(make, ask):
    assert "STOPPER_ORIGIN" in ask(make(DEBUG=True), url="https://evil.example").text


def test_spellings_that_a_visitor_makes_up_crowd_nothing_out(make, ask):
    app = make(STOPPER_ORIGIN="https://averylongname.example")
    name = "averylongname"

    for n in range(300):
        odd = "".join(c.upper() if n >> i & 1 else c for i, c in enumerate(name))
        ask(app, environ={"HTTP_HOST": f"{odd}.example"})

    guard = app.extensions["stopper"].settle().guards[0]
    answer = ask(app, url="https://averylongname.example")

    assert 50 < len(guard._ours) <= 101
    assert answer.headers["Strict-Transport-Security"]


def test_flask_holds_to_the_same_hosts(make, ask):
    app = make()
    ask(app)

    assert app.config["TRUSTED_HOSTS"] == ["shop.example"]


def test_the_app_s_own_trusted_hosts_stay(make, ask):
    app = make(TRUSTED_HOSTS=[".shop.example", "shop.example"])
    ask(app)

    assert app.config["TRUSTED_HOSTS"] == [".shop.example", "shop.example"]


def test_an_ipv6_origin_is_left_to_us(make, ask):
    app = make(STOPPER_ORIGIN=ORIGINS)
    ask(app)

    assert app.config["TRUSTED_HOSTS"] is None


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        ("localhost:5000", "flask run --debug"),
        ("127.0.0.1:8000", "flask run --debug"),
        ("127.0.0.1:8000", "STOPPER_HEALTH_PATHS"),
        ("10.0.3.7:8000", "STOPPER_HEALTH_PATHS"),
        ("[2001:db8::2]:8000", "STOPPER_HEALTH_PATHS"),
        ("10.0.3.7", "proxy_set_header Host"),
        ("app", "proxy_set_header Host"),
    ],
)
def test_the_event_says_what_to_do_about_such_a_host(make, ask, happened, host, advice):
    ask(make(), Host=host)

    assert advice in happened[0].message
