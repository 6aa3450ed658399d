"""A comment allows what stands on its line or below it, and nothing else."""

from __future__ import annotations

import pytest

from projects import project
from stopper.audit.run import audit
from stopper.audit.suppress import sort
from stopper.audit.survey.comments import comments

RULE = "unsafe-yaml-load"


def sorted_(text, file="app.py"):
    made = project({file: "import yaml\n" + text})
    found = [f for f in audit([made]).findings if f.rule.name == RULE]
    return sort(found, comments(made.files.values()).allows)


def lines(text):
    """Return the lines of what is left open, the import not counted."""
    return [f.place.line - 1 for f in sorted_(text).open]


def allowed(text):
    return [(f.place.line - 1, a.reason) for f, a in sorted_(text).allowed]


@pytest.mark.parametrize(
    "text",
    [
        "yaml.unsafe_load(x)  # stopper: allow[unsafe-yaml-load] why\n",
        "yaml.unsafe_load(x)  # stopper: allow[serialization] why\n",
        "yaml.unsafe_load(x)  # stopper: allow[other, unsafe-yaml-load] why\n",
        "yaml.unsafe_load(  # stopper: allow[unsafe-yaml-load] why\n    x\n)\n",
        "yaml.unsafe_load(\n    x\n)  # stopper: allow[unsafe-yaml-load] why\n",
    ],
)
def test_a_comment_on_a_line_of_the_finding_allows_it(text):
    assert allowed(text) == [(1, "why")]
    assert lines(text) == []


def test_a_comment_alone_on_the_line_above_allows_it():
    text = "# stopper: allow[unsafe-yaml-load] why\nyaml.unsafe_load(x)\n"
    assert allowed(text) == [(2, "why")]


def test_several_comments_may_stand_above():
    text = (
        "# stopper: allow[unsafe-yaml-load] why\n"
        "# stopper: allow[unsafe-pickle] also\n"
        "yaml.unsafe_load(x)\n"
    )
    assert allowed(text) == [(3, "why")]


@pytest.mark.parametrize(
    "text",
    [
        # Of another rule.
        "yaml.unsafe_load(x)  # stopper: allow[unsafe-pickle] why\n",
        # Behind other code on the line above.
        "f()  # stopper: allow[unsafe-yaml-load] why\nyaml.unsafe_load(x)\n",
        # Too far above.
        "# stopper: allow[unsafe-yaml-load] why\n\nyaml.unsafe_load(x)\n",
        # Below.
        "yaml.unsafe_load(x)\n# stopper: allow[unsafe-yaml-load] why\n",
        # In a string.
        "yaml.unsafe_load('# stopper: allow[unsafe-yaml-load] why' + x)\n",
        # Without a name.
        "yaml.unsafe_load(x)  # stopper: allow[] why\n",
        "yaml.unsafe_load(x)  # stopper: allow[*] why\n",
        "yaml.unsafe_load(x)  # nosec\n",
    ],
)
def test_anything_else_allows_nothing(text):
    assert allowed(text) == []
    assert len(lines(text)) == 1


def test_a_comment_without_a_reason_allows_and_is_known_to():
    found = sorted_("yaml.unsafe_load(x)  # stopper: allow[unsafe-yaml-load]\n")

    assert [a.reason for _, a in found.allowed] == [""]
    assert {name for _, name in found.used} == {RULE}


def test_of_two_comments_the_one_with_a_reason_speaks():
    text = (
        "# stopper: allow[unsafe-yaml-load]\n"
        "yaml.unsafe_load(x)  # stopper: allow[unsafe-yaml-load] why\n"
    )
    assert allowed(text) == [(2, "why")]
