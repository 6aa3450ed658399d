"""Brings the ready-made tables up to date, by Alembic's migrations."""

from __future__ import annotations

import io
import pathlib

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import String
from sqlalchemy import table
from sqlalchemy import text

from .engine import WRITES

#: Where the migrations are.
FOLDER = pathlib.Path(__file__).parent / "migrations"

#: The table in which Alembic keeps where it is; another than the app's own.
VERSION_TABLE = "stopper_version"

#: The revision that this release needs. A test compares it with the migrations.
HEAD = "0001"


def current(engine: Engine) -> str:
    """Return the revision that the tables are at, empty if there are none."""
    with engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str:
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""

    number: Column[str] = Column("version_num", String)
    found = connection.scalar(select(number).select_from(table(VERSION_TABLE)))
    return found or ""


def upgrade(engine: Engine, revision: str = "head") -> tuple[str, str]:
    """Bring the tables to a revision, and return that of before and that of now.

    Several processes may do so at once: the first one does it, the others wait.
    """
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7083212)"))

        before = _current(connection)
        command.upgrade(configuration(connection), revision)
        return before, _current(connection)


def downgrade(engine: Engine, revision: str) -> tuple[str, str]:
    """Bring the tables back to a revision, ``"base"`` for none at all."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        before = _current(connection)
        command.downgrade(configuration(connection), revision)
        return before, _current(connection)


def statements(dialect: str) -> str:
    """Return the statements that make the tables, as SQL of a dialect."""
    config = configuration()
    config.attributes["dialect"] = dialect
    printed = io.StringIO()
    config.output_buffer = printed
    command.upgrade(config, "head", sql=True)
    return printed.getvalue()


def revisions() -> tuple[str, ...]:
    """Return every revision there is, the oldest first."""
    script = ScriptDirectory.from_config(configuration())
    return tuple(r.revision for r in script.walk_revisions())[::-1]


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, which is in no file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
