from __future__ import annotations

import pathlib

import pytest

from stopper.audit.survey.config import entries
from stopper.audit.survey.files import Kind
from stopper.audit.survey.files import SourceFile

Row = tuple[int, str, object, str]


def read(name: str, text: str, kind: Kind = Kind.CONFIG) -> list[Row]:
    file = SourceFile(pathlib.Path(name), name, kind, text)
    found, notes = entries(file)
    assert notes == ()
    return [(e.line, e.key, e.value, e.section) for e in found]


def notes(name: str, text: str) -> list[tuple[str, int]]:
    file = SourceFile(pathlib.Path(name), name, Kind.CONFIG, text)
    return [(note.name, note.line) for note in entries(file)[1]]


def test_env_files_are_read_as_dotenv_reads_them() -> None:
    text = "# c\nexport A=1 # x\nB=\"two\\n\nlines\"\nC='q#'\nD=\nno line\nE=x#y\n"
    assert read(".env", text, Kind.ENV) == [
        (2, "A", "1", ""),
        (3, "B", "two\n\nlines", ""),
        (5, "C", "q#", ""),
        (6, "D", "", ""),
        (8, "E", "x#y", ""),
    ]


def test_ini_files_keep_sections_and_continued_values() -> None:
    text = "[a]\nk = v\n  more\n; c\nx: %(y)s\nurl=http://h\n[b]\nk = 2\n"
    assert read("a.ini", text) == [
        (2, "k", "v\nmore", "a"),
        (5, "x", "%(y)s", "a"),
        (6, "url", "http://h", "a"),
        (8, "k", "2", "b"),
    ]


def test_the_environment_of_supervisor_is_split() -> None:
    text = '[program:web]\nenvironment=A="b",\n  C=d\n'
    assert read("s.conf", text)[1:] == [
        (2, "A", "b", "program:web.environment"),
        (3, "C", "d", "program:web.environment"),
    ]


def test_a_cfg_file_of_flask_is_python() -> None:
    text = "DEBUG = True\nSECRET_KEY = b'x'\nX = f()\nA, B = 1, 2\nY: int = 3\n"
    assert read("app.cfg", text) == [
        (1, "DEBUG", True, ""),
        (2, "SECRET_KEY", "x", ""),
        (5, "Y", 3, ""),
    ]


def test_a_cfg_file_with_sections_is_ini() -> None:
    assert read("setup.cfg", "[a]\nx = 1\n") == [(2, "x", "1", "a")]


def test_toml_keys_have_their_lines() -> None:
    text = '''\
a.b = 1
[t]
x = """
[no]
y = 2
"""
z = [
  1, # ]
]
[[r]]
n = 1
[[r]]
n = 2
[r.q]
"s.t" = {u = '}'}
'''
    assert read("a.toml", text) == [
        (1, "b", 1, "a"),
        (3, "x", "[no]\ny = 2\n", "t"),
        (7, "z", [1], "t"),
        (11, "n", 1, "r.0"),
        (13, "n", 2, "r.1"),
        (15, "u", "}", "r.1.q.s.t"),
    ]


def test_yaml_is_read_with_all_its_documents() -> None:
    text = "a:\n  b: yes\n  c: 'no'\n  d: !x/y z\n---\ne:\n  - f: 1.5\n    g: ~\n"
    assert read("a.yml", text) == [
        (2, "a.b", True, ""),
        (3, "a.c", "no", ""),
        (4, "a.d", "z", ""),
        (7, "e.0.f", 1.5, ""),
        (8, "e.0.g", None, ""),
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("s:\n  environment:\n    K: v\n", (3, "K", "v", "s.environment")),
        ("s:\n  environment:\n    - K=v\n", (3, "K", "v", "s.environment")),
        ("env:\n  - name: K\n    value: v\n", (3, "K", "v", "env")),
    ],
)
def test_variables_of_an_environment_have_their_own_names(text: str, row: Row) -> None:
    assert row in read("docker-compose.yml", text, Kind.DEPLOY)


def test_aliases_are_not_followed() -> None:
    steps = [
        f"{a}: &{a} [{','.join([f'*{b}'] * 9)}]"
        for a, b in zip("bcdefghi", "abcdefgh", strict=True)
    ]
    found = read("a.yml", "\n".join(["a: &a [x]", *steps]))
    assert found[-1] == (9, "i", ["*h"] * 9, "")


def test_json_keys_have_their_lines() -> None:
    text = '{"a": {"b": [1,\n {"c": null}],\n\t"d": "x\\ny"}}'
    assert read("config.json", text) == [
        (2, "a.b.1.c", None, ""),
        (1, "a.b", [1], ""),
        (3, "a.d", "x\ny", ""),
    ]


def test_dockerfiles_are_read_by_instruction() -> None:
    text = (
        'FROM a\nENV A=b \\\n  # c\n  C="d e"\nENV OLD a b\nRUN x && \\\n  y\nARG Q=1\n'
    )
    assert read("Dockerfile", text, Kind.DEPLOY) == [
        (1, "FROM", "a", "FROM"),
        (2, "A", "b", "ENV"),
        (4, "C", "d e", "ENV"),
        (5, "OLD", "a b", "ENV"),
        (6, "RUN", "x && y", "RUN"),
        (8, "Q", "1", "ARG"),
    ]


def test_scripts_set_variables_and_run_commands() -> None:
    text = "#!/bin/sh\nexport A=b C='d'\nFLASK_DEBUG=1 flask run\n"
    assert read("run.sh", text, Kind.DEPLOY) == [
        (2, "A", "b", "export"),
        (2, "C", "d", "export"),
        (2, "command", "export A=b C='d'", "command"),
        (3, "FLASK_DEBUG", "1", "export"),
        (3, "command", "FLASK_DEBUG=1 flask run", "command"),
    ]


def test_units_and_procfiles_are_read() -> None:
    unit = '[Service]\nEnvironment="A=b" C=d\nExecStart=/x \\\n  --y\n'
    assert read("a.service", unit, Kind.DEPLOY)[1:] == [
        (2, "A", "b", "Environment"),
        (2, "C", "d", "Environment"),
        (3, "ExecStart", "/x  --y", "Service"),
    ]
    procfile = read("Procfile", "web: gunicorn a:b\n", Kind.DEPLOY)
    assert procfile == [(1, "web", "gunicorn a:b", "command")]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yml", "a: [\n", 2),
        ("a.yml", "[" * 100_000, 1),
        ("a.yml", "\n".join(" " * i + "a:" for i in range(500)), 101),
        ("a.yml", "\x01", 0),
        ("config.json", '{"a": ', 1),
        ("config.json", "]", 0),
        ("config.json", "[" * 100_000, 1),
        ("a.toml", "a = 1\nb = \n", 2),
        ("a.toml", "a = " + "[" * 100_000, 0),
        ("a.toml", "a = " + "9" * 100_000, 0),
        ("a.toml", ".".join("a" * 50_000) + " = 1", 0),
    ],
)
def test_what_cannot_be_read_is_one_note(name: str, text: str, line: int) -> None:
    assert notes(name, text) == [("bad-config", line)]


def test_a_value_does_not_stand_in_the_repr() -> None:
    file = SourceFile(pathlib.Path(".env"), ".env", Kind.ENV, "KEY=hunter2")
    assert "hunter2" not in repr((file, entries(file)))
