"""What libraries do, as data: one TOML file a library, read from ``models/``.

Every row carries one example that it finds and one in which it stays silent.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import tomllib
import typing as t
from collections.abc import Iterable
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from ...catalogue.error import ReadError
from ...catalogue.rule import Confidence

#: One TOML text, read.
Library = Mapping[str, t.Any]


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
class Validator:
    """A function that judges a value, and what it says of one that does no harm.

    :param answer: What it gives then: ``True`` or ``False``; ``None`` if it raises
        for every other value.
    :param part: The part of a URL that it is asked about, ``"host"``; empty for all.
    """

    name: str
    kinds: frozenset[str]
    answer: bool | None
    part: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """What gives a value of the request, besides ``flask.request`` itself.

    :param gives: ``"value"`` if what it gives is one; ``"arguments"`` of a decorator
        whose function is called with one; ``"methods"`` of a class whose subclasses'
        methods are; ``"member"`` if it gives the name of an archive's member.
    :param methods: The names of those methods, ``"resolve_*"``; empty for all.
    :param declared: The method that says of which type an item is: ``"add_argument"``.
    :param part: Which part of what it gives is the value: ``(".data",)`` of a field.
    """

    name: str
    gives: str
    methods: tuple[str, ...] = ()
    declared: str = ""
    part: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Models:
    """Every library's facts, joined.

    :param gives: The type of what a call gives, by the function's name.
    :param same: Other names of one thing: ``flask.Markup`` is ``markupsafe.Markup``.
    :param names: Names by kind, for facts that are no sinks: ``"safe-loader"``.
    """

    sinks: Mapping[str, tuple[Sink, ...]]
    sources: Mapping[str, Source]
    validators: Mapping[str, Validator]
    gives: Mapping[str, str]
    same: Mapping[str, str]
    names: Mapping[str, frozenset[str]]

    @functools.cached_property
    def libraries(self) -> frozenset[str]:
        """The first part of every name that is here."""
        every = itertools.chain(
            *(self.sinks, self.sources, self.gives, self.gives.values()),
            *(self.same, self.same.values(), *self.names.values()),
        )
        return frozenset(name.partition(".")[0] for name in every) - {"*"}

    def named(self, kind: str) -> frozenset[str]:
        """Return the names that are of ``kind``.

        :raises KeyError: If no model has a name of that kind: a misspelt kind would
            be a check that never finds anything.
        """
        return self.names[kind]


def _sinks(library: Library) -> Iterable[Sink]:
    for row in library.get("sink", ()):
        confidence = Confidence[row.get("confidence", "high").upper()]
        position = row.get("position", -1)

        for name in row["names"]:
            yield Sink(name, row["kind"], position, row.get("keyword", ""), confidence)


_ANSWERS = {"true": True, "false": False, "returns": None}


def _validators(library: Library) -> Iterable[Validator]:
    for row in library.get("validator", ()):
        kinds, answer = frozenset(row["kinds"]), _ANSWERS[row["answer"]]

        for name in row["names"]:
            yield Validator(name, kinds, answer, row.get("part", ""))


_GIVES = frozenset({"value", "arguments", "methods", "member"})


def _sources(library: Library) -> Iterable[Source]:
    for row in library.get("source", ()):
        gives = row.get("gives", "value")

        if gives not in _GIVES:
            raise ValueError(f"a source gives {gives!r}")

        methods, part = tuple(row.get("methods", ())), tuple(row.get("part", ()))

        for name in row["names"]:
            yield Source(name, gives, methods, row.get("declared", ""), part)


#: The tables of a model, each a list of rows.
TABLES = ("sink", "source", "names", "same", "type", "validator")

#: What each row carries: an example that is found, and one that is not.
EXAMPLES = ("finds", "silent")


def _checked(library: Library) -> Library:
    """Return a library whose rows have their examples.

    :raises KeyError: If one has not.
    """
    for table in TABLES:
        for row in library.get(table, ()):
            for example in EXAMPLES:
                if not row[example].strip():
                    raise KeyError(example)

    return library


def read(texts: Iterable[tuple[str, str]]) -> Models:
    """Return the models in these TOML texts, each with its file name.

    :raises ReadError: If one is not TOML, or a row lacks what it needs.
    """
    libraries: list[Library] = []

    for file, text in texts:
        try:
            libraries.append(_checked(tomllib.loads(text)))
            # What it lacks is told with its name.
            joined(libraries[-1:])
        except _BROKEN as error:
            raise ReadError(f"The model {file} cannot be read: {error!r}.") from error

    return joined(libraries)


_BROKEN = (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError)


def joined(libraries: Iterable[Library]) -> Models:
    """Return the models in these tables, of one TOML text each."""
    sinks: dict[str, list[Sink]] = {}
    sources: dict[str, Source] = {}
    validators: dict[str, Validator] = {}
    gives: dict[str, str] = {}
    same: dict[str, str] = {}
    names: dict[str, set[str]] = {}

    for library in libraries:
        for sink in _sinks(library):
            sinks.setdefault(sink.name, []).append(sink)

        sources.update((s.name, s) for s in _sources(library))
        validators.update((v.name, v) for v in _validators(library))

        for row in library.get("type", ()):
            gives.update(dict.fromkeys(row["calls"], row["gives"]))

        for row in library.get("same", ()):
            same.update(dict.fromkeys(row["names"], row["as"]))

        for row in library.get("names", ()):
            names.setdefault(row["kind"], set()).update(row["names"])

    return Models(
        MappingProxyType({k: tuple(v) for k, v in sinks.items()}),
        MappingProxyType(sources),
        MappingProxyType(validators),
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
