"""Which packages nobody keeps any more, and which versions have published holes."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
import typing as t
from importlib import resources

from packaging.specifiers import InvalidSpecifier
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion
from packaging.version import Version


@dataclasses.dataclass(frozen=True, slots=True)
class Dead:
    """A package without releases for two years and more.

    :param last: The month of its last release, ``"2017-09"``.
    :param instead: What does the same today.
    """

    name: str
    last: str
    instead: str


@dataclasses.dataclass(frozen=True, slots=True)
class Hole:
    """A published hole: versions from ``since`` on and below ``fixed`` have it.

    :param id: Its CVE number.
    :param minor: Whether it needs something that most apps have not.
    """

    name: str
    fixed: Version
    id: str
    what: str
    since: Version
    minor: bool = False


@functools.cache
def dead() -> dict[str, Dead]:
    """Return the packages that nobody keeps, by canonical name."""
    return {row["name"]: Dead(**row) for row in _rows("dead")}


@functools.cache
def holes() -> tuple[Hole, ...]:
    """Return the published holes that are known here."""
    return tuple(
        Hole(
            row["name"],
            Version(row["fixed"]),
            row["id"],
            row["what"],
            Version(row.get("since", "0")),
            bool(row.get("minor", False)),
        )
        for row in _rows("hole")
    )


def _rows(kind: str) -> list[dict[str, t.Any]]:
    text = resources.files(__package__).joinpath("packages.toml").read_text("utf-8")
    rows: list[dict[str, t.Any]] = tomllib.loads(text)[kind]
    return rows


def newest(specifier: str) -> tuple[Version, bool] | None:
    """Return the newest version that a specifier allows, and whether that itself is.

    :return: ``None`` where there is no upper bound, or none that can be read.
    """
    try:
        clauses = list(SpecifierSet(specifier))
        bounds = [
            (Version(c.version), c.operator) for c in clauses if "*" not in c.version
        ]
    except (InvalidSpecifier, InvalidVersion):
        return None

    exact = [v for v, operator in bounds if operator in {"==", "==="}]

    if exact:
        return exact[0], True

    upper = [(v, operator == "<=") for v, operator in bounds if operator in {"<", "<="}]
    return min(upper) if upper else None


def holes_of(name: str, specifier: str) -> tuple[Hole, ...]:
    """Return the holes that every version has which a specifier allows.

    :param name: Canonical.
    """
    found = newest(specifier)

    if found is None:
        return ()

    version, included = found
    return tuple(
        hole
        for hole in holes()
        if hole.name == name
        and (version < hole.fixed if included else version <= hole.fixed)
        and (version >= hole.since if included else version > hole.since)
    )
