"""What a request has to bring, so that it may change something."""

from __future__ import annotations

import io
import re

import pytest
from flask import Blueprint
from flask import Flask
from flask import redirect
from flask import session
from flask.views import MethodView

from alone import alone
from guard.csrf.conftest import HOME
from stopper import Stopper
from stopper.catalogue.error import SettingError

EVIL = "https://evil.example"
FORM = '<form method="post"></form>'
FOUND = re.compile(r'name="csrf_token" value="([\w-]{86})"')


def send(app, headers=(), method="POST", client=None, **kwargs):
    headers = dict(headers)
    # The client's own jar would go over a cookie that a test writes itself.
    client = client or app.test_client(use_cookies="Cookie" not in headers)
    return client.open("/save", method=method, headers=headers, base_url=HOME, **kwargs)


def cookied(app):
    client = app.test_client()
    client.set_cookie("any", "thing", domain="shop.example")
    return client


@pytest.fixture
def token(app, folder):
    """A client that has a cookie, and a token for it."""
    (folder / "page.html").write_text(FORM)
    client = app.test_client()
    page = client.get("/page.html", base_url=HOME)
    return client, FOUND.search(page.text)[1]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": HOME}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": EVIL}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://a.shop.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": EVIL}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HOME}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Sec-Fetch-Site": "same-origin,cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": HOME}, 200),
        ({"Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": HOME + ":443"}, 403),
        ({"Origin": HOME + ":8443"}, 403),
        ({"Origin": HOME + "."}, 403),
        ({"Origin": HOME + "/"}, 403),
        ({"Origin": HOME.upper()}, 403),
        ({"Origin": "http://shop.example"}, 403),
        ({"Origin": "https://shop.example.evil.example"}, 403),
        ({"Origin": f"{HOME} {EVIL}"}, 403),
        ({"Origin": f"{HOME}, {HOME}"}, 403),
        ({"Referer": HOME + "/page", "Cookie": "any=thing"}, 403),
        ({"Cookie": "any=thing"}, 403),
        ({"Cookie": ""}, 403),
        ({}, 200),
        ({"Authorization": "Bearer key"}, 200),
    ],
)
def test_who_is_let_in(app, headers, status):
    assert send(app, headers).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "PURGE"])
def test_every_method_that_changes_something_is_asked(app, method):
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert send(app, headers, method).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_a_method_that_changes_nothing_is_not_asked(app, folder, method):
    (folder / "save").write_text("hello")

    assert send(app, {"Sec-Fetch-Site": "cross-site"}, method).status_code != 403


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "GET"},
        {"X-Method-Override": "GET"},
        {"X-Original-Method": "GET"},
        {"X-Forwarded-Host": "evil.example", "Origin": EVIL},
        {"Host": "evil.example", "Origin": EVIL},
    ],
)
def test_no_header_talks_its_way_in(app, headers):
    headers = {"Sec-Fetch-Site": "cross-site", **headers}

    assert send(app, headers).status_code == 403
    headers.pop("Sec-Fetch-Site")
    assert send(app, {"Cookie": "a=b", **headers}).status_code == 403


def test_a_method_that_was_overridden_is_the_one_that_counts(app):
    inner = app.wsgi_app

    def override(environ, start_response):
        environ["REQUEST_METHOD"] = environ.pop(
            "HTTP_X_HTTP_METHOD_OVERRIDE", environ["REQUEST_METHOD"]
        )
        return inner(environ, start_response)

    app.wsgi_app = override
    headers = {"X-HTTP-Method-Override": "DELETE", "Sec-Fetch-Site": "cross-site"}

    assert send(app, headers, "GET").status_code == 403


def test_named_origins_are_let_in(make):
    app = make(STOPPER_CSRF_ORIGINS=["https://admin.shop.example"])
    Stopper(app)
    named = {"Origin": "https://admin.shop.example"}

    assert send(app, named).status_code == 200
    assert send(app, {"Sec-Fetch-Site": "same-site", **named}).status_code == 200
    # From its own server, which handed it on to this one and changed its Host.
    assert send(app, {"Sec-Fetch-Site": "same-origin", **named}).status_code == 200
    other = {"Sec-Fetch-Site": "same-site", "Origin": "https://b.shop.example"}
    assert send(app, other).status_code == 403
    other["Sec-Fetch-Site"] = "same-origin"
    assert send(app, other).status_code == 403


@pytest.mark.parametrize("value", [["null"], "https://a.example", ["*"], ["a.example"]])
def test_what_is_no_origin_cannot_be_named(make, value):
    with pytest.raises(SettingError, match="STOPPER_CSRF_ORIGINS"):
        Stopper(make(STOPPER_CSRF_ORIGINS=value))


def test_a_machine_of_a_developer_is_compared_with_itself(make):
    app = make(STOPPER_ORIGIN="", TESTING=True)
    Stopper(app)
    client = app.test_client()
    local = {"base_url": "http://localhost:5000", "method": "POST"}

    for origin, status in [
        ("http://localhost:5000", 200),
        ("http://localhost:5001", 403),
        ("http://127.0.0.1:5000", 403),
        (EVIL, 403),
    ]:
        headers = {"Origin": origin}
        assert client.open("/save", headers=headers, **local).status_code == status


def test_a_host_that_came_with_the_request_is_no_origin_of_ours(make, happened):
    app = make(STOPPER_ORIGIN="")
    Stopper(app)

    assert send(app, {"Origin": HOME}).status_code == 403
    assert "STOPPER_ORIGIN is not set" in happened[-1].message
    browser = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    assert send(app, browser).status_code == 200


# Tokens


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
@pytest.mark.parametrize("place", ["csrf_token", "X-CSRFToken", "X-CSRF-Token"])
def test_a_token_opens_what_a_browser_leaves_open(app, token, headers, place):
    client, text = token
    form = {"csrf_token": text} if place == "csrf_token" else {}
    given = {} if form else {place: text}

    assert send(app, headers, client=client).status_code == 403
    answer = send(app, {**headers, **given}, client=client, data=form)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": EVIL}]
)
def test_no_token_opens_the_door_to_another_site(app, token, headers):
    client, text = token
    headers = {**headers, "X-CSRFToken": text}

    assert send(app, headers, client=client).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: t[:-2],
        lambda t: t + "A",
        lambda t: t * 100_000,
        lambda t: "\0" + t[1:],
        lambda t: "é" + t[1:],
        lambda t: "\N{GRINNING FACE}" * 43,
        lambda t: t[43:] + t[:43],
    ],
)
def test_a_token_that_was_changed_is_refused(app, token, change):
    client, text = token
    form = {"csrf_token": change(text)}

    assert send(app, client=client, data=form).status_code == 403


def test_the_token_of_another_visitor_is_refused(app, token, happened):
    _, text = token
    other = app.test_client()
    other.get("/page.html", base_url=HOME)

    answer = send(app, client=other, data={"csrf_token": text})
    assert answer.status_code == 403
    assert [e.name for e in happened] == ["bad-token"]


def test_a_cookie_that_a_neighbour_put_in_does_not_count(app, token):
    client, text = token
    secret = client.get_cookie("__Host-csrf", domain="shop.example").value

    # What another host of the domain can set: every name without the prefix.
    names = ("csrf", "__host-csrf", "__Host-csrf ", "\xa0__Host-csrf", "x__Host-csrf")

    for name in names:
        headers = {"Cookie": f"{name}={secret}", "X-CSRFToken": text}
        assert send(app, headers).status_code == 403


def test_of_two_cookies_of_one_name_none_counts(app, token):
    client, text = token
    secret = client.get_cookie("__Host-csrf", domain="shop.example").value
    one, other = f"__Host-csrf={secret}", f"__Host-csrf={'x' * 43}"

    for cookies in (f"{one}; {other}", f"{other}; {one}", f"{one}; {one}"):
        headers = {"Cookie": cookies, "X-CSRFToken": text}
        assert send(app, headers).status_code == 403

    headers = {"Cookie": f"a=b; {one};c=d", "X-CSRFToken": text}
    assert send(app, headers).status_code == 200


@pytest.mark.parametrize("value", ["", "x", "x" * 42, "x" * 44, "é" * 43, "x" * 9999])
def test_a_cookie_that_is_none_of_ours_is_replaced(app, folder, value):
    (folder / "page.html").write_text(FORM)
    headers = {"Cookie": f"__Host-csrf={value}"}
    client = app.test_client(use_cookies=False)
    page = client.get("/page.html", base_url=HOME, headers=headers)

    assert page.headers["Set-Cookie"].startswith("__Host-csrf=")


def test_a_token_does_not_survive_a_login(make, folder):
    (folder / "page.html").write_text(FORM)
    app = make()
    stopper = Stopper(app)
    stopper.identity(lambda: session.get("user"))

    @app.post("/login")
    def login():
        session["user"] = "ann"
        return "hello"

    client = app.test_client()
    page = client.get("/page.html", base_url=HOME)
    form = {"csrf_token": FOUND.search(page.text)[1]}
    assert client.post("/login", data=form, base_url=HOME).text == "hello"

    assert send(app, client=client, data=form).status_code == 403
    # Its browser says where it comes from, so the page of the older tab still works.
    browser = {"Sec-Fetch-Site": "same-origin", "Origin": HOME}
    assert send(app, browser, client=client, data=form).status_code == 200


def test_a_rotation_of_the_key_keeps_tokens_valid(make, folder, token):
    client, text = token
    app = make(
        SECRET_KEY="the new key of this test",
        SECRET_KEY_FALLBACKS=["of this test alone"],
    )
    Stopper(app)
    kept = client.get_cookie("__Host-csrf", domain="shop.example").value
    headers = {"Cookie": f"__Host-csrf={kept}", "X-CSRFToken": text}

    assert send(app, headers).status_code == 200
    app = make(SECRET_KEY="the new key of this test")
    Stopper(app)
    assert send(app, headers).status_code == 403


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "text/plain; application/x-www-form-urlencoded",
        "application/x-www-form-urlencodedx",
        "",
    ],
)
def test_a_body_that_is_no_form_is_not_searched(app, token, content_type):
    client, text = token
    body = f"csrf_token={text}"

    answer = send(app, client=client, data=body, content_type=content_type)
    assert answer.status_code == 403


def test_a_token_in_the_address_is_not_taken(app, token):
    client, text = token

    answer = client.post(f"/save?csrf_token={text}", base_url=HOME)
    assert answer.status_code == 403


def test_a_token_comes_with_an_upload(app, token):
    client, text = token
    form = {"csrf_token": text, "file": (io.BytesIO(b"x" * 100), "a.txt")}

    assert send(app, client=client, data=form).status_code == 200


def test_a_body_that_no_token_is_looked_for_in_stays_the_view_s(app, token):
    client, text = token
    kind = "application/x-www-form-urlencoded"

    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"X-CSRFToken": text}):
        answer = client.post(
            "/raw", data="a=1", content_type=kind, headers=headers, base_url=HOME
        )
        assert answer.text == "a=1"


def test_a_view_reads_the_body_after_the_token_was_looked_for(app, token):
    client, text = token
    body = f"csrf_token={text}&a=1"
    kind = "application/x-www-form-urlencoded"

    answer = client.post("/data", data=body, content_type=kind, base_url=HOME)
    assert answer.text == body


def test_a_form_that_is_too_large_is_refused_by_its_size(make):
    app = make(MAX_CONTENT_LENGTH=100)
    Stopper(app)

    answer = send(app, client=cookied(app), data={"a": "x" * 1000})
    assert answer.status_code == 413


# Refusals


def test_a_refusal_says_what_to_do_and_nothing_of_what_was_sent(app, happened):
    headers = {"Sec-Fetch-Site": "none", "X-CSRFToken": "a token", "Cookie": "a=b"}
    answer = send(app, headers)

    assert "Load the page again" in answer.text
    assert "a token" not in answer.text + str(happened[0].as_dict())


@pytest.mark.parametrize(
    ("headers", "name", "details"),
    [
        (
            {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
            "cross-site",
            {"site": "cross-site", "origin": "evil.example"},
        ),
        ({"Origin": EVIL}, "bad-origin", {"site": None, "origin": "evil.example"}),
        (
            {"Sec-Fetch-Site": "same-origin", "Origin": EVIL},
            "bad-origin",
            {"site": "same-origin", "origin": "evil.example"},
        ),
        ({"Cookie": "a=b"}, "missing-token", {"site": None, "origin": None}),
        (
            {"Origin": "null", "X-CSRFToken": "x"},
            "bad-token",
            {"site": None, "origin": ""},
        ),
    ],
)
def test_every_refusal_is_an_event(app, happened, headers, name, details):
    send(app, headers)

    assert [(e.control, e.name, e.action) for e in happened] == [
        ("csrf", name, "refused")
    ]
    assert dict(happened[0].details) == details


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("https://b.shop.example:8443", True),
        ("http://[2001:db8::1]", True),
        ("https://b.example/\x1b[2J", False),
        ("https://b.example/?token=1", False),
        ("https://" + "y" * 5000, False),
    ],
)
def test_the_origin_of_a_stranger_is_named(app, happened, origin, shown):
    send(app, {"Sec-Fetch-Site": "same-site", "Origin": origin})

    assert (f"(Origin: {origin})" in happened[0].message) is shown
    assert len(happened[0].message) < 400


def test_what_was_sent_is_cut_in_an_event(app, happened):
    send(app, {"Sec-Fetch-Site": "x" * 5000, "Origin": "https://" + "y" * 5000})

    assert len(str(happened[0].details)) < 400


def test_report_mode_lets_in_and_says_so(make, folder, happened):
    (folder / "page.html").write_text(FORM)
    app = make(STOPPER_CSRF_MODE="report", STOPPER_REPORT_UNTIL="2999-01-01")
    Stopper(app)
    client = cookied(app)

    assert send(app, {"Sec-Fetch-Site": "cross-site"}).text == "done"
    assert send(app, client=client).text == "done"
    assert [(e.name, e.action) for e in happened] == [
        ("cross-site", "reported"),
        ("missing-token", "reported"),
    ]


def test_report_mode_puts_nothing_into_a_browser_and_knows_its_tokens(
    make, folder, happened
):
    (folder / "page.html").write_text(FORM)
    app = make(STOPPER_CSRF_MODE="report", STOPPER_REPORT_UNTIL="2999-01-01")
    Stopper(app)
    client = cookied(app)
    page = client.get("/page.html", base_url=HOME)
    form = {"csrf_token": FOUND.search(page.text)[1]}

    assert "Set-Cookie" not in page.headers
    assert send(app, client=client, data=form).text == "done"
    assert happened == []


def test_report_mode_leaves_an_upload_to_the_view(make, happened):
    app = make(STOPPER_CSRF_MODE="report", STOPPER_REPORT_UNTIL="2999-01-01")
    Stopper(app)
    form = {"file": (io.BytesIO(b"x" * 100), "a.txt")}

    answer = cookied(app).post("/raw", data=form, base_url=HOME)
    assert len(answer.text) > 100
    assert happened == []


# Exemptions


def exempted(make, mark):
    app = make()
    stopper = Stopper(app)
    mark(app, stopper)
    return app.test_client()


STRANGER = {"headers": {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}}


def test_an_exempt_view_takes_what_other_sites_send(make):
    def mark(app, stopper):
        @app.post("/hook")
        @stopper.csrf.exempt
        def hook():
            return "hook"

        @stopper.csrf.exempt
        @app.post("/other")
        def other():
            return "other"

    client = exempted(make, mark)

    assert client.post("/hook", base_url=HOME, **STRANGER).text == "hook"
    assert client.post("/other", base_url=HOME, **STRANGER).text == "other"
    assert client.post("/save", base_url=HOME, **STRANGER).status_code == 403


def test_an_exemption_does_not_go_by_the_name(make):
    def mark(app, stopper):
        def named():
            def save():
                return "saved"

            return save

        app.add_url_rule("/a", "a", stopper.csrf.exempt(named()), methods=["POST"])
        app.add_url_rule("/b", "b", named(), methods=["POST"])

    client = exempted(make, mark)

    assert client.post("/a", base_url=HOME, **STRANGER).text == "saved"
    assert client.post("/b", base_url=HOME, **STRANGER).status_code == 403


def test_a_method_and_a_class_of_views_can_be_exempt(make):
    def mark(app, stopper):
        class One(MethodView):
            @stopper.csrf.exempt
            def post(self):
                return "post"

            def put(self):
                return "put"

        @stopper.csrf.exempt
        class Whole(One):
            pass

        class Heir(Whole):
            pass

        for name, view in (("one", One), ("whole", Whole), ("heir", Heir)):
            app.add_url_rule(f"/{name}", view_func=view.as_view(name))

    client = exempted(make, mark)
    found = {
        (name, method): client.open(
            f"/{name}", method=method, base_url=HOME, **STRANGER
        ).status_code
        for name in ("one", "whole", "heir")
        for method in ("POST", "PUT")
    }

    assert found == {
        ("one", "POST"): 200,
        ("one", "PUT"): 403,
        ("whole", "POST"): 200,
        ("whole", "PUT"): 200,
        ("heir", "POST"): 200,
        ("heir", "PUT"): 403,
    }


def test_a_blueprint_is_exempt_with_those_inside_of_it(make):
    def mark(app, stopper):
        outer = stopper.csrf.exempt(Blueprint("outer", __name__))
        inner = Blueprint("inner", __name__)
        beside = Blueprint("beside", __name__)
        outer.register_blueprint(inner)

        for blueprint in (outer, inner, beside):
            blueprint.add_url_rule(
                f"/{blueprint.name}", "hook", lambda: "hook", methods=["POST"]
            )

        app.register_blueprint(outer)
        app.register_blueprint(beside)

    client = exempted(make, mark)
    found = [
        client.post(f"/{name}", base_url=HOME, **STRANGER).status_code
        for name in ("outer", "inner", "beside")
    ]

    assert found == [200, 200, 403]


def test_cors_with_cookies_names_an_origin_for_its_route_alone(make):
    app = make("cors")
    stopper = Stopper(app)
    app_origin = "https://app.example"

    @app.post("/api")
    @stopper.cors(app_origin, credentials=True)
    def api():
        return "api"

    @app.post("/public")
    @stopper.cors("*")
    def public():
        return "public"

    def status(address, origin, **headers):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": origin, **headers}
        client = app.test_client(use_cookies=False)
        return client.post(address, headers=headers, base_url=HOME).status_code

    assert status("/api", app_origin, Cookie="a=b") == 200
    assert status("/api", EVIL) == 403
    assert status("/save", app_origin) == 403
    assert status("/public", EVIL) == 200
    assert status("/public", EVIL, Cookie="a=b") == 403
    assert status("/public", EVIL, Authorization="Basic YTpi") == 403
    assert status("/public", EVIL, Authorization="negotiate YTpi") == 403
    assert status("/public", EVIL, Authorization="Bearer YTpi") == 200
    assert status("/api", app_origin, Authorization="Basic YTpi") == 200


@pytest.mark.parametrize("mode", ["report", "enforce"])
def test_a_test_client_that_is_redirected_sends_the_form_again(make, folder, mode):
    (folder / "page.html").write_text(FORM)
    app = make(STOPPER_CSRF_MODE=mode, STOPPER_REPORT_UNTIL="9999-12-31")
    Stopper(app)
    app.add_url_rule("/old", "old", lambda: redirect("/data", 308), methods=["POST"])
    client = cookied(app)
    page = client.get("/page.html", base_url=HOME).text
    form = {"name": "ada", "csrf_token": FOUND.search(page)[1]}
    answer = client.post("/old", data=form, base_url=HOME, follow_redirects=True)

    assert answer.text.startswith("name=ada&")


# Keys


def test_an_app_without_a_key_does_not_start(make):
    app = make(SECRET_KEY=None)
    Stopper(app)
    app.config["PROPAGATE_EXCEPTIONS"] = True

    with pytest.raises(SettingError, match="SECRET_KEY"):
        app.test_client().get("/")


def test_under_tests_a_key_is_made_up(make, folder):
    (folder / "page.html").write_text(FORM)
    app = make(SECRET_KEY=None, TESTING=True)
    Stopper(app)
    client = app.test_client()
    form = {"csrf_token": FOUND.search(client.get("/page.html", base_url=HOME).text)[1]}

    assert send(app, client=client, data=form).status_code == 200


def test_off_is_off(make, folder):
    (folder / "page.html").write_text(FORM + "{{ csrf_token() }}")
    app = make(STOPPER_CSRF_MODE="off")
    Stopper(app)

    assert send(app, {"Sec-Fetch-Site": "cross-site"}).text == "done"
    assert app.test_client().get("/page.html", base_url=HOME).text == FORM


def test_all_controls_together_refuse_another_site(tmp_path):
    app = Flask("all", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="a key " * 8, TESTING=True)
    save = Stopper(app).public(lambda: "done")
    app.add_url_rule("/save", "save", save, methods=["POST"])
    client = app.test_client()

    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/save", headers=headers).status_code == 403
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/save", headers=headers).status_code == 200
    assert alone(app, "csrf") is app


def test_an_exemption_by_name_is_told_what_to_mark():
    with pytest.raises(
        SettingError, match=r"marks the view itself.*'shop\.views\.hook'"
    ):
        Stopper().csrf.exempt("shop.views.hook")


@pytest.mark.parametrize(
    ("testing", "way"), [(True, "stopper.testing.Client"), (False, "X-CSRFToken")]
)
def test_a_missing_token_is_told_the_way(make, happened, testing, way):
    app = make(TESTING=testing)
    Stopper(app)
    send(app, {"Cookie": "a=b"})

    assert way in happened[0].message
