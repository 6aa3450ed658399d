"""Apps of random flows are run with a marker: where it comes to is what is found."""

from __future__ import annotations

import pytest

from audit.survey.flow.compare import compare
from audit.survey.flow.compare import compared
from audit.survey.flow.compare import Sum
from audit.survey.flow.generator import Generator
from audit.survey.flow.generator import TEMPLATES

#: How many apps a test run makes; ``make flows`` makes ten thousand.
SAMPLE = 300


@pytest.fixture(scope="module")
def rows():
    return list(compared(0, SAMPLE))


def test_no_flow_that_happens_is_missed(rows):
    missed = {row.program.seed: set(row.missed) for row in rows if row.missed}
    assert missed == {}


def test_of_a_hundred_flows_that_are_told_at_most_five_never_happen(rows):
    total = Sum()

    for row in rows:
        total.add(row)

    assert total.flows > SAMPLE
    assert total.false <= 0.05 * total.reported


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_a_construct_alone_hides_no_flow(template):
    for number in range(2):
        row = compare(Generator(f"{template.name} {number}", 1, (template,)).program())
        assert row.missed == frozenset(), row.program.text


def test_what_is_made_runs_and_fails_only_where_it_refuses(rows):
    errors = {error for row in rows for error in row.ran.errors}
    assert {e.partition(":")[0] for e in errors} <= {"BadRequest"}


def test_one_seed_makes_one_app():
    assert Generator("7").program().files == Generator("7").program().files
