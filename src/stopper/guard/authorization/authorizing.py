"""What an app says of who may do what, and what it asks: the part of ``Stopper``."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from flask import current_app
from flask import Flask
from werkzeug.exceptions import NotFound

from ...catalogue.error import SettingError
from ...catalogue.event import Action
from ...controls.authorization.policy import PERMISSION
from .. import passage as passages
from ..house import House
from .login import turned_away
from .marks import MarkedT
from .marks import Marks
from .marks import Need
from .marks import put
from .refusals import denied
from .refusals import no_filter
from .refusals import no_rule
from .refusals import refused
from .refusals import say
from .rules import FilterT
from .rules import Rules
from .rules import RuleT
from .rules import verdict
from .subject import KEY
from .subject import Roles
from .subject import Subject
from .subject import subject_of

StatementT = t.TypeVar("StatementT")

#: In the place of an object, where none was given: a lookup may have found ``None``.
_NOTHING = object()


class Authorizing:
    """Says who may do what; all of it works before there is an app.

    ::

        @app.get("/notes/<int:id>/edit")
        @stopper.requires("notes:write")
        def edit(id): ...
    """

    def __init__(self) -> None:
        #: The roles of a user; ``@stopper.roles`` registers the function that knows.
        self.roles = Roles()
        #: The rules for objects, and the filters for lists of them.
        self.rules = Rules()

    def _authorize(self, app: Flask) -> None:
        app.extensions[KEY] = self

    def public(self, view: MarkedT) -> MarkedT:
        """Let everybody ask for a view, a class of views or a blueprint.

        :raises SettingError: If it says already that not everybody may.
        """
        if isinstance(view, Flask):
            raise SettingError(
                "A whole app is not declared public: name the views and the blueprints, "
                "or set STOPPER_AUTHORIZATION_MODE to 'off'."
            )

        return put(view, Marks(public=True))

    def declared(self, view: MarkedT) -> MarkedT:
        """Say that code of your own decides who may ask, which is not seen from here.

        For a blueprint with a ``before_request`` function, say, or a view that looks at
        a signature itself. It is called as if it were public, and is listed as declared.
        """
        return put(view, Marks(elsewhere=True))

    def requires(
        self,
        *permissions: str,
        any: bool = False,
        role: str | Iterable[str] | None = None,
        hidden: bool = False,
    ) -> Callable[[MarkedT], MarkedT]:
        """Let only those ask who are logged in and have all these permissions.

        It marks a view, a method of a class of views, the class, a blueprint or the
        whole app. The nearest mark counts, and several on one thing all hold.

        :param permissions: Such as ``"notes:write"``; none where a login is enough.
        :param any: Whether one of them is enough.
        :param role: The name of a role, or several of which one is enough.
        :param hidden: Whether to everybody else the route does not exist.
        :raises SettingError: If one of them is none, or if it is public already.
        """
        wrong = [p for p in permissions if not _is_permission(p)]

        if wrong:
            raise SettingError(
                "stopper.requires takes permissions such as 'notes:write', and not "
                f"{wrong[0]!r:.80}. Without any it is written `@stopper.requires()`."
            )

        # Of nothing, one is never enough, and a login is not what was meant.
        if any and not permissions:
            raise SettingError(
                "stopper.requires(any=True) names no permissions of which one is enough."
            )

        need = Need(permissions, any, _roles(role), hidden)
        marks = Marks(needs=(need,))
        return lambda found: put(found, marks)

    def rule(self, action: str, kind: type) -> Callable[[RuleT], RuleT]:
        """Register the function that says who may do this with an object of a class.

        ::

            @stopper.rule("edit", Note)
            def owns(user, note):
                return note.owner == user

        It takes the user's id, ``None`` for who is not logged in, and the object.

        :raises SettingError: If there is one already.
        """
        return self.rules.rule(action, kind)

    def filter(self, action: str, kind: type) -> Callable[[FilterT], FilterT]:
        """Register the function that makes a list show only what may be seen.

        It takes the user's id and a statement, and returns the statement.

        :raises SettingError: If there is one already.
        """
        return self.rules.filter(action, kind)

    def may(self, action: str, thing: object = _NOTHING, /) -> bool:
        """Say whether the current user may do this with an object.

        Without an object it says whether the user has a permission of this name. Where
        no rule speaks of it, the answer is no, and an event says what is missing.

        :raises TypeError: If the rule returns neither true nor false.
        :raises RuntimeError: Outside of a request.
        """
        house, subject = _asked()

        if thing is _NOTHING:
            return subject is not None and subject.holds(action)

        rule = self.rules.rule_for(action, type(thing))

        if rule is not None:
            return verdict(rule, _id(house, subject), thing)

        if house.once(("no-rule", action, type(thing))):
            say(house, no_rule(action, type(thing)))

        return False

    def check(self, action: str, thing: object, *, hidden: bool = False) -> None:
        """Refuse the request unless the current user may do this with the object.

        :param hidden: Answer as if the object did not exist, like ``abort(404)``.
        :raises HTTPException: If not.
        :raises TypeError: If the rule returns neither true nor false.
        """
        house, subject = _asked()
        rule = self.rules.rule_for(action, type(thing))

        if rule is not None and verdict(rule, _id(house, subject), thing):
            return

        refusal = (denied if rule else no_rule)(action, type(thing))

        if hidden:
            say(house, refusal)
            raise NotFound

        if subject is None:
            raise turned_away(house)

        raise refused(house, refusal)

    def visible(self, statement: StatementT, action: str, kind: type) -> StatementT:
        """Return a statement for those rows alone with which the user may do this.

        :param statement: A query of the class, as the filter takes it.
        :raises Refused: If there is no filter for it.
        :raises TypeError: If the filter returns nothing.
        """
        house, subject = _asked()
        narrow = self.rules.filter_for(action, kind)

        if narrow is None:
            raise refused(house, no_filter(action, kind))

        found = narrow(_id(house, subject), statement)

        if found is None:
            raise TypeError(
                f"The filter for {action!r} of {kind.__qualname__} returned None, but it "
                "returns the statement."
            )

        return t.cast(StatementT, found)


def _is_permission(text: object) -> bool:
    return isinstance(text, str) and PERMISSION.match(text) is not None


def _roles(role: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the roles of which one is enough, none where no role is asked for.

    :raises SettingError: If a list of them is empty: that would ask for none.
    """
    if role is None:
        return ()

    roles = (role,) if isinstance(role, str) else tuple(role)

    if not roles or not all(isinstance(r, str) and r for r in roles):
        raise SettingError(
            "stopper.requires takes the name of a role, or several of which one is "
            f"enough, and not {role!r:.80}. Where a login is enough, leave it out."
        )

    return roles


def _asked() -> tuple[House, Subject | None]:
    """Return the house of the current app, and who asks.

    :raises RuntimeError: Outside of a request.
    """
    house: House = current_app.extensions["stopper"].settle().house
    found = passages.current(house.owner)

    if found is None:
        raise RuntimeError("There is no request, and so nobody who asks.")

    return house, subject_of(house, found)


def _id(house: House, subject: Subject | None) -> str | None:
    """Return the user's id for a rule, ``None`` for a visitor.

    Who is logged in without an id is a visitor: two of them would be the same user.
    """
    if subject is None or not subject.nameless:
        return subject.user if subject else None

    if house.once("nameless-user"):
        house.emit(
            "authorization",
            "nameless-user",
            Action.FAILED,
            "The session holds a user and no id of it, so rules for objects take it for a "
            "visitor. Register a function by @stopper.identity that returns the id.",
        )

    return None
