"""``flask stopper settings``: every setting, as this app has it."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import typing as t
from collections.abc import Iterator

import click
from flask import current_app

from ..catalogue.error import SettingError
from ..catalogue.setting import Setting
from ..controls.general import STORE
from ..controls.settings import complaints
from ..controls.settings import every_setting

#: What is shown of a secret.
MASK = "(secret)"

#: An address of a store in which what stands before the host ends beyond doubt: at the
#: only ``@``, with neither a ``?`` nor a ``#`` before or after it.
_ADDRESS = re.compile(r"([a-z]+://)(?:[^@?#]*@)?([^@?#]*)\Z")

#: What ``app.config.from_prefixed_env()`` puts in front of a key.
_ENVIRONMENT = "FLASK_"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One setting, as it is shown.

    :param set_by: Where the value is from: ``"default"``, ``"app.config"``, or the
        variable of the environment that says just this.
    """

    key: str
    control: str
    value: object
    default: object
    changed: bool
    unit: str
    source: str
    says: str
    set_by: str
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
        value=_masked(setting, value) if setting.secret and value else value,
        default=setting.default,
        changed=changed,
        unit=setting.unit,
        source=setting.source,
        says=setting.says,
        set_by=_set_by(setting.key, config),
        error=error,
    )


def _masked(setting: Setting[t.Any], value: object) -> str:
    # Which server it is helps; a password may hold any character, so whatever can be
    # read in two ways is hidden whole.
    found = _ADDRESS.match(str(value)) if setting is STORE else None

    if setting is STORE and str(value).startswith(("sqlite:", "memory:")):
        return str(value)

    return f"{found[1]}{found[2]}" if found else MASK


def _set_by(key: str, config: t.Mapping[str, object]) -> str:
    if key not in config:
        return "default"

    said = os.environ.get(f"{_ENVIRONMENT}{key}")

    # Anything may have been set after the environment was read.
    if said is not None and config[key] in (said, _parsed(said)):
        return f"{_ENVIRONMENT}{key}"

    return "app.config"


def _parsed(text: str) -> object:
    # As from_prefixed_env does.
    try:
        return json.loads(text)
    except ValueError:
        return text


def show(changed: bool, as_json: bool) -> None:
    """Print the settings of the current app, and end with 1 if one is wrong."""
    config = current_app.config
    found = [row for row in rows(config) if row.changed or not changed]
    wrong = [str(error) for _, error in complaints(config)]

    if as_json:
        shown = [dataclasses.asdict(row) for row in found]
        click.echo(json.dumps({"settings": shown, "errors": wrong}, indent=2))
    else:
        heading = None

        for row in found:
            if row.control != heading:
                heading = row.control
                click.echo(f"[{heading or 'every control'}]")

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

    if row.set_by != "default":
        lines.append(f"    Set by: {row.set_by}")

    if row.changed:
        lines.append(f"    Default: {json.dumps(row.default, default=str)}{unit}")

    return "\n".join([*lines, f"    Source: {row.source}"])
