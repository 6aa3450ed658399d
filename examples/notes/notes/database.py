"""The database of the notes: one SQLite file beside that of the accounts."""

import os

from flask import current_app
from flask import g
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy.orm import Session

from .models import Base


def session():
    """Return the session of this request."""
    if "sql" not in g:
        g.sql = Session(current_app.extensions["notes.engine"])

    return g.sql


def close(_error=None):
    """Close the session of this request, if it opened one."""
    sql = g.pop("sql", None)

    if sql is not None:
        sql.close()


def keep_references(connection, _record):
    """Have SQLite take away what belonged to a row that goes."""
    connection.execute("PRAGMA foreign_keys = ON")


def init_app(app):
    """Make the tables that are missing, and close sessions after requests."""
    path = app.config["DATABASE"]
    # Before SQLite does it: the file is its owner's alone from the start.
    # stopper: allow[path-traversal] the folder is said by who runs it
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", keep_references)
    Base.metadata.create_all(engine)
    app.extensions["notes.engine"] = engine
    app.teardown_appcontext(close)
