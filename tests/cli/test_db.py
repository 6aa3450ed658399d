"""``flask stopper db`` and ``roles``: what they do, say, and end with."""

from __future__ import annotations

import json
import sqlite3

import pytest
from flask import Flask

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.accounts import Tables
from stopper.cli.flask import group
from stopper.guard.tables import schema


@pytest.fixture
def path(tmp_path):
    return tmp_path / "accounts.sqlite"


@pytest.fixture
def make(tmp_path, path):
    def make(**options):
        app = Flask("people", instance_path=str(tmp_path))
        app.config.update(
            SECRET_KEY="for these tests alone, and no others",
            STOPPER_ACCOUNTS_URL=f"sqlite:///{path}",
            STOPPER_STORE="memory:",
            STOPPER_ORIGIN="https://notes.example",
            STOPPER_MAIL_URL="console:",
        )
        app.cli.add_command(group, "stopper")
        Stopper(app)
        Accounts(app, **options)
        return app

    return make


@pytest.fixture
def run(make):
    app = make()

    def run(*words, of=None, **options):
        return (of or app).test_cli_runner().invoke(args=["stopper", *words], **options)

    return run


def test_tables_are_made_once(run):
    first, second = run("db", "upgrade"), run("db", "upgrade")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == f"The tables are made, at {schema.HEAD}.\n"
    assert second.stdout == f"The tables are up to date: {schema.HEAD}.\n"


def test_where_the_tables_are_is_shown(run):
    before = run("db", "current")
    run("db", "upgrade")
    after = run("db", "current")

    assert (before.exit_code, after.exit_code) == (1, 0)
    assert before.stdout.startswith("no tables, ")
    assert after.stdout.startswith(schema.HEAD)


def test_to_go_back_is_asked_about(run, path):
    run("db", "upgrade")
    no = run("db", "downgrade", "base", input="n\n")
    tables = "SELECT count(*) FROM sqlite_master WHERE name = 'stopper_user'"

    with sqlite3.connect(path) as connection:
        assert no.exit_code == 1
        assert connection.execute(tables).fetchone() == (1,)

        yes = run("db", "downgrade", "base", "--yes")

        assert yes.exit_code == 0
        assert connection.execute(tables).fetchone() == (0,)

    connection.close()


def test_a_revision_that_there_is_none_of_is_refused(run):
    done = run("db", "downgrade", "9999")

    assert done.exit_code == 2
    assert schema.HEAD in done.stderr


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_statements_are_printed_and_not_run(run, path, dialect):
    done = run("db", "sql", "--dialect", dialect)

    assert done.exit_code == 0
    assert "CREATE TABLE stopper_user" in done.stdout
    assert not path.exists()


def test_what_is_printed_makes_the_tables(run, tmp_path):
    connection = sqlite3.connect(tmp_path / "by-hand.sqlite")
    connection.executescript(run("db", "sql", "--dialect", "sqlite").stdout)
    found = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master")
        if not name.startswith(("sqlite_", "ix_"))
    }
    connection.close()

    assert {*Tables().user.metadata.tables} < found


def test_an_app_without_accounts_is_told_how_to_get_some(tmp_path):
    app = Flask("bare", instance_path=str(tmp_path))
    app.cli.add_command(group, "stopper")
    done = app.test_cli_runner().invoke(args=["stopper", "db", "upgrade"])

    assert done.exit_code == 2
    assert "Accounts(app)" in done.stderr


def test_tables_of_the_apps_own_are_left_to_it(make, run):
    class Mine(Tables().role):
        pass

    done = run("db", "upgrade", of=make(tables=Tables(role=Mine)))

    assert done.exit_code == 2
    assert "its own migrations" in done.stderr


def test_a_database_that_is_none_is_told_of(run, path):
    path.write_text("no database " * 100)
    done = run("db", "upgrade")

    assert done.exit_code == 2
    assert "The database of the accounts failed (DatabaseError)." in done.stderr


def test_roles_are_made_listed_and_dropped(run):
    run("db", "upgrade")
    made = run("roles", "set", "editor", "notes:write", "notes:read")
    listed = json.loads(run("roles", "list", "--json").stdout)
    dropped = run("roles", "drop", "editor", "--yes")
    again = run("roles", "drop", "editor", "--yes")

    assert made.stdout == "editor: notes:read notes:write\n"
    assert listed == {"editor": ["notes:read", "notes:write"]}
    assert (dropped.exit_code, again.exit_code) == (0, 2)
    assert "no roles" in run("roles", "list").stdout


@pytest.mark.parametrize("name", ["", "two words", "a\nb", "x" * 101])
def test_a_role_that_no_list_can_hold_is_refused(run, name):
    run("db", "upgrade")

    assert run("roles", "set", name).exit_code == 2


def test_who_has_no_account_gets_no_role(run):
    run("db", "upgrade")
    done = run("roles", "grant", "nobody@example.org", "editor")

    assert done.exit_code == 2
    assert "Nobody has the address 'nobody@example.org'." in done.stderr
