"""The comments that speak to an auditor: Stopper's own, and those of other tools."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import re
import types
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from .files import SourceFile
from .kinds import Kind

_ALLOW = re.compile(
    r"stopper:[ \t]*(?:allow[ \t]*\[(?P<rules>[^\]\n]{0,500})\]"
    r"(?P<reason>[^\n]{0,1000})|(?P<wrong>(?:allow|ignore)\b[^\s#]{0,50}))"
)
#: What follows a reason is another tool's comment, or the end of a template's.
_AFTER = re.compile(r"[ \t]+#.*|[ \t]*-?#\}.*|[ \t]*-->.*", re.DOTALL)
_WORD = re.compile(r"[^\W_]{2}")

_FOREIGN = re.compile(r"#\s*(?:(nosec)\b|(nosemgrep)\b|(noqa):[^#]*?\bS\d{1,4}\b)")

#: Most files hold no such word.
_ANY = re.compile(r"stopper:|nosec|nosemgrep|noqa")

#: Strings first, so that a hash in one begins no comment. The standard library's
#: tokenizer refuses what it does not know, and takes time that grows with the square of
#: what was made to be slow.
_PYTHON = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'(?:[^'\\\n]|\\.)*'?"
    r"|(#[^\n]*)",
    re.DOTALL,
)
_LINE = re.compile(r'"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'" r"|((?:^|(?<=\s))[#;][^\n]*)")
_JINJA = re.compile(r"(\{#.*?(?:#\}|\Z))", re.DOTALL)

#: A longer line of a configuration file is data, and slow to look through.
_LONGEST = 5000  # characters


#: More allows than this in one comment were written by no person.
_MOST = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Allow:
    """One comment that allows a finding.

    :param line: Where it stands, counted from 1.
    :param alone: Whether nothing else is on its line, so that it is about the next.
    :param rules: The names in the bracket, empty where the comment is malformed.
    :param written: It, as it stands on the line, without the reason.
    """

    path: str
    line: int
    column: int
    alone: bool
    rules: tuple[str, ...]
    reason: str
    written: str


@dataclasses.dataclass(frozen=True, slots=True)
class Comments:
    """What a project's comments say to its auditor.

    :param foreign: How many comments silence another tool, by its word. They are
        counted and not obeyed.
    """

    allows: tuple[Allow, ...] = ()
    foreign: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class _Comment:
    line: int
    column: int
    alone: bool
    text: str


def comments(files: Iterable[SourceFile]) -> Comments:
    """Return what the comments of these files say to an auditor."""
    allows: list[Allow] = []
    foreign: collections.Counter[str] = collections.Counter()

    for file in files:
        if not _ANY.search(file.text):
            continue

        for comment in _comments(file):
            allows += _allows(file.name, comment)
            for match in _FOREIGN.finditer(comment.text):
                foreign[match[1] or match[2] or "noqa: S"] += 1

    return Comments(
        tuple(allows), types.MappingProxyType(dict(sorted(foreign.items())))
    )


def _allows(path: str, comment: _Comment) -> Iterator[Allow]:
    for match in itertools.islice(_ALLOW.finditer(comment.text), _MOST):
        before = comment.text[: match.start()]
        line = comment.line + before.count("\n")
        start = match.start() - (before.rfind("\n") + 1)
        column = start + (comment.column if line == comment.line else 1)
        names = (match["rules"] or "").split(",")
        rest = match["reason"] or ""
        reason = _AFTER.sub("", rest, count=1).strip(" \t:,-\u2013\u2014")
        yield Allow(
            path=path,
            line=line,
            column=column,
            alone=comment.alone,
            rules=tuple(filter(None, (n.strip() for n in names))),
            reason=reason if _WORD.search(reason) else "",
            written=match[0][: len(match[0]) - len(rest)],
        )


def _comments(file: SourceFile) -> Iterator[_Comment]:
    if file.kind is Kind.PYTHON:
        yield from _matched(file.text, _PYTHON)
    elif file.kind is Kind.TEMPLATE:
        yield from _matched(file.text, _JINJA)
    elif file.kind is not Kind.KEY and not file.name.endswith((".json", ".lock")):
        yield from _lines(file.text)


def _lines(text: str) -> Iterator[_Comment]:
    """Yield the comments of a file in which a line is on its own."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) <= _LONGEST and _ANY.search(line):
            for found in _matched(line, _LINE):
                yield dataclasses.replace(found, line=number)


def _matched(text: str, pattern: re.Pattern[str]) -> Iterator[_Comment]:
    """Yield what the group of ``pattern`` holds, with its place."""
    line, position = 1, 0

    for match in pattern.finditer(text):
        if match[1] is None:
            continue

        start = match.start(1)
        line += text.count("\n", position, start)
        position = start
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", match.end(1))
        around = text[first:start] + text[match.end(1) : last if last >= 0 else None]
        yield _Comment(line, start - first + 1, not around.strip(), match[1])
