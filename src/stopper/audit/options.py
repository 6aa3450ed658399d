"""What the audit is asked to do: by the command line, and by the audited project."""

from __future__ import annotations

import dataclasses
import difflib
import os
import pathlib
import typing as t
from collections.abc import Iterable
from collections.abc import Mapping

from ..catalogue.error import ReadError
from ..catalogue.error import StopperError
from ..catalogue.rule import Severity
from ..controls import CONTROLS
from .survey.config.tables import load
from .survey.reading import decode
from .survey.reading import read_bytes
from .survey.reading import shown

#: The file in which a project says how it is audited.
FILE = "pyproject.toml"
LIMIT = 1024 * 1024  # bytes; the largest that we have seen have 100 KiB

#: ``--fail-on never``: above every level.
NEVER = 4

#: What ``--fail-on`` takes.
LEVELS: Mapping[str, int] = {
    **{s.name.lower(): int(s) for s in Severity},
    "never": NEVER,
}


class OptionError(StopperError):
    """An option is unknown, or has a value that it does not take."""


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How one audit is run. Rules are by name; a control stands for its rules.

    :param select: The only rules that run, ``None`` for all of them.
    :param ignore: Rules whose findings are counted and not reported.
    :param exclude: Shell patterns of shown names that are not read.
    :param fail_on: The lowest level that fails, one of :data:`LEVELS`.
    :param tests: Whether findings in test suites are reported.
    :param jobs: How many processes ask the checks, ``None`` for what pays.
    """

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    fail_on: int | None = None
    tests: bool | None = None
    jobs: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectOptions(Options):
    """What the audited project asks for itself.

    :param said: Each key and its value as one line, for the report.
    """

    said: tuple[str, ...] = ()


def rules_of(names: Iterable[str]) -> frozenset[str]:
    """Return the rules that these names of rules and controls stand for.

    :raises OptionError: If one is the name of neither. It names the nearest.
    """
    controls = {c.name: [r.name for r in c.rules] for c in CONTROLS}
    rules = {r.name for c in CONTROLS for r in c.rules}
    found: set[str] = set()

    for name in names:
        if name not in rules and name not in controls:
            raise OptionError(unknown(name, (*rules, *controls)))

        found.update([name] if name in rules else controls[name])

    return frozenset(found)


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the sentence about a name that is no rule's and no control's."""
    near = difflib.get_close_matches(name[:100], sorted(known), n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else " `stopper rules` lists them."
    return f"{shown(name[:100])} is no rule and no control.{hint}"


def project_options(root: pathlib.Path) -> ProjectOptions:
    """Return what ``[tool.stopper]`` of the audited project says.

    :raises OptionError: If the file cannot be read, or holds what is not taken.
    """
    path = root / FILE

    if not os.path.lexists(path):
        return ProjectOptions()

    real = os.path.realpath(path)

    if os.path.dirname(real) != os.path.realpath(root):
        raise OptionError(f"{FILE} is a link that leads elsewhere. {_HINT}")

    try:
        data = load(decode(read_bytes(real, LIMIT))[0])
    except ReadError as error:
        raise OptionError(f"{FILE} cannot be read: {error} {_HINT}") from None

    tool = data.get("tool")
    table = tool.get("stopper") if isinstance(tool, dict) else None

    if table is None:
        return ProjectOptions()

    try:
        return _table(table)
    except OptionError as error:
        raise OptionError(f"{FILE}, [tool.stopper]: {error} {_HINT}") from None


_HINT = "(--no-project-config passes it over.)"


def _table(table: object) -> ProjectOptions:
    if not isinstance(table, dict):
        raise OptionError("it is no table.")

    for key in table:
        if key not in _TAKEN:
            near = difflib.get_close_matches(str(key)[:100], _TAKEN, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise OptionError(
                f"{shown(str(key)[:100])} is no option of it; "
                f"it takes {', '.join(_TAKEN)}.{hint}"
            )

    values = {key: _TAKEN[key](key, value) for key, value in table.items()}
    said = tuple(f"{key} = {_written(value)}" for key, value in table.items())
    select = values.get("select")
    return ProjectOptions(
        select=None if select is None else rules_of(select),
        ignore=rules_of(values.get("ignore", ())),
        exclude=values.get("exclude", ()),
        fail_on=values.get("fail-on"),
        tests=values.get("tests"),
        said=said,
    )


def _written(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_written(v) for v in value) + "]"

    if isinstance(value, str):
        return f'"{shown(value)}"'

    return str(value).lower()


def _names(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise OptionError(f'{key} takes a list of texts, such as ["one", "two"].')

    return tuple(t.cast("list[str]", value))


def _level(key: str, value: object) -> int:
    if not isinstance(value, str) or value not in LEVELS:
        raise OptionError(f"{key} takes one of {', '.join(LEVELS)}.")

    return LEVELS[value]


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise OptionError(f"{key} takes true or false.")

    return value


_TAKEN: Mapping[str, t.Callable[[str, object], t.Any]] = {
    "select": _names,
    "ignore": _names,
    "exclude": _names,
    "fail-on": _level,
    "tests": _flag,
}
