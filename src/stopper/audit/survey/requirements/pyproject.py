"""Requirements in ``pyproject.toml``: PEP 621, PEP 735, Poetry; and in a Pipfile."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from ..config.tables import Lines
from ..config.tables import load
from ..config.tables import Path
from ..files import SourceFile
from .requirement import exact
from .requirement import from_url
from .requirement import Requirement
from .requirement import requirement


def requirements(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``pyproject.toml`` requires, its build system aside."""
    data = load(file.text)
    lines = Lines(file.text)
    yield from _listed(file, data, ("project", "dependencies"), lines)
    for table in (("project", "optional-dependencies"), ("dependency-groups",)):
        for group in _table(data, table):
            yield from _listed(file, data, (*table, group), lines)

    poetry: Path = ("tool", "poetry")
    yield from _named(file, data, (*poetry, "dependencies"), lines)
    yield from _named(file, data, (*poetry, "dev-dependencies"), lines)
    for group in _table(data, (*poetry, "group")):
        path = (*poetry, "group", group, "dependencies")
        yield from _named(file, data, path, lines)


def pipfile(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a Pipfile requires."""
    data = load(file.text)
    lines = Lines(file.text)
    yield from _named(file, data, ("packages",), lines)
    yield from _named(file, data, ("dev-packages",), lines)


def _at(data: object, path: Path) -> object:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _table(data: object, path: Path) -> dict[str, object]:
    found = _at(data, path)
    return found if isinstance(found, dict) else {}


def _listed(
    file: SourceFile, data: object, path: Path, lines: Lines
) -> Iterator[Requirement]:
    """Yield the requirements of a list of PEP 508 texts."""
    items = _at(data, path)
    line = lines(path)
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, str):
            continue
        line = _line_of(file, item, line)
        try:
            yield requirement(item, file.name, line)
        except ValueError:
            continue


def _line_of(file: SourceFile, item: str, start: int) -> int:
    """Return the line, from ``start`` on, where a list has an item."""
    for number in range(max(start, 1), min(start + 2000, len(file.lines) + 1)):
        if item in file.lines[number - 1]:
            return number
    return start


def _named(
    file: SourceFile, data: object, path: Path, lines: Lines
) -> Iterator[Requirement]:
    """Yield the requirements of a table from names to versions."""
    for name, value in _table(data, path).items():
        if name.lower() == "python":
            continue
        line = lines((*path, name))
        options = value[0] if isinstance(value, list) and value else value
        yield _of_table(file, canonicalize_name(name), options, line)


def _of_table(file: SourceFile, name: str, value: object, line: int) -> Requirement:
    if not isinstance(value, dict):
        specifier = str(value) if isinstance(value, str) else ""
        # A bare version is exact to Poetry.
        pinned = exact(specifier) or (specifier[:1].isdigit() and "*" not in specifier)
        return Requirement(name, specifier, pinned, False, None, file.name, line)

    for key in ("git", "url", "path", "file"):
        if isinstance(value.get(key), str):
            ref = value.get("rev") or value.get("ref") or ""
            return from_url(f"{value[key]}@{ref}", file.name, line, name=name)
    return _of_table(file, name, value.get("version", ""), line)
