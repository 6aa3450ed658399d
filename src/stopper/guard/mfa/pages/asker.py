"""Who asks for a page of second factors, and what such a page needs beside that."""

from __future__ import annotations

import typing as t

from flask import abort
from flask import request

from ....catalogue.event import Action
from ...accounts.people import Person
from ...accounts.service import service
from ..party import Party
from ..party import party

#: Bytes of what a browser sends of a passkey; the attestation of one may hold a chain of
#: certificates.
LONGEST = 64 * 1024


def relying() -> Party:
    """Return whose passkeys they are, and refuse where there can be none."""
    return party(service().house) or abort(404)


def sent() -> dict[str, t.Any]:
    """Return what a script sent.

    :raises HTTPException: If that is no JSON object, or too long.
    """
    if (request.content_length or 0) > LONGEST:
        abort(413)

    found = request.get_json()
    return found if isinstance(found, dict) else abort(400)


def note(name: str, message: str, user: str, action: Action = Action.NOTED) -> None:
    """Say what happened to a user's factors."""
    service().house.emit("mfa", name, action, message, user=user)


def tell(someone: Person, what: str) -> None:
    """Tell a user that how they log in was changed.

    :param what: ``"A passkey was added"``.
    """
    ours = service()
    link = ours.links.address("factors")
    ours.mailer.send(someone.address, "factors-changed", what=what, link=link)
