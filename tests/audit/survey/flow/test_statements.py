"""What statements put into tables, and take out of them."""

from __future__ import annotations

import pytest

from audit.survey.flow.told import between
from stopper.audit.survey.flow.storage.sql import created
from stopper.audit.survey.flow.storage.sql import Selected
from stopper.audit.survey.flow.storage.sql import selected
from stopper.audit.survey.flow.storage.sql import stored
from stopper.catalogue.rule import Confidence

DEFS = """
import sqlite3
from sqlalchemy import text
from sqlalchemy.orm import Session

SCHEMA = '''
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, bio TEXT, age INTEGER);
'''
SELECT = "SELECT name, bio FROM users WHERE id = ?"
session = Session()


def get_db():
    return sqlite3.connect("app.db")


def query_db(query, args=(), one=False):
    cur = get_db().execute(query, args)
    rows = cur.fetchall()
    cur.close()
    return (rows[0] if rows else None) if one else rows


def change_db(query, args=()):
    get_db().execute(query, args)
    get_db().commit()
"""

CURSOR = "cur = get_db().cursor()\n"
SAVED = "get_db().execute('INSERT INTO users (name, bio) VALUES (?, ?)', ('k', x))"


def found(write: str, read: str) -> list[Confidence]:
    """Return how sure it is that one view runs what another one wrote."""
    return [f.confidence for f in between(DEFS, CURSOR + write, CURSOR + read)]


@pytest.mark.parametrize(
    "read",
    [
        "os.system(get_db().execute('SELECT bio FROM users').fetchone()[0])",
        "row = get_db().execute(SELECT, (number,)).fetchone()\nos.system(row[1])",
        "row = get_db().execute(SELECT, (number,)).fetchone()\nos.system(row['bio'])",
        "row = get_db().execute('select * from users').fetchone()\nos.system(row['bio'])",
        "row = get_db().execute('select * from users').fetchone()\nos.system(row[2])",
        "cur.execute(SELECT, (number,))\nrow = cur.fetchone()\nos.system(row[1])",
        "cur.execute(SELECT, (number,))\nname, bio = cur.fetchone()\nos.system(bio)",
        "cur.execute(SELECT, (number,))\nfor row in cur.fetchall():\n    os.system(row[1])",
        "cur.execute(SELECT, (number,))\nfor row in cur:\n    os.system(row[1])",
        "cur.execute(SELECT, (number,))\nfor name, bio in cur:\n    os.system(bio)",
        "rows = cur.execute(SELECT, (number,)).fetchall()\nos.system(rows[0]['bio'])",
        "rows = cur.execute('SELECT u.bio AS b FROM users u').fetchall()\nos.system(rows[0]['b'])",
        "for row in get_db().execute(SELECT, (number,)):\n    os.system(row[1])",
        "user = query_db('SELECT * FROM users WHERE id = ?', [number], one=True)\nos.system(user['bio'])",
        "for user in query_db('SELECT * FROM users'):\n    os.system(user['bio'])",
        "row = session.execute(text('SELECT bio FROM users')).first()\nos.system(row.bio)",
        "os.system(session.execute(text('SELECT bio FROM users')).scalar())",
        "rows = session.execute(text('SELECT bio FROM users')).mappings().all()\nos.system(rows[0]['bio'])",
    ],
)
def test_a_column_is_read(read):
    assert found(SAVED, read) == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    "read",
    [
        "os.system(get_db().execute('SELECT name FROM users').fetchone()[0])",
        "os.system(get_db().execute('SELECT bio FROM others').fetchone()[0])",
        "os.system(str(get_db().execute('SELECT count(bio) FROM users').fetchone()[0]))",
        "row = get_db().execute(SELECT, (number,)).fetchone()\nos.system(row[0])",
        "row = get_db().execute('select * from users').fetchone()\nos.system(row['name'])",
        "cur.execute(SELECT, (number,))\nname, bio = cur.fetchone()\nos.system(name)",
        "cur.execute('SELECT bio FROM users')\ncur.execute('SELECT name FROM users')\nos.system(cur.fetchone()[0])",
        "user = query_db('SELECT * FROM users WHERE bio = ?', [number], one=True)\nos.system(user['name'])",
    ],
)
def test_another_column_is_not(read):
    assert found(SAVED, read) == []


@pytest.mark.parametrize(
    "write",
    [
        "cur.execute('INSERT INTO users (bio, name) VALUES (?, ?)', [x, 'k'])",
        "cur.execute('INSERT INTO users VALUES (NULL, ?, ?, 5)', ('k', x))",
        "cur.execute('INSERT INTO users (bio) VALUES (:b)', {'b': x})",
        "cur.execute('INSERT INTO users (bio) VALUES (%(b)s)', dict(b=x))",
        "cur.executemany('INSERT INTO users (name, bio) VALUES (?, ?)', [('k', x)])",
        "cur.execute('UPDATE users SET name = ?, bio = ? WHERE id = 1', ('k', x))",
        "cur.execute('UPDATE users SET bio = lower(%s) WHERE id = 1', (x,))",
        "change_db('UPDATE users SET bio = ? WHERE id = ?', (x, 1))",
        "session.execute(text('UPDATE users SET bio = :bio'), {'bio': x})",
        "values = (x, 1)\ncur.execute('UPDATE users SET bio = ? WHERE id = ?', values)",
    ],
)
def test_a_column_is_written(write):
    read = "os.system(get_db().execute('SELECT bio FROM users').fetchone()[0])"
    assert found(write, read) == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    "write",
    [
        "cur.execute('INSERT INTO users (name, bio) VALUES (?, ?)', (x, 'k'))",
        "cur.execute('UPDATE users SET bio = ? WHERE name = ?', ('k', x))",
        "cur.execute('UPDATE others SET bio = ?', (x,))",
        "cur.execute('DELETE FROM users WHERE bio = ?', (x,))",
        "cur.execute('INSERT INTO users (bio) VALUES (?)', (str(int(x)),))",
    ],
)
def test_another_write_is_not(write):
    read = "os.system(get_db().execute('SELECT bio FROM users').fetchone()[0])"
    assert found(write, read) == []


def test_a_column_of_numbers_holds_no_harm():
    write = "cur.execute('INSERT INTO users (age) VALUES (?)', (x,))"
    read = "os.system(str(get_db().execute('SELECT age FROM users').fetchone()[0]))"
    assert found(write, read) == []


def test_a_statement_says_what_it_takes():
    assert selected(
        "SELECT u.id, p.title AS t, count(*) FROM users u JOIN posts AS p"
    ) == [
        Selected("id", (("users", "id"),)),
        Selected("t", (("posts", "title"),)),
        Selected("count(*)", ()),
    ]


def test_a_statement_says_what_it_puts_where():
    text = "INSERT OR REPLACE INTO `users` (`name`, bio) VALUES (?, coalesce(?, ?))"
    assert list(stored(text, {})) == [(("users", "name"), 0), (("users", "bio"), 1)]


def test_a_table_is_defined_by_its_columns():
    text = "create table a (id int, name text, primary key (id, name)); CREATE TABLE b (c TEXT)"
    assert list(created(text)) == [("a", ["id", "name"], {"id"}), ("b", ["c"], set())]


@pytest.mark.parametrize(
    "text", ["SELECT " * 2000, "select from (", "update a set", ","]
)
def test_what_is_no_statement_is_none(text):
    assert (selected(text), list(stored(text, {})), list(created(text))) == ([], [], [])
