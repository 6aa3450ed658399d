"""How new passwords are hashed, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping

from ...catalogue.error import SettingError
from ...controls.passwords import settings
from ...controls.passwords.policy import ARGON2_FLOOR
from ...controls.passwords.policy import enough
from .argon2id import Argon2id
from .bcrypts import Bcrypt
from .libraries import library


def scheme(config: Mapping[str, object]) -> Argon2id | Bcrypt:
    """Return the scheme and its parameters.

    :raises SettingError: If a setting takes no such value, or those of argon2id are
        below the floor.
    :raises StartError: If a library is missing, also one that old hashes need.
    """
    library("argon2.low_level", "argon2-cffi")
    library("bcrypt", "bcrypt")

    if settings.SCHEME.read(config) == "bcrypt":
        return Bcrypt(settings.COST.read(config))

    found = Argon2id(
        settings.MEMORY.read(config),
        settings.PASSES.read(config),
        settings.LANES.read(config),
    )

    if not enough(found.memory, found.passes):
        floor = ", ".join(f"{m} KiB and {t}" for m, t in ARGON2_FLOOR)
        raise SettingError(
            f"{settings.MEMORY.key} is {found.memory} and {settings.PASSES.key} is "
            f"{found.passes}, but together they take at least one of: {floor}."
        )

    return found
