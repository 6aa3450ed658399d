"""Takes the factors of somebody away who has lost them all: an operator's decision.

There is no such link in a mail: whoever reads the mail of a user would have their
second factor too (NIST SP 800-63B-4, 4.2).
"""

from __future__ import annotations

from sqlalchemy import delete

from ...catalogue.event import Action
from ..accounts.people import Person
from ..accounts.service import service
from ..sessions.listing import Sessions


def reset(someone: Person) -> int:
    """Take all factors and recovery codes of a user away, and end what they opened.

    Every session ends and every remembered browser is forgotten; the user is told by
    mail.

    :return: How many factors and codes there were.
    :raises Refused: If the store cannot be reached, and then nothing has changed.
    """
    ours = service()

    with ours.database.writing() as sql:
        found = ours.factors.reset(sql, someone.id)
        device = ours.tables.device
        sql.execute(delete(device).where(device.user == someone.id))
        Sessions().revoke_all(someone.id)

    # A login may have been under way.
    Sessions().revoke_all(someone.id)
    ours.house.emit(
        "mfa",
        "factors-reset",
        Action.NOTED,
        f"An operator took {found} factors and codes of a user away.",
        user=someone.id,
    )
    ours.mailer.send(
        someone.address,
        "factors-changed",
        what="All second factors of your account were reset by an operator",
        link=ours.links.address("login"),
    )
    return found
