"""A secret route answers as an address that does not exist, whatever else it has."""

from __future__ import annotations

import re

import pytest
from flask import abort
from flask import Blueprint
from flask import request
from flask.views import MethodView
from werkzeug.routing import Rule

from stopper.accounts import Accounts
from stopper.catalogue.error import StartError
from stopper.controls import CONTROLS
from stopper.testing import events

PAGE = "text/html"


def view(shop, *permissions, path="/view", **more):
    def found():
        return "seen"

    marked = shop.stopper.requires(*permissions, **more)(found)
    shop.app.add_url_rule(path, path.strip("/"), marked, methods=["GET", "POST"])


@pytest.fixture
def secret(shop):
    @shop.app.errorhandler(404)
    def lost(error):
        return f"lost {request.endpoint} {request.url_rule}", 404

    @shop.app.after_request
    def note(response):
        response.headers["X-Seen"] = f"{request.endpoint} {request.view_args}"
        return response

    part = Blueprint("part", __name__, url_prefix="/part")

    @part.errorhandler(404)
    def lost_in_part(error):
        return "lost in part", 404

    @part.before_request
    def before():
        abort(418)

    @part.route("/secret/", methods=["GET", "POST"])
    @shop.stopper.requires("secrets:read", hidden=True)
    def view():
        return "secret"

    shop.app.register_blueprint(part)

    @shop.app.get("/secret/<int:n>/")
    @shop.stopper.requires("secrets:read", hidden=True)
    def numbered(n):
        return "secret"

    return shop


METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]


@pytest.mark.parametrize("user", ["", "1"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/part/secret/", "/part/secret", "/secret/1/", "/secret/1"]
)
def test_it_answers_as_an_unknown_address(secret, user, method, path):
    client = secret.client(user)
    there = client.open(path, method=method)
    nowhere = client.open("/nowhere", method=method)

    assert there.status_code == 404
    assert there.data == nowhere.data
    assert sorted(there.headers) == sorted(nowhere.headers)


@pytest.mark.parametrize("method", METHODS)
def test_it_does_so_with_every_control_on(make, method):
    others = [c.name for c in CONTROLS if c.guarded]
    shop = make(*others, STOPPER_LIMIT_ALL="1000/minute")
    view(shop, "secrets:read", hidden=True)
    client = shop.client("1", accept=PAGE)
    there, nowhere = (client.open(p, method=method) for p in ("/view", "/nowhere"))

    assert there.status_code == nowhere.status_code
    assert sorted(dict(there.headers)) == sorted(dict(nowhere.headers))
    policy = "RateLimit-Policy"
    assert there.headers.get(policy) == nowhere.headers.get(policy)


def test_the_same_where_blueprints_look_at_values(secret):
    secret.app.url_value_preprocessor(lambda endpoint, values: None)
    client = secret.client()

    assert client.get("/part/secret/").data == client.get("/nowhere").data


def test_what_answers_in_the_place_of_any_address_answers(secret):
    @secret.app.before_request
    def closed():
        return "closed", 503

    assert secret.client().get("/secret/1/").status_code == 503


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("DELETE", 405), ("OPTIONS", 200)]
)
def test_who_may_sees_it_as_it_is(secret, method, status):
    assert secret.status("/secret/1/", "2", method) == status


def test_a_missing_slash_is_put_there_for_who_may(secret):
    assert secret.status("/secret/1", "2") == 308


def test_the_refusal_is_an_event_with_the_route(secret):
    with events(secret.app) as found:
        secret.client().get("/secret/1/")

    assert found.refused == ["hidden"]
    assert found[-1].route == "/secret/<int:n>/"


@pytest.fixture
def mixed(shop):
    class Mixed(MethodView):
        @shop.stopper.public
        def get(self):
            return "open"

        @shop.stopper.requires("secrets:read", hidden=True)
        def delete(self):
            return "secret"

    shop.app.add_url_rule("/mixed", view_func=Mixed.as_view("mixed"))
    return shop


def test_secret_methods_are_left_out_of_what_is_allowed(mixed):
    client = mixed.client("1")

    assert sorted(client.options("/mixed").allow) == ["GET", "HEAD", "OPTIONS"]
    assert sorted(client.put("/mixed").allow) == ["GET", "HEAD", "OPTIONS"]
    assert "DELETE" in mixed.client("2").options("/mixed").allow
    assert "DELETE" in mixed.client("2").put("/mixed").allow


def test_the_open_methods_stay(mixed):
    assert mixed.client("1").get("/mixed").text == "open"


@pytest.fixture
def dressed(make):
    """An app with every control, and a secret view with all that a view can have."""
    shop = make(
        *[c.name for c in CONTROLS if c.guarded], STOPPER_LIMIT_ALL="1000/minute"
    )
    stopper = shop.stopper
    stopper.roles(lambda user: ["admin"] if user == "2" else [])
    hide = stopper.requires("secrets:read", hidden=True)

    @shop.app.errorhandler(404)
    def lost(error):
        return "lost", 404

    @shop.app.route("/secret", methods=["GET", "POST"])
    @hide
    @stopper.limit("2/minute")
    @stopper.cors("https://friend.example")
    @stopper.csrf.exempt
    @stopper.headers.frame("https://friend.example")
    def secret():
        return "secret"

    @shop.app.route("/page/", defaults={"number": 1})
    @shop.app.route("/page/<int:number>")
    @hide
    def page(number):
        return "secret"

    shop.app.url_map.add(Rule("/any/", endpoint="any"))
    shop.app.endpoint("any")(hide(lambda: "secret"))
    return shop


FRIEND = {"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"}
PREFLIGHT = {**FRIEND, "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize("user", ["", "1"])
@pytest.mark.parametrize("path", ["/secret", "/page/1", "/page/2", "/any", "/any/"])
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("POST", {}),
        ("PUT", {}),
        ("POST", FRIEND),
        ("GET", FRIEND),
        ("OPTIONS", PREFLIGHT),
    ],
)
def test_nothing_that_a_secret_view_has_tells_of_it(
    dressed, user, path, method, headers
):
    client = dressed.client(user)
    there, nowhere = (
        client.open(at, method=method, headers=headers)
        for at in (path, "/nowhere/" if path.endswith("/") else "/nowhere")
    )

    assert there.status_code == nowhere.status_code
    assert unnumbered(there.text) == unnumbered(nowhere.text)
    assert same(there.headers) == same(nowhere.headers)


def unnumbered(text):
    return re.sub(r"[0-9a-f-]{32,36}", "", text)


def same(headers):
    changing = {"X-Request-ID", "Content-Security-Policy", "RateLimit"}
    return {name: "" if name in changing else value for name, value in headers}


def test_its_limit_is_not_taken_from_by_who_may_not_know(dressed):
    client = dressed.client("1")

    assert [client.get("/secret").status_code for _ in range(4)] == [404] * 4
    assert dressed.status("/secret", "2") == 200


def test_a_preflight_tells_nothing_of_a_secret_method(mixed_origins):
    client = mixed_origins.client()
    asks = {"Origin": "https://friend.example"}
    one, other, none = (
        client.options(
            "/mixed", headers={**asks, "Access-Control-Request-Method": method}
        )
        for method in ("GET", "POST", "PUT")
    )

    assert one.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Access-Control-Allow-Methods" not in other.headers
    assert same(other.headers) == same(none.headers)


@pytest.fixture
def mixed_origins(make):
    shop = make("cors")
    friend = shop.stopper.cors("https://friend.example")
    hide = shop.stopper.requires(hidden=True)
    shop.app.get("/mixed")(friend(shop.stopper.public(lambda: "open")))
    shop.app.add_url_rule(
        "/mixed", "write", friend(hide(lambda: "secret")), methods=["POST"]
    )
    return shop


@pytest.mark.parametrize("outside", [True, False])
def test_a_secret_view_that_takes_keys_is_an_error_at_the_start(shop, outside):
    Accounts(shop.app, pages=False)
    part = Blueprint("part", __name__)
    keyed = shop.stopper.apikey()
    view = shop.stopper.requires(hidden=True)(lambda: "secret")
    part.add_url_rule("/", "view", view if outside else keyed(view))
    shop.app.register_blueprint(keyed(part) if outside else part)

    with pytest.raises(StartError, match=r"part\.view.*hidden"):
        shop.client().get("/")


def test_roles_that_cannot_be_looked_up_tell_nothing_of_it(bare, caplog):
    bare.stopper.roles(lambda user: {"2": ["admin"]}[user])
    view(bare, "secrets:read", hidden=True)
    view(bare, "secrets:read", path="/known")

    assert bare.status("/view", "1") == 404
    assert "KeyError" in caplog.text
    assert bare.status("/view", "2") == 200

    with pytest.raises(KeyError):
        bare.status("/known", "1")
