"""The recovery codes of who is logged in: how many are left, and new ones."""

from __future__ import annotations

import typing as t

from flask import abort
from flask import Blueprint

from ....controls.mfa.policy import CODES
from ...accounts.pages.face import shown
from ...accounts.pages.gate import here
from ...accounts.service import service
from ..credentials import FACTORS
from ..marks import Freshness
from .asker import note
from .asker import tell

fresh = Freshness()


def recovery() -> t.Any:
    """Show how many codes are left; the codes themselves nobody can show again."""
    someone, ours = here(), service()

    with ours.database.reading() as sql:
        left = ours.factors.recovery.left(sql, someone.id)

    return _page(left, ())


@fresh()
def recovery_new() -> t.Any:
    """Make new codes and show them: this once. The old ones are void."""
    someone, ours = here(), service()

    with ours.database.writing() as sql:
        if not ours.factors.of(sql, someone.id) & set(FACTORS):
            # Without a factor to lose there is nothing to recover.
            abort(409)

        codes = ours.factors.recovery.make(sql, someone.id, ours.now)

    note("recovery-codes-made", "A user has new recovery codes.", someone.id)
    tell(someone, "New recovery codes were made; the old ones are void")
    return _page(len(codes), codes)


def _page(left: int, codes: tuple[str, ...]) -> t.Any:
    return shown(
        "stopper/recovery.html",
        data={"left": left, "codes": list(codes)},
        most_codes=CODES,
    )


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the page of the recovery codes."""
    add = blueprint.add_url_rule
    add("/factors/recovery", view_func=recovery)
    add("/factors/recovery", view_func=recovery_new, methods=["POST"])
