"""Who asks, and what that one may do: looked up when a view first wants to know."""

from __future__ import annotations

import functools
import inspect
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from importlib import import_module

from flask import Flask

from ...catalogue.error import SettingError
from ...controls.authorization.control import AUTHORIZATION
from ...controls.authorization.policy import covers
from ...controls.authorization.settings import ROLES
from ...controls.sessions.control import SESSION_USER_KEYS
from ..house import House
from ..passage import Passage
from .marks import Need

LoaderT = t.TypeVar("LoaderT", bound=Callable[..., Iterable[str] | None])

#: Where what the app says of authorization stands among the extensions.
KEY = "stopper.authorization"

#: Where accounts stand among the extensions; what they know of roles is their ``access``.
ACCOUNTS = "stopper.accounts"

#: What :meth:`House.known` says where the app's own function failed.
_FAILED = "unknown"


@t.runtime_checkable
class Access(t.Protocol):
    """What accounts know of their users' roles."""

    def granted(self, user: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the names of the user's roles, and what the user may do.

        ``STOPPER_ROLES`` may give more to the same roles. Both are empty for who is
        unknown.
        """
        ...


class Roles:
    """The app's own function that knows the roles of a user, if it has one."""

    def __init__(self) -> None:
        self._loader: Callable[..., Iterable[str] | None] | None = None
        self._takes_user = False

    @property
    def told(self) -> bool:
        """Whether there is such a function."""
        return self._loader is not None

    def _learn(self, loader: LoaderT) -> LoaderT:
        taken = inspect.signature(loader).parameters

        if len(taken) > 1 or inspect.iscoroutinefunction(loader):
            raise SettingError(
                "stopper.roles takes a plain function that takes nothing or the user's "
                f"id, and {getattr(loader, '__name__', loader)!s:.60} is none."
            )

        self._loader, self._takes_user = loader, bool(taken)
        return loader

    def __call__(self, loader: LoaderT) -> LoaderT:
        """Register the function that knows: takes nothing, or the user's id.

        ::

            @stopper.roles
            def roles_of(user):
                return [role.name for role in User.get(user).roles]

        It is called once in a request at most, and only where a view asks for more than
        a login. Until there is one, accounts count, and Flask-Login's user.

        :raises SettingError: If it takes more than the user's id, or is a coroutine.
        """
        return self._learn(loader)

    def of(self, user: str) -> frozenset[str]:
        """Return the names of the roles, as that function says.

        :raises TypeError: If it returns a mapping, of which every key would be a role.
        """
        if self._loader is None:
            return frozenset()

        found = self._loader(user) if self._takes_user else self._loader()

        if isinstance(found, Mapping):
            raise TypeError(
                "The function given to stopper.roles returned a mapping, and it returns "
                "the names of the roles that the user has."
            )

        # One name is a list of letters, too.
        return frozenset([found] if isinstance(found, str) else found or ())


class Subject:
    """Who asks.

    :param user: The user's id.
    """

    def __init__(self, house: House, user: str) -> None:
        self.user = user
        self._house = house

    @property
    def nameless(self) -> bool:
        """Whether it is known that somebody is logged in, and not who."""
        keys = SESSION_USER_KEYS.read(self._house.config)
        return self.user in {f"({key})" for key in keys}

    @functools.cached_property
    def roles(self) -> frozenset[str]:
        """The names of the user's roles."""
        return self._source[0]

    @functools.cached_property
    def permissions(self) -> frozenset[str]:
        """What the user may do, with wildcards."""
        table = ROLES.read(self._house.config)
        given = (grant for role in self.roles for grant in table.get(role, ()))
        return self._source[1].union(given)

    @functools.cached_property
    def _source(self) -> tuple[frozenset[str], frozenset[str]]:
        """Roles and permissions of the first that knows."""
        app = self._house.app
        own = getattr(app.extensions.get(KEY), "roles", None)

        if isinstance(own, Roles) and own.told:
            return own.of(self.user), frozenset()

        access = getattr(app.extensions.get(ACCOUNTS), "access", None)

        if isinstance(access, Access):
            return access.granted(self.user)

        return _of_flask_login(app, self.user)

    def holds(self, permission: str) -> bool:
        """Say whether the user has this permission."""
        return any(covers(grant, permission) for grant in self.permissions)

    def meets(self, need: Need) -> bool:
        """Say whether the user has what is needed."""
        if need.roles and self.roles.isdisjoint(need.roles):
            return False

        # Nobody is asked what the user may do where a login is enough.
        if not need.permissions:
            return True

        return (any if need.any else all)(map(self.holds, need.permissions))


def subject_of(house: House, passage: Passage) -> Subject | None:
    """Return who asks, ``None`` for a visitor who is not logged in.

    Roles are loaded once in a request for each user, and only if somebody wants to know.
    """
    user = _user(house, passage)

    if user is None:
        return None

    kept = passage.held(AUTHORIZATION.name)

    # A login changes who it is within a request.
    if not isinstance(kept, Subject) or kept.user != user:
        kept = Subject(house, user)
        passage.keep(AUTHORIZATION.name, kept)

    return kept


def _user(house: House, passage: Passage) -> str | None:
    # A program acts for the owner of its key, whoever is logged in.
    if passage.key is not None:
        return passage.key.user

    if not house.identity.told and hasattr(house.app, "login_manager"):
        # The session may name a user who is gone, or who is remembered by a cookie
        # alone: Flask-Login knows once it has loaded one.
        user = _login_user()
        return str(user.get_id()) if user is not None else None

    # The trip of a static file brings no session.
    if passage.session is not None:
        passage.session.load()

    found = house.known(passage)
    return None if found == _FAILED else found


def _login_user() -> t.Any:
    """Return Flask-Login's user, ``None`` if nobody is logged in."""
    # It has no types, and is there only if the app has it.
    user = import_module("flask_login").current_user._get_current_object()
    return user if user is not None and user.is_authenticated else None


def _of_flask_login(app: Flask, user: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return roles and permissions of Flask-Login's user, as Flask-Security has them."""
    found = _login_user() if hasattr(app, "login_manager") else None

    # An app may know its users by something else than the cookie of Flask-Login, which
    # is then perhaps another one's.
    if found is None or user not in (
        str(found.get_id()),
        str(getattr(found, "id", None)),
    ):
        return frozenset(), frozenset()

    roles = list(getattr(found, "roles", None) or ())
    names = frozenset(str(getattr(role, "name", role)) for role in roles)
    return names, frozenset(g for role in roles for g in _granted(role))


def _granted(role: object) -> Iterator[str]:
    """Yield the permissions of a role of Flask-Security."""
    ask = getattr(role, "get_permissions", None)
    found = ask() if callable(ask) else getattr(role, "permissions", None) or ()
    # An old one keeps them as one text.
    yield from found.split(",") if isinstance(found, str) else map(str, found)
