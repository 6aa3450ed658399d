"""``flask stopper users``: what an operator does for users, and never with a password."""

from __future__ import annotations

import json
import re

import pytest

from guard.accounts.conftest import clock
from guard.accounts.conftest import config
from guard.accounts.conftest import database
from guard.accounts.conftest import site
from guard.accounts.site import ANN
from guard.accounts.site import log_in
from guard.accounts.site import made
from guard.accounts.site import OTHER
from guard.accounts.site import PASSWORD
from guard.accounts.site import who
from guard.tables.conftest import database_url
from guard.tables.conftest import engine
from postbox import postbox
from servers import free_port
from stopper.cli import sending
from stopper.cli.flask import group
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import events

__all__ = ("clock", "config", "database", "database_url", "engine", "site")


@pytest.fixture
def run(site):
    return runner(site.app)


def runner(app):
    return lambda *words: app.test_cli_runner().invoke(group, ["users", *words])


@pytest.fixture
def mailing(database_url, database, tmp_path, clock):
    """Make an app that mails by a server."""
    apps = []

    def mailing(url):
        config = {"STOPPER_ACCOUNTS_URL": database_url, "STOPPER_MAIL_URL": url}
        apps.append(made(str(tmp_path), clock, **config))
        return apps[-1]

    yield mailing

    for app in apps:
        app.extensions["stopper.accounts"].engine.dispose()


def reset_page(site, password=OTHER):
    """Use the link that was mailed last."""
    path, _, token = site.link().rpartition("/")
    data = {"token": token, "password": password}
    return site.browser().post(f"{path}/link", data=data)


def test_a_user_is_added_and_chooses_the_password(site, run):
    found = run("add", ANN, "--name", "Ann", "--role", "editor")

    assert found.exit_code == 0, found.output
    person = site.person()
    assert (person.password, person.verified, person.name) == (None, False, "Ann")
    assert site.service.access.roles_of(person.id) == {"editor"}
    assert "Choose the password" in site.browser().get(site.link()).text
    assert reset_page(site).status_code == 303
    assert site.person().verified
    assert log_in(site.browser(), password=OTHER).status_code == 303


def test_nobody_logs_in_to_an_account_that_was_just_made(site, run):
    run("add", ANN, "--verified")

    assert site.person().verified
    for password in ("", PASSWORD):
        assert log_in(site.browser(), password=password).status_code in (403, 422)


def test_an_invitation_that_is_over_can_be_asked_for_again(site, run, clock):
    run("add", ANN, "--verified")
    clock.now += 24 * 3600 + 1
    assert site.browser().get(site.link()).status_code == 410

    site.browser().post("/account/reset", data={"address": ANN})
    assert reset_page(site).status_code == 303


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no address"], "'no address' "),
        (["ann@notes.example"], "has an account already"),
        (["bob@notes.example", "--role", "two words"], "is no name"),
    ],
)
def test_what_cannot_be_added_is_said(site, run, words, says):
    site.add()
    found = run("add", *words)

    assert found.exit_code == 2
    assert says in found.stderr
    assert site.person("bob@notes.example") is None


def test_no_command_takes_a_password(run):
    texts = [run(name, "--help").output for name in group.commands["users"].commands]

    assert len(texts) == 8
    assert [text for text in texts if re.search("--pass|PASSWORD", text)] == []


def test_a_reset_is_mailed_and_changes_nothing_by_itself(site, run):
    site.add()
    found = run("reset", "ANN@notes.example")

    assert found.exit_code == 0, found.output
    assert "/account/reset/" in site.link()
    assert log_in(site.browser()).status_code == 303
    assert reset_page(site).status_code == 303
    assert log_in(site.browser()).status_code == 403
    assert log_in(site.browser(), password=OTHER).status_code == 303


def test_nobody_is_reset_who_is_not_there_or_switched_off(site, run):
    site.add()
    run("deactivate", ANN, "--yes")

    assert run("reset", ANN).exit_code == 2
    assert run("reset", "bob@notes.example").exit_code == 2
    assert site.mails == []


def test_sessions_are_ended(site, run):
    ann = site.add()
    browsers = [site.browser(), site.browser()]

    for browser in browsers:
        log_in(browser, remember="1")

    found = run("end-sessions", ANN)

    assert "2 sessions" in found.output
    assert "2 browsers" in found.output
    assert [who(browser) for browser in browsers] == ["stranger"] * 2
    assert site.service.history.of(ann.id)[0].name == "sessions-ended"


def test_a_user_is_switched_off_and_on(site, run):
    ann = site.add()
    site.service.apikeys.make(ann.id, Wish())
    browser = site.browser()
    log_in(browser)

    assert run("deactivate", ANN).exit_code == 1
    assert who(browser) == ann.id
    assert "1 API keys were revoked" in run("deactivate", ANN, "--yes").output
    assert who(browser) == "stranger"
    assert log_in(site.browser()).status_code == 403
    assert run("list", "--inactive").output.startswith(ANN)
    assert run("activate", ANN).exit_code == 0
    assert log_in(site.browser()).status_code == 303
    assert run("list", "--inactive").output == ""


def test_a_user_is_shown(site, run):
    ann = site.add()
    site.service.apikeys.make(ann.id, Wish("backup"))
    log_in(site.browser(), remember="1")

    with site.service.database.writing() as sql:
        site.service.access.grant(sql, ann.id, "editor")

    shown = run("show", ANN, "--json")
    facts = json.loads(shown.output)

    assert (facts["active"], facts["verified"], facts["password"]) == (True,) * 3
    assert facts["roles"] == ["editor"]
    assert [key["label"] for key in facts["keys"]] == ["backup"]
    assert [one["place"] for one in facts["sessions"]] == ["203.0.113.7"]
    assert [one["purpose"] for one in facts["devices"]] == ["login"]
    assert [one["name"] for one in facts["logins"]] == ["login"]
    assert site.person().password not in shown.output

    text = run("show", ANN).output
    assert "active, verified" in text
    assert "roles: editor" in text
    assert "backup live until" in text


def test_all_users_are_listed_by_address(site, run):
    site.add()
    site.add("abe@notes.example", verified=False)
    found = json.loads(run("list", "--json").output)

    assert [one["address"] for one in found] == ["abe@notes.example", ANN]
    assert "abe@notes.example" in run("list").output.splitlines()[0]


def test_what_a_user_wrote_does_not_reach_the_terminal(site, run):
    ann = site.add()
    site.service.apikeys.make(ann.id, Wish("x"))

    with site.service.database.writing() as sql:
        sql.query(site.service.tables.apikey).update({"label": "a\x1b[2Jb"})

    assert "\x1b" not in run("show", ANN).output


def test_the_mail_is_sent_before_the_command_ends(mailing):
    with postbox() as box:
        url = f"smtp://{box.host}:{box.port}"
        app = mailing(url)
        found = runner(app)("add", ANN)

        assert found.exit_code == 0, found.output
        assert [mail["To"] for mail in box.mails] == [ANN]


@pytest.mark.parametrize("says", ["554 No", ""])
def test_a_mail_that_is_not_sent_is_said(mailing, monkeypatch, says):
    monkeypatch.setattr(sending, "PATIENCE", 0.5)

    with postbox() as box:
        box.says = [says]
        port = box.port if says else free_port()
        url = f"smtp://localhost:{port}"
        app = mailing(url)

        with events(app) as happened:
            found = runner(app)("add", ANN)

    assert found.exit_code == 1
    assert "could not be sent" in found.stderr
    assert "mail-failed" in [e.name for e in happened]
    assert ANN in found.stdout


def test_without_a_server_nothing_is_made(mailing):
    app = mailing("")
    app.testing = False
    found = runner(app)("add", ANN)

    assert found.exit_code == 2
    assert "STOPPER_MAIL_URL" in found.stderr
    ours = app.extensions["stopper.accounts"]

    with ours.database.reading() as sql:
        assert ours.people.by_address(sql, ANN) is None


def test_sessions_in_the_memory_of_others_are_said_to_go_on(mailing):
    app = mailing("smtp://localhost:25")
    app.testing = False
    ours = app.extensions["stopper.accounts"]

    with ours.database.writing() as sql:
        ours.people.add(sql, ANN, None, "", 1.0)

    found = runner(app)("end-sessions", ANN)

    assert found.exit_code == 1
    assert "start the app anew" in found.stderr
