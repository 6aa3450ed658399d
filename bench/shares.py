"""Where the time of a guarded request goes, by the part of the code that spends it."""

from __future__ import annotations

import cProfile
import pstats

from caller import Caller
from caller import SCENARIOS
from rich.console import Console
from rich.table import Table

REQUESTS = 2000

#: Less than this share is not worth a line.
LEAST = 0.01


def show(caller: Caller) -> None:
    """Print the shares of each scenario. A profiler makes small functions look dearer."""
    columns = [_shares(caller, scenario) for scenario in SCENARIOS]
    most = {
        part: max(column.get(part, 0.0) for column in columns)
        for part in {part for column in columns for part in column}
    }
    table = Table("part", *SCENARIOS, title="Where the time goes (stopper, memory)")

    for part in sorted(most, key=lambda part: -most[part]):
        if most[part] >= LEAST:
            table.add_row(part, *(f"{column.get(part, 0.0):.0%}" for column in columns))

    Console().print(table)


def _shares(caller: Caller, scenario: str) -> dict[str, float]:
    profile = cProfile.Profile()
    profile.enable()
    caller.sample(scenario, REQUESTS)
    profile.disable()
    found: dict[str, float] = {}
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # not in the stubs

    # What is built in belongs to who calls it.
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        if file == "~":
            for (above, _, _), (_, _, spent, _) in callers.items():
                _add(found, above, spent)
        else:
            _add(found, file, own)

    whole = sum(found.values())
    return {part: spent / whole for part, spent in found.items()}


def _add(found: dict[str, float], file: str, spent: float) -> None:
    part = _part(file.replace("\\", "/"))
    found[part] = found.get(part, 0.0) + spent


def _part(file: str) -> str:
    if "/stopper/guard/" in file:
        inside = file.partition("/stopper/guard/")[2]
        return f"stopper {inside.partition('/')[0].removesuffix('.py')}"

    if "/stopper/" in file:
        return "stopper controls"

    if "/site-packages/" in file:
        return file.partition("/site-packages/")[2].partition("/")[0]

    return "the app and Python"
