"""The browsers of the users: known, logged in to stay, and trusted with one factor."""

from __future__ import annotations

import contextlib
import functools

from flask import has_request_context
from flask import Request
from flask import request
from flask import session

from ....catalogue.event import Action
from ....catalogue.event import Event
from ....controls.accounts import settings
from ....controls.accounts.control import ACCOUNTS
from ...passage import Passage
from ...refusal import Refused
from ...sessions.listing import Sessions
from ...tables.database import DatabaseDown
from .. import login
from ..guard import DOWN
from ..history import CHANGED
from ..history import FORGOTTEN
from ..history import History
from ..parts import Parts
from ..places import here
from .copies import end_copied
from .copies import end_sessions
from .crowd import end_oldest
from .crowd import end_session
from .jar import Jar
from .jar import KNOWN
from .jar import LOGIN
from .jar import MFA
from .seals import Seals
from .series import Claim
from .series import Copied
from .series import handle_of
from .series import id_in
from .series import Remembered
from .series import Series


class Devices:
    """The browsers of the users.

    A browser that logged in is *known*: strangers who try passwords are not in its way,
    and it is no news when it logs in again. One may be *remembered* beside that, to stay
    logged in or to need no second factor; that is a row in the table of devices.

    Every method but :meth:`known`, :meth:`met` and :meth:`entered` raises
    :exc:`DatabaseDown` if the database cannot be reached.
    """

    def __init__(self, parts: Parts, history: History) -> None:
        self._parts = parts
        self._history = history
        self._series = Series(parts)
        config = parts.house.config
        self._lasts = {
            LOGIN: settings.REMEMBER.read(config),
            MFA: settings.REMEMBER_MFA.read(config),
        }
        self._most = settings.SESSIONS.read(config)
        self._jar = Jar(parts.house.relaxed)

    @functools.cached_property
    def _seals(self) -> Seals:
        house = self._parts.house
        keys = house.keys.of("accounts.devices")
        return Seals(keys, settings.DEVICES.read(house.config))

    def offers(self, purpose: str) -> bool:
        """Say whether browsers are remembered for this purpose at all."""
        return self._lasts[purpose] > 0

    def known(self, request: Request, user: str) -> str:
        """Return what tells this browser from others, if the user logged in with it.

        :return: Empty if they did not.
        """
        found = self._seals.find(
            self._jar.read(KNOWN, request.environ), user, self._parts.now
        )
        return found.name if found is not None else ""

    def met(self, request: Request, user: str) -> None:
        """Know this browser as one of the user's from here on."""
        text = self._seals.add(
            self._jar.read(KNOWN, request.environ), user, self._parts.now
        )
        self._jar.put(KNOWN, text, self._seals.lasts)

    def heard(self, happened: Event) -> None:
        """Go on knowing the browser in which its user changed the password.

        Every other one is new from then on.
        """
        if happened.name == CHANGED and has_request_context():
            found = login.current()

            if found is not None and found.user == happened.details["user"]:
                self.met(request, found.user)

    def entered(self, request: Request, user: str) -> None:
        """Note that a user logged in, and tell them if the browser is new.

        Whoever was logged in to stay before is not any more: whose session it is would
        change once this one ends.
        """
        environ = request.environ
        found = self._seals.find(self._jar.read(KNOWN, environ), user, self._parts.now)
        self._history.entered(user, found.at if found is not None else None)
        self.met(request, user)
        value = self._jar.read(LOGIN, environ)

        if value:
            self._jar.drop(LOGIN)

            # The browser forgets it either way, and it is worth nothing without it.
            with contextlib.suppress(DatabaseDown):
                self._series.leave(value)

    def bound(self, user: str) -> None:
        """End the oldest sessions of who is logging in, where there are too many.

        Of two logins at once each may leave one too many; the next one ends it.
        """
        end_oldest(self._parts, self._series, user, self._most)

    def left(self, request: Request, user: str) -> None:
        """End what keeps this browser logged in, as the user logs out.

        :param user: Empty for who is not logged in, or only half.
        """
        value = self._jar.read(LOGIN, request.environ)
        mine = {id_in(value), login.series_of(session)}

        if value:
            self._jar.drop(LOGIN)

        if user:
            self._series.end(user, mine)
        elif value:
            self._series.leave(value)

    def remember(self, user: str, purpose: str) -> None:
        """Remember this browser: to stay logged in, or to need no second factor.

        Where the database is down it is not remembered, and that is all.

        :param purpose: ``"login"`` or ``"mfa"``.
        """
        lasts = self._lasts[purpose]

        if not lasts:
            return

        old = self._jar.read(purpose, request.environ)

        try:
            value = self._series.begin(user, purpose, lasts, *here(), old)
        except DatabaseDown as e:
            self._parts.house.emit(
                ACCOUNTS.name, "not-remembered", Action.FAILED, str(e), user=user
            )
            return

        self._jar.put(purpose, value, lasts)

        if purpose == LOGIN:
            login.belongs(id_in(value))

    def trusted(self, request: Request, user: str) -> bool:
        """Say whether a user need not show a second factor in this browser."""
        value = self._jar.read(MFA, request.environ)
        return bool(value) and self._claim(value, MFA, user) is not None

    def arrive(self, passage: Passage) -> None:
        """Log in who stays logged in, where the session is nobody's.

        It is no fresh login, and not by a password.

        :raises Refused: With 503 if the database cannot be reached.
        """
        value = self._jar.read(LOGIN, passage.environ)

        # Who is on the way to log in as somebody else is let go on.
        if not value or passage.store_down or login.PENDING in session:
            return

        try:
            self._restore(value)
        except DatabaseDown as e:
            house = self._parts.house

            if house.once(("accounts-down", int(house.clock() // 10))):
                house.emit(ACCOUNTS.name, DOWN.name, Action.FAILED, str(e))

            raise Refused(ACCOUNTS.name, DOWN) from e

    def _restore(self, value: str) -> None:
        claim, parts = self._claim(value, LOGIN), self._parts

        if claim is None:
            self._jar.drop(LOGIN)
            return

        with parts.database.reading() as sql:
            person = parts.people.by_id(sql, claim.user)

        if person is None or not person.active:
            self._jar.drop(LOGIN)
            self._series.end_all(claim.user)
            return

        login.begin(claim.user, parts.now, ("remembered",), fresh=False)
        login.belongs(claim.id)
        login.once_kept(functools.partial(self._look_again, claim))
        self.bound(claim.user)
        parts.house.emit(
            ACCOUNTS.name,
            "login-remembered",
            Action.NOTED,
            "A browser that stays logged in came back.",
            user=claim.user,
        )

    def _look_again(self, claim: Claim) -> None:
        """Take a login back whose series was ended while it was under way."""
        try:
            there = any(row.id == claim.id for row in self._series.of(claim.user))
        except DatabaseDown:
            there = False

        if not there:
            login.take_back(claim.user)

    def _claim(self, value: str, purpose: str, user: str | None = None) -> Claim | None:
        try:
            found = self._series.claim(value, purpose, here()[1], user)
        except Copied as e:
            end_copied(self._parts, self._series, e, purpose)
            # Not before: where it fails, the next request has to find it out again.
            self._jar.drop(purpose)
            return None

        if found is not None and found.value is not None:
            lasts = found.ends - self._parts.now
            self._jar.put(purpose, found.value, lasts)

        return found

    def forget(self, user: str, purpose: str | None = None) -> int:
        """Remember no browser of a user any more, and return how many there were.

        :param purpose: Only those that are remembered for it; without one, no browser
            is known any more either.
        """
        found = self._series.end_all(user, purpose)

        if purpose is None:
            self._history.note(user, FORGOTTEN)

        return found

    def listed(self, user: str) -> list[Remembered]:
        """Return the browsers of a user that are remembered, the last one first."""
        mine = self._jar.series()
        return [
            Remembered(
                handle_of(row.id),
                row.purpose,
                row.label,
                row.place,
                row.created_at,
                row.seen_at,
                row.ends_at,
                row.id in mine,
            )
            for row in self._series.of(user)
        ]

    def revoke(self, user: str, handle: str) -> bool:
        """Remember one browser of a user no more; return whether there was such a one.

        The sessions that it began end with it, but for that of this request: who wants
        that logs out.

        :param handle: Of :class:`Remembered`.
        """
        rows = [r for r in self._series.of(user) if handle_of(r.id) == handle]

        for row in rows:
            self._series.end(user, [row.id])

            if row.id in self._jar.series():
                self._jar.drop(row.purpose)
            else:
                end_sessions(user, row.id)

        return bool(rows)

    def revoke_session(self, user: str, handle: str) -> bool:
        """End one session of a user, and what keeps its browser logged in.

        :param handle: Of :class:`~stopper.guard.sessions.listing.Listed`.
        """
        return end_session(self._series, user, handle)

    def revoke_others(self, user: str) -> int:
        """End all sessions of a user but this one, and remember this browser alone.

        :return: How many sessions there were.
        """
        others = {row.id for row in self._series.of(user)} - self._jar.series()
        self._series.end(user, others)
        return Sessions().revoke_others(user)
