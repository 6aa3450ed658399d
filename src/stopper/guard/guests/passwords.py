"""Has Flask-Security refuse new passwords that are guessed first."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ...catalogue.event import Action
from ...catalogue.mode import MODE
from ...catalogue.mode import Mode
from ...controls.passwords.control import PASSWORDS
from ...controls.passwords.policy import COMMON
from ...controls.passwords.policy import Complaint
from ...controls.passwords.policy import CONTEXT_WORD
from ...controls.passwords.policy import leans
from ...controls.passwords.policy import monotonous
from ..house import House
from ..passwords.blocklist import blocklist


def harden(house: House) -> None:
    """Have Flask-Security judge a new password by the list of common ones as well.

    It asks for eight characters, which ``password1`` has. What it says of length stays,
    and nobody's password is refused at a login. Where ``STOPPER_MODE`` is ``report`` a
    common one is an event.
    """
    found: t.Any = getattr(house.app.extensions.get("security"), "password_util", None)

    if found is None:
        return

    own = found.validate

    def validate(
        password: str, is_register: bool, **known: t.Any
    ) -> tuple[list[str] | None, str]:
        complaints, text = own(password, is_register, **known)

        if complaints:
            return t.cast("list[str]", complaints), text

        complaint = _complaint(house, text, known)

        if complaint is None or _only_told(house, complaint):
            return complaints, text

        return [complaint.says], text

    found.validate = validate


def _only_told(house: House, complaint: Complaint) -> bool:
    if MODE.read(house.config) != Mode.REPORT or not house.reporting(PASSWORDS):
        return False

    house.emit(
        PASSWORDS.name,
        "weak-password",
        Action.REPORTED,
        f"A new password would be refused: {complaint.name}.",
    )
    return True


def _complaint(
    house: House, password: str, known: t.Mapping[str, t.Any]
) -> Complaint | None:
    if monotonous(password) or password in blocklist():
        return COMMON

    context = (house.app.name, *house.origins.hosts, *_names(known))
    return CONTEXT_WORD if leans(password, context) else None


def _names(known: t.Mapping[str, t.Any]) -> Iterator[str]:
    """Yield what is known of the user: what Flask-Security hands over, or the user has."""
    user = known.get("user")

    for name in ("email", "username"):
        for value in (known.get(name), getattr(user, name, None)):
            if isinstance(value, str):
                yield value
