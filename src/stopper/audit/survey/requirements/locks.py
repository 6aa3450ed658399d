"""Lock files: what a tool chose, with everything that it depends on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from ..config.entry import ConfigError
from ..config.tables import Lines
from ..config.tables import load
from ..files import SourceFile
from .requirement import Requirement


def poetry(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``poetry.lock`` holds."""
    data = load(file.text)
    # Before 2023 the digests stood in a table of their own.
    metadata = data.get("metadata")
    old = metadata.get("files") if isinstance(metadata, dict) else None
    hashed = set(old) if isinstance(old, dict) else set()
    yield from _packages(file, data, "package", hashed)


def uv(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``uv.lock`` holds, the project itself aside."""
    yield from _packages(file, load(file.text), "package", set())


def pylock(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``pylock.toml`` (PEP 751) holds."""
    yield from _packages(file, load(file.text), "packages", set())


def _packages(
    file: SourceFile, data: dict[str, object], key: str, hashed: set[str]
) -> Iterator[Requirement]:
    lines = Lines(file.text)
    packages = data.get(key)

    for number, package in enumerate(packages if isinstance(packages, list) else ()):
        name = package.get("name") if isinstance(package, dict) else None
        if not isinstance(name, str) or _is_project(package):
            continue
        line = lines((key, number, "name"))
        version = str(package.get("version", ""))
        yield Requirement(
            name=canonicalize_name(name),
            specifier=f"=={version}" if version else "",
            pinned=True,
            hashed=name in hashed or _hashed(package),
            url=_url(package),
            path=file.name,
            line=line,
            locked=True,
        )


def _is_project(package: dict[str, object]) -> bool:
    source = package.get("source")
    return isinstance(source, dict) and bool({"virtual", "editable"} & source.keys())


def _hashed(package: dict[str, object]) -> bool:
    for key in ("files", "wheels", "sdist", "archive"):
        value = package.get(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and ("hash" in item or "hashes" in item):
                return True
    return False


def _url(package: dict[str, object]) -> str | None:
    source = package.get("source") or package.get("vcs") or package.get("archive")
    if not isinstance(source, dict):
        return None
    kind = source.get("type")
    if kind in ("git", "url", "directory", "file"):
        return str(source.get("url", ""))
    found = next((source[k] for k in ("git", "url", "path") if k in source), None)
    return str(found) if found and kind is None else None


def pipfile(file: SourceFile) -> Iterator[Requirement]:
    """Yield what a ``Pipfile.lock`` holds."""
    try:
        data = json.loads(file.text)
    except ValueError:
        raise ConfigError("It is no JSON that can be read.") from None
    if not isinstance(data, dict):
        raise ConfigError("It is no lock file.")

    lines = _lines(file)
    for group in data:
        if group == "_meta" or not isinstance(data[group], dict):
            continue
        for name, value in data[group].items():
            options = value if isinstance(value, dict) else {}
            version = options.get("version") or ""
            url = next(
                (options[k] for k in ("git", "file", "path") if k in options), None
            )
            yield Requirement(
                name=canonicalize_name(name),
                specifier=str(version),
                pinned=True,
                hashed=bool(options.get("hashes")),
                url=str(url) if url else None,
                path=file.name,
                line=lines.get(name, 0),
                locked=True,
            )


def _lines(file: SourceFile) -> dict[str, int]:
    """Return the first line on which each key that opens an object stands."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.lines, 1):
        key, opened, _ = line.strip().partition('": {')
        if opened:
            found.setdefault(key.strip('"'), number)
    return found
