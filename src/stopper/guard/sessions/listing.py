"""The sessions of a user, as they are shown to them, and how to end them."""

from __future__ import annotations

import dataclasses
import typing as t
import uuid
from collections.abc import Callable
from collections.abc import Mapping

from flask import current_app

from ...controls.sessions.policy import name_of
from ..passage import current
from ..refusal import Refused
from ..stores.base import Record
from ..stores.base import StoreDown
from .content import data_in
from .content import Facts
from .content import facts_in
from .interface import Interface
from .keeper import DOWN
from .keeper import Keeper
from .session import Session

ResultT = t.TypeVar("ResultT")


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One session, as its owner may see it.

    :param handle: Names the session in a form; it is no secret and opens nothing.
    :param device: What the browser calls itself.
    :param place: The address from which it was last used.
    :param created: When somebody logged in, in seconds since 1970.
    :param seen: When it was last used, to about a minute.
    :param ends: When it ends at the latest.
    :param current: Whether it is the one of this request.
    """

    handle: str
    user: str
    device: str
    place: str
    created: float
    seen: float
    ends: float
    current: bool


class Sessions:
    """The sessions of a user. Needs the sessions control to be at work.

    Every method raises :exc:`RuntimeError` where it is not, and answers the request
    with 503 if the store cannot be reached.
    """

    def of(self, user: str | int | uuid.UUID) -> list[Listed]:
        """Return the sessions of a user, the newest first."""
        mine = _own(_current())
        return [_listed(record, record.id == mine) for record in _of(user)]

    def revoke(self, user: str | int | uuid.UUID, handle: str) -> bool:
        """End one session of a user, and return whether there was such a one.

        :param handle: Of :class:`Listed`, also of a list from before the session got
            another id. One that is somebody else's ends nothing.
        """
        keeper = _keeper()

        try:
            key = bytes.fromhex(handle)
        except ValueError:
            return False

        return _tried(keeper, lambda: keeper.store.end(key, name_of(user)))

    def revoke_those(
        self,
        user: str | int | uuid.UUID,
        chosen: Callable[[Mapping[str, t.Any]], bool],
    ) -> int:
        """End the sessions of a user that hold something, and return how many.

        :param chosen: Is asked with what each session holds.
        """
        keeper, name = _keeper(), name_of(user)
        found = [record for record in _of(user) if chosen(_held(record))]
        end = keeper.store.end
        return _tried(keeper, lambda: sum(end(record.id, name) for record in found))

    def content(self, user: str | int | uuid.UUID, handle: str) -> Mapping[str, t.Any]:
        """Return what one session of a user holds, nothing if there is no such one."""
        found = (r for r in _of(user) if r.id.hex() == handle)
        return next(map(_held, found), {})

    def revoke_others(self, user: str | int | uuid.UUID) -> int:
        """End all sessions of a user but that of this request; return how many."""
        keeper, session = _keeper(), _current()
        mine = _own(session)
        return _tried(keeper, lambda: keeper.store.end_all(name_of(user), mine))

    def revoke_all(self, user: str | int | uuid.UUID) -> int:
        """End all sessions of a user, this one too; return how many."""
        keeper = _keeper()
        return _tried(keeper, lambda: keeper.store.end_all(name_of(user)))

    def renew(self) -> None:
        """Give the session of this request a new id when it is saved.

        Logins, logouts and changes of rights that show in the session do so by
        themselves.
        """
        _keeper()
        session = _current()

        if session is None:
            raise RuntimeError("There is no request, and so no session to renew.")

        session.renew = True


def _of(user: str | int | uuid.UUID) -> list[Record]:
    keeper = _keeper()
    now = keeper.house.clock()
    records = _tried(keeper, lambda: keeper.store.of(name_of(user), now))
    return list(filter(keeper.ours, records))


def _held(record: Record) -> Mapping[str, t.Any]:
    try:
        return data_in(record.data)
    except ValueError:
        return {}


def _keeper() -> Keeper:
    # The settings are read at the first request, and this may come before.
    current_app.extensions["stopper"].settle()
    interface = current_app.session_interface

    if not isinstance(interface, Interface) or interface.keeper is None:
        raise RuntimeError(
            "Stopper does not keep the sessions of this app: STOPPER_SESSIONS_MODE is "
            "not 'enforce', or another extension keeps them."
        )

    return interface.keeper


def _current() -> Session | None:
    found = current(current_app.extensions["stopper"])
    return found.session if found else None


def _own(session: Session | None) -> bytes | None:
    # An empty session is false, as an empty dictionary is.
    if session is None or session.record is None:
        return None

    return session.record.id


def _tried(keeper: Keeper, ask: t.Callable[[], ResultT]) -> ResultT:
    try:
        return ask()
    except StoreDown as e:
        keeper.house.store_failed(e)
        raise Refused("sessions", DOWN) from e


def _listed(record: Record, current: bool) -> Listed:
    try:
        facts = facts_in(record.data)
    except ValueError:
        facts = Facts(record.created, "")

    return Listed(
        handle=record.id.hex(),
        user=record.user,
        device=facts.device,
        place=facts.place,
        created=record.created,
        seen=record.seen,
        ends=record.ends,
        current=current,
    )
