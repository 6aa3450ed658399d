"""A person reads the report from top to bottom and knows what to do."""

from __future__ import annotations

import dataclasses
import pathlib
import re

from stopper.audit.finding import Exposure
from stopper.audit.finding import Finding
from stopper.audit.finding import Place
from stopper.audit.finding import Step
from stopper.audit.report import text
from stopper.audit.summary import Report
from stopper.audit.summary import Reported
from stopper.audit.survey.note import Note
from stopper.catalogue.rule import Confidence
from stopper.catalogue.rule import Rule
from stopper.catalogue.rule import Severity


def rule(name, severity):
    return Rule(
        name, severity, Confidence.HIGH, "Seen.", "Why.", "How.", (79, 80), ("1.2.1",)
    )


def reported(name="one-rule", severity=Severity.HIGH, line=1, code="x()", steps=()):
    place = Place("app.py", line, 3, line)
    made = Finding(
        rule(name, severity), place, "x", f"Seen {name}.", Confidence.HIGH, steps
    )
    return Reported(made, "a-control", "0" * 32, code)


def report(*findings, **other):
    given = {
        "root": pathlib.Path("/project"),
        "findings": findings,
        "allowed": (),
        "ignored": {},
        "ignored_by_project": {},
        "in_tests": {},
        "rules": (),
        "project_options": (),
        "foreign": {},
        "unmodelled": (),
        "skipped": {},
        "notes": (),
        "failures": (),
        "files": 3,
        "lines": 1200,
        "seconds": 0.25,
        "fail_on": 2,
    }
    return Report(**{**given, **other})


def lines(*findings, style=None, **other):
    return list(text.render(report(*findings, **other), style))


def test_what_matters_most_comes_first():
    made = lines(
        reported("low-rule", Severity.LOW), reported("high-rule", Severity.HIGH)
    )
    heads = [line for line in made if re.match(r"(high|low)  ", line)]
    assert heads == ["high  high-rule  a-control", "low  low-rule  a-control"]


def test_a_rule_is_said_once_and_each_place_under_it():
    made = "\n".join(lines(reported(line=1), reported(line=8)))

    assert made.count("Why.") == made.count("Mend: How.") == 1
    assert "app.py:1:3" in made
    assert "app.py:8:3" in made


def test_the_steps_are_told():
    step = Step(Place("other.py", 9), "It comes from here.")
    assert "    - other.py:9: It comes from here." in lines(reported(steps=(step,)))


def test_a_note_is_counted_and_not_shown():
    made = lines(reported("a-note", Severity.NOTE))
    assert [line for line in made if "a-note" in line] == [
        "a-note       .       .       .       1"
    ]


def test_what_was_left_out_is_told():
    made = "\n".join(
        lines(
            allowed=(reported("allowed-rule"), reported("allowed-rule")),
            ignored={"ignored-rule": 3},
            ignored_by_project={"silenced-rule": 4},
            in_tests={"tested-rule": 5},
            project_options=('ignore = ["silenced-rule"]',),
            foreign={"nosec": 6},
            unmodelled=("somelib",),
            skipped={"dependencies": 7},
        )
    )

    for said in (
        "allowed-rule 2",
        "ignored-rule 3",
        "silenced-rule 4",
        "tested-rule 5",
        'ignore = ["silenced-rule"]',
        "# nosec 6",
        "somelib",
        "dependencies 7",
    ):
        assert said in made


def test_notes_are_listed_up_to_a_bound():
    notes = tuple(Note("odd", f"f{n}.py", n, "It is odd.") for n in range(1, 30))
    made = [line for line in lines(notes=notes) if line.startswith("note  ")]

    assert made[0] == "note  f1.py:1: It is odd."
    assert made[-1] == "note  and 9 more."


def test_libraries_are_listed_up_to_a_bound():
    made = "\n".join(lines(unmodelled=tuple(f"lib{n:03}" for n in range(100))))
    assert "lib000" in made
    assert "lib099" not in made
    assert "and 60 more" in made


def test_a_failed_check_is_named_and_the_report_is_not_whole():
    failure = Note("check-failed", "", 0, "The check of one-rule failed.")
    made = lines(failures=(failure,))

    assert "failed  The check of one-rule failed." in made
    assert made[-1].startswith("The audit is not whole.")


def test_the_last_line_says_what_failed_and_what_was_read():
    assert (
        lines(reported())[-1]
        == "1 finding to mend. 3 files, 1,200 lines, 0 rules, 0.2 s."
    )
    assert lines(reported(severity=Severity.LOW))[-1].startswith("Nothing to mend.")


def test_a_long_line_is_cut_and_escapes_are_shown():
    made = lines(reported(code="\tx = '\x1b[2J'" + "y" * 200))
    [code] = [line for line in made if line.startswith("    | ")]

    assert code.startswith(r"    | x = '\x1b[2J'yyy")
    assert len(code) == 80


def test_colours_only_where_they_are_wanted():
    assert "\x1b" not in "".join(lines(reported()))
    assert "\x1b" in "".join(lines(reported(), style=text.Style(colour=True)))


def test_who_can_send_it_is_told():
    made = reported()
    opened = dataclasses.replace(
        made, finding=dataclasses.replace(made.finding, exposure=Exposure.ANYONE)
    )

    assert text.WHO[Exposure.ANYONE] in "\n".join(lines(opened)).replace("\n    ", " ")
    assert text.WHO[Exposure.ANYONE] not in "\n".join(lines(made))
