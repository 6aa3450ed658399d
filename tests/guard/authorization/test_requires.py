"""Who is not logged in logs in first, and who lacks a permission is refused."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from flask import Blueprint
from flask import request
from flask import session
from flask.views import MethodView

from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.catalogue.event import Action
from stopper.controls.authorization.policy import covers
from stopper.controls.redirects.policy import leads_away
from stopper.testing import events

PAGE = "text/html"


def view(shop, *permissions, path="/view", **more):
    def found():
        return "seen"

    marked = shop.stopper.requires(*permissions, **more)(found)
    shop.app.add_url_rule(path, path.strip("/"), marked, methods=["GET", "POST"])


class TestPermissions:
    @pytest.mark.parametrize(
        ("grant", "permission", "holds"),
        [
            ("notes:read", "notes:read", True),
            ("notes:read", "notes:write", False),
            ("notes", "notes:read", False),
            ("notes:*", "notes:read", True),
            ("notes:*", "notes:read:own", True),
            ("notes:*", "notes", False),
            ("notes:*", "notesbook:read", False),
            ("*", "notes:read", True),
            ("note*", "notes:read", False),
        ],
    )
    def test_a_wildcard_holds_what_is_below_it(self, grant, permission, holds):
        assert covers(grant, permission) is holds

    @pytest.mark.parametrize(
        ("user", "status"), [("", 401), ("1", 200), ("2", 200), ("3", 403), ("4", 200)]
    )
    def test_a_role_gives_its_permissions(self, shop, user, status):
        view(shop, "notes:write")

        assert shop.status("/view", user) == status

    def test_a_mapping_of_roles_is_an_error_and_gives_none(self, bare):
        bare.stopper.roles(lambda user: {"admin": False})
        view(bare, "notes:write")

        with pytest.raises(TypeError, match="mapping"):
            bare.status("/view", "1")

    def test_several_permissions_are_all_needed(self, shop):
        view(shop, "notes:write", "users:write")

        assert shop.status("/view", "1") == 403
        assert shop.status("/view", "2") == 200

    def test_any_of_several_is_enough_where_that_is_said(self, shop):
        view(shop, "notes:write", "users:write", any=True)

        assert shop.status("/view", "1") == 200
        assert shop.status("/view", "3") == 403

    def test_marks_on_one_view_all_hold(self, shop):
        both = shop.stopper.requires("notes:write")(
            shop.stopper.requires("users:write")(lambda: "")
        )
        shop.app.add_url_rule("/", "view", both)

        assert (shop.status("/", "1"), shop.status("/", "2")) == (403, 200)

    @pytest.mark.parametrize("role", ["editor", ("editor", "chief")])
    def test_one_of_the_roles_is_needed(self, shop, role):
        view(shop, role=role)

        assert shop.status("/view", "1") == 200
        # A wildcard of permissions is no role.
        assert shop.status("/view", "2") == 403

    def test_a_role_and_a_permission_are_both_needed(self, shop):
        view(shop, "users:write", role="editor")

        assert shop.status("/view", "1") == 403
        assert shop.status("/view", "2") == 403

    def test_a_role_that_no_setting_has_gives_nothing(self, make):
        shop = make(STOPPER_ROLES={})
        shop.stopper.roles(lambda user: ["editor"])
        view(shop, "notes:write")

        assert shop.status("/view", "1") == 403

    @pytest.mark.parametrize(
        "roles", [{"a": "notes:read"}, {"a": ["notes:*:x"]}, {"a": [5]}, {5: ["a"]}]
    )
    def test_roles_that_are_none_do_not_start(self, make, roles):
        with pytest.raises(SettingError, match="STOPPER_ROLES"):
            make(STOPPER_ROLES=roles)


class TestRoles:
    def test_roles_are_not_loaded_where_a_login_is_enough(self, bare):
        asked = []
        bare.stopper.roles(lambda user: asked.append(user))
        view(bare)

        assert bare.status("/view", "1") == 200
        assert asked == []

    def test_roles_are_loaded_once_in_a_request(self, bare):
        asked = []
        bare.stopper.roles(lambda user: asked.append(user) or ["editor"])

        @bare.app.get("/")
        @bare.stopper.requires("notes:read", role="editor")
        def found():
            return str(bare.stopper.may("notes:write"))

        assert bare.client("1").get("/").text == "True"
        assert asked == ["1"]

    def test_roles_are_loaded_anew_in_the_next_request(self, bare):
        roles = ["editor"]
        bare.stopper.roles(lambda user: roles)
        view(bare, "notes:read")
        client = bare.client("1")
        before = client.get("/view").status_code
        roles.clear()

        assert (before, client.get("/view").status_code) == (200, 403)

    def test_who_logs_in_within_a_request_has_new_roles(self, bare):
        bare.stopper.roles(lambda user: ["admin"] if user == "2" else [])
        bare.stopper.identity(lambda: session.get("user_id"))

        @bare.app.get("/")
        @bare.stopper.requires()
        def found():
            first = bare.stopper.may("users:write")
            session["user_id"] = "2"
            return f"{first} {bare.stopper.may('users:write')}"

        assert bare.client("1").get("/").text == "False True"

    def test_a_function_may_take_nothing(self, bare):
        bare.stopper.roles(lambda: [session["role"]])

        @bare.app.post("/promote")
        @bare.stopper.public
        def promote():
            session["role"] = "editor"
            return ""

        view(bare, "notes:write")
        client = bare.client("1")
        client.post("/promote")

        assert client.get("/view").status_code == 200

    def test_one_name_is_no_list_of_letters(self, bare):
        bare.stopper.roles(lambda user: "editor")
        view(bare, role="editor")

        assert bare.status("/view", "1") == 200

    def test_a_function_that_fails_lets_nobody_in(self, bare):
        bare.app.config["PROPAGATE_EXCEPTIONS"] = False
        bare.stopper.roles(lambda user: {}[user])
        view(bare, "notes:write")

        assert bare.status("/view", "1") == 500

    def test_a_coroutine_is_not_taken(self, bare):
        async def roles(user):
            return ["admin"]

        with pytest.raises(SettingError, match="plain function"):
            bare.stopper.roles(roles)

    def test_accounts_know_roles_and_permissions(self, bare):
        class Access:
            def granted(self, user):
                roles = frozenset({"editor"} if user == "1" else ())
                return roles, frozenset({"bills:pay"} if user == "3" else ())

        class Accounts:
            access = Access()

        bare.app.extensions["stopper.accounts"] = Accounts()
        view(bare, "notes:write", path="/notes")
        view(bare, "bills:pay", path="/bills")

        assert (bare.status("/notes", "1"), bare.status("/notes", "3")) == (200, 403)
        assert (bare.status("/bills", "1"), bare.status("/bills", "3")) == (403, 200)


class TestIdentity:
    def test_where_the_function_fails_nobody_is_logged_in(self, bare):
        bare.stopper.identity(lambda: 1 / 0)
        view(bare)

        assert bare.status("/view", "1") == 401

    def test_where_nothing_says_who_asks_the_event_says_so(self, make):
        shop = make(STOPPER_SESSIONS_MODE="off")
        view(shop)

        with events(shop.app) as found:
            assert shop.status("/view", "1") == 401

        assert "@stopper.identity" in found[-1].message

    def test_a_user_without_an_id_is_logged_in(self, bare):
        @bare.app.post("/in")
        @bare.stopper.public
        def come_in():
            session["user"] = {"name": "eve"}
            return ""

        view(bare)
        client = bare.client()
        client.post("/in")

        assert client.get("/view").status_code == 200


class TestAnswers:
    def test_a_program_gets_401_and_an_event(self, bare):
        view(bare)

        with events(bare.app) as found:
            answer = bare.client().get("/view")

        assert (answer.status_code, found.refused) == (401, ["not-logged-in"])
        assert answer.mimetype == "application/problem+json"

    def test_a_browser_gets_401_where_no_login_page_is_known(self, bare):
        view(bare)

        assert bare.client(accept=PAGE).get("/view").status_code == 401

    def test_the_app_may_answer_itself(self, bare):
        view(bare)
        bare.app.register_error_handler(401, lambda e: (e.description, 401))

        assert bare.client().get("/view").text == (
            "This is only for those who are signed in."
        )

    def test_who_lacks_a_permission_is_told_nothing_of_it(self, shop):
        view(shop, "notes:burn")

        with events(shop.app) as found:
            answer = shop.client("1").get("/view")

        assert (answer.status_code, found.refused) == (403, ["forbidden"])
        assert "burn" not in answer.text
        assert found[0].details["needs"] == "requires notes:burn"
        assert found[0].identity == "1"

    def test_methods_of_a_class_need_different_things(self, shop):
        class Notes(MethodView):
            @shop.stopper.requires("notes:read")
            def get(self):
                return ""

            @shop.stopper.requires("notes:burn")
            def delete(self):
                return ""

        shop.app.add_url_rule("/notes", view_func=Notes.as_view("notes"))

        assert shop.status("/notes", "1") == 200
        assert shop.status("/notes", "1", "DELETE") == 403
        assert shop.status("/notes", "4", "DELETE") == 200


@pytest.fixture(params=["enter_page", "/login"])
def led(request, make):
    """A shop with a login page, named by endpoint or by path."""
    shop = make(STOPPER_LOGIN_URL=request.param)

    @shop.app.route("/login", methods=["GET", "POST"])
    @shop.stopper.public
    def enter_page():
        return "log in"

    view(shop)
    return shop


class TestLogin:
    def test_a_browser_is_led_to_the_login_page(self, led):
        with events(led.app) as found:
            answer = led.client(accept=PAGE).get("/view?a=1&b=%26")

        assert answer.status_code == 302
        address, _, query = answer.location.partition("?")
        assert (address, parse_qs(query)) == ("/login", {"next": ["/view?a=1&b=%26"]})
        assert found.named(Action.NOTED) == ["login-needed"]
        assert "no-store" in answer.headers["Cache-Control"]

    def test_the_address_comes_back_as_it_was(self, led):
        @led.app.get("/echo")
        @led.stopper.public
        def echo():
            return request.args["next"]

        client = led.client(accept=PAGE)
        query = client.get("/view?a=1&b=%26").location.partition("?")[2]

        assert client.get(f"/echo?{query}").text == "/view?a=1&b=%26"

    def test_a_program_is_led_nowhere(self, led):
        assert led.client().get("/view").status_code == 401

    def test_what_was_posted_is_not_sent_there_again(self, led):
        answer = led.client(accept=PAGE).post("/view")

        assert (answer.status_code, answer.location) == (303, "/login")

    @pytest.mark.parametrize(
        "path", ["//evil.example/x", "/\\evil.example", "/\t/evil"]
    )
    def test_no_other_site_is_brought_along(self, led, path):
        def anything(path):
            return path

        led.app.url_map.merge_slashes = False
        led.app.add_url_rule("/<path:path>", "any", led.stopper.requires()(anything))
        answer = led.client(accept=PAGE).get("/", environ_overrides={"PATH_INFO": path})
        brought = parse_qs(answer.location.partition("?")[2])["next"][0]

        assert not leads_away(brought)

    def test_below_another_path_the_address_holds_it(self, led):
        answer = led.client(accept=PAGE).get(
            "/view", environ_overrides={"SCRIPT_NAME": "/shop"}
        )

        assert answer.location.startswith("/shop/login?next=")
        assert "shop" in answer.location.partition("?")[2]

    def test_the_login_page_of_accounts_is_known(self, bare):
        accounts = bare.stopper.public(Blueprint("stopper_accounts", __name__))
        accounts.add_url_rule("/account/login", "login", lambda: "log in")
        bare.app.register_blueprint(accounts)
        view(bare)

        answer = bare.client(accept=PAGE).get("/view")
        assert answer.location == "/account/login?next=/view"

    def test_an_endpoint_that_is_none_does_not_start(self, make):
        shop = make(STOPPER_LOGIN_URL="acount.login")

        with pytest.raises(StartError, match="acount"):
            shop.client().get("/")

    @pytest.mark.parametrize("address", ["//evil.example", "https://a.example", "a b"])
    def test_an_address_elsewhere_is_not_taken(self, make, address):
        with pytest.raises(SettingError, match="STOPPER_LOGIN_URL"):
            make(STOPPER_LOGIN_URL=address)

    def test_a_login_page_that_takes_a_login_does_not_lead_to_itself(self, make):
        shop = make(STOPPER_LOGIN_URL="/view")
        view(shop)

        assert shop.client(accept=PAGE).get("/view").status_code == 401
