"""Which factors there are, who may change them, and how one that is lost is replaced."""

from __future__ import annotations

import threading

import pyotp
import pytest

import stopper.testing
from guard.mfa.shown import log_in
from guard.mfa.site import post
from guard.mfa.site import Site
from stopper.cli.flask import group
from stopper.guard.mfa.factors import Last

FACTORS = "/account/factors"


def listed(client):
    found = client.get(FACTORS, headers={"Accept": "application/json"})
    assert found.status_code == 200, found.text
    return found.json["factors"]


def test_the_overview_lists_what_there_is(site, ann):
    site.totp(ann)
    site.passkey(ann)
    found = listed(site.client(ann))

    assert [one["kind"] for one in found] == ["totp", "passkey"]


def test_the_overview_is_nobody_elses(site, ann):
    site.totp(ann)

    assert listed(site.client(site.user("bob@club.example"))) == []


def test_a_stranger_is_led_to_the_login(site):
    answer = site.client().get(FACTORS, headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account/login?next=/account/factors"


def test_a_factor_gets_a_name(site, ann):
    site.totp(ann)
    client = site.client(ann)
    id = listed(client)[0]["id"]

    assert post(client, f"{FACTORS}/{id}/name", label="my\n phone ").status_code == 200
    assert listed(client)[0]["label"] == "my phone"


@pytest.mark.parametrize("what", ["name", "remove"])
def test_the_factor_of_somebody_else_is_not_there(site, ann, what):
    site.totp(ann)
    id = listed(site.client(ann))[0]["id"]
    bob = site.client(site.user("bob@club.example"))

    assert post(bob, f"{FACTORS}/{id}/{what}", label="x").status_code == 404
    assert listed(site.client(ann))[0]["label"] == "Authenticator app"


def test_a_factor_that_is_removed_is_gone_and_told(site, ann):
    site.totp(ann)
    site.codes(ann)
    client = site.client(ann)

    with stopper.testing.mails(site.app) as mails:
        id = listed(client)[0]["id"]
        assert post(client, f"{FACTORS}/{id}/remove").status_code == 200

    assert listed(client) == []
    assert "Authenticator app removed" in mails[0].get_content()


@pytest.mark.parametrize("kind", ["totp", "passkey"])
def test_a_factor_that_is_added_is_told(site, ann, kind):
    with stopper.testing.mails(site.app) as mails:
        getattr(site, kind)(ann)

    (mail,) = mails
    assert mail["To"] == "ann@club.example"
    assert " added" in mail.get_content()


def test_with_the_last_factor_the_recovery_codes_go(site, ann):
    site.totp(ann)
    site.codes(ann)
    client = site.client(ann)
    post(client, f"{FACTORS}/{listed(client)[0]['id']}/remove")

    with site.service.database.reading() as sql:
        assert site.service.factors.of(sql, ann) == frozenset()


def test_a_factor_is_removed_by_who_logged_in_a_short_while_ago(site, ann):
    site.totp(ann)
    client = site.client(ann)
    id = listed(client)[0]["id"]
    site.clock.now += 601
    answer = post(client, f"{FACTORS}/{id}/remove")

    assert (answer.status_code, answer.json["step_up"]) == (401, "/account/confirm")
    assert len(listed(client)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/totp",
        "/totp/confirm",
        "/passkey/options",
        "/passkey",
        "/recovery",
        "/x/remove",
    ],
)
def test_nothing_is_changed_by_a_login_that_is_not_fresh(site, ann, path):
    client = site.client()
    client.post(f"/in/{ann}?stale=1")

    assert post(client, FACTORS + path).status_code == 401


@pytest.mark.parametrize("change", ["add", "remove"])
def test_browsers_that_were_spared_are_asked_again_after_a_change(site, ann, change):
    site.totp(ann)
    client = site.client(ann)
    id = listed(client)[0]["id"]
    device = site.service.tables.device

    with site.service.database.writing() as sql:
        sql.add(remembered(device, ann, "mfa"))
        sql.add(remembered(device, ann, "login"))

    if change == "add":
        site.passkey(ann)
    else:
        post(client, f"{FACTORS}/{id}/remove")

    with site.service.database.reading() as sql:
        assert sql.query(device).filter_by(user=ann).all() == []


def test_browsers_that_stay_logged_in_show_the_first_factor_as_well(site, ann):
    device, series = site.service.tables.device, []

    with site.service.database.writing() as sql:
        for token in ("here", "elsewhere"):
            made = remembered(device, ann, "login")
            made.token = token.encode().ljust(32)
            sql.add(made)
            sql.flush()
            series.append(made.id)

    client = site.client(ann)
    client.post(f"/belongs/{series[0]}")
    key = pyotp.TOTP(post(client, f"{FACTORS}/totp").json["secret"])
    post(client, f"{FACTORS}/totp/confirm", code=site.code(key))

    with site.service.database.reading() as sql:
        assert [d.id for d in sql.query(device).filter_by(user=ann)] == series[:1]


def remembered(table, user, purpose):
    made = table(user=user, purpose=purpose, token=purpose.encode().ljust(32))
    made.rotated_at = made.created_at = made.seen_at = 0.0
    made.ends_at = 2e9
    return made


@pytest.fixture
def admin(site):
    """A user whose role must have a second factor."""
    site.app.config["STOPPER_MFA_ROLES"] = ["admin"]
    return site.user("root@club.example", "admin")


def test_the_last_factor_of_a_role_that_needs_one_stays(site, admin):
    site.totp(admin)
    client = site.client(admin)
    answer = post(client, f"{FACTORS}/{listed(client)[0]['id']}/remove")

    assert answer.status_code == 409
    assert len(listed(client)) == 1


def test_one_of_two_goes(site, admin):
    site.totp(admin)
    site.passkey(admin)
    client = site.client(admin)

    assert (
        post(client, f"{FACTORS}/{listed(client)[0]['id']}/remove").status_code == 200
    )


def test_of_two_that_are_removed_at_once_one_stays(site, admin):
    site.totp(admin)
    site.passkey(admin)
    first, second = [one["id"] for one in listed(site.client(admin))]
    ours, found = site.service, []

    def remove():
        try:
            with ours.database.writing() as sql:
                found.append(ours.factors.remove(sql, admin, second))
        except Last:
            found.append("last")

    other = threading.Thread(target=remove)

    with ours.database.writing() as sql:
        ours.factors.remove(sql, admin, first)
        other.start()
        # Nothing tells that it waits; long enough that it would be done if it did not.
        other.join(1)

    other.join()

    assert found == ["last"]
    assert len(listed(site.client(admin))) == 1


@pytest.mark.parametrize("path", ["/", "/pay", "/account/password", "/account/"])
def test_who_must_have_a_factor_gets_nothing_else(site, admin, path):
    client = site.client(admin)
    page = client.get(path, headers={"Accept": "text/html"})
    data = client.get(path, headers={"Accept": "application/json"})

    assert (page.status_code, page.location.partition("?")[0]) == (303, FACTORS)
    assert (data.status_code, data.json["factors"]) == (403, FACTORS)


def test_who_must_have_a_factor_sets_one_up_and_goes_on(site, admin):
    client = site.client(admin)
    app = pyotp.TOTP(post(client, f"{FACTORS}/totp").json["secret"])
    post(client, f"{FACTORS}/totp/confirm", code=site.code(app))

    assert client.get("/").json == {"user": admin, "how": ["password", "totp"]}


def test_who_must_have_a_factor_may_log_out_and_has_the_style(site, admin):
    client = site.client(admin)

    with client.get("/account/static/accounts.css") as style:
        assert style.status_code == 200

    assert client.post("/account/logout").status_code == 200
    assert client.get("/").json["user"] is None


def test_a_role_that_was_given_during_a_login_counts(site, admin):
    bob = site.user("bob@club.example")
    client = site.client(bob)
    assert client.get("/").status_code == 200

    with site.service.database.writing() as sql:
        sql.add(site.service.tables.membership(user=bob, role="admin"))

    site.clock.now += 31

    assert client.get("/").status_code == 403


def test_a_role_counts_at_once_in_a_login_that_comes_after_it(site, admin):
    bob = site.user("bob@club.example")
    assert site.client(bob).get("/").status_code == 200

    with site.service.database.writing() as sql:
        sql.add(site.service.tables.membership(user=bob, role="admin"))

    site.clock.now += 1

    assert site.client(bob).get("/").status_code == 403


def test_the_roles_of_the_apps_own_function_count(site, admin):
    bob = site.user("bob@club.example")
    site.stopper.roles(lambda user: ["admin"] if user == bob else [])

    assert site.client(bob).get("/").status_code == 403
    assert site.client(admin).get("/").status_code == 200


def test_everybody_may_have_to_have_one():
    site = Site(STOPPER_MFA_ROLES=["*"])
    client = site.client(site.user())

    assert client.get("/", headers={"Accept": "application/json"}).status_code == 403


def test_other_browsers_can_be_logged_out_after_a_change(site, ann):
    site.totp(ann)
    client, elsewhere = site.client(ann), site.client(ann)
    id = listed(client)[0]["id"]
    post(client, f"{FACTORS}/{id}/remove")

    assert (
        'href="/account/devices"'
        in client.get(FACTORS, headers={"Accept": "text/html"}).text
    )
    assert post(client, "/account/devices", others=True).status_code == 200
    assert elsewhere.get("/").json["user"] is None
    assert client.get("/").json["user"] == ann


def test_who_has_another_role_needs_none(site, admin):
    assert (
        site.client(site.user("b@club.example", "author")).get("/").status_code == 200
    )


def test_a_lost_passkey_is_replaced_with_a_recovery_code(site, ann):
    site.passkey(ann)
    codes = site.codes(ann)
    client = site.half(ann)
    post(client, "/account/second", recovery=codes[0])
    site.clock.now += 1
    new = site.passkey(ann)
    lost = listed(client)[0]["id"]

    assert post(client, f"{FACTORS}/{lost}/remove").status_code == 200
    assert log_in(site.client(), new).status_code == 200


def test_an_operator_resets_the_factors(site, ann):
    site.totp(ann)
    site.codes(ann)
    client = site.client(ann)
    command = ["users", "reset-mfa", "--yes", "ann@club.example"]

    with (
        stopper.testing.mails(site.app) as m,
        stopper.testing.events(site.app) as found,
    ):
        result = site.app.test_cli_runner().invoke(group, command)

    assert result.exit_code == 0, result.output
    assert client.get("/").json["user"] is None
    assert listed(site.client(ann)) == []
    assert "reset by an operator" in m[0].get_content()
    assert "factors-reset" in [e.name for e in found]


def test_an_operator_is_told_that_nobody_has_the_address(site):
    command = ["users", "reset-mfa", "nobody@club.example"]
    result = site.app.test_cli_runner().invoke(group, command)

    assert result.exit_code == 2
    assert "nobody@club.example" in result.output
