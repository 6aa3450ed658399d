"""A setting: one key of ``app.config``, with its default and its source."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Mapping

from .error import SettingError

T = t.TypeVar("T")

#: What types are called where a Python name does not say what to write.
_TYPES: dict[type, str] = {type(None): "None", tuple: "a list, as in [...]"}


@dataclasses.dataclass(frozen=True, slots=True)
class Setting(t.Generic[T]):
    """One key of ``app.config``.

    The guard reads it to act, the audit reads it to judge. Neither writes the
    default down a second time.

    :param says: What it decides, in one sentence.
    :param unit: What a number counts, ``"seconds"`` or ``"bytes"``; empty for
        text and for switches.
    :param source: Where the default comes from: a standard, with its section.
    :param takes: Other types that are taken beside that of the default. A list is
        always taken where a tuple is, and becomes one.
    :param choices: The only values that are taken, empty for any.
    :param minimum: The smallest number that is taken.
    :param maximum: The largest number that is taken.
    :param complain: Says what is wrong with a value of the right type, ``None`` if
        nothing is: ``"must start with https://"``.
    :param secret: Whether the value may never stand in a message, a log or a listing.
    """

    key: str
    default: T
    says: str
    source: str
    unit: str = ""
    takes: tuple[type, ...] = ()
    choices: tuple[T, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    complain: Callable[[T], str | None] | None = None
    secret: bool = False

    def read(self, config: Mapping[str, object]) -> T:
        """Return the value in ``config``, or the default.

        :raises SettingError: If the value is of a wrong type, out of range, or
            refused by ``complain``.
        """
        if self.key not in config:
            return self.default

        value = config[self.key]
        types = (type(self.default), *self.takes)

        if isinstance(value, list) and tuple in types:
            value = tuple(value)

        # bool is an int to isinstance, and True is no number of seconds.
        if type(value) not in types:
            names = " or ".join(_TYPES.get(kind, kind.__name__) for kind in types)
            unit = f" ({self.unit})" if self.unit else ""
            raise SettingError(
                f"{self.key} is {self._shown(value)}, but it takes {names}{unit}."
            )

        found = t.cast(T, value)
        self._check(found)
        return found

    def _check(self, value: T) -> None:
        if self.choices and value not in self.choices:
            names = ", ".join(map(repr, self.choices))
            raise SettingError(
                f"{self.key} is {self._shown(value)}, but it takes one of {names}."
            )

        if isinstance(value, int | float) and not isinstance(value, bool):
            unit = f" {self.unit}" if self.unit else ""

            if self.minimum is not None and value < self.minimum:
                raise SettingError(
                    f"{self.key} is {value!r}, but it takes at least {self.minimum}{unit}."
                )

            if self.maximum is not None and value > self.maximum:
                raise SettingError(
                    f"{self.key} is {value!r}, but it takes at most {self.maximum}{unit}."
                )

        complaint = self.complain(value) if self.complain else None

        if complaint:
            raise SettingError(
                f"{self.key} is {self._shown(value)}, but it {complaint}."
            )

    def _shown(self, value: object) -> str:
        return "a value that is not shown" if self.secret else repr(value)[:200]
