"""Who is counted for what, and what is said about it."""

from __future__ import annotations

import pytest
from flask import Blueprint
from flask import Flask
from flask import request
from flask import session
from flask.views import MethodView
from flask.views import View

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.guard.events import event


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path, clock):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("p {}")
    app = Flask(
        "limits", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    app.testing = True
    app.secret_key = "for this test alone"
    alone(app, "ratelimits")
    app.stopper = Stopper(app, clock=clock)
    return app


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def answers(app, path, times, method="POST", address="203.0.113.7", **more):
    client = app.test_client()
    statuses = []

    for _ in range(times):
        where = {"REMOTE_ADDR": address}

        with client.open(path, method=method, environ_overrides=where, **more) as found:
            statuses.append(found.status_code)

    return statuses


def view_of(text):
    """Return a view of its own: marks stand on the function."""

    def one(**variables):
        return text

    return one


def test_a_login_is_tried_ten_times_a_minute(app, clock):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["GET", "POST"])

    assert answers(app, "/login", 12) == [200] * 10 + [429] * 2
    assert answers(app, "/login", 12, "GET") == [200] * 12

    clock.now += 6
    assert answers(app, "/login", 2) == [200, 429]


def test_another_client_is_not_kept_out(app):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    answers(app, "/login", 12)

    assert answers(app, "/login", 1, address="203.0.113.8") == [200]


def test_an_hour_has_its_own_limit_beside_that_of_a_minute(app, clock):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    passed = 0

    for _ in range(20):
        passed += answers(app, "/login", 12).count(200)
        clock.now += 60

    # The allowance of an hour, and what came back in the meantime.
    assert 100 < passed < 200


def test_the_addresses_of_one_ipv6_network_are_one_client(app):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    same = [
        answers(app, "/login", 1, address=f"2001:db8:1:2::{n:x}") for n in range(12)
    ]

    assert [s for (s,) in same] == [200] * 10 + [429] * 2
    assert answers(app, "/login", 1, address="2001:db8:1:3::1") == [200]


def test_a_mapped_address_is_the_ipv4_client(app):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    answers(app, "/login", 10)

    assert answers(app, "/login", 1, address="::ffff:203.0.113.7") == [429]


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Client-IP",
    ],
)
def test_a_header_does_not_change_who_is_counted(app, header):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    statuses = [
        answers(app, "/login", 1, headers={header: f"198.51.100.{n}"})[0]
        for n in range(12)
    ]

    assert statuses == [200] * 10 + [429] * 2


def test_every_variant_of_a_login_s_url_counts_as_one(app):
    view = view_of("seen")
    app.add_url_rule("/login/<provider>", "login", view, methods=["POST", "PUT"])
    app.add_url_rule("/signin", "login", view, methods=["POST"])
    paths = [f"/login/p{n}?x={n}" for n in range(6)] + ["/signin"] * 6
    statuses = [answers(app, path, 1)[0] for path in paths]

    assert statuses == [200] * 10 + [429] * 2
    assert answers(app, "/login/x", 1, "PUT") == [429]


def test_a_refusal_says_when_to_come_back(app):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    answers(app, "/login", 10)
    response = app.test_client().post(
        "/login", environ_overrides={"REMOTE_ADDR": "203.0.113.7"}
    )

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "6"
    assert response.headers["RateLimit-Policy"] == '"login-minute";q=10;w=60'
    assert response.headers["RateLimit"] == '"login-minute";r=0;t=60'
    assert "Try again in 6 seconds." in response.text


def test_a_refusal_is_an_event_without_who_it_was(app, happened):
    app.stopper.identity(lambda: "ann@example.org")
    app.add_url_rule(
        "/x",
        "x",
        app.stopper.limit("1/minute", per="user")(view_of("seen")),
        methods=["POST"],
    )
    answers(app, "/x", 2)
    (refusal,) = [e for e in happened if e.name == "too-many-tries"]

    assert str(refusal.action) == "refused"
    assert refusal.route == "/x"
    assert dict(refusal.details) == {
        "policy": "user",
        "limit": "1 per minute",
        "per": "user",
        "wait": 60,
    }
    assert "ann" not in refusal.message


def test_the_limit_of_everything_is_named_by_its_setting(app, happened):
    app.config["STOPPER_LIMIT_ALL"] = "1/hour"
    app.add_url_rule("/", "index", view_of("seen"))
    answers(app, "/", 2, "GET")

    assert [e.message for e in happened] == [
        "More than 1 per hour by one client (all, of STOPPER_LIMIT_ALL)."
    ]


def test_the_limit_of_logins_is_named_by_its_setting(app, happened):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    answers(app, "/login", 11)

    assert [e.message for e in happened] == [
        "More than 10 per minute by one client (login-minute, of STOPPER_LIMIT_LOGIN)."
    ]


def test_a_limit_of_the_view_itself_is_named_by_no_setting(app, happened):
    view = app.stopper.limit("1/minute")(view_of("seen"))
    app.add_url_rule("/x", "x", view, methods=["POST"])
    answers(app, "/x", 2)

    assert [e.message for e in happened] == [
        "More than 1 per minute by one client (client)."
    ]


def test_what_is_left_stands_on_the_answer(app):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    response = app.test_client().post("/login")

    assert response.headers["RateLimit-Policy"] == (
        '"login-minute";q=10;w=60, "login-hour";q=100;w=3600'
    )
    assert response.headers["RateLimit"] == (
        '"login-minute";r=9;t=6, "login-hour";r=99;t=36'
    )


def test_where_nothing_is_counted_nothing_is_said(app):
    app.add_url_rule("/", "index", view_of("seen"))
    response = app.test_client().get("/")

    assert "RateLimit" not in response.headers
    assert "RateLimit-Policy" not in response.headers


def test_in_report_mode_the_try_is_let_through_and_told(app, happened):
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2030-01-01")
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])

    assert answers(app, "/login", 12) == [200] * 12
    told = [e for e in happened if e.name == "too-many-tries"]
    assert [str(e.action) for e in told] == ["reported"] * 2
    assert "RateLimit" not in app.test_client().post("/login").headers


# Marks


def test_a_mark_limits_a_view(app):
    app.add_url_rule("/x", "x", app.stopper.limit("2 per hour")(view_of("seen")))

    assert answers(app, "/x", 3, "GET") == [200, 200, 429]


def test_all_marks_hold(app):
    marked = app.stopper.limit("2/minute")(app.stopper.limit("3/hour")(view_of("a")))
    app.add_url_rule("/x", "x", marked)

    assert answers(app, "/x", 3, "GET") == [200, 200, 429]
    policy = app.test_client().get("/x").headers["RateLimit-Policy"]
    assert policy == '"client";q=2;w=60, "client-2";q=3;w=3600'


def test_a_mark_above_the_route_holds_too(app):
    @app.stopper.limit("1/minute")
    @app.get("/x")
    def x():
        return "x"

    assert answers(app, "/x", 2, "GET") == [200, 429]


def test_each_view_has_its_own_allowance_and_a_name_is_shared(app):
    for path in ("a", "b"):
        app.add_url_rule(f"/{path}", path, app.stopper.limit("1/minute")(view_of(path)))

    for path in ("c", "d"):
        limit = app.stopper.limit("1/minute", name="both")
        app.add_url_rule(f"/{path}", path, limit(view_of(path)))

    statuses = [answers(app, f"/{p}", 1, "GET")[0] for p in "abcd"]
    assert statuses == [200, 200, 200, 429]


def test_a_class_of_views_and_its_methods_are_marked(app):
    @app.stopper.limit("3/minute")
    class Notes(MethodView):
        def get(self):
            return "read"

        @app.stopper.limit("1/minute")
        def post(self):
            return "written"

    app.add_url_rule("/notes", view_func=Notes.as_view("notes"))

    assert answers(app, "/notes", 2) == [200, 429]
    assert answers(app, "/notes", 2, "GET") == [200, 429]


def test_a_view_of_one_method_is_marked_there(app):
    class Only(View):
        @app.stopper.limit("1/minute")
        def dispatch_request(self):
            return ""

    app.add_url_rule("/only", view_func=Only.as_view("only"), methods=["POST"])

    assert answers(app, "/only", 2) == [200, 429]


def test_a_blueprint_is_marked_with_those_inside(app):
    outer, inner = Blueprint("outer", "x"), Blueprint("inner", "x")
    inner.add_url_rule("/in", "view", view_of("seen"))
    outer.add_url_rule("/out", "view", view_of("seen"))
    outer.register_blueprint(inner)
    app.stopper.limit("1/minute")(outer)
    app.register_blueprint(outer)
    app.add_url_rule("/", "index", view_of("seen"))

    assert answers(app, "/out", 2, "GET") == [200, 429]
    assert answers(app, "/in", 2, "GET") == [200, 429]
    assert answers(app, "/", 2, "GET") == [200, 200]


def test_only_the_methods_that_were_named_count(app):
    marked = app.stopper.limit("1/minute", methods=["post"])(view_of("x"))
    app.add_url_rule("/x", "x", marked, methods=["GET", "POST"])

    assert answers(app, "/x", 3, "GET") == [200] * 3
    assert answers(app, "/x", 2) == [200, 429]


def test_a_request_may_cost_more(app):
    app.add_url_rule("/x", "x", app.stopper.limit("10/hour", cost=4)(view_of("x")))

    assert answers(app, "/x", 3, "GET") == [200, 200, 429]


def test_a_function_may_say_what_a_request_costs(app):
    limit = app.stopper.limit("10/hour", cost=lambda: int(request.args["n"]))
    app.add_url_rule("/x", "x", limit(view_of("x")))

    assert answers(app, "/x?n=9", 1, "GET") == [200]
    assert answers(app, "/x?n=2", 1, "GET") == [429]
    assert answers(app, "/x?n=1", 1, "GET") == [200]
    assert answers(app, "/x?n=0", 1, "GET") == [200]
    assert answers(app, "/x?n=-5", 1, "GET") == [200]
    assert answers(app, "/x?n=1", 1, "GET") == [429]


def test_a_user_is_counted_wherever_they_come_from(app):
    app.stopper.identity(lambda: session.get("user"))
    app.add_url_rule("/as/<user>", "as", lambda user: session.update(user=user) or user)
    app.add_url_rule("/x", "x", app.stopper.limit("2/hour", per="user")(view_of("x")))

    def ask(user, address):
        client = app.test_client()
        where = {"REMOTE_ADDR": address}

        if user:
            client.get(f"/as/{user}", environ_overrides=where)

        return client.get("/x", environ_overrides=where).status_code

    assert [ask("ann", f"203.0.113.{n}") for n in (1, 2, 3)] == [200, 200, 429]
    assert ask("ben", "203.0.113.1") == 200
    assert [ask(None, "203.0.113.9") for _ in range(3)] == [200, 200, 429]
    assert ask(None, "203.0.113.10") == 200


def test_users_without_a_name_are_not_one_user(app):
    alone(app, "ratelimits", "sessions")
    app.config.update(STOPPER_STORE="memory:", STOPPER_RATELIMITS_MODE="enforce")
    app.config["STOPPER_SESSIONS_MODE"] = "enforce"
    app.add_url_rule("/x", "x", app.stopper.limit("1/hour", per="user")(view_of("x")))

    @app.get("/as/<user>")
    def come(user):
        session["user"] = {"sub": user}
        return user

    def ask(user, address):
        client = app.test_client()
        more = {
            "environ_overrides": {"REMOTE_ADDR": address},
            "base_url": "https://localhost",
        }
        client.get(f"/as/{user}", **more)
        return client.get("/x", **more).status_code

    assert ask("ann", "203.0.113.1") == 200
    assert ask("ben", "203.0.113.2") == 200
    assert ask("ben", "203.0.113.2") == 429


def test_a_user_called_like_an_address_is_no_client(app):
    who = {"id": None}
    app.stopper.identity(lambda: who["id"])
    app.add_url_rule("/x", "x", app.stopper.limit("1/hour", per="user")(view_of("x")))
    answers(app, "/x", 1, "GET")
    who["id"] = "203.0.113.7"

    assert answers(app, "/x", 1, "GET") == [200]


def test_a_limit_of_get_counts_head_with_it(app):
    marked = app.stopper.limit("2/hour", methods=["GET"])(view_of("x"))
    app.add_url_rule("/x", "x", marked, methods=["GET", "POST"])

    assert answers(app, "/x", 1, "GET") == [200]
    assert answers(app, "/x", 2, "HEAD") == [200, 429]
    assert answers(app, "/x", 3, "POST") == [200] * 3


def test_a_route_counts_everybody(app):
    app.add_url_rule("/x", "x", app.stopper.limit("2/hour", per="route")(view_of("x")))
    statuses = [
        answers(app, "/x", 1, "GET", address=f"203.0.113.{n}")[0] for n in range(3)
    ]

    assert statuses == [200, 200, 429]


def test_who_is_refused_uses_up_nothing_that_belongs_to_all(app):
    marked = app.stopper.limit("1/hour")(view_of("x"))
    app.add_url_rule("/x", "x", app.stopper.limit("3/hour", per="route")(marked))
    answers(app, "/x", 50, "GET")

    assert answers(app, "/x", 1, "GET", address="203.0.113.8") == [200]


def test_a_view_s_own_limit_of_clients_stands_in_for_that_of_logins(app):
    app.add_url_rule(
        "/login",
        "login",
        app.stopper.limit("30/minute")(view_of("x")),
        methods=["POST"],
    )
    app.add_url_rule(
        "/signin",
        "signin",
        app.stopper.limit("30/minute", per="route")(view_of("x")),
        methods=["POST"],
    )

    assert answers(app, "/login", 12) == [200] * 12
    assert answers(app, "/signin", 12) == [200] * 10 + [429] * 2


def test_an_exempt_view_has_no_limit_of_the_settings(app):
    app.config["STOPPER_LIMIT_ALL"] = "1/minute"
    app.add_url_rule(
        "/login", "login", app.stopper.limit.exempt(view_of("x")), methods=["POST"]
    )
    app.add_url_rule(
        "/x", "x", app.stopper.limit("2/minute")(app.stopper.limit.exempt(view_of("x")))
    )

    assert answers(app, "/login", 20) == [200] * 20
    assert answers(app, "/x", 3, "GET") == [200, 200, 429]


def test_a_named_policy_is_shared_by_its_views(app):
    app.config["STOPPER_LIMITS"] = {"api": "2/minute"}
    app.add_url_rule("/a", "a", app.stopper.limit("api")(view_of("a")))
    app.add_url_rule("/b", "b", app.stopper.limit("api")(view_of("b")))

    assert answers(app, "/a", 1, "GET") + answers(app, "/b", 2, "GET") == [
        200,
        200,
        429,
    ]


def test_a_policy_that_there_is_none_of_refuses_to_start(app):
    class Notes(MethodView):
        @app.stopper.limit("apii")
        def get(self):
            return ""

    app.add_url_rule("/a", view_func=Notes.as_view("a"))

    with pytest.raises(SettingError, match="'apii', and STOPPER_LIMITS has no such"):
        app.test_client().get("/")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rate": "5/fortnight"}, "'5/fortnight'"),
        ({"rate": "5 often"}, "'5 often'"),
        ({"rate": ""}, "''"),
        ({"rate": lambda: "a view"}, "and not function"),
        ({"rate": "5/hour", "per": "planet"}, "'planet'"),
        ({"rate": "5/hour", "cost": 0}, "not 0"),
        ({"rate": "5/hour", "cost": 6}, "from 1 to 5"),
        ({"rate": "5/hour", "methods": ["SEND"]}, "SEND"),
        ({"rate": "5/hour", "methods": []}, "none"),
        ({"rate": "5/hour", "name": 'a"b'}, "'a\"b'"),
    ],
)
def test_a_wrong_mark_is_refused_where_it_stands(wrong, says):
    with pytest.raises(SettingError, match=says):
        Stopper().limit(wrong.pop("rate"), **wrong)


# Every request


def test_every_request_of_a_client_can_be_limited(app):
    app.config["STOPPER_LIMIT_ALL"] = "3/minute"
    app.add_url_rule("/", "index", view_of("seen"))

    assert answers(app, "/", 2, "GET") == [200, 200]
    assert answers(app, "/nothing", 2, "GET") == [404, 429]
    assert answers(app, "/", 1, "GET") == [429]
    assert answers(app, "/", 1, "GET", address="203.0.113.9") == [200]


def test_static_files_are_not_counted(app):
    app.config["STOPPER_LIMIT_ALL"] = "1/minute"

    assert answers(app, "/static/a.css", 3, "GET") == [200] * 3


def test_a_made_up_method_is_counted_with_the_rest(app):
    app.config["STOPPER_LIMIT_ALL"] = "2/minute"
    app.add_url_rule("/", "index", view_of("seen"))
    statuses = [answers(app, "/", 1, f"MADE{n}")[0] for n in range(3)]

    assert statuses == [405, 405, 429]


def test_a_proxy_that_is_counted_as_one_client_is_told(app, happened):
    app.add_url_rule("/login", "login", view_of("seen"), methods=["POST"])
    answers(
        app,
        "/login",
        13,
        address="127.0.0.1",
        headers={"X-Forwarded-For": "198.51.100.1"},
    )

    assert [e.name for e in happened if e.name == "proxy-counted"] == ["proxy-counted"]


ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}


@pytest.fixture
def beside_csrf(app):
    """The app with a login and the csrf control, as a browser finds it."""
    app.config["STOPPER_ORIGIN"] = "https://limits.example"
    app.config["STOPPER_CSRF_MODE"] = "enforce"
    app.add_url_rule("/login", "login", view_of("in"), methods=["POST"])
    return app


def test_another_site_uses_up_nothing_that_its_visitor_has(beside_csrf):
    # A page that somebody has open would keep them out of here.
    tries = answers(beside_csrf, "/login", 12, headers=ELSEWHERE)
    own = {"headers": {"Sec-Fetch-Site": "same-origin"}}

    assert tries == [403] * 12
    assert answers(beside_csrf, "/login", 11, **own) == [200] * 10 + [429]


def test_another_site_is_counted_where_it_is_let_in(beside_csrf):
    beside_csrf.config.update(
        STOPPER_CSRF_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01"
    )

    assert answers(beside_csrf, "/login", 11, headers=ELSEWHERE) == [200] * 10 + [429]


def test_what_a_refused_stranger_is_told_says_nothing_of_limits(beside_csrf):
    beside_csrf.config["STOPPER_LIMIT_ALL"] = "100/minute"
    client = beside_csrf.test_client()
    answer = client.post("/login", headers=ELSEWHERE)

    assert answer.status_code == 403
    assert "RateLimit" not in answer.headers
