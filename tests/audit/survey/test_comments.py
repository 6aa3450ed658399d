"""Comments that speak to an auditor are found where they stand, strings are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import project
from stopper.audit.survey.comments import comments
from stopper.audit.survey.files import SourceFile
from stopper.audit.survey.kinds import Kind
from stopper.audit.survey.kinds import kind_of


def allows(text, file="app.py"):
    found = comments(project({file: text}).files.values()).allows
    return [(a.line, a.alone, a.rules, a.reason) for a in found]


def foreign(text, file="app.py"):
    return dict(comments(project({file: text}).files.values()).foreign)


def test_a_comment_behind_code():
    text = "x = 1\ny = 2  # stopper: allow[one, two] because it is\n"
    assert allows(text) == [(2, False, ("one", "two"), "because it is")]


def test_a_comment_alone():
    assert allows("if x:\n    # stopper: allow[one] why\n    y()\n") == [
        (2, True, ("one",), "why")
    ]


@pytest.mark.parametrize(
    "text",
    [
        'x = "# stopper: allow[one] why"\n',
        '"""\n# stopper: allow[one] why\n"""\n',
        "x = f'''\n# stopper: allow[one] why\n'''\n",
        # The same where it cannot be tokenized.
        'x = "# stopper: allow[one] why"\n"""\n# stopper: allow[one] why\n',
    ],
)
def test_a_string_is_no_comment(text):
    assert allows(text) == []


def test_a_module_that_cannot_be_tokenized_still_has_comments():
    text = 'print "it\'s"  # stopper: allow[one] why\nx = ( \n\ty = "\n'
    assert allows(text) == [(1, False, ("one",), "why")]


@pytest.mark.parametrize("reason", ["", " ", " -", " .", ":", " # noqa: S301", " x"])
def test_what_says_nothing_is_no_reason(reason):
    assert allows(f"x  # stopper: allow[one]{reason}\n") == [(1, False, ("one",), "")]


def test_a_reason_ends_where_another_comment_begins():
    text = "x  # stopper: allow[one] it is ours  # noqa: S301\n"
    assert allows(text) == [(1, False, ("one",), "it is ours")]


def test_a_reason_may_be_in_any_script():
    assert allows("x  # stopper: allow[one] 安全です\n") == [
        (1, False, ("one",), "安全です")
    ]


@pytest.mark.parametrize("wrong", ["allow", "allow(one)", "ignore[one]"])
def test_a_comment_of_another_shape_allows_nothing(wrong):
    assert allows(f"x  # stopper: {wrong}\n") == [(1, False, (), "")]


def test_prose_about_stopper_is_no_comment_of_its():
    assert allows("# stopper: the thing that closes a flask\n") == []


def test_a_template_has_jinja_comments():
    text = "<p>\n{# stopper: allow[one] it is ours #}\n<!-- stopper: allow[one] no -->"
    assert allows(text, "templates/a.html") == [(2, True, ("one",), "it is ours")]


def test_a_jinja_comment_of_several_lines_counts_by_its_line():
    text = "{#\n  words\n  stopper: allow[one] it is ours\n#}"
    assert [a[0] for a in allows(text, "templates/a.html")] == [3]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".env", "# stopper: allow[one] why\nA=1\n"),
        ("setup.cfg", "; stopper: allow[one] why\n"),
        ("app.toml", '# stopper: allow[one] why\nx = "#"\n'),
        ("app.yaml", "# stopper: allow[one] why\nx: 1\n"),
        ("requirements.txt", "# stopper: allow[one] why\nFlask\n"),
        ("Dockerfile", "# stopper: allow[one] why\nFROM scratch\n"),
    ],
)
def test_other_files_have_comments_too(file, text):
    assert allows(text, file) == [(1, True, ("one",), "why")]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("app.toml", 'x = "# stopper: allow[one] why"\n'),
        (".env", "A=b#stopper: allow[one] why\n"),
        ("config.json", '{"a": 1} # stopper: allow[one] why\n'),
    ],
)
def test_what_is_a_value_there_is_no_comment(file, text):
    assert allows(text, file) == []


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("# nosec", "nosec"),
        ("# nosec B101", "nosec"),
        ("# nosemgrep: rule", "nosemgrep"),
        ("# noqa: E501, S301", "noqa: S"),
    ],
)
def test_comments_for_other_tools_are_counted(comment, word):
    assert foreign(f"x  {comment}\ny = '{comment}'\n") == {word: 1}


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: E501", "# insecure", "# nosecond"]
)
def test_comments_about_something_else_are_not(comment):
    assert foreign(f"x  {comment}\n") == {}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("templates/a.html", "stopper: {#" * 200_000),
        (".env", "stopper: " + '\\"' * 500_000),
        ("app.py", "# " + "stopper: allow[" * 100_000),
        ("app.py", "# stopper: allow[x]" + " " * 1_000_000 + "y"),
        ("app.py", 'x = "stopper: ' + "\\\"'" * 300_000),
        ("app.py", "#" + "# noqa:" * 200_000),
        ("app.py", '"""' * 300_001 + "stopper:"),
    ],
)
def test_what_was_made_to_be_slow_is_not(file, text):
    comments([SourceFile(Path(file), file, kind_of((file,)) or Kind.TEMPLATE, text)])
