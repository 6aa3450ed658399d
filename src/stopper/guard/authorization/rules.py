"""Rules for objects: plain functions that say who may do what with which."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Callable

from ...catalogue.error import SettingError

#: Takes the user's id, ``None`` for a visitor, and the object.
RuleFunction = Callable[[str | None, t.Any], bool]

#: Takes the user's id and a statement, and returns the statement for what may be seen.
FilterFunction = Callable[[str | None, t.Any], t.Any]

FunctionT = t.TypeVar("FunctionT")
RuleT = t.TypeVar("RuleT", bound=RuleFunction)
FilterT = t.TypeVar("FilterT", bound=FilterFunction)


class Rules:
    """The rules and the filters of an app, by action and class."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, type], RuleFunction] = {}
        self._filters: dict[tuple[str, type], FilterFunction] = {}

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self._rules or self._filters)

    def rule(self, action: str, kind: type) -> Callable[[RuleT], RuleT]:
        """Return what registers a rule.

        :raises SettingError: If there is one already.
        """
        return _registering(self._rules, "rule", action, kind)

    def filter(self, action: str, kind: type) -> Callable[[FilterT], FilterT]:
        """Return what registers a filter.

        :raises SettingError: If there is one already.
        """
        return _registering(self._filters, "filter", action, kind)

    def rule_for(self, action: str, kind: type) -> RuleFunction | None:
        """Return the rule for objects of a class: its own, else that of a parent."""
        return _nearest(self._rules, action, kind)

    def filter_for(self, action: str, kind: type) -> FilterFunction | None:
        """Return the filter for lists of a class: its own, else that of a parent."""
        return _nearest(self._filters, action, kind)


def verdict(rule: RuleFunction, user: str | None, thing: object) -> bool:
    """Return what a rule says.

    :raises TypeError: If it is neither true nor false: a coroutine that nobody awaited
        or a query that nobody ran would be taken for a yes.
    """
    found: object = rule(user, thing)

    if found is True or not found:
        return found is True

    if inspect.iscoroutine(found):
        found.close()

    name = getattr(rule, "__qualname__", "a rule")
    raise TypeError(
        f"{name} returned {type(found).__name__}, but a rule returns True or False."
    )


def _registering(
    table: dict[tuple[str, type], FunctionT], what: str, action: str, kind: type
) -> Callable[[t.Any], t.Any]:
    if not isinstance(action, str) or not isinstance(kind, type):
        raise SettingError(
            f"stopper.{what} takes an action and a class, as in "
            f'`@stopper.{what}("edit", Note)`.'
        )

    def register(function: t.Any) -> t.Any:
        if (action, kind) in table:
            raise SettingError(
                f"There is a {what} for {action!r:.60} of {kind.__qualname__} already."
            )

        table[action, kind] = function
        return function

    return register


def _nearest(
    table: dict[tuple[str, type], FunctionT], action: str, kind: type
) -> FunctionT | None:
    for base in kind.__mro__:
        found = table.get((action, base))

        if found is not None:
            return found

    return None
