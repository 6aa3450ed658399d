"""SQL injection: the attack works, and the audit sees the hole."""

from __future__ import annotations

import sqlite3

import pytest

from bare import client
from bare import rules

VIEW = """
from flask import Flask, request
app = Flask(__name__)

@app.get("/user")
def user():
    name = request.args["name"]
    rows = DATABASE.execute({statement}).fetchall()
    return {{"names": [row[0] for row in rows]}}
"""

HOLES = [
    '''f"SELECT name FROM user WHERE name = '{name}'"''',
    """"SELECT name FROM user WHERE name = '%s'" % name""",
    """"SELECT name FROM user WHERE name = '" + name + "'\"""",
    """"SELECT name FROM user WHERE name = '{}'".format(name)""",
    """"".join(["SELECT name FROM user WHERE name = '", name, "'"])""",
]

SAFE = '"SELECT name FROM user WHERE name = ?", (name,)'

ATTACK = {"name": "' OR '1'='1"}


@pytest.fixture
def database():
    made = sqlite3.connect(":memory:", check_same_thread=False)
    made.execute("CREATE TABLE user (name TEXT)")
    made.executemany("INSERT INTO user VALUES (?)", [("ada",), ("eve",)])
    yield made
    made.close()


@pytest.mark.parametrize("statement", HOLES)
def test_a_quote_in_a_value_reads_every_row(database, statement):
    source = VIEW.format(statement=statement)
    answer = client(source, DATABASE=database).get("/user", query_string=ATTACK)
    assert answer.json == {"names": ["ada", "eve"]}
    assert "sql-injection" in rules(source)


def test_a_placeholder_takes_the_quote_as_text_and_is_silent(database):
    source = VIEW.format(statement=SAFE)
    answer = client(source, DATABASE=database).get("/user", query_string=ATTACK)
    assert answer.json == {"names": []}
    assert "sql-injection" not in rules(source)
