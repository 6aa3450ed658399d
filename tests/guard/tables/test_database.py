"""Transactions of our own: kept whole, waited for, and told of where they fail."""

from __future__ import annotations

import os
import stat
import threading

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine
from sqlalchemy import select
from sqlalchemy import update

from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.tables import schema
from stopper.guard.tables.database import Database
from stopper.guard.tables.database import DatabaseDown
from stopper.guard.tables.engine import beside
from stopper.guard.tables.engine import engine_of
from stopper.guard.tables.ready import Role
from stopper.guard.tables.ready import Token


@pytest.fixture
def database(engine):
    schema.upgrade(engine)
    return Database(engine)


def token(**values):
    given = {"user": "1", "purpose": "reset", "bound": b"", "created_at": 0.0}
    return Token(hash=b"h" * 32, expires_at=1.0, **given | values)


def test_what_is_written_is_read(database):
    with database.writing() as sql:
        sql.add(Role(name="editor"))

    with database.reading() as sql:
        assert sql.scalars(select(Role.name)).all() == ["editor"]


def test_a_block_that_raises_writes_nothing(database):
    def fail():
        with database.writing() as sql:
            sql.add(Role(name="editor"))
            sql.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.reading() as sql:
        assert sql.scalars(select(Role)).all() == []


def test_what_a_reader_changes_is_not_kept(database):
    with database.reading() as sql:
        sql.add(Role(name="editor"))
        sql.flush()

    with database.reading() as sql:
        assert sql.scalars(select(Role)).all() == []


def test_of_many_who_use_a_token_at_once_one_does(database):
    with database.writing() as sql:
        sql.add(token())

    gate, won = threading.Barrier(8), []

    def use():
        gate.wait()

        with database.writing() as sql:
            # Reads first, as a flow does: SQLite would not wait for the others then.
            found = sql.scalars(select(Token)).one()
            done = sql.execute(
                update(Token)
                .where(Token.hash == found.hash, Token.used_at.is_(None))
                .values(used_at=1.0)
            )
            won.append(done.rowcount)

    threads = [threading.Thread(target=use) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(won) == [0] * 7 + [1]


def test_a_server_that_is_away_is_told_of():
    away = Database(engine_of("postgresql://ann:secret@127.0.0.1:9/x", "", "X"))

    with pytest.raises(DatabaseDown) as told, away.reading() as sql:
        sql.scalars(select(Role)).all()

    assert "secret" not in str(told.value)


def test_values_are_in_no_error(engine):
    database = Database(engine)

    with pytest.raises(DatabaseDown) as told, database.writing() as sql:
        # There are no tables.
        sql.add(token(data="hidden@example.org"))

    error = told.value

    while error:
        assert "hidden@example.org" not in str(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("address", ["", "nothing", "postgresql//x:secret@host"])
def test_an_address_that_cannot_be_read_names_the_setting(address):
    with pytest.raises(SettingError, match="STOPPER_ACCOUNTS_URL") as told:
        engine_of(address, "", "STOPPER_ACCOUNTS_URL")

    assert "secret" not in str(told.value)


def test_a_driver_that_is_missing_is_named():
    with pytest.raises(StartError, match="not installed"):
        engine_of("mysql+pymysql://x/y", "", "STOPPER_ACCOUNTS_URL")


def test_the_file_is_nobody_elses_to_read(tmp_path):
    engine_of("sqlite:///deep/accounts.sqlite", str(tmp_path), "X")
    path = tmp_path / "deep" / "accounts.sqlite"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StartError, match="STOPPER_ACCOUNTS_URL"):
        engine_of("sqlite:///file/accounts.sqlite", str(tmp_path), "X")


def test_an_engine_beside_the_apps_own_waits_as_ours_does(tmp_path):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/app.sqlite"
    db = SQLAlchemy(app)

    with app.app_context():
        ours = beside(db.engine)

        with ours.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

        assert ours is not db.engine
        assert mode == "wal"


def test_a_database_in_memory_is_asked_through_the_apps_engine():
    theirs = create_engine("sqlite://")

    assert beside(theirs) is theirs


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_opens_connections_of_its_own(database):
    with database.writing() as sql:
        sql.add(Role(name="editor"))

    read, write = os.pipe()
    child = os.fork()

    if child == 0:
        with database.reading() as sql:
            os.write(write, str(sql.scalars(select(Role.name)).one()).encode())

        os._exit(0)

    os.waitpid(child, 0)
    assert os.read(read, 100) == b"editor"

    # The parent's connection is as it was.
    with database.reading() as sql:
        assert sql.scalars(select(Role.name)).one() == "editor"
