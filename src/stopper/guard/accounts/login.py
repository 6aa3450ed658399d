"""What a session says of a login: who, since when, by what; and one that is half done."""

from __future__ import annotations

import dataclasses
import typing as t

from flask import current_app
from flask import g
from flask import session

from ...catalogue.error import StartError
from ...catalogue.mode import Mode
from ...controls.csrf.control import CSRF
from ...controls.sessions.control import SESSION_USER_KEYS
from ..house import House
from ..keys import keyed
from ..sessions.interface import Interface
from ..sessions.listing import Sessions

#: Who is logged in. Flask-Login's key, so that its ``current_user`` sees them too.
USER = "_user_id"

#: Since when, and by what.
LOGIN = "_stopper_login"

#: Who has shown one factor and has to show another.
PENDING = "_stopper_pending"

#: What of a login says which remembered browser it belongs to.
SERIES = "series"

#: Where a request keeps who is logged in, once somebody looked.
PERSON = "_stopper_person"

#: Seconds in which the second factor has to follow.
PATIENCE = 600.0

#: Seconds by which the clock of another machine, which noted the login, may be ahead.
AHEAD = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Login:
    """Who is logged in to the session of this request.

    :param at: When they logged in, in seconds since 1970.
    :param fresh: When they last showed who they are; 0.0 where a remembered device
        did it for them.
    :param how: By what: ``"password"``, ``"passkey"``, ``"totp"``, ``"recovery"``,
        ``"remembered"``.
    """

    user: str
    at: float
    fresh: float
    how: tuple[str, ...]

    @property
    def factors(self) -> int:
        """How many different factors were shown; a passkey counts as two."""
        found = set(self.how) - {"remembered"}
        return 2 if "passkey" in found else len(found)

    def is_fresh(self, now: float, minutes: int) -> bool:
        """Say whether the user showed who they are within so many minutes."""
        return -AHEAD <= now - self.fresh <= minutes * 60


@dataclasses.dataclass(frozen=True, slots=True)
class Pending:
    """Who has shown one factor, and until when they may show another.

    :param remember: Whether they asked to stay logged in.
    :param bound: A digest of the hash of the password that was shown.
    """

    user: str
    until: float
    how: tuple[str, ...]
    remember: bool
    bound: str

    def holds(self, password: str | None) -> bool:
        """Say whether the password that was shown is still the one of the user.

        :param password: The hash that is stored now.
        """
        return self.bound == _bound(password)


def current() -> Login | None:
    """Return the login of this request's session, ``None`` if nobody is logged in."""
    user, facts = session.get(USER), session.get(LOGIN)

    # A session that another extension logged in to is not one of ours.
    if not isinstance(user, str) or not isinstance(facts, dict):
        return None

    return Login(user, float(facts["at"]), float(facts["fresh"]), tuple(facts["how"]))


def begin(user: str, now: float, how: t.Sequence[str], fresh: bool = True) -> None:
    """Log a user in to this request's session, which gets another id for it.

    What a stranger put into the session stays, such as a basket; what another user
    did goes.
    """
    before = session.get(USER)

    if before is not None and before != user:
        session.clear()

    g.pop(PERSON, None)
    session.pop(PENDING, None)
    session[LOGIN] = {"at": now, "fresh": now if fresh else 0.0, "how": list(how)}
    session[USER] = user
    _renew()


def belongs(series: str) -> None:
    """Note to which remembered browser the login belongs, and ends with."""
    session[LOGIN] = {**session[LOGIN], SERIES: series}


def series_of(data: t.Mapping[str, t.Any]) -> str:
    """Return to which remembered browser a session belongs, empty if to none.

    :param data: What the session holds.
    """
    facts = data.get(LOGIN)
    found = facts.get(SERIES) if isinstance(facts, dict) else None
    return found if isinstance(found, str) else ""


def refresh(now: float, how: str) -> None:
    """Note that the user showed again who they are."""
    facts = dict(session[LOGIN])
    facts["fresh"] = now
    facts["how"] = [*(h for h in facts["how"] if h not in (how, "remembered")), how]
    session[LOGIN] = facts
    _renew()


def end() -> None:
    """Log out: nothing of the session is left, here or in the store."""
    session.clear()


def hold(
    user: str,
    password: str | None,
    now: float,
    how: t.Sequence[str],
    remember: bool = False,
) -> None:
    """Note that a user showed one factor, and log nobody in.

    :param password: The hash that is stored: with another one it is worth nothing.
    """
    session.clear()
    session[PENDING] = {
        "user": user,
        "until": now + PATIENCE,
        "how": list(how),
        "remember": remember,
        "bound": _bound(password),
    }
    _renew()


def pending(now: float) -> Pending | None:
    """Return who has shown one factor and may show another, ``None`` if nobody."""
    facts = session.get(PENDING)

    if not isinstance(facts, dict) or now >= float(facts["until"]):
        return None

    return Pending(
        facts["user"],
        float(facts["until"]),
        tuple(facts["how"]),
        bool(facts["remember"]),
        str(facts["bound"]),
    )


def drop() -> None:
    """Forget who has shown one factor."""
    session.pop(PENDING, None)


def once_kept(look: t.Callable[[], None]) -> None:
    """Look at something once the session is in the store, before the answer goes out.

    Who ends all sessions of a user ends those that are there: a login that was under way
    has to look again whether it still may.
    """
    if isinstance(current_app.session_interface, Interface):
        t.cast(t.Any, session).kept = look


def take_back(user: str) -> None:
    """End the session of this request in the store, where it was just kept.

    :raises Refused: With 503 if the store cannot be reached.
    """
    record = t.cast(t.Any, session).record

    if record is not None:
        Sessions().revoke(user, record.id.hex())


def look_at_sessions(house: House) -> None:
    """Refuse to start where a login could not be ended.

    :raises StartError: If Stopper does not keep the sessions.
    """
    interface = house.app.session_interface

    if not isinstance(interface, Interface) or interface.keeper is None:
        raise StartError(
            "Accounts need sessions that can be ended, and Stopper does not keep those "
            "of this app: STOPPER_SESSIONS_MODE is not 'enforce', or another extension "
            "keeps them."
        )

    if USER not in SESSION_USER_KEYS.read(house.config):
        raise StartError(
            f"STOPPER_SESSION_USER_KEYS leaves out {USER!r}, by which accounts say who "
            "is logged in; a login would not give the session another id. Add it."
        )


def look_at_csrf(house: House) -> None:
    """Refuse to start where another site could log visitors in, or act for them.

    :raises StartError: If Stopper lets through what other sites send.
    """
    mode = house.chosen(CSRF)

    if mode is not Mode.ENFORCE:
        raise StartError(
            f"Accounts need requests of other sites refused, and {CSRF.mode.key} is "
            f"{mode.value!r}: any site could log its visitors in as somebody else. Set "
            "it to 'enforce', and mark views of the app that other sites may send to "
            "with stopper.csrf.exempt."
        )


def _bound(password: str | None) -> str:
    return keyed(b"stopper.pending", (password or "").encode()).hex()


def _renew() -> None:
    # A login shows in the session by itself; a step on the way to one does not.
    if isinstance(current_app.session_interface, Interface):
        t.cast(t.Any, session).renew = True
