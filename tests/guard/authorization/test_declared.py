"""A route of which nothing says who may ask is refused; marks stand nearest first."""

from __future__ import annotations

import functools

import pytest
from flask import Blueprint
from flask import Flask
from flask import session
from flask.views import MethodView
from flask.views import View

from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.event import Action
from stopper.guard.authorization.marks import declares
from stopper.testing import events

PAGE = "text/html"


def text():
    return "seen"


def test_a_view_without_a_declaration_is_refused(bare):
    bare.app.add_url_rule("/", "forgotten", text)

    assert bare.status("/") == 403
    assert bare.status("/", user="1") == 403


def test_a_public_view_is_for_everybody(bare):
    bare.app.add_url_rule("/", "open", bare.stopper.public(text_of("seen")))

    assert bare.client().get("/").text == "seen"


def test_a_program_reads_problem_details(bare):
    bare.app.add_url_rule("/", "forgotten", text)
    answer = bare.client().get("/")

    assert answer.mimetype == "application/problem+json"
    assert "developer" not in answer.json
    assert "requires" not in answer.text


def test_in_debug_the_page_shows_what_to_write(bare):
    bare.app.debug = True
    bare.app.add_url_rule("/", "forgotten", text)
    page = bare.client(accept=PAGE).get("/").text

    assert "<code>@stopper.public</code>" in page
    assert "<code>@stopper.requires()</code>" in page
    assert "test_declared.text" in page


def test_without_debug_the_page_shows_nothing_of_it(bare):
    bare.app.add_url_rule("/", "forgotten", text)

    assert "@stopper" not in bare.client(accept=PAGE).get("/").text


def test_the_start_names_every_undeclared_route_in_one_event(bare):
    bare.app.add_url_rule("/a", "a", text, methods=["GET", "POST"])
    bare.app.add_url_rule("/b/<int:n>", "b", text)

    with events(bare.app) as found:
        bare.client().get("/nowhere")
        bare.client().get("/nowhere")

    (event,) = [e for e in found if e.name == "undeclared-routes"]
    assert event.action is Action.REFUSED
    assert "GET,POST /a (a); GET /b/<int:n> (b)." in event.message
    assert event.details["routes"] == 2


def test_nothing_is_said_where_all_is_declared(bare):
    with events(bare.app) as found:
        bare.client().get("/nowhere")

    assert found == []


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_address_stays_404(bare, method):
    assert bare.status("/nowhere", method=method) == 404


def test_a_wrong_method_stays_405(bare):
    bare.app.add_url_rule("/", "forgotten", text)

    assert bare.status("/", method="DELETE") == 405


def test_the_options_that_flask_answers_stay_as_they_are(bare):
    bare.app.add_url_rule("/", "forgotten", text, methods=["GET", "PUT"])
    answer = bare.client().options("/")

    assert answer.status_code == 200
    assert sorted(answer.allow) == ["GET", "HEAD", "OPTIONS", "PUT"]


def test_options_of_a_view_itself_take_a_declaration(bare):
    bare.app.add_url_rule("/", "forgotten", text, methods=["OPTIONS"])

    assert bare.status("/", method="OPTIONS") == 403


def test_a_missing_slash_is_still_put_there(bare):
    bare.app.add_url_rule("/shelf/", "forgotten", text)

    assert bare.status("/shelf") == 308


@pytest.mark.parametrize("prefix", ["", "/part"])
def test_static_files_are_public(bare, tmp_path, prefix):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("p {}")
    blueprint = Blueprint("part", "shop", "static", root_path=str(tmp_path))
    blueprint.url_prefix = "/part"
    bare.app.register_blueprint(bare.stopper.requires()(blueprint))

    with bare.client().get(f"{prefix}/static/a.css") as answer:
        assert answer.text == "p {}"


def test_static_files_that_are_marked_are_not_public(bare, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("p {}")
    bare.stopper.requires()(bare.app.view_functions["static"])

    assert bare.status("/static/a.css") == 401

    with bare.client("3").get("/static/a.css") as answer:
        assert answer.text == "p {}"


def test_a_method_of_one_object_takes_no_mark_that_all_objects_would_have(bare):
    with pytest.raises(SettingError, match="every object"):
        bare.stopper.requires()(bare.app.send_static_file)


def test_a_view_that_is_called_static_is_none(make, tmp_path):
    app = Flask("plain", static_folder=None, instance_path=str(tmp_path / "other"))
    app.config.update(TESTING=True, STOPPER_MODE="off")
    app.config["STOPPER_AUTHORIZATION_MODE"] = "enforce"
    Stopper(app)
    app.add_url_rule("/", "static", text)

    assert app.test_client().get("/").status_code == 403


def test_a_probe_is_answered(make):
    shop = make("transport", STOPPER_HEALTH_PATHS=["/up"])
    shop.app.add_url_rule("/up", "up", text)
    shop.app.add_url_rule("/other", "other", text)

    shop.app.add_url_rule("/both", "both", text)
    shop.app.add_url_rule("/up-too", "both", methods=["GET", "POST"])
    shop.app.config["STOPPER_HEALTH_PATHS"] = ["/up", "/up-too"]

    assert shop.client().get("/up").text == "seen"
    assert shop.status("/up", method="POST") == 405
    assert [shop.status(p) for p in ("/other", "/both", "/up-too")] == [403] * 3


def test_a_health_path_that_takes_a_login_takes_one_of_a_probe_too(make):
    shop = make("transport", STOPPER_HEALTH_PATHS=["/up"])
    shop.app.add_url_rule("/up", "up", shop.stopper.requires()(text_of("up")))

    assert shop.status("/up") == 401


def text_of(name):
    def view():
        return name

    return view


def test_a_mark_is_on_the_function_and_not_on_its_name(bare):
    bare.stopper.public(text_of("one"))
    bare.app.add_url_rule("/", "view", text_of("one"))

    assert bare.status("/") == 403


def test_one_function_at_two_addresses_is_declared_once(bare):
    view = bare.stopper.public(text_of("one"))
    bare.app.add_url_rule("/a", "a", view)
    bare.app.add_url_rule("/b", "b", view)

    assert (bare.status("/a"), bare.status("/b")) == (200, 200)


def test_a_mark_above_the_route_counts(bare):
    @bare.stopper.public
    @bare.app.get("/")
    def view():
        return ""

    assert bare.status("/") == 200


def test_a_view_that_is_marked_while_the_app_serves_is_asked_about(bare, opened):
    view = text_of("one")
    opened("/a", view)
    assert bare.status("/a") == 200

    bare.stopper.requires(hidden=True)(view)

    assert bare.status("/a") == 404
    assert bare.status("/a", method="DELETE") == 404


def test_a_view_that_takes_anothers_place_is_asked_about(bare):
    shut = bare.stopper.requires()(text_of("two"))
    bare.app.add_url_rule("/a", "a", bare.stopper.public(text_of("one")))
    assert bare.status("/a") == 200

    bare.app.view_functions["a"] = shut

    assert bare.status("/a") == 401


def wrapped(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        return view(*args, **kwargs)

    return inner


def replaced(view):
    def inner(*args, **kwargs):
        return view(*args, **kwargs)

    return inner


def test_a_mark_below_another_decorator_counts(bare):
    bare.app.add_url_rule("/", "view", wrapped(bare.stopper.public(text_of("one"))))

    assert bare.status("/") == 200


def test_a_mark_that_a_decorator_loses_is_none(bare):
    bare.app.add_url_rule("/", "view", replaced(bare.stopper.public(text_of("one"))))

    assert bare.status("/") == 403


@pytest.fixture
def opened(bare):
    """A blueprint that is open, in which a view is registered at an address."""

    def register(path, view):
        blueprint = bare.stopper.public(Blueprint(f"open{path[1:]}", __name__))
        blueprint.add_url_rule(path, "view", view)
        bare.app.register_blueprint(blueprint)

    return register


@pytest.mark.parametrize(
    "around", [replaced, functools.partial, lambda view: replaced(replaced(view))]
)
def test_what_is_required_behind_a_wrapper_holds_in_an_open_blueprint(
    bare, opened, around
):
    opened("/a", around(bare.stopper.requires()(text_of("one"))))

    assert bare.status("/a") == 401


def test_a_view_that_knows_one_beside_it_requires_nothing_of_it(bare, opened):
    @bare.stopper.requires()
    def shut():
        return ""

    def beside():
        return shut.__name__

    opened("/a", beside)

    assert bare.status("/a") == 200


def test_a_guarded_function_that_a_view_knows_of_declares_nothing(bare):
    flask_login = pytest.importorskip("flask_login")
    shut = flask_login.login_required(text_of("one"))

    def home():
        return shut.__name__

    bare.app.add_url_rule("/", "home", home)

    assert bare.status("/") == 403


def test_an_async_view_is_asked_about(bare):
    @bare.app.get("/open")
    @bare.stopper.public
    async def opened():
        return "seen"

    @bare.app.get("/shut")
    @bare.stopper.requires()
    async def shut():
        return "seen"

    assert bare.client().get("/open").text == "seen"
    assert bare.status("/shut") == 401


class TestBlueprints:
    def test_a_blueprint_is_declared_at_once(self, bare):
        blueprint = bare.stopper.requires()(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", text)
        bare.app.register_blueprint(blueprint)

        assert bare.status("/") == 401
        assert bare.status("/", user="3") == 200

    def test_the_mark_of_a_view_goes_before_that_of_its_blueprint(self, shop):
        blueprint = shop.stopper.requires("notes:write")(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", text_of("one"))
        blueprint.add_url_rule("/open", "open", shop.stopper.public(text_of("two")))
        shop.app.register_blueprint(blueprint)

        assert shop.status("/", user="3") == 403
        assert shop.status("/open") == 200

    def test_the_nearest_of_nested_blueprints_counts(self, bare):
        outer = bare.stopper.public(Blueprint("outer", __name__, url_prefix="/outer"))
        inner = bare.stopper.requires()(Blueprint("inner", __name__, url_prefix="/in"))
        plain = Blueprint("plain", __name__, url_prefix="/plain")

        for blueprint in (inner, plain):
            blueprint.add_url_rule("/", "view", text)
            outer.register_blueprint(blueprint)

        bare.app.register_blueprint(outer)

        assert bare.status("/outer/in/") == 401
        assert bare.status("/outer/plain/") == 200

    def test_a_whole_app_can_take_a_login(self, bare):
        bare.stopper.requires()(bare.app)
        bare.app.add_url_rule("/", "view", text)

        assert bare.status("/") == 401
        assert bare.status("/", user="3") == 200

    def test_a_whole_app_is_not_made_public(self, bare):
        with pytest.raises(SettingError, match="STOPPER_AUTHORIZATION_MODE"):
            bare.stopper.public(bare.app)

    def test_one_that_decides_for_itself_is_declared(self, bare):
        blueprint = bare.stopper.declared(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", text)
        bare.app.register_blueprint(blueprint)

        assert bare.status("/") == 200


class TestClasses:
    def test_methods_of_one_class_are_declared_apart(self, bare):
        class Notes(MethodView):
            @bare.stopper.public
            def get(self):
                return ""

            @bare.stopper.requires()
            def put(self):
                return ""

            def delete(self):
                return ""

        bare.app.add_url_rule("/", view_func=Notes.as_view("notes"))

        found = [bare.status("/", method=m) for m in ("GET", "HEAD", "PUT", "DELETE")]
        assert found == [200, 200, 401, 403]

    def test_the_mark_of_a_method_goes_before_that_of_the_class(self, bare):
        @bare.stopper.requires()
        class Notes(MethodView):
            @bare.stopper.public
            def get(self):
                return ""

            def put(self):
                return ""

        bare.app.add_url_rule("/", view_func=Notes.as_view("notes"))

        assert bare.status("/") == 200
        assert bare.status("/", method="PUT") == 401

    def test_a_class_does_not_inherit_that_it_is_public(self, bare):
        @bare.stopper.public
        class Open(View):
            def dispatch_request(self):
                return ""

        class Shut(Open):
            pass

        bare.app.add_url_rule("/open", view_func=Open.as_view("open"))
        bare.app.add_url_rule("/shut", view_func=Shut.as_view("shut"))

        assert (bare.status("/open"), bare.status("/shut")) == (200, 403)

    def test_a_class_inherits_what_is_required(self, bare):
        @bare.stopper.requires()
        class Parent(View):
            def dispatch_request(self):
                return ""

        class Child(Parent):
            pass

        bare.app.add_url_rule("/", view_func=Child.as_view("child"))

        assert (bare.status("/"), bare.status("/", user="3")) == (401, 200)

    def test_a_child_may_open_what_its_parent_shuts(self, bare):
        @bare.stopper.requires()
        class Parent(View):
            def dispatch_request(self):
                return ""

        @bare.stopper.public
        class Child(Parent):
            pass

        bare.app.add_url_rule("/child", view_func=Child.as_view("child"))
        bare.app.add_url_rule("/parent", view_func=Parent.as_view("parent"))

        assert (bare.status("/child"), bare.status("/parent")) == (200, 401)

    def test_what_a_class_requires_goes_before_what_a_parent_says_of_a_method(
        self, shop
    ):
        stopper = shop.stopper

        class Open(MethodView):
            @stopper.public
            def get(self):
                return ""

            @stopper.requires("notes:read")
            def put(self):
                return ""

        @stopper.requires("secrets:read")
        class Shut(Open):
            pass

        shop.app.add_url_rule("/", view_func=Shut.as_view("shut"))

        assert shop.status("/") == 401
        assert shop.status("/", "1", "PUT") == 403
        assert shop.status("/", "2", "PUT") == 200

    def test_what_a_method_requires_holds_where_it_is_written_over(self, bare, opened):
        class Parent(MethodView):
            @bare.stopper.requires()
            def get(self):
                return ""

            @bare.stopper.public
            def put(self):
                return ""

        class Child(Parent):
            def get(self):
                return super().get()

            def put(self):
                return super().put()

        bare.app.add_url_rule("/child", view_func=Child.as_view("child"))
        opened("/open", Child.as_view("child"))

        assert (bare.status("/open"), bare.status("/open", "3")) == (401, 200)
        assert bare.status("/child", method="PUT") == 403

    @pytest.mark.parametrize("inside", [True, False])
    def test_what_is_required_around_a_class_holds_for_its_open_methods(
        self, bare, inside
    ):
        asks = bare.stopper.requires()

        class Notes(MethodView):
            decorators = (asks,) if inside else ()

            @bare.stopper.public
            def get(self):
                return ""

        view = Notes.as_view("notes")
        bare.app.add_url_rule("/", view_func=view if inside else asks(view))

        assert (bare.status("/"), bare.status("/", "3")) == (401, 200)

    def test_what_a_class_requires_holds_behind_a_wrapper(self, bare, opened):
        class Notes(MethodView):
            @bare.stopper.requires()
            def get(self):
                return ""

        opened("/a", replaced(Notes.as_view("notes")))

        assert (bare.status("/a"), bare.status("/a", "3")) == (401, 200)

    def test_what_dispatch_request_requires_holds_in_an_open_class(self, bare):
        @bare.stopper.public
        class Notes(MethodView):
            @bare.stopper.requires()
            def dispatch_request(self):
                return super().dispatch_request()

            def get(self):
                return ""

        bare.app.add_url_rule("/", view_func=Notes.as_view("notes"))

        assert (bare.status("/"), bare.status("/", "3")) == (401, 200)

    def test_a_mark_on_dispatch_request_counts(self, bare):
        class Only(View):
            @bare.stopper.public
            def dispatch_request(self):
                return ""

        bare.app.add_url_rule("/", view_func=Only.as_view("only"))

        assert bare.status("/") == 200


class TestContradictions:
    @pytest.mark.parametrize("turn", [1, -1])
    def test_public_and_required_at_once_is_an_error_that_names_the_view(self, turn):
        stopper = Stopper()
        first, second = (stopper.public, stopper.requires())[::turn]

        with pytest.raises(SettingError, match=r"text_of\.<locals>\.view"):
            second(first(text_of("one")))

    def test_a_name_cannot_be_marked(self):
        with pytest.raises(SettingError, match="not by a name"):
            Stopper().public("index")

    def test_parentheses_that_are_forgotten_are_an_error(self):
        with pytest.raises(SettingError, match=r"@stopper\.requires\(\)"):
            Stopper().requires(text)

    @pytest.mark.parametrize("permission", ["", "a b", "notes:*", "*", ":x", 5])
    def test_what_is_no_permission_is_an_error(self, permission):
        with pytest.raises(SettingError):
            Stopper().requires(permission)

    @pytest.mark.parametrize("role", [[], (), "", ["admin", ""], [None]])
    def test_roles_that_are_none_are_an_error(self, role):
        with pytest.raises(SettingError, match="role"):
            Stopper().requires(role=role)

    def test_one_of_no_permissions_is_an_error(self):
        with pytest.raises(SettingError, match="any=True"):
            Stopper().requires(any=True)


class TestOtherGuards:
    """Marks of guards that are to come, as those of keys and second factors."""

    @pytest.fixture(autouse=True)
    def marks(self, monkeypatch):
        monkeypatch.setattr("stopper.guard.authorization.marks._OTHERS", {})
        declares("_test_fresh", lambda minutes: f"fresh for {minutes} minutes")
        declares("_test_key", lambda scope: f"key {scope}", instead=True)

    def test_a_mark_of_another_guard_declares(self, bare):
        view = text_of("one")
        view._test_fresh = 10
        bare.app.add_url_rule("/", "view", view)

        assert bare.status("/") == 200

    def test_what_the_blueprint_requires_holds_beside_it(self, bare):
        view = text_of("one")
        view._test_fresh = 10
        blueprint = bare.stopper.requires()(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", view)
        bare.app.register_blueprint(blueprint)

        assert bare.status("/") == 401

    def test_one_that_stands_instead_takes_its_place(self, bare):
        view = text_of("one")
        view._test_key = "notes:read"
        blueprint = bare.stopper.requires()(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", view)
        bare.app.register_blueprint(blueprint)

        assert bare.status("/") == 200


def test_a_view_that_keeps_a_proxy_of_flasks_is_looked_into(bare):
    kept = session

    @bare.app.get("/kept")
    @bare.stopper.public
    def view():
        return str(bool(kept))

    # As ``flask stopper check`` does, where there is no request.
    bare.app.extensions["stopper"].settle()

    assert bare.status("/kept") == 200
