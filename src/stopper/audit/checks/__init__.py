"""One module a control. Gathers every check that they declare."""

from __future__ import annotations

import importlib
import pkgutil
import typing as t

from ..check import Check


def _gather() -> tuple[Check[t.Any], ...]:
    found: list[Check[t.Any]] = []

    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        declared = vars(importlib.import_module(f"{__name__}.{module}")).values()
        found += (value for value in declared if isinstance(value, Check))

    return tuple(found)


CHECKS = _gather()
