"""The database: one SQLite file, and values that are always parameters."""

import os
import sqlite3

from flask import current_app
from flask import g

TABLES = """
CREATE TABLE IF NOT EXISTS person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    picture TEXT
);
CREATE TABLE IF NOT EXISTS note (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    changed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS share (
    note INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    writes INTEGER NOT NULL,
    PRIMARY KEY (note, person)
);
"""


def opened(path):
    """Return a connection that keeps references true."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def connection():
    """Return the connection of this request."""
    if "db" not in g:
        g.db = opened(current_app.config["DATABASE"])

    return g.db


def one(sql, *values):
    """Return the first row, ``None`` if there is none."""
    return connection().execute(sql, values).fetchone()


def every(sql, *values):
    """Return all rows."""
    return connection().execute(sql, values).fetchall()


def change(sql, *values):
    """Change something at once, and return the cursor."""
    with connection() as db:
        return db.execute(sql, values)


def close(_error=None):
    """Close the connection of this request, if it opened one."""
    db = g.pop("db", None)

    if db is not None:
        db.close()


def init_app(app):
    """Make the tables that are missing, and close connections after requests."""
    path = app.config["DATABASE"]
    # Before SQLite does it: the file is its owner's alone from the start.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = opened(path)
    db.executescript(TABLES)
    db.close()
    app.teardown_appcontext(close)
