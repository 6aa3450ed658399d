"""SQL injection: the attack works, and the audit sees the hole."""

from __future__ import annotations

import sqlite3
import sys
import types
import warnings

import mongomock
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


#: ldap3 asks pyasn1 for names of before.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ldap3

old_names = pytest.mark.filterwarnings("ignore::DeprecationWarning")

DIRECTORY = """
from flask import Flask, request
from ldap3 import Connection
from ldap3.utils.conv import escape_filter_chars
app = Flask(__name__)
directory: Connection = DIRECTORY

@app.get("/")
def view():
    name = request.args["name"]
    directory.search("o=crew", FILTER, attributes=["cn"])
    return {"names": sorted(str(e.cn) for e in directory.entries)}
"""

HOLE = "f'(&(objectClass=person)(cn={name}))'"


@pytest.fixture
def directory():
    made = ldap3.Connection(ldap3.Server("fake"), client_strategy=ldap3.MOCK_SYNC)

    for name in ("ada", "eve"):
        entry = {"objectClass": "person", "cn": name}
        made.strategy.add_entry(f"cn={name},o=crew", entry)

    made.bind()
    yield made
    made.unbind()


@old_names
def test_a_star_in_a_filter_reads_every_entry(directory):
    source = DIRECTORY.replace("FILTER", HOLE)
    answer = client(source, DIRECTORY=directory).get("/", query_string={"name": "*"})
    assert answer.json == {"names": ["ada", "eve"]}
    assert "ldap-injection" in rules(source)


@old_names
def test_an_escaped_star_is_a_star_and_is_silent(directory):
    source = DIRECTORY.replace(
        "FILTER", HOLE.replace("{name}", "{escape_filter_chars(name)}")
    )
    answer = client(source, DIRECTORY=directory).get("/", query_string={"name": "*"})
    assert answer.json == {"names": []}
    assert "ldap-injection" not in rules(source)


CREW = """
import xml.etree.ElementTree as ET
from flask import Flask, request
app = Flask(__name__)
crew = ET.fromstring("<crew><one name='ada' key='a'/><one name='eve' key='b'/></crew>")

@app.get("/")
def view():
    name = request.args["name"]
    return {"keys": [one.get("key") for one in FOUND]}
"""


def test_a_quote_in_a_path_finds_every_element():
    source = CREW.replace("FOUND", """crew.findall(f"one[@name='{name}']")""")
    query = {"name": "ada']/../*[@key='b"}
    assert client(source).get("/", query_string=query).json == {"keys": ["b"]}
    assert "xpath-injection" in rules(source)


def test_an_element_that_is_compared_in_python_is_silent():
    source = CREW.replace("FOUND", "[o for o in crew if o.get('name') == name]")
    query = {"name": "ada']/../*[@key='b"}
    assert client(source).get("/", query_string=query).json == {"keys": []}
    assert "xpath-injection" not in rules(source)


USERS = """
from flask import Flask, request
from pymongo.collection import Collection
app = Flask(__name__)
users: Collection = USERS

@app.post("/")
def view():
    given = request.get_json()
    found = users.find_one({"name": "ada", "key": VALUE})
    return {"known": found is not None}
"""


@pytest.fixture
def users(monkeypatch):
    # The name alone is asked for: the database is one in memory.
    monkeypatch.setitem(sys.modules, "pymongo", types.ModuleType("pymongo"))
    named = types.ModuleType("pymongo.collection")
    named.Collection = mongomock.Collection
    monkeypatch.setitem(sys.modules, "pymongo.collection", named)
    made = mongomock.MongoClient().shop.users
    made.insert_one({"name": "ada", "key": "a secret"})
    return made


def test_an_operator_in_place_of_a_value_matches_every_document(users):
    source = USERS.replace("VALUE", 'given["key"]')
    answer = client(source, USERS=users).post("/", json={"key": {"$ne": ""}})
    assert answer.json == {"known": True}
    assert "nosql-injection" in rules(source)


def test_a_text_holds_no_operator_and_is_silent(users):
    source = USERS.replace("VALUE", 'str(given["key"])')
    answer = client(source, USERS=users).post("/", json={"key": {"$ne": ""}})
    assert answer.json == {"known": False}
    assert "nosql-injection" not in rules(source)
