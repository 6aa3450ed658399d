"""The tables go up from empty and from every earlier revision, with their data."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from stopper.guard.tables import schema
from stopper.guard.tables.ready import Base
from stopper.guard.tables.ready import User

REVISIONS = schema.revisions()


def rows(engine: Engine) -> dict[str, list[tuple]]:
    """Return every row of every table, as the database has them."""
    found = MetaData()
    found.reflect(engine)

    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in found.sorted_tables
            if table.name != schema.VERSION_TABLE
        }


def filled(engine: Engine) -> dict[str, list[tuple]]:
    """Put a row of made-up values into every table there is, and return them all."""
    found = MetaData()
    found.reflect(engine)

    with engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name != schema.VERSION_TABLE:
                values = {c.name: value_of(c) for c in table.columns}
                connection.execute(table.insert().values(values))

    return rows(engine)


def value_of(column):
    kind = column.type.python_type
    return {str: "x", bytes: b"y" * 32, bool: True, int: 7, float: 7.5}[kind]


def test_head_is_the_newest_migration():
    assert REVISIONS[-1] == schema.HEAD


def test_an_empty_database_has_no_revision(engine):
    assert schema.current(engine) == ""


def test_the_migrations_make_the_tables_that_the_models_have(engine):
    schema.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: (
                    kind != "table" or name != schema.VERSION_TABLE
                ),
                "compare_type": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_from_every_revision_keeps_the_rows(engine, revision):
    schema.upgrade(engine, revision)
    before = filled(engine)

    assert schema.upgrade(engine) == (revision, schema.HEAD)
    after = rows(engine)
    # A later revision may add columns, behind those that were there.
    assert {
        name: [row[: len(before[name][0])] for row in after[name]] for name in before
    } == before
    assert all(before.values())


def test_all_of_it_goes_away_again(engine):
    schema.upgrade(engine)

    assert schema.downgrade(engine, "base") == (schema.HEAD, "")
    assert inspect(engine).get_table_names() == [schema.VERSION_TABLE]


def test_two_processes_that_start_at_once_upgrade_once(engine):
    gate, seen = threading.Barrier(2), []

    def start():
        gate.wait()
        seen.append(schema.upgrade(engine))

    threads = [threading.Thread(target=start) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(seen) == [("", schema.HEAD), (schema.HEAD, schema.HEAD)]


def test_an_upgrade_that_fails_leaves_nothing_behind(engine):
    with Session(engine) as sql, sql.begin():
        # In the way of one that comes later than the first tables.
        User.__table__.create(sql.connection())

    with pytest.raises(Exception, match="stopper_user"):
        schema.upgrade(engine)

    assert inspect(engine).get_table_names() == ["stopper_user"]
