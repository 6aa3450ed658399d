"""``flask stopper settings``: every setting, as this app has it."""

from __future__ import annotations

import dataclasses
import json
import typing as t
from collections.abc import Iterator

import click
from flask import current_app

from ..catalogue.error import SettingError
from ..catalogue.setting import Setting
from ..controls.settings import complaints
from ..controls.settings import every_setting

#: What is shown of a secret.
MASK = "(secret)"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One setting, as it is shown."""

    key: str
    control: str
    value: object
    default: object
    changed: bool
    unit: str
    source: str
    says: str
    error: str = ""


def rows(config: t.Mapping[str, object]) -> Iterator[Row]:
    """Yield a row for each setting; a value that is not taken has its error."""
    for control, setting in every_setting():
        yield _row(control, setting, config)


def _row(control: str, setting: Setting[t.Any], config: t.Mapping[str, object]) -> Row:
    try:
        value, error = setting.read(config), ""
    except SettingError as e:
        value, error = None, str(e)

    changed = bool(error) or value != setting.default
    return Row(
        key=setting.key,
        control=control,
        value=MASK if setting.secret and value else value,
        default=setting.default,
        changed=changed,
        unit=setting.unit,
        source=setting.source,
        says=setting.says,
        error=error,
    )


def show(changed: bool, as_json: bool) -> None:
    """Print the settings of the current app, and end with 1 if one is wrong."""
    config = current_app.config
    found = [row for row in rows(config) if row.changed or not changed]
    wrong = [str(error) for _, error in complaints(config)]

    if as_json:
        shown = [dataclasses.asdict(row) for row in found]
        click.echo(json.dumps({"settings": shown, "errors": wrong}, indent=2))
    else:
        for row in found:
            click.echo(_text(row))

        for message in wrong:
            click.echo(f"error: {json.dumps(message)}", err=True)

    if wrong:
        raise SystemExit(1)


def _text(row: Row) -> str:
    mark = "*" if row.changed else " "
    unit = f" {row.unit}" if row.unit else ""
    # json, and not repr: what stands in a setting must not reach the terminal raw.
    value = row.error or f"{json.dumps(row.value, default=str)}{unit}"
    lines = [f"{mark} {row.key} = {value}", f"    {row.says}"]

    if row.changed:
        lines.append(f"    Default: {json.dumps(row.default, default=str)}{unit}")

    return "\n".join([*lines, f"    Source: {row.source}"])
