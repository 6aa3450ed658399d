"""Why a request is refused, in the developer's and in the visitor's words."""

from __future__ import annotations

from flask import Request

from ...catalogue.event import Action
from ...controls.authorization.control import AUTHORIZATION
from ...controls.authorization.settings import DECORATORS
from ..house import House
from ..refusal import Refusal
from ..refusal import Refused
from .marks import name_of
from .marks import Need

_NAME = AUTHORIZATION.name


def undeclared(view: object, endpoint: str, method: str, around: list[str]) -> Refusal:
    """Return the refusal of a view of which nothing says who may ask.

    :param around: Its decorators that are not known.
    """
    return Refusal(
        name="undeclared",
        status=403,
        message=f"Nothing says who may ask for {name_of(view)} ({method}), so nobody may. "
        "Write right below its route `@stopper.public` if it is for everybody, "
        '`@stopper.requires()` if it takes a login, `@stopper.requires("notes:write")` if '
        f"it takes a permission. {_hint(around)}`flask stopper routes --undeclared` lists "
        "all that is missing.",
        says="",
        details={"endpoint": endpoint[:200]},
    )


def said_of_all(routes: list[str], around: list[str], reporting: bool) -> str:
    """Return what is said at the start of all views of which nothing is declared.

    :param around: The decorators of them that are not known.
    """
    one = len(routes) == 1
    number = "1 route says" if one else f"{len(routes)} routes say"
    done = "would be refused" if reporting else ("is refused" if one else "are refused")
    return (
        f"{number} nothing of who may ask, and {done}: {'; '.join(routes)}. Declare each "
        "by `@stopper.public` or `@stopper.requires()`, or a blueprint as a whole. "
        f"{_hint(around)}`flask stopper routes --undeclared` lists them."
    )


def _hint(around: list[str]) -> str:
    if not around:
        return ""

    return (
        f"If {' or '.join(around[:3])} lets in only who may come, name it in "
        f"`{DECORATORS.key}`. "
    )


def stranger(nobody_knows: bool) -> Refusal:
    """Return the refusal of a visitor who is not logged in.

    :param nobody_knows: Whether nothing in the app could say who it is.
    """
    mend = (
        " Nothing in this app says who asks: register a function by `@stopper.identity`."
        if nobody_knows
        else ""
    )
    return Refusal(
        name="not-logged-in",
        status=401,
        message=f"This is for who is logged in, and nobody is.{mend}",
        says="",
    )


def forbidden(need: Need) -> Refusal:
    """Return the refusal of who is logged in, and may not."""
    return Refusal(
        name="forbidden",
        status=403,
        message=f"The view {need.says}, and the user does not have that.",
        says="",
        details={"needs": need.says[:200]},
    )


def denied(action: str, kind: type) -> Refusal:
    """Return the refusal of one object."""
    return Refusal(
        name="object-denied",
        status=403,
        message=f"The rule for {action!r:.60} of {kind.__qualname__} does not allow it.",
        says="",
        details={"asked": action[:60], "object": kind.__qualname__[:100]},
    )


def no_rule(action: str, kind: type) -> Refusal:
    """Return the refusal of an object of which no rule speaks."""
    return _missing("rule", action, kind)


def no_filter(action: str, kind: type) -> Refusal:
    """Return the refusal of a list of which no filter speaks."""
    return _missing("filter", action, kind)


def _missing(what: str, action: str, kind: type) -> Refusal:
    return Refusal(
        name=f"no-{what}",
        status=403,
        message=f"There is no {what} for {action!r:.60} of {kind.__qualname__}, so nobody "
        f'may. Register one: `@stopper.{what}("{action[:60]}", {kind.__qualname__})`.',
        says="",
        details={"asked": action[:60], "object": kind.__qualname__[:100]},
    )


def hidden(request: Request) -> Refusal:
    """Return the refusal of a secret route; the visitor never reads it."""
    return Refusal(
        name="hidden",
        status=404,
        message="Somebody asked for a hidden route without having what it takes, and was "
        "told that it does not exist.",
        says="",
        details={"endpoint": (request.endpoint or "")[:200]},
    )


def say(house: House, refusal: Refusal) -> None:
    """Publish the event of a refusal."""
    house.emit(
        _NAME, refusal.name, Action.REFUSED, refusal.message, None, **refusal.details
    )


def refused(house: House, refusal: Refusal) -> Refused:
    """Return what to raise in each mode the control is in: the app said that it is so."""
    say(house, refusal)
    return Refused(_NAME, refusal)
