"""The models say only what the libraries have, in rows that a check asks for."""

import re
from pathlib import Path

import pytest

import stopper.audit
from audit.survey.resolves import importable
from audit.survey.resolves import MODELS
from audit.survey.resolves import names
from audit.survey.resolves import resolves
from audit.survey.rows import broken
from audit.survey.rows import rows
from audit.survey.rows import without
from stopper.audit.survey.models import EXAMPLES
from stopper.audit.survey.models import models
from stopper.audit.survey.models import read
from stopper.catalogue.error import ReadError

FILES = sorted(MODELS.glob("*.toml"))
CODE = "\n".join(
    p.read_text("utf-8") for p in Path(stopper.audit.__file__).parent.rglob("*.py")
)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_name_resolves_in_its_library(file):
    # Libraries that are not installed here are checked by `make models`.
    assert [n for n in sorted(names(file)) if importable(n) and not resolves(n)] == []


@pytest.mark.parametrize("name", ["os.no_such", "sqlite3.Cursor.no_such", "flask.g2"])
def test_a_name_that_is_not_there_does_not_resolve(name):
    assert not resolves(name)


def test_every_kind_is_asked_for_by_some_check():
    kinds = {s.kind for rows in models().sinks.values() for s in rows}
    kinds |= set(models().names)

    assert {k for k in kinds if not re.search(rf'"{re.escape(k)}"', CODE)} == set()


def test_a_kind_that_no_model_has_is_an_error():
    with pytest.raises(KeyError):
        models().named("no-such-kind")


@pytest.mark.parametrize("text", ["= broken", '[[sink]]\nkind = "sql"', "sink = 1"])
def test_a_broken_model_names_its_file(text):
    with pytest.raises(ReadError, match=r"broken\.toml"):
        read([("broken.toml", text)])


EVERY = list(rows())


@pytest.mark.parametrize("row", EVERY, ids=str)
def test_a_row_finds_its_example_and_stays_silent_in_the_other(row):
    assert broken(row) == ""


@pytest.mark.parametrize("row", EVERY, ids=str)
def test_a_row_that_is_left_out_is_missed(row):
    assert broken(row, without(row)) != ""


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_row_without_its_examples_is_not_read(example):
    lines = {"finds": "finds = 'a'", "silent": "silent = 'b'"}
    row = '[[sink]]\nkind = "sql"\nnames = ["a.b"]\n'
    whole, lacking = "\n".join(lines.values()), lines.copy()
    del lacking[example]

    assert read([("whole.toml", row + whole)]).sinks

    with pytest.raises(ReadError, match=rf"bare\.toml.*{example}"):
        read([("bare.toml", row + "\n".join(lacking.values()))])


def test_a_source_that_gives_something_else_is_not_read():
    row = '[[source]]\nnames = ["a.b"]\ngives = "x"\nfinds = "a"\nsilent = "b"\n'

    with pytest.raises(ReadError, match=r"broken\.toml"):
        read([("broken.toml", row)])
