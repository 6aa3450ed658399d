"""``flask stopper routes`` shows every route with what was declared for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Blueprint
from flask import Flask
from flask.views import MethodView
from flask_login import login_required

from alone import alone
from stopper import Stopper
from stopper.catalogue.event import Action
from stopper.cli.flask import group
from stopper.guard.headers.guard import HeadersGuard
from stopper.testing import events


@pytest.fixture
def app(tmp_path):
    folder = str(tmp_path / "instance")
    app = Flask("routed", static_folder=None, instance_path=folder)
    alone(app, "headers")
    app.config.update(TESTING=True, SECRET_KEY="for these tests alone, and no others")
    app.cli.add_command(group, "stopper")
    return app


@pytest.fixture
def run(app):
    def run(*words):
        return app.test_cli_runner().invoke(args=["stopper", "routes", *words])

    return run


def guarded(app):
    stopper = Stopper(app)

    @app.get("/map")
    @stopper.headers.csp(img_src=["'self'", "https://tiles.example"])
    @stopper.headers.off("x-frame-options")
    def map():
        return ""

    @app.route("/a", methods=["GET", "POST"])
    def a():
        return ""


def test_every_route_is_there_in_order_with_its_declarations(app, run):
    guarded(app)
    found = run()

    assert found.exit_code == 0
    assert [line.split() for line in found.stdout.splitlines()] == [
        ["GET,POST", "/a", "a"],
        ["GET", "/map", "map"],
        [
            "headers:",
            "csp",
            "img-src",
            "'self'",
            "https://tiles.example;",
            "off",
            "x-frame-options",
        ],
    ]
    assert found.stderr == "2 routes, 1 with a declaration.\n"


def test_only_those_with_a_declaration(app, run):
    guarded(app)
    assert [r["rule"] for r in json.loads(run("--declared", "--json").stdout)] == [
        "/map"
    ]


def test_as_json(app, run):
    guarded(app)
    _, found = json.loads(run("--json").stdout)

    assert found == {
        "rule": "/map",
        "methods": ["GET"],
        "endpoint": "map",
        "declared": {
            "headers": [
                "csp img-src 'self' https://tiles.example",
                "off x-frame-options",
            ]
        },
    }


def test_what_holds_for_one_method_says_so(app, run):
    stopper = Stopper(app)

    class Item(MethodView):
        @stopper.headers.frame("'self'")
        def get(self): ...

        def post(self): ...

    app.add_url_rule("/item", view_func=Item.as_view("item"))

    assert "headers: GET: frame 'self'" in run().stdout


def test_each_guard_tells_its_own(app, run, monkeypatch):
    guarded(app)
    monkeypatch.setattr(
        HeadersGuard,
        "declared",
        lambda self, rule, view, method: [f"{rule.rule} {view.__name__} {method}"],
    )

    assert "GET: /a a GET; POST: /a a POST" in run().stdout


def test_a_line_is_80_columns_wide_at_most(app, run):
    stopper = Stopper(app)
    hosts = [f"https://host-{n}.example" for n in range(9)]
    view = stopper.headers.csp(img_src=hosts)(lambda: "")
    app.add_url_rule(f"/{'r' * 50}", "e" * 50, view)
    lines = run().stdout.splitlines()

    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()).endswith(" ".join(hosts))


def test_a_name_cannot_drive_the_terminal(app, run):
    Stopper(app)
    app.add_url_rule("/\x1b[2J", "x\u202e", lambda: "")

    assert not {"\x1b", "\u202e"} & set(run().stdout)


def test_who_may_read_the_answers(app, run):
    alone(app, "cors")
    app.config.pop("STOPPER_CORS_MODE")
    stopper = Stopper(app)
    api = Blueprint("api", __name__)
    api.add_url_rule("/open", view_func=stopper.cors("*")(lambda: ""), endpoint="o")
    api.add_url_rule("/own", view_func=stopper.cors.none(lambda: ""), endpoint="n")
    api.add_url_rule("/rest", view_func=lambda: "", endpoint="r")
    stopper.cors(["https://b.example", "https://a.example"], credentials=True)(api)
    app.register_blueprint(api)

    assert declared(run) == {
        "/open": {"cors": ["*"]},
        "/own": {"cors": ["nobody"]},
        "/rest": {"cors": ["https://a.example https://b.example with credentials"]},
    }


def test_the_limits_of_a_route_and_the_one_of_logins(app, run):
    alone(app, "ratelimits")
    app.config.pop("STOPPER_RATELIMITS_MODE")
    stopper = Stopper(app)
    limited = stopper.limit("5/minute", per="user", name="posts")(lambda: "")
    app.add_url_rule("/post", "post", limited, methods=["POST"])
    app.add_url_rule("/login", "login", lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/free", "free", stopper.limit.exempt(lambda: ""))
    app.add_url_rule("/", "none", lambda: "")
    found = declared(run)
    login = found.pop("/login")["ratelimits"]

    assert found == {
        "/post": {"ratelimits": ["5 per minute by user (posts)"]},
        "/free": {"ratelimits": ["exempt"]},
    }
    assert login
    assert all(re.fullmatch(r"POST: .* by client \(login.*\)", x) for x in login)


def test_where_a_view_may_lead(app, run):
    alone(app, "redirects")
    app.config.pop("STOPPER_REDIRECTS_MODE")
    stopper = Stopper(app)
    view = stopper.redirects.to("https://idp.example", "*.idp.example")(lambda: "")
    app.add_url_rule("/sso", "sso", view)

    assert declared(run)["/sso"]["redirects"][0].startswith("to ")
    assert "*.idp.example" in declared(run)["/sso"]["redirects"][0]


def test_what_takes_requests_of_other_sites(app, run):
    alone(app, "csrf")
    app.config.pop("STOPPER_CSRF_MODE")
    stopper = Stopper(app)
    hook = stopper.csrf.exempt(lambda: "")
    app.add_url_rule("/hook", "hook", hook, methods=["GET", "POST"])
    app.add_url_rule("/form", "form", lambda: "", methods=["GET", "POST"])

    assert declared(run) == {"/hook": {"csrf": ["POST: exempt"]}}


def test_where_probes_ask(app, run):
    alone(app, "transport")
    app.config.pop("STOPPER_TRANSPORT_MODE")
    app.config["STOPPER_HEALTH_PATHS"] = ["/healthz"]
    Stopper(app)
    app.add_url_rule("/healthz", "healthz", lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/", "index", lambda: "")

    assert declared(run) == {"/healthz": {"transport": ["GET: health path"]}}


@pytest.fixture
def asked(app):
    alone(app, "authorization")
    app.config.pop("STOPPER_AUTHORIZATION_MODE")
    stopper = Stopper(app)
    app.add_url_rule("/open", "open", stopper.public(lambda: ""))
    write = stopper.requires("notes:write", role="editor", hidden=True)
    app.add_url_rule("/write", "write", write(lambda: ""))
    app.add_url_rule("/mine", "mine", login_required(lambda: ""))
    app.add_url_rule("/forgotten", "forgotten", lambda: "")

    class Notes(MethodView):
        @stopper.requires()
        def get(self):
            return ""

        def delete(self):
            return ""

    app.add_url_rule("/notes", view_func=Notes.as_view("notes"))
    return app


def test_who_may_ask(asked, run):
    rows = json.loads(run("--json").stdout)

    assert {r["rule"]: r["declared"]["authorization"] for r in rows} == {
        "/open": ["public"],
        "/write": ["requires notes:write and role editor (hidden)"],
        "/mine": ["declared by login_required"],
        "/forgotten": ["UNDECLARED"],
        "/notes": ["DELETE: UNDECLARED", "GET: requires a login"],
    }


def test_only_those_of_which_nothing_says_who_may_ask(asked, run):
    found = run("--undeclared")

    assert found.exit_code == 1
    assert [line.split()[1] for line in found.stdout.splitlines()[::2]] == [
        "/forgotten",
        "/notes",
    ]
    assert "5 routes, 3 with a declaration, and 2 of which" in found.stderr
    assert set(declared(run)) == {"/open", "/write", "/mine"}


def test_where_none_is_undeclared_it_ends_well(app, run):
    guarded(app)

    assert run("--undeclared").exit_code == 0


def test_a_command_counts_nothing(app, run):
    app.testing = False
    app.config.update(STOPPER_CSP_STRICT="wrong", STOPPER_MODE="report")
    app.config["STOPPER_REPORT_UNTIL"] = "2099-01-01"
    Stopper(app)

    with events(app) as found:
        assert run().exit_code == 0

    assert found.named(Action.FAILED)
    assert not Path(app.instance_path).exists()


def declared(run):
    rows = json.loads(run("--declared", "--json").stdout)
    return {row["rule"]: row["declared"] for row in rows}


def test_an_app_without_a_stopper_is_told(run):
    found = run()

    assert found.exit_code == 2
    assert "This app has no Stopper" in found.stderr


def test_an_app_that_does_not_start_says_why(app, run):
    Stopper(app)
    app.config["STOPPER_MODE"] = "off?"
    found = run()

    assert found.exit_code == 2
    assert "STOPPER_MODE is 'off?'" in found.stderr
