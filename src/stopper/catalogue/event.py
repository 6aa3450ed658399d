"""An event: something that happened to a control at run time."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping


class Action(enum.StrEnum):
    """What was done about it."""

    #: The request, or a part of it, was refused.
    REFUSED = "refused"
    #: It would have been refused, but the control is in report mode.
    REPORTED = "reported"
    #: Nothing was refused: a fact worth keeping.
    NOTED = "noted"
    #: The guard itself could not do its work.
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a control at run time.

    No field ever holds a secret: no password, token, cookie, key, nor a query
    string.

    :param control: The control's name, ``"csrf"``.
    :param name: What happened, in kebab-case: ``"csp-violation"``.
    :param at: When, in seconds since 1970 (UTC).
    :param message: The same in one sentence for a person.
    :param route: The URL rule that matched, ``"/notes/<int:id>"``; never the path.
    :param identity: Who asked, as ``Stopper.identity()`` says, ``None`` if unknown.
    :param client: The client's address.
    :param request_id: The id that the answer and the log share.
    :param details: More facts: text, numbers, switches.
    """

    control: str
    name: str
    action: Action
    at: float
    message: str
    route: str | None = None
    method: str | None = None
    identity: str | None = None
    client: str | None = None
    request_id: str | None = None
    details: Mapping[str, str | int | float | bool | None] = dataclasses.field(
        default_factory=dict
    )

    def as_dict(self) -> dict[str, object]:
        """Return every field by name, for JSON."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {**fields, "action": str(self.action), "details": dict(self.details)}
