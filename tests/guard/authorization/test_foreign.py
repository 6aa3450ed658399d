"""Decorators of libraries and of the app itself count as declarations."""

from __future__ import annotations

import functools
import importlib
import typing as t

import flask_security
import pytest
from flask import abort
from flask import Blueprint
from flask import Flask
from flask import session
from flask.views import MethodView
from flask_login import current_user
from flask_login import fresh_login_required
from flask_login import login_required
from flask_login import login_user
from flask_login import LoginManager
from flask_login import UserMixin
from flask_principal import Permission
from flask_principal import RoleNeed

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.guard.authorization.foreign import Foreign
from stopper.testing import Client
from stopper.testing import events


def view():
    return "seen"


def library(name: str) -> t.Any:
    """Return a library that only some environments have."""
    return pytest.importorskip(name, reason=f"{name} is not installed")


def known(found: object, method: str = "GET", *own: str) -> set[str]:
    return set(Foreign(own).on_view(found, method))


class TestLibraries:
    """Each by what the library itself leaves behind."""

    @pytest.mark.parametrize(
        ("decorator", "name"),
        [
            (login_required, "login_required"),
            (fresh_login_required, "fresh_login_required"),
            (flask_security.auth_required(), "auth_required"),
            (flask_security.auth_required("session", "token"), "auth_required"),
            (flask_security.roles_required("a"), "roles_required"),
            (flask_security.roles_accepted("a", "b"), "roles_accepted"),
            (flask_security.permissions_required("a"), "permissions_required"),
            (flask_security.permissions_accepted("a"), "permissions_accepted"),
            (flask_security.auth_token_required, "auth_token_required"),
            (flask_security.http_auth_required("realm"), "http_auth_required"),
            (flask_security.anonymous_user_required, "anonymous_user_required"),
            (Permission(RoleNeed("a")).require(403), "IdentityContext"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_decorator_is_known(self, decorator, name):
        assert known(decorator(view)) == {name}

    def test_one_that_refuses_nobody_is_none(self):
        assert known(flask_security.unauth_csrf()(view)) == set()

    def test_flask_jwt_extended(self):
        jwt_required = library("flask_jwt_extended").jwt_required

        assert known(jwt_required()(view)) == {"jwt_required"}
        assert known(jwt_required(fresh=True)(view)) == {"jwt_required"}
        assert known(jwt_required(optional=True)(view)) == set()

    @pytest.mark.parametrize("kind", ["HTTPBasicAuth", "HTTPTokenAuth", "MultiAuth"])
    def test_flask_httpauth(self, kind):
        found = library("flask_httpauth")
        plain = found.HTTPBasicAuth()
        auth = found.MultiAuth(plain) if kind == "MultiAuth" else getattr(found, kind)()

        assert known(auth.login_required(view)) == {"login_required"}
        assert known(auth.login_required(role="a")(view)) == {"login_required"}
        assert known(auth.login_required(optional=True)(view)) == set()

    def test_authlib(self):
        found = library("authlib.integrations.flask_oauth2").ResourceProtector()

        assert known(found("profile")(view)) == {"ResourceProtector"}
        assert known(found("profile", optional=True)(view)) == set()

    def test_flask_restful(self):
        restful = library("flask_restful")

        class Each(restful.Resource):
            method_decorators = [login_required]

            def get(self):
                return ""

        class Some(restful.Resource):
            method_decorators = {"post": [flask_security.auth_required()]}

            def get(self):
                return ""

            post = get

        class Bare(restful.Resource):
            def get(self):
                return ""

        app = Flask("rest")
        api = restful.Api(app)
        api.add_resource(Each, "/each")
        api.add_resource(Some, "/some")
        guarded = restful.Api(app, decorators=[login_required])
        guarded.add_resource(Bare, "/bare")
        views = app.view_functions

        assert known(views["each"]) == {"login_required"}
        assert known(views["some"], "POST") == {"auth_required"}
        assert known(views["some"], "GET") == set()
        # The library lays nothing on it either.
        assert known(views["some"], "HEAD") == set()
        assert known(views["bare"]) == {"login_required"}

    def test_classes_of_views(self):
        class Whole(MethodView):
            decorators = [login_required]

            def get(self):
                return ""

        class Half(MethodView):
            @login_required
            def get(self):
                return ""

            def post(self):
                return ""

        assert known(Whole.as_view("whole")) == {"login_required"}
        assert known(Half.as_view("half")) == {"login_required"}
        assert known(Half.as_view("half"), "POST") == set()

    def test_the_login_page_of_flask_security_decides_for_itself(self):
        views = importlib.import_module("flask_security.views")

        assert "flask_security" in known(views.login)
        assert "flask_security" in known(views.logout)

    def test_a_view_below_its_decorator_does_not(self):
        wrapped = flask_security.unauth_csrf()(view)
        lost = flask_security.unauth_csrf()(view)
        del lost.__wrapped__

        assert known(wrapped) == set()
        assert known(lost) == set()


def members(found):
    @functools.wraps(found)
    def inner(*args, **kwargs):
        if "user_id" not in session:
            abort(401)
        return found(*args, **kwargs)

    return inner


def role(name):
    def decorate(found):
        @functools.wraps(found)
        def inner(*args, **kwargs):
            return found(*args, **kwargs)

        return inner

    return decorate


class Only:
    """A decorator that is a class."""

    def __init__(self, found):
        functools.update_wrapper(self, found)
        self.found = found

    def __call__(self, *args, **kwargs):
        return self.found(*args, **kwargs)


def timed(found):
    @functools.wraps(found)
    def inner(*args, **kwargs):
        return found(*args, **kwargs)

    return inner


def unnamed(found):
    def inner(*args, **kwargs):
        return found(*args, **kwargs)

    return inner


class TestOwn:
    @pytest.mark.parametrize(
        ("decorator", "name"),
        [(members, "members"), (role("a"), "role"), (Only, "Only")],
        ids=["plain", "with arguments", "class"],
    )
    def test_one_that_the_setting_names_is_known(self, decorator, name):
        assert known(decorator(view), "GET", name) == {name}
        assert known(decorator(view), "GET", f"{__name__}.{name}") == {name}
        assert known(decorator(view), "GET", f"elsewhere.{name}") == set()
        assert known(decorator(view)) == set()

    def test_one_that_was_made_within_a_function_is_known(self):
        def make():
            return members_within()

        def members_within():
            def inside(found):
                @functools.wraps(found)
                def inner():
                    return found()

                return inner

            return inside

        assert known(make()(view), "GET", "inside") == {"inside"}

    def test_it_is_known_below_others(self):
        assert known(timed(members(view)), "GET", "members") == {"members"}
        assert known(unnamed(members(view)), "GET", "members") == set()

    def test_it_is_known_without_wraps(self):
        assert known(unnamed(view), "GET", "unnamed") == {"unnamed"}

    def test_a_view_that_is_called_so_is_none(self):
        def listing():
            def members():
                return ""

            return members

        assert known(listing(), "GET", "members") == set()

    def test_the_app_refuses_by_its_own_decorator(self, make):
        shop = make(STOPPER_AUTH_DECORATORS=["members"])
        shop.app.add_url_rule("/", "view", members(view))

        assert (shop.status("/"), shop.status("/", "1")) == (401, 200)

    def test_one_that_is_not_named_is_told_of(self, bare):
        bare.app.add_url_rule("/", "view", members(view))

        with events(bare.app) as found:
            assert bare.status("/", "1") == 403

        assert all(f"{__name__}.members" in e.message for e in found)
        assert all("STOPPER_AUTH_DECORATORS" in e.message for e in found)

    @pytest.mark.parametrize("names", [["a b"], [5], [""], ["members()"]])
    def test_what_is_no_name_does_not_start(self, make, names):
        with pytest.raises(SettingError, match="STOPPER_AUTH_DECORATORS"):
            make(STOPPER_AUTH_DECORATORS=names)

    def test_what_the_blueprint_requires_holds_beside_it(self, make):
        shop = make(STOPPER_AUTH_DECORATORS=["members"])
        blueprint = shop.stopper.requires("notes:write")(Blueprint("part", __name__))
        blueprint.add_url_rule("/", "view", members(view))
        shop.app.register_blueprint(blueprint)

        assert shop.status("/", "3") == 403


class TestBeforeRequest:
    @pytest.fixture
    def guarded(self, make):
        shop = make(STOPPER_AUTH_DECORATORS=["members"])
        outer = Blueprint("outer", __name__, url_prefix="/outer")
        inner = Blueprint("inner", __name__, url_prefix="/inner")

        @outer.before_request
        @members
        def ask():
            return None

        outer.add_url_rule("/", "view", view)
        inner.add_url_rule("/", "view", view)
        outer.register_blueprint(inner)
        shop.app.register_blueprint(outer)
        shop.app.add_url_rule("/other", "other", view)
        return shop

    @pytest.mark.parametrize("path", ["/outer/", "/outer/inner/"])
    def test_a_decorated_function_declares_its_blueprint(self, guarded, path):
        assert (guarded.status(path), guarded.status(path, "1")) == (401, 200)

    def test_it_declares_nothing_else(self, guarded):
        assert guarded.status("/other", "1") == 403


class User(UserMixin):
    def __init__(self, id, roles=()):
        self.id = id
        self.roles = roles


class Role:
    name = "clerk"

    def get_permissions(self):
        return {"bills:pay"}


PEOPLE = {"1": User("1", ["editor"]), "5": User("5", [Role()])}


@pytest.fixture
def login(tmp_path):
    """An app with Flask-Login, whose user 9 is gone."""
    app = Flask("login", instance_path=str(tmp_path))
    app.config.update(TESTING=True, SECRET_KEY="of this test alone, and no other")
    alone(app, "authorization", "sessions")
    app.config["STOPPER_ROLES"] = {"editor": ["notes:write"]}
    manager = LoginManager(app)
    manager.user_loader(PEOPLE.get)
    stopper = Stopper(app)

    @app.post("/enter/<user>")
    @stopper.public
    def enter(user):
        login_user(PEOPLE.get(user) or User(user), remember=True)
        return ""

    @app.get("/login")
    @stopper.public
    def login_page():
        return ""

    @app.get("/mine")
    @stopper.requires()
    def mine():
        return current_user.get_id()

    @app.get("/write")
    @stopper.requires("notes:write")
    def write():
        return ""

    @app.get("/pay")
    @stopper.requires("bills:pay", role="clerk")
    def pay():
        return ""

    @app.get("/theirs")
    @login_required
    def theirs():
        return ""

    app.stopper = stopper
    app.manager = manager
    return app


def person(app, user=""):
    client = Client(app, app.response_class)

    if user:
        client.post(f"/enter/{user}")

    return client


class TestFlaskLogin:
    def test_its_user_is_who_asks(self, login):
        assert person(login).get("/mine").status_code == 401
        assert person(login, "1").get("/mine").text == "1"

    def test_a_user_who_is_gone_is_nobody(self, login):
        client = person(login, "9")

        # The session still names one.
        assert client.get("/mine").status_code == 401

    def test_who_is_remembered_is_logged_in(self, login):
        client = person(login, "1")
        client.delete_cookie("session")
        client.delete_cookie("__Host-session")

        assert client.get("/mine").text == "1"

    def test_its_roles_count(self, login):
        assert person(login, "1").get("/write").status_code == 200
        assert person(login, "5").get("/write").status_code == 403

    def test_roles_with_names_and_permissions_count(self, login):
        assert person(login, "5").get("/pay").status_code == 200
        assert person(login, "1").get("/pay").status_code == 403

    def test_its_roles_are_not_those_of_another_user(self, login):
        # A program says by a key who it is, and has the cookie of somebody else.
        login.stopper.identity(lambda: "7")

        assert person(login, "1").get("/write").status_code == 403

    def test_its_decorator_refuses_for_itself(self, login):
        assert person(login).get("/theirs").status_code == 401
        assert person(login, "1").get("/theirs").status_code == 200

    def test_its_login_page_is_known(self, login):
        login.manager.login_view = "login_page"
        answer = person(login).get("/mine", headers={"Accept": "text/html"})

        assert answer.status_code == 302
        assert answer.location.startswith("/login?next=")
