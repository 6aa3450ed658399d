"""``flask stopper passwords``: how strong a hash this machine can make."""

from __future__ import annotations

import dataclasses
import json
import os
import textwrap

import click
from flask import current_app

from ..catalogue.error import StopperError
from ..controls.passwords import settings
from ..guard.passwords import calibration
from ..guard.passwords.argon2id import Argon2id
from ..guard.passwords.calibration import Proposal
from ..guard.passwords.scheme import scheme
from . import Refusal


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of the machine.

    :param rate: Logins a second, at the busiest time.
    :param hashing: How many are hashed at once: threads of all processes, and no more
        than there are cores.
    """

    rate: float
    hashing: int


def calibrate(rate: float, processes: int, as_json: bool) -> None:
    """Measure, print the settings to write, and end with 1 if the floor is too slow.

    :raises Refusal: If the settings are wrong.
    """
    try:
        found = scheme(current_app.config)
        workers = settings.WORKERS.read(current_app.config)
    except StopperError as e:
        raise Refusal(str(e)) from e

    plan = Plan(rate, min(workers * processes, _cores()))
    argon2id = isinstance(found, Argon2id)
    proposal = calibration.propose(
        calibration.ARGON2ID if argon2id else calibration.BCRYPT,
        plan.rate,
        plan.hashing,
        calibration.measured(plan.hashing),
    )
    _show(proposal, plan, as_json)

    if not proposal.fits:
        raise SystemExit(1)


def _cores() -> int:
    # A container may have fewer than the machine.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))

    return os.cpu_count() or 1


def values(proposal: Proposal) -> dict[str, str | int]:
    """Return the settings to write, by key."""
    found = proposal.scheme

    if isinstance(found, Argon2id):
        return {
            settings.SCHEME.key: "argon2id",
            settings.MEMORY.key: found.memory,
            settings.PASSES.key: found.passes,
            settings.LANES.key: found.lanes,
        }

    return {settings.SCHEME.key: "bcrypt", settings.COST.key: found.cost}


def _show(proposal: Proposal, plan: Plan, as_json: bool) -> None:
    told = values(proposal)

    if as_json:
        facts = {
            "settings": told,
            "seconds": round(proposal.seconds, 4),
            "budget": round(proposal.budget, 4),
            "most": round(proposal.most, 1),
            "hashing": plan.hashing,
            "fits": proposal.fits,
        }
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo("\n".join(f"{key} = {value!r}" for key, value in told.items()))

    click.echo(f"\n{_said(proposal, plan)}", err=True)


def _said(proposal: Proposal, plan: Plan) -> str:
    hashing = f"{plan.hashing} hashed at once"
    lines = [
        f"One hash takes {proposal.seconds * 1000:.0f} ms here with {hashing}; at "
        f"{plan.rate:g} logins a second it may take {proposal.budget * 1000:.0f} ms.",
        f"Half of their time is enough for {proposal.most:.0f} logins a second.",
    ]

    if not proposal.fits:
        lines.append(
            "These are the weakest parameters that are safe, and this machine is too slow "
            "for them at that rate. Give it more cores (--processes counts what serves), "
            "raise STOPPER_PASSWORD_WORKERS, or expect 503 in a rush; weaker ones are "
            "never proposed."
        )

    return "\n".join(textwrap.fill(line, 80) for line in lines)
