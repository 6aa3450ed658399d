"""A route that takes keys takes keys and nothing else; all others take none."""

from __future__ import annotations

import functools

import pytest
from flask import Blueprint
from flask import Flask
from flask.views import MethodView
from flask.views import View

from guard.apikeys.conftest import keys_of
from guard.apikeys.conftest import program_of
from stopper import current_key
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import client


def test_a_key_says_who_asks_and_what_for(program, key):
    answer = program(key)

    assert answer.status_code == 200
    assert answer.json["user"] == answer.json["identity"] == "ann"
    assert answer.json["scopes"] == ["notes:read"]
    assert answer.json["id"] == key.split("_")[1]


def test_no_cache_keeps_what_was_for_a_key(program, key):
    assert program(key).headers["Cache-Control"] == "no-store"


def test_without_a_key_a_route_says_what_it_takes(program):
    answer = program()

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_key_under_another_scheme_is_none(program, key, scheme):
    answer = program(headers={"Authorization": f"{scheme} {key}".strip()})

    assert answer.status_code == 401


def test_the_scheme_is_read_in_either_case(program, key):
    assert program(headers={"Authorization": f"bearer {key}"}).status_code == 200


def test_a_scope_that_is_missing_is_named(program, key, happened):
    answer = program(key, "/api/write", "POST")

    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_scope", scope="notes:read notes:write"'
    )
    assert [(e.name, e.details["missing"], e.identity) for e in happened] == [
        ("missing-scope", "notes:write", "ann")
    ]


def test_all_scopes_of_a_view_are_needed(program, keys):
    half = keys.make("ann", Wish(scopes=("notes:write",))).key
    whole = keys.make("ann", Wish(scopes=("notes:read", "notes:write"))).key

    assert program(half, "/api/write", "POST").status_code == 403
    assert program(whole, "/api/write", "POST").status_code == 200


def test_a_route_that_takes_keys_ignores_cookies(app, key):
    browser = client(app)
    browser.post("/in/bob")
    browser.set_cookie("theme", "dark", domain="notes.example")
    answer = browser.get("/api/notes", headers={"Authorization": f"Bearer {key}"})

    assert browser.get("/open").json["user"] == "bob"
    assert answer.json["identity"] == "ann"
    assert answer.json["session"] == answer.json["cookies"] == {}


def test_a_session_opens_no_route_that_takes_keys(app):
    browser = client(app)
    browser.post("/in/ann")

    assert browser.get("/api/notes").status_code == 401


def test_a_session_is_left_as_it_is(app, keys):
    key = keys.make("ann", Wish(scopes=("notes:read", "notes:write"))).key
    browser = client(app)
    browser.post("/in/bob")
    answer = browser.post("/api/write", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/open").json["user"] == "bob"


def test_flasks_own_sessions_are_ignored_too(make_app):
    # Without our sessions nobody logs in to accounts: the app has a login of its own.
    app = make_app(pages=False, STOPPER_SESSIONS_MODE="off")
    key = keys_of(app).make("ann", Wish(scopes=("notes:read", "notes:write"))).key
    browser = client(app)
    browser.get("/flask/in/bob")
    bearer = {"Authorization": f"Bearer {key}"}
    answer = browser.get("/api/notes", headers=bearer)
    written = browser.post("/api/write", headers=bearer)

    assert answer.json["session"] == answer.json["cookies"] == {}
    assert written.status_code == 200
    assert "Set-Cookie" not in written.headers


def test_a_route_without_the_mark_takes_no_key(program, key, statements):
    answer = program(key, "/open")

    assert answer.json == {"key": None, "user": None}
    assert statements == []


def test_a_key_goes_before_what_the_app_says_of_who_asks(app, program, key):
    app.stopper.identity(lambda: "whoever")

    assert program(key).json["identity"] == "ann"


def test_no_token_of_csrf_is_asked_of_who_has_a_key(app, key):
    browser = client(app, page="https://evil.example")
    sent = {"Authorization": f"Bearer {key}"}

    assert browser.post("/api/notes").status_code == 401
    assert browser.post("/api/notes", headers=sent).status_code == 200


def test_options_is_answered_without_a_key(program):
    answer = program(None, "/api/notes", "OPTIONS")

    assert answer.status_code == 200
    assert "POST" in answer.headers["Allow"]


def test_a_method_that_is_not_there_is_405(program, key):
    assert program(key, "/api/notes", "DELETE").status_code == 405


def test_marks_of_blueprint_class_and_method_all_hold(make_app):
    app = make_app()
    stopper = app.stopper
    blueprint = stopper.apikey("notes:read")(Blueprint("api", __name__))

    class Notes(MethodView):
        def get(self):
            return current_key.user

        @stopper.apikey("notes:write")
        def post(self):
            return current_key.user

    blueprint.add_url_rule("/both", view_func=Notes.as_view("both"))
    app.register_blueprint(blueprint)
    key = keys_of(app).make("ann", Wish(scopes=("notes:write",))).key
    program = program_of(app)

    assert program(key, "/both").status_code == 403
    assert program(key, "/both", "POST").status_code == 403


def test_a_scope_that_no_key_can_have_keeps_the_app_from_starting(make_app):
    app = make_app()
    app.get("/lost")(app.stopper.apikey("notes:lost")(lambda: "lost"))

    with pytest.raises(SettingError, match="notes:lost"):
        program_of(app)()


def test_an_app_without_keys_cannot_ask_for_one():
    app = Flask(__name__)
    app.testing = True
    stopper = Stopper(app)
    app.get("/")(stopper.apikey()(lambda: "never"))

    with pytest.raises(StartError, match="Accounts"):
        client(app).get("/")


def test_a_mark_is_written_with_parentheses():
    with pytest.raises(SettingError, match="notes:read"):
        Stopper().apikey(lambda: "view")


def test_another_header_can_bring_the_key(make_app):
    app = make_app(STOPPER_APIKEY_HEADER="X-API-Key")
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key
    program = program_of(app)

    assert program(headers={"X-API-Key": key}).status_code == 200
    assert program(key).status_code == 401


def test_what_a_route_asks_is_in_the_list_of_routes(app, program, key):
    program(key)
    walk = app.extensions["stopper"].settle()
    guard = next(g for g in walk.guards if g.control.name == "apikeys")
    rule = next(r for r in app.url_map.iter_rules() if r.rule == "/api/write")

    assert list(guard.declared(rule, None, "POST")) == [
        "key with notes:read notes:write"
    ]


def test_one_statement_is_all_that_a_request_costs(keys, program, key, statements):
    program(key)
    keys.checks.uses.wait()
    statements.clear()
    program(key)

    assert [text.split()[0] for text in statements] == ["SELECT"]
    # Whether its owner may log in is read along, by the primary key.
    assert statements[0].count("JOIN") == 1


def test_a_view_that_requires_more_asks_it_of_the_owner(make_app):
    app = make_app(STOPPER_ROLES={"editor": ["notes:edit"]})
    stopper = app.stopper
    stopper.roles(lambda user: ["editor"] if user == "ann" else [])
    app.get("/edit")(
        stopper.requires("notes:edit")(stopper.apikey()(lambda: stopper.key().user))
    )
    ann, bob = (keys_of(app).make(user, Wish()).key for user in ("ann", "bob"))
    program = program_of(app)

    assert program(ann, "/edit").text == "ann"
    assert program(bob, "/edit").status_code == 403
    assert program(None, "/edit").status_code == 401


def test_a_key_goes_before_a_user_of_flask_login(make_app):
    flask_login = pytest.importorskip("flask_login")
    app = make_app()
    manager = flask_login.LoginManager(app)

    class User(flask_login.UserMixin):
        id = "bob"

    manager.request_loader(lambda request: User())
    app.get("/may")(
        app.stopper.requires()(app.stopper.apikey()(lambda: app.stopper.key().user))
    )
    app.stopper.rule("edit", str)(lambda user, thing: user == thing)
    own = app.stopper.apikey()(lambda: str(app.stopper.may("edit", "ann")))
    app.add_url_rule("/own", "own", own)
    key = keys_of(app).make("ann", Wish()).key

    assert program_of(app)(key, "/may").text == "ann"
    assert program_of(app)(key, "/own").text == "True"


@pytest.fixture
def everywhere(app):
    """The app, with a key asked for at each place where a mark may stand."""
    asks, public = app.stopper.apikey("notes:read"), app.stopper.public

    class Only(View):
        @asks
        def dispatch_request(self):
            return "secret"

    class Parent(MethodView):
        @asks
        def get(self):
            return "secret"

    @public
    class Child(Parent):
        def get(self):
            return super().get()

    def wrapped():
        return "secret"

    outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)
    inner.add_url_rule("/nested", "nested", lambda: "secret")
    asks(outer).register_blueprint(inner)
    opened = public(Blueprint("opened", __name__))
    opened.add_url_rule("/partial", "partial", functools.partial(asks(wrapped)))
    app.register_blueprint(outer)
    app.register_blueprint(opened)
    app.add_url_rule("/only", view_func=Only.as_view("only"))
    app.add_url_rule("/child", view_func=Child.as_view("child"))
    return app


@pytest.mark.parametrize("path", ["/only", "/child", "/nested", "/partial"])
def test_wherever_a_mark_declares_a_view_a_key_is_asked_for(everywhere, key, path):
    program = program_of(everywhere)

    assert program(path=path).status_code == 401
    assert program(key, path).text == "secret"


def test_a_whole_app_does_not_take_keys(app):
    with pytest.raises(SettingError, match="blueprint"):
        app.stopper.apikey("notes:read")(app)


def test_a_method_of_one_object_does_not_take_keys(app):
    with pytest.raises(SettingError, match="takes no mark"):
        app.stopper.apikey()(app.send_static_file)


def test_a_view_that_is_marked_while_the_app_serves_takes_keys(app, program, key):
    view = app.stopper.public(lambda: str(bool(current_key)))
    app.add_url_rule("/late", "late", view)
    assert program(path="/late").text == "False"

    app.stopper.apikey("notes:read")(view)

    assert program(path="/late").status_code == 401
    assert program(key, "/late").text == "True"


def test_without_accounts_a_view_that_is_marked_late_is_shut():
    app = Flask("club")
    app.config.update(TESTING=True, STOPPER_MODE="off")
    stopper = Stopper(app)
    app.add_url_rule("/", "view", view := stopper.public(lambda: "open"))
    assert client(app).get("/").text == "open"

    stopper.apikey()(view)

    with pytest.raises(StartError, match="Accounts"):
        client(app).get("/")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Authorization", "Authorization: Bearer KEY."),
        ("X-API-Key", "X-API-Key: KEY."),
    ],
)
def test_who_sends_no_key_reads_how_one_is_sent(make_app, header, says):
    program = program_of(make_app(STOPPER_APIKEY_HEADER=header))

    assert says in program().json["detail"]
    assert says in program(headers={"Authorization": "stp_key_alone"}).json["detail"]
