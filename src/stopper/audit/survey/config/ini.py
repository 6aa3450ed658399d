"""INI files, read line by line, and Flask's ``.cfg`` files, which are Python."""

from __future__ import annotations

import ast
import re

from ..source import parse
from ..source import SourceError
from .entry import Entry
from .entry import Value

_SECTION = re.compile(r"\[([^\]\n]+)\]")
_OPTION = re.compile(r"([^\s=:\[#;][^=:\n]*?)[ \t]*(?:=|:(?!//)(?=\s|$))[ \t]*(.*)")
_PAIR = re.compile(r"""(?<!\w)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^,\s]*)""")


def entries(text: str, name: str) -> list[Entry]:
    """Return the options of an INI file. Lines that are none are passed over.

    No interpolation, and a key may be set twice: each place is an entry.
    """
    found: list[Entry] = []
    section = ""
    indent = 0

    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        depth = len(line) - len(line.lstrip())
        if found and depth > indent and found[-1].section == section:
            found[-1] = _continued(found[-1], bare)
        elif header := _SECTION.match(bare):
            section, indent = header[1].strip(), depth
        elif option := _OPTION.match(bare):
            found.append(Entry(name, number, option[1], option[2], section))
            indent = depth

    return [entry for option in found for entry in _with_environment(option)]


def _continued(entry: Entry, more: str) -> Entry:
    # Bounded, for each line copies the value once more.
    value = str(entry.value)
    if len(value) < 64 * 1024:
        value = f"{value}\n{more}"
    return Entry(entry.path, entry.line, entry.key, value, entry.section)


def _with_environment(option: Entry) -> list[Entry]:
    """Return an option and, of supervisor's ``environment=A="b"``, each variable."""
    if option.key.lower() not in ("environment", "env"):
        return [option]
    text = str(option.value)
    return [option] + [
        Entry(
            option.path,
            option.line + text.count("\n", 0, pair.start()),
            pair[1],
            pair[2].strip("\"'"),
            f"{option.section}.{option.key}".lstrip("."),
        )
        for pair in _PAIR.finditer(text)
    ]


def flask_entries(text: str, name: str) -> list[Entry]:
    """Return what a ``.cfg`` file sets, by either of its two meanings.

    Flask's ``from_pyfile`` runs it as Python; everyone else reads an INI file.
    """
    try:
        body = parse(text, name).tree.body
    except SourceError:
        return entries(text, name)

    # A section's header is a list to Python.
    if any(isinstance(n, ast.Expr) and isinstance(n.value, ast.List) for n in body):
        return entries(text, name)
    return [entry for node in body for entry in _assigned(node, name)]


def _assigned(node: ast.stmt, path: str) -> list[Entry]:
    targets: list[ast.expr]
    if isinstance(node, ast.Assign):
        targets, literal = node.targets, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets, literal = [node.target], node.value
    else:
        return []

    try:
        value: Value = _plain(ast.literal_eval(literal))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return []
    names = [target for target in targets if isinstance(target, ast.Name)]
    return [Entry(path, target.lineno, target.id, value) for target in names]


def _plain(value: object) -> Value:
    """Return a literal as the other formats have it: bytes as text, tuples as lists."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
