"""Every setting there is, and what a configuration says that none of them is."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Iterator
from collections.abc import Mapping

from ..catalogue.error import SettingError
from ..catalogue.setting import Setting
from . import CONTROLS
from .general import GENERAL

#: The beginning of every key of ours.
PREFIX = "STOPPER_"


def every_setting() -> Iterator[tuple[str, Setting[t.Any]]]:
    """Yield each setting with the name of its control, empty for the general ones."""
    for setting in GENERAL:
        yield "", setting

    for control in CONTROLS:
        if control.guarded:
            yield control.name, control.mode

        for setting in control.settings:
            yield control.name, setting


def complaints(config: Mapping[str, object]) -> Iterator[tuple[str, SettingError]]:
    """Yield each key of ``config`` that no setting takes, with the error that says why."""
    settings = {setting.key: setting for _, setting in every_setting()}

    for key in sorted(k for k in config if k.startswith(PREFIX)):
        if key not in settings:
            nearest = _nearest(key, settings)
            yield key, SettingError(f"{key} is no setting of Stopper.{nearest}")
            continue

        try:
            settings[key].read(config)
        except SettingError as e:
            yield key, e


def _nearest(key: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f" Is {near[0]} meant?" if near else " `flask stopper settings` lists them."
