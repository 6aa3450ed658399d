"""What was put into a file, a cache or a setting, and comes back."""

from __future__ import annotations

import pytest

from audit.survey.flow.told import between
from stopper.catalogue.rule import Confidence

DEFS = """
import json
import csv
import memcache
import pathlib
import pickle
import redis
from flask import current_app
from flask_caching import Cache

cache = Cache(app)
store = redis.Redis()
FOLDER = os.path.join(os.path.dirname(__file__), "data")
NOTES = os.path.join(FOLDER, "notes.txt")
OTHER = os.path.join(FOLDER, "other.txt")


class Kept:
    def __init__(self):
        self.path = os.path.join(FOLDER, "kept.json")

    def put(self, value):
        with open(self.path, "w") as out:
            json.dump(value, out)

    def get(self):
        with open(self.path) as file:
            return json.load(file)


kept = Kept()
other_cache = memcache.Client([])
"""


def found(write: str, read: str) -> list[Confidence]:
    """Return how sure it is that one view runs what another one wrote."""
    return [f.confidence for f in between(DEFS, write, read)]


FILES = [
    ("open('a.txt', 'w').write(x)", "os.system(open('a.txt').read())"),
    ("open('a.txt', 'w').write(x)", "os.system(open('./a.txt').readline())"),
    (
        "with open(NOTES, 'a') as f:\n    f.write(x + 'n')",
        "os.system(open(NOTES).read())",
    ),
    (
        "with open(NOTES, mode='w') as f:\n    print(x, file=f)",
        "with open(NOTES) as f:\n    for line in f:\n        os.system(line)",
    ),
    (
        "f = open(NOTES, 'w')\nf.write(x)\nf.close()",
        "with open(os.path.join(FOLDER, 'notes.txt')) as f:\n    os.system(f.readlines()[0])",
    ),
    (
        "pathlib.Path(NOTES).write_text(x)",
        "os.system(pathlib.Path(NOTES).read_text())",
    ),
    (
        "(pathlib.Path(FOLDER) / 'a').write_text(x)",
        "with (pathlib.Path(FOLDER) / 'a').open() as f:\n    os.system(f.read())",
    ),
    (
        "with open(NOTES, 'w') as f:\n    json.dump({'a': x, 'b': 'k'}, f)",
        "with open(NOTES) as f:\n    os.system(json.load(f)['a'])",
    ),
    (
        "with open(NOTES, 'w') as f:\n    f.write(json.dumps({'a': x}))",
        "os.system(json.loads(open(NOTES).read())['a'])",
    ),
    (
        "with open(NOTES, 'w') as f:\n    rows = csv.writer(f)\n    rows.writerow([x, 'k'])",
        "with open(NOTES) as f:\n    for row in csv.reader(f):\n        os.system(row[0])",
    ),
    ("request.files['x'].save(NOTES)", "os.system(open(NOTES).read())"),
    ("kept.put(x)", "os.system(kept.get())"),
]


@pytest.mark.parametrize(("write", "read"), FILES)
def test_what_is_written_to_a_file_is_read(write, read):
    assert found(write, read) == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("open('a.txt', 'w').write(x)", "os.system(open('b.txt').read())"),
        ("open('a.txt').write(x)", "os.system(open('a.txt').read())"),
        ("open(NOTES, 'w').write(x)", "os.system(open(OTHER).read())"),
        ("open(NOTES, 'w').write('k')", "os.system(open(NOTES).read())"),
        ("open(NOTES + x, 'w').write('k')", "os.system(open(NOTES).read())"),
        (
            "with open(NOTES, 'w') as f:\n    json.dump({'a': x, 'b': 'k'}, f)",
            "with open(NOTES) as f:\n    os.system(json.load(f)['b'])",
        ),
    ],
)
def test_another_file_is_not(write, read):
    assert found(write, read) == []


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("cache.set('a', x)", "cache.get('a')"),
        ("cache.set('a', x, timeout=5)", "cache.get('a')"),
        ("cache.set('a', {'b': x})", "cache.get('a')['b']"),
        ("cache.set(f'user:{x}', x)", "cache.get('user:%s' % number)"),
        ("store.set('a', x)", "store.get('a').decode()"),
        ("store.setex('a', 60, x)", "store.get('a')"),
        ("store.hset('a', 'b', x)", "store.hget('a', 'b')"),
        ("store.hset('a', mapping={'b': x})", "store.hgetall('a')['b']"),
        ("store.rpush('a', x)", "store.lpop('a')"),
        ("store.lpush('a', x)", "store.lrange('a', 0, 5)[0]"),
        ("other_cache.set('a', x)", "other_cache.get('a')"),
        ("app.config['A'] = x", "current_app.config['A']"),
        ("app.config['A'] = x", "app.config.get('A')"),
        ("current_app.config.update(A=x)", "app.config['A']"),
    ],
)
def test_what_is_put_into_a_cache_or_a_setting_comes_back(write, read):
    assert found(write, f"os.system({read})") == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("cache.set('a', x)", "cache.get('b')"),
        ("cache.set('a', x)", "store.get('a')"),
        ("cache.set(x, 'k')", "cache.get(number)"),
        ("cache.set('a', {'b': x})", "cache.get('a')['c']"),
        ("store.hset('a', 'b', x)", "store.hget('a', 'c')"),
        ("store.setex('a', x, 'k')", "store.get('a')"),
        ("app.config['A'] = x", "app.config['B']"),
        ("app.config['A'] = int(x)", "str(app.config['A'])"),
    ],
)
def test_another_key_is_not(write, read):
    assert found(write, f"os.system({read})") == []


def test_a_dictionary_that_is_called_a_cache_is_none():
    write = "cache_ = {}\nredis = cache_\nredis['a'] = x\nos.system(redis.get('a'))"
    assert found(write, "pass") == [Confidence.HIGH]
