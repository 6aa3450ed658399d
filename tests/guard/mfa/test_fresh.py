"""What is worth more than a session asks again who it is, and takes no less than a login."""

from __future__ import annotations

import functools

import pytest
from flask import Flask
from flask.views import View

import stopper
from guard.mfa.shown import options
from guard.mfa.site import PASSWORD
from guard.mfa.site import post
from guard.mfa.site import Site
from stopper.accounts import Accounts
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError

CONFIRM = "/account/confirm"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def site():
    """An app whose database is in memory."""
    return Site()


@pytest.fixture
def ann(site):
    """A user."""
    return site.user()


@pytest.fixture
def stale(site, ann):
    """A browser in which the user logged in eleven minutes ago."""
    client = site.client(ann)
    site.clock.now += 660
    return client


def test_a_fresh_login_is_let_in(site, ann):
    assert site.client(ann).get("/pay").text == "paid"


def test_a_browser_is_led_to_the_page_that_asks(stale):
    answer = stale.get("/pay?sum=3&to=bob", headers=PAGE)

    assert answer.status_code == 303
    assert answer.location == f"{CONFIRM}?next=/pay?sum%3D3%26to%3Dbob"


def test_a_program_is_told_where(stale):
    answer = post(stale, "/pay")

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["step_up"] == CONFIRM


def test_a_form_is_not_sent_again(stale):
    headers = {**PAGE, "Referer": "https://club.example/cart"}
    answer = stale.post("/pay", data={"sum": 3}, headers=headers)

    assert answer.location.startswith(f"{CONFIRM}?next=https://club.example/cart")
    assert "What you sent was not done" in stale.get(answer.location, headers=PAGE).text


def test_a_referer_of_another_site_is_not_gone_back_to(stale):
    headers = {**PAGE, "Referer": "https://evil.example/"}

    assert stale.post("/pay", headers=headers).location == f"{CONFIRM}?next=/&again=1"


def test_the_password_makes_it_fresh(stale):
    data = {"password": PASSWORD, "next": "/pay"}
    answer = stale.post(CONFIRM, data=data, headers=PAGE)

    assert (answer.status_code, answer.location) == (303, "/pay")
    assert stale.get("/pay").text == "paid"


def test_a_wrong_password_does_not(stale):
    answer = post(stale, CONFIRM, password="no")

    assert answer.status_code == 403
    assert stale.get("/pay").status_code == 401


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"],
)
def test_one_is_not_led_away(stale, target):
    answer = post(stale, CONFIRM, password=PASSWORD, next=target)

    assert answer.json["next"] == "/account/factors"


def test_the_session_gets_another_id(stale):
    before = stale.get_cookie("__Host-session", domain="club.example").value
    post(stale, CONFIRM, password=PASSWORD)

    assert stale.get_cookie("__Host-session", domain="club.example").value != before


def test_where_there_is_a_factor_the_password_alone_is_not_enough(site, ann, stale):
    app = site.totp(ann)
    site.clock.now += 600

    assert post(stale, CONFIRM, password=PASSWORD).status_code == 403
    code = site.code(app)
    assert post(stale, CONFIRM, password="no", code=code).status_code == 403
    # A wrong password did not use the code up.
    assert post(stale, CONFIRM, password=PASSWORD, code=code).status_code == 200
    assert stale.get("/pay").text == "paid"


def test_a_code_alone_is_not_enough(site, ann, stale):
    app = site.totp(ann)

    assert post(stale, CONFIRM, code=site.code(app)).status_code == 403


def test_a_code_is_used_up_by_it(site, ann, stale):
    app = site.totp(ann)
    code = site.code(app)
    post(stale, CONFIRM, password=PASSWORD, code=code)

    assert post(site.half(ann), "/account/second", code=code).status_code == 403


def test_a_passkey_is_enough(site, ann, stale):
    passkey = site.passkey(ann)
    sent = passkey.show(options(stale, f"{CONFIRM}/passkey"))
    answer = post(stale, f"{CONFIRM}/passkey", credential=sent, next="/pay")

    assert answer.json == {"fresh": True, "next": "/pay"}
    assert stale.get("/pay").text == "paid"


def test_a_passkey_of_somebody_else_is_not(site, ann, stale):
    other = site.passkey(site.user("bob@club.example"))
    sent = other.show(options(stale, f"{CONFIRM}/passkey"))

    assert post(stale, f"{CONFIRM}/passkey", credential=sent).status_code == 403


def test_with_a_passkey_the_password_is_not_asked_for(site, ann, stale):
    site.passkey(ann)
    page = stale.get(CONFIRM, headers=PAGE).text

    assert 'name="password"' not in page
    assert post(stale, CONFIRM, password=PASSWORD).status_code == 403


def test_a_remembered_login_is_not_fresh(site, ann):
    client = site.client()
    client.post(f"/in/{ann}?how=remembered&stale=1")

    assert client.get("/pay").status_code == 401


def test_where_the_browser_spared_the_factor_the_login_is_not_fresh(site, ann):
    site.totp(ann)
    site.service.devices.trusted = lambda request, user: user == ann
    client = site.client()
    sent = {"address": "ann@club.example", "password": PASSWORD}

    assert post(client, "/account/login", **sent).status_code == 200
    assert client.get("/").json["user"] == ann
    assert client.get("/pay").status_code == 401


def test_changing_the_password_does_not_make_it_fresh_where_there_is_a_factor(
    site, ann, stale
):
    site.totp(ann)
    site.clock.now += 600
    new = "a kettle full of stars"
    post(stale, "/account/password", current=PASSWORD, password=new)

    assert stale.get("/pay").status_code == 401


def test_a_stranger_is_led_to_the_login(site):
    answer = site.client().get("/pay", headers=PAGE)

    assert answer.location == "/account/login?next=/pay"


def test_guesses_are_throttled(stale):
    found = [post(stale, CONFIRM, password=f"no {n}").status_code for n in range(30)]

    assert 429 in found


def test_it_is_asked_wherever_the_mark_stands(site, ann):
    stopper, app = site.stopper, site.app

    class Only(View):
        @stopper.requires()
        @stopper.fresh()
        def dispatch_request(self):
            return "paid"

    def pay():
        return "paid"

    marked = stopper.requires()(functools.partial(stopper.fresh()(pay)))
    app.add_url_rule("/only", view_func=Only.as_view("only"))
    app.add_url_rule("/partial", "partial", marked)
    client = site.client(ann)
    site.clock.now += 660

    assert [client.get(p).status_code for p in ("/only", "/partial")] == [401, 401]


def test_the_route_says_how_fresh(site):
    walk = site.app.extensions["stopper"].settle()
    guard = next(g for g in walk.guards if g.control.name == "mfa")
    rule = next(r for r in site.app.url_map.iter_rules() if r.rule == "/pay")

    assert list(guard.declared(rule, None, "POST")) == ["fresh 10 minutes"]


def test_without_accounts_the_mark_stops_the_start():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="4b1f09c2d7e8a635", TESTING=True)
    ours = stopper.Stopper(app)
    app.get("/")(ours.public(ours.fresh()(lambda: "x")))

    with pytest.raises(StartError, match="fresh"):
        app.extensions["stopper"].settle()


def test_without_the_pages_of_accounts_a_role_stops_the_start():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="4b1f09c2d7e8a635", TESTING=True)
    app.config["STOPPER_MFA_ROLES"] = ["admin"]
    stopper.Stopper(app)
    Accounts(app, pages=False)

    with pytest.raises(StartError, match="STOPPER_MFA_ROLES"):
        app.extensions["stopper"].settle()


def test_without_accounts_and_marks_it_does_nothing():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="4b1f09c2d7e8a635", TESTING=True)
    ours = stopper.Stopper(app)
    app.get("/")(ours.public(lambda: "x"))

    assert app.test_client().get("/", base_url="https://localhost").text == "x"


@pytest.mark.parametrize("minutes", [0, -1, 1.5, True, "5", lambda: "a view"])
def test_what_are_no_minutes_is_refused(minutes):
    with pytest.raises(SettingError, match="parentheses"):
        stopper.Stopper().fresh(minutes)
