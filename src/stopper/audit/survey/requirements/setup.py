"""Requirements in ``setup.cfg``, and the literal ones in ``setup.py``, which is not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..config import ini
from ..files import SourceFile
from ..source import parse
from ..source import SourceError
from .requirement import Requirement
from .requirement import requirement

_KEYS = frozenset({"install_requires", "extras_require", "tests_require"})


def cfg(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``setup.cfg`` requires."""
    for entry in ini.entries(file.text, file.name):
        extras = entry.section == "options.extras_require"
        if not extras and not (entry.section == "options" and entry.key in _KEYS):
            continue
        line = entry.line
        for text in str(entry.value).split("\n"):
            line = _line_of(file, text, line)
            yield from _parsed(text, file, line)


def _line_of(file: SourceFile, text: str, start: int) -> int:
    for number in range(start, min(start + 500, len(file.lines) + 1)):
        if text and text in file.lines[number - 1]:
            return number
    return start


def script(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a call of ``setup`` requires in so many words."""
    try:
        tree = parse(file.text, file.name).tree
    except SourceError:
        return  # The reader of Python says so.

    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in _KEYS:
                    yield from _literals(keyword.value, named, file)


def _literals(
    value: ast.expr, named: dict[str, ast.expr], file: SourceFile
) -> Iterator[Requirement]:
    if isinstance(value, ast.Name):
        value = named.get(value.id, value)
    for node in ast.walk(value):
        lists = node.values if isinstance(node, ast.Dict) else [node]
        for item in lists:
            if isinstance(item, ast.List | ast.Tuple):
                yield from _items(item, file)


def _items(value: ast.List | ast.Tuple, file: SourceFile) -> Iterator[Requirement]:
    for item in value.elts:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield from _parsed(item.value, file, item.lineno)


def _parsed(text: str, file: SourceFile, line: int) -> Iterator[Requirement]:
    try:
        yield requirement(text.partition("#")[0].strip(), file.name, line)
    except ValueError:
        return
