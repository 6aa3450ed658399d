"""What a control's page says, for those who read it elsewhere than in the docs."""

from __future__ import annotations

import functools
import re
from importlib import resources

from . import CONTROLS

_FENCE = re.compile(r"^(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6}) +`?([^`\n]*?)`?\s*$")
_MARK = re.compile(r"(#|\{#) find: ")


def control_of(rule: str) -> str:
    """Return the name of the control that a rule belongs to, empty if to none."""
    return _OF.get(rule, "")


@functools.cache
def page(control: str) -> str:
    """Return the whole page of a control, empty where it has none.

    What the tests read as *this is found here* reads as *found* to people.
    """
    file = resources.files(__package__) / control / "page.md"

    try:
        text = file.read_text("utf-8")
    except OSError:
        return ""

    return _MARK.sub(r"\1 found: ", text)


@functools.cache
def section(control: str, rule: str) -> str:
    """Return what a control's page says under the heading of a rule, without it."""
    found: list[str] = []
    depth = 0
    fence = ""

    for line in page(control).splitlines():
        if mark := _FENCE.match(line):
            # A heading inside a block of code is a comment of that code.
            fence = "" if fence and line.startswith(fence) else fence or mark[1]

        heading = None if fence else _HEADING.match(line)

        if heading and depth and len(heading[1]) <= depth:
            break

        if depth:
            found.append(line)
        elif heading and heading[2] == rule:
            depth = len(heading[1])

    return "\n".join(found).strip()


_OF = {rule.name: control.name for control in CONTROLS for rule in control.rules}
