"""What libraries do, as data: one TOML file a library, read from ``models/``."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
import typing as t
from collections.abc import Iterable
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from ...catalogue.error import ReadError
from ...catalogue.rule import Confidence


@dataclasses.dataclass(frozen=True, slots=True)
class Sink:
    """A function, and the argument in which a stranger's value does harm.

    :param name: Its public dotted name; a method is named by its class,
        ``"sqlite3.Cursor.execute"``. ``"*.execute"`` is a method of that name on an
        object of unknown type.
    :param kind: What harm: ``"sql"``, ``"path"``, ``"command"``.
    :param position: The argument's position from 0; -1 where it has none.
    :param keyword: The argument's name; empty where it has none.
    :param confidence: The most that a finding at this sink can have.
    """

    name: str
    kind: str
    position: int
    keyword: str
    confidence: Confidence


@dataclasses.dataclass(frozen=True, slots=True)
class Models:
    """Every library's facts, joined.

    :param gives: The type of what a call gives, by the function's name.
    :param same: Other names of one thing: ``flask.Markup`` is ``markupsafe.Markup``.
    :param names: Names by kind, for facts that are no sinks: ``"safe-loader"``.
    """

    sinks: Mapping[str, tuple[Sink, ...]]
    gives: Mapping[str, str]
    same: Mapping[str, str]
    names: Mapping[str, frozenset[str]]

    def named(self, kind: str) -> frozenset[str]:
        """Return the names that are of ``kind``.

        :raises KeyError: If no model has a name of that kind: a misspelt kind would
            be a check that never finds anything.
        """
        return self.names[kind]


def _sinks(library: Mapping[str, t.Any]) -> Iterable[Sink]:
    for row in library.get("sink", ()):
        confidence = Confidence[row.get("confidence", "high").upper()]
        position = row.get("position", -1)

        for name in row["names"]:
            yield Sink(name, row["kind"], position, row.get("keyword", ""), confidence)


def read(texts: Iterable[tuple[str, str]]) -> Models:
    """Return the models in these TOML texts, each with its file name.

    :raises ReadError: If one is not TOML, or a row lacks what it needs.
    """
    sinks: dict[str, list[Sink]] = {}
    gives: dict[str, str] = {}
    same: dict[str, str] = {}
    names: dict[str, set[str]] = {}

    for file, text in texts:
        try:
            library = tomllib.loads(text)

            for sink in _sinks(library):
                sinks.setdefault(sink.name, []).append(sink)

            for row in library.get("type", ()):
                gives.update(dict.fromkeys(row["calls"], row["gives"]))

            for row in library.get("same", ()):
                same.update(dict.fromkeys(row["names"], row["as"]))

            for row in library.get("names", ()):
                names.setdefault(row["kind"], set()).update(row["names"])
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ReadError(f"The model {file} cannot be read: {error}.") from error

    return Models(
        MappingProxyType({k: tuple(v) for k, v in sinks.items()}),
        MappingProxyType(gives),
        MappingProxyType(same),
        MappingProxyType({k: frozenset(v) for k, v in names.items()}),
    )


@functools.cache
def models() -> Models:
    """Return the models that Stopper ships."""
    folder = resources.files(__package__) / "models"
    files = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name
    )
    return read((f.name, f.read_text("utf-8")) for f in files)
