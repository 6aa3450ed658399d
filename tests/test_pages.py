"""Every example on a control's page is run: the page is the test."""

from __future__ import annotations

import dataclasses
import itertools
import re
from pathlib import Path

import pytest

import stopper
from projects import project
from stopper.audit.run import audit

BLOCK = re.compile(
    r"^```(py|python|html\+jinja|jinja|ini|toml|yaml|text|sh|dockerfile)\n(.*?)^```$",
    re.M | re.S,
)
FIND = re.compile(r"(?:#|\{#) find: ([a-z0-9-]+(?:, [a-z0-9-]+)*)(?: #\})?$")
FILE = re.compile(r"^(?:#|\{#) file: (\S+)(?: #\})?$")
CONTROLS = Path(stopper.__file__).parent / "controls"
NAMES = {"py": "page.py", "html+jinja": "templates/page.html"}


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block: the file that it is, and where it stands on the page."""

    file: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    found = []

    for m in BLOCK.finditer(text):
        first = m[2].partition("\n")[0]
        named = FILE.match(first)
        file = named[1] if named else NAMES.get(m[1], "")

        if file:
            found.append(Block(file, m[2], text.count("\n", 0, m.start(2)) + 1))

    return found


def examples():
    """Each block is a project; blocks that name their files are one with the next."""
    for page in sorted(CONTROLS.glob("*/page.md")):
        for block in blocks(page):
            yield pytest.param(block, id=f"{page.parent.name}:{block.line}")


def said(block: Block) -> set[tuple[str, int]]:
    return {
        (rule, number)
        for number, line in enumerate(block.text.split("\n"), 1)
        if (m := FIND.search(line.rstrip()))
        for rule in m[1].split(", ")
    }


@pytest.mark.parametrize("block", list(examples()))
def test_page_finds_what_it_says_and_nothing_else(block):
    result = audit([project({block.file: block.text})])

    assert result.failures == ()
    assert {(f.rule.name, f.place.line) for f in result.findings} == said(block)


@pytest.mark.parametrize("block", list(examples()))
def test_the_subject_of_a_finding_stands_on_its_lines(block):
    lines = block.text.split("\n")

    for finding in audit([project({block.file: block.text})]).findings:
        place = finding.place
        text = "\n".join(lines[place.line - 1 : max(place.end_line, place.line)])
        assert finding.subject in text


@pytest.mark.parametrize("block", list(examples()))
def test_each_step_stands_on_a_line_that_holds_the_name_it_speaks_of(block):
    lines = block.text.split("\n")

    for finding in audit([project({block.file: block.text})]).findings:
        for step in itertools.chain(finding.steps, *finding.others):
            if named := re.search("`([^`]+)`", step.message):
                assert named[1] in lines[step.place.line - 1]
