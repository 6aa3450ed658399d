"""Configuration files, whatever their format: each key with its value and its line."""

from __future__ import annotations

from collections.abc import Callable

from ..files import Kind
from ..files import SourceFile
from ..note import Note
from . import deploy
from . import env
from . import ini
from . import nodes
from . import tables
from .entry import ConfigError
from .entry import Entry

__all__ = ["Entry", "entries"]

Reader = Callable[[str, str], list[Entry]]

LIMIT = 50_000
"""Entries of one file. More is data, not configuration."""

_SUFFIXES: dict[str, Reader] = {
    ".toml": tables.entries,
    ".yaml": nodes.yaml_entries,
    ".yml": nodes.yaml_entries,
    ".json": nodes.json_entries,
    ".cfg": ini.flask_entries,
    ".ini": ini.entries,
    ".conf": ini.entries,
    ".service": deploy.service_entries,
    ".sh": deploy.shell_entries,
}


def entries(file: SourceFile) -> tuple[tuple[Entry, ...], tuple[Note, ...]]:
    """Return every key that a configuration or deployment file sets.

    A file of another kind has none. What cannot be read is a note.
    """
    reader = _reader(file)
    if reader is None:
        return (), ()

    try:
        found = reader(file.text, file.name)
    except ConfigError as error:
        return (), (Note("bad-config", file.name, error.line, str(error)),)
    # A format's own parser may go as deep as the file wants it to.
    except (RecursionError, MemoryError, ValueError, OverflowError):
        message = "It cannot be read: its values are too large or too deep."
        return (), (Note("bad-config", file.name, 0, message),)

    if len(found) > LIMIT:
        message = f"It has more than {LIMIT:,} keys. The rest is not read."
        return tuple(found[:LIMIT]), (Note("too-large", file.name, 0, message),)
    return tuple(found), ()


def _reader(file: SourceFile) -> Reader | None:
    if file.kind is Kind.ENV:
        return env.entries
    if file.kind not in (Kind.CONFIG, Kind.DEPLOY):
        return None

    name = file.name.rpartition("/")[2].lower()
    for suffix, reader in _SUFFIXES.items():
        if name.endswith(suffix):
            return reader
    return deploy.procfile_entries if name == "procfile" else deploy.docker_entries
