"""Files that say how an app is run: Docker, Procfile, systemd, shell scripts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from . import ini
from .entry import Entry

_INSTRUCTION = re.compile(r"([A-Za-z]+)[ \t]+(.*)", re.DOTALL)
_PAIR = re.compile(
    r"""(?:^|(?<=\s))["']?([A-Za-z_]\w*)="""
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\"']|\\.|["'](?=\s|$))*)""",
    re.DOTALL,
)
_OLD_ENV = re.compile(r"([A-Za-z_]\w*)\s+(.*)", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?:export\s+|declare\s+-x\s+)?(?=[A-Za-z_]\w*=)")
_PROCESS = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")


def docker_entries(text: str, name: str) -> list[Entry]:
    """Return what a Dockerfile sets and runs: the section is the instruction."""
    found: list[Entry] = []
    for line, statement in _statements(text):
        match = _INSTRUCTION.match(statement)
        if match is None:
            continue
        word, rest = match[1].upper(), match[2]
        pairs = list(_pairs(rest, line, name, word)) if word in ("ENV", "ARG") else []
        old = _OLD_ENV.match(rest)
        if word == "ENV" and not pairs and old:
            pairs = [Entry(name, line, old[1], old[2].strip(), word)]
        found += pairs or [Entry(name, line, word, _one_line(rest), word)]
    return found


def shell_entries(text: str, name: str) -> list[Entry]:
    """Return the variables that a script sets, and its commands."""
    found: list[Entry] = []
    for line, statement in _statements(text):
        if start := _ASSIGNMENT.match(statement):
            found += _pairs(statement[start.end() :], line, name, "export")
        found.append(Entry(name, line, "command", _one_line(statement), "command"))
    return found


def procfile_entries(text: str, name: str) -> list[Entry]:
    """Return the processes of a Procfile, each a command under its name."""
    return [
        Entry(name, number, match[1], match[2].strip(), "command")
        for number, line in enumerate(text.split("\n"), 1)
        if (match := _PROCESS.match(line))
    ]


def service_entries(text: str, name: str) -> list[Entry]:
    """Return the options of a systemd unit, and each variable it sets."""
    found: list[Entry] = []
    for option in ini.entries(text, name):
        if option.section.lower().endswith(".environment"):
            continue
        value = str(option.value).replace("\\\n", " ")
        found.append(dataclasses.replace(option, value=value))
        if option.key == "Environment":
            found += _pairs(str(option.value), option.line, name, "Environment")
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with its first line, its continuation lines joined.

    A newline stays where a line was continued, so that lines can be counted.
    """
    parts: list[str] = []
    first = 0

    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("#") or (not bare and not parts):
            # A comment may stand between continued lines.
            parts += [""] if parts else []
            continue
        first = first if parts else number
        parts.append(bare.removesuffix("\\"))
        if not bare.endswith("\\"):
            yield first, "\n".join(parts)
            parts = []
    if parts:
        yield first, "\n".join(parts)


def _pairs(text: str, line: int, name: str, section: str) -> Iterator[Entry]:
    for pair in _PAIR.finditer(text):
        at = line + text.count("\n", 0, pair.start(1))
        value = pair[2].strip("\"'")
        yield Entry(name, at, pair[1], value, section)


def _one_line(text: str) -> str:
    return " ".join(text.split())
