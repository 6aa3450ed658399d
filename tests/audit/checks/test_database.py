"""What is SQL put together from values, and what only looks so."""

from __future__ import annotations

import pytest

from projects import found
from stopper.controls.database.policy import names
from stopper.controls.database.policy import statement


def rules(body):
    text = f"def f(cursor, db, name, ids, x):\n    {body}\n"
    return {rule for rule, _, _ in found({"app.py": text})}


@pytest.mark.parametrize(
    "body",
    [
        "cursor.execute('SELECT a FROM b WHERE c = %d' % x)",
        "cursor.execute('SELECT a FROM b WHERE c IN (%s)' % ','.join('?' * len(ids)), ids)",
        "cursor.execute('SELECT a FROM b WHERE c IN (%s)' % ','.join(['%s'] * len(ids)), ids)",
        "cursor.execute('SELECT a FROM b LIMIT ' + str(int(x)))",
        "cursor.execute('SELECT a FROM b ORDER BY c ' + ('ASC' if x else 'DESC'))",
        "[cursor.execute(f'DELETE FROM {t}') for t in ('a', 'b')]",
        "cursor.execute('SELECT a FROM b WHERE c = ?', (name,))",
        "db.raw(f'Update the file {name}')",
        "db.execute(f'Select one of {name}')",
        "cursor.execute(x)",
    ],
)
def test_what_no_value_can_change_is_silent(body):
    assert "sql-injection" not in rules(body)


@pytest.mark.parametrize(
    "body",
    [
        "cursor.execute('SELECT a FROM b WHERE c = %(n)s' % {'n': name})",
        "cursor.executemany('INSERT INTO b VALUES (' + name + ', ?)', ids)",
        "cursor.executescript(f'UPDATE b SET c = \"{name}\"')",
        "get_db().execute('DELETE FROM b WHERE c = {}'.format(name))",
        "cursor.execute('''\n        SELECT a FROM b\n        WHERE c = '%s'\n    ''' % name)",
    ],
)
def test_a_value_in_a_statement_is_found(body):
    assert "sql-injection" in rules(body)


@pytest.mark.parametrize(
    "text", ["Select a file", "Update failed", "Create a new user", "Delete {}"]
)
def test_prose_is_no_statement(text):
    assert not statement(text)


def test_the_place_of_a_name_is_told_from_that_of_a_value():
    assert names("SELECT a FROM ")
    assert not names("SELECT a FROM b WHERE c = ")


DOCUMENTS = """\
import json
from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)
users = MongoClient().shop.users


@app.post("/")
def view():
    x = request.json["x"]
"""


def operates(line):
    rules = {rule for rule, _, _ in found({"app.py": f"{DOCUMENTS}    {line}\n"})}
    return "nosql-injection" in rules


@pytest.mark.parametrize(
    "line",
    [
        "users.find({'a': x})",
        "users.find({'a': json.loads(request.data.strip())})",
        "users.find({'a': json.loads(f'{request.data}')})",
    ],
)
def test_what_may_be_a_mapping_may_be_an_operator(line):
    assert operates(line)


@pytest.mark.parametrize(
    "line",
    [
        "users.find({'a': x.strip()})",
        "users.find({'a': f'{x}'})",
        "users.find({'a': '^' + x})",
        "users.find({'a': x.split(',')[0]})",
    ],
)
def test_what_is_text_is_no_operator(line):
    assert not operates(line)
