"""One key of a configuration file."""

from __future__ import annotations

import dataclasses

from ....catalogue.error import ReadError

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


class ConfigError(ReadError):
    """A configuration file is not in the format that its name says."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One key and what it is set to.

    :param line: Where the key stands, counted from 1.
    :param key: As it is written; nested keys are joined by dots, places in a list
        counted from 0. A variable of an environment has its own name alone.
    :param value: Text in formats that have nothing else. A secret may stand here, so
        it is left out of the repr.
    :param section: What the key stands under: the section of an INI file, the table
        of a TOML file, the path of an ``environment``, the Docker instruction,
        ``"command"`` for a line that is run. Empty where there is none.
    """

    path: str
    line: int
    key: str
    value: Value = dataclasses.field(repr=False)
    section: str = ""
