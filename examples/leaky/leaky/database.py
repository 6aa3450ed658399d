"""The club's database: one SQLite file beside the app."""

import hashlib
import os
import sqlite3

from flask import current_app
from flask import g

TABLES = """
CREATE TABLE member (
    id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT, role TEXT, site TEXT
);
CREATE TABLE notice (id INTEGER PRIMARY KEY, author TEXT, title TEXT, body TEXT);
CREATE TABLE reset (name TEXT, code TEXT);
"""


def digest(password):
    """Return the password as it is kept."""
    # MD5 without a salt: a stolen table is read back within minutes.
    return hashlib.md5(password.encode()).hexdigest()


def connect():
    """Return the connection of this request."""
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"])
        g.db.row_factory = sqlite3.Row

    return g.db


def close(_error=None):
    """Close the connection of this request, if it opened one."""
    if "db" in g:
        g.pop("db").close()


def fill(db):
    """Put the first members and notices into an empty database."""
    db.executescript(TABLES)
    members = [
        (1, "ada", digest("oars"), "office", "https://ada.example/"),
        (2, "ben", digest("skiff"), "member", "https://ben.example/"),
    ]
    notices = [
        (1, "ada", "Regatta on Sunday", "Meet at the <b>boathouse</b> at seven."),
        (2, "ben", "Lost: one oar", "Red blade. Last seen going downstream."),
    ]
    db.executemany("INSERT INTO member VALUES (?, ?, ?, ?, ?)", members)
    db.executemany("INSERT INTO notice VALUES (?, ?, ?, ?)", notices)
    db.commit()


def init_app(app):
    """Make the database on the first start and close it after each request."""
    path = app.config.setdefault(
        "DATABASE", os.path.join(app.instance_path, "club.sqlite")
    )
    app.teardown_appcontext(close)

    if not os.path.exists(path):
        db = sqlite3.connect(path)
        fill(db)
        db.close()
