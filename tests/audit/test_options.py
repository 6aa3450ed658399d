"""What the audited project says of its own audit is read with suspicion."""

from __future__ import annotations

import re

import pytest

from stopper.audit.options import OptionError
from stopper.audit.options import project_options
from stopper.audit.options import rules_of


def given(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    return project_options(tmp_path)


def test_a_control_stands_for_its_rules():
    assert "unsafe-yaml-load" in rules_of(["serialization"])


@pytest.mark.parametrize("name", ["unsafe-yaml-lod", "Unsafe-Yaml-Load", "yaml-load"])
def test_a_misspelt_rule_is_refused_with_the_nearest(name):
    with pytest.raises(OptionError, match="Did you mean unsafe-yaml-load"):
        rules_of([name])


def test_a_name_that_is_near_nothing_says_where_the_names_are():
    with pytest.raises(OptionError, match="stopper rules"):
        rules_of(["\x1b[31mzzzzzzzzzz"])


def test_a_project_without_settings_has_none(tmp_path):
    assert project_options(tmp_path).said == ()
    assert given(tmp_path, "[tool.other]\nx = 1\n").said == ()


def test_every_setting_is_read(tmp_path):
    options = given(
        tmp_path,
        """
        [tool.stopper]
        select = ["serialization"]
        ignore = ["unsafe-pickle"]
        exclude = ["legacy"]
        fail-on = "high"
        tests = true
        """.replace("        ", ""),
    )

    assert options.select is not None
    assert "unsafe-yaml-load" in options.select
    assert options.ignore == {"unsafe-pickle"}
    assert options.exclude == ("legacy",)
    assert options.fail_on == 3
    assert options.tests is True
    assert 'fail-on = "high"' in options.said
    assert 'ignore = ["unsafe-pickle"]' in options.said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[tool.stopper]\nfail_on = "low"\n', "fail_on is no option.*fail-on"),
        ('[tool.stopper]\nfail-on = "lo"\n', "note, low, medium, high, never"),
        ("[tool.stopper]\nfail-on = 1\n", "fail-on takes one of"),
        ('[tool.stopper]\nignore = "x"\n', "ignore takes a list of texts"),
        ("[tool.stopper]\nignore = [1]\n", "ignore takes a list of texts"),
        ('[tool.stopper]\nignore = ["nothing-such"]\n', "no rule and no control"),
        ('[tool.stopper]\ntests = "no"\n', "true or false"),
        ("[tool]\nstopper = 3\n", "no table"),
        ("[tool.stopper\n", "no TOML"),
        ("x = " + "[" * 20_000, "TOML"),
        ("a." * 20_000 + "b = 1\n", "100 parts"),
        ("#" * (2 * 1024 * 1024), "more than"),
    ],
)
def test_what_is_not_taken_is_refused_and_says_what_is(tmp_path, text, says):
    with pytest.raises(OptionError, match=re.compile(says, re.DOTALL)) as error:
        given(tmp_path, text)

    assert "pyproject.toml" in str(error.value)
    assert "--no-project-config" in str(error.value)


def test_a_name_in_the_file_cannot_steer_a_terminal(tmp_path):
    with pytest.raises(OptionError) as error:
        given(tmp_path, '[tool.stopper]\n"\\u001b[2J" = 1\n')

    assert "\x1b" not in str(error.value)


def test_another_tools_table_of_any_shape_is_no_concern(tmp_path):
    assert given(tmp_path, "tool = 3\n").said == ()


def test_a_file_of_options_outside_of_the_project_is_refused(tmp_path):
    (tmp_path / "secret.toml").write_text("[tool.stopper]\nignore = ['secrets']\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").symlink_to(tmp_path / "secret.toml")

    with pytest.raises(OptionError, match="leads elsewhere"):
        project_options(project)
