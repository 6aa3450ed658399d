"""Who may read the answers of a view: a mark on the function, no wrapper."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from ...catalogue.error import SettingError
from ...controls.cors import policy
from ..declared import of_view

TargetT = t.TypeVar("TargetT")

#: Where the mark stands on a view, a class of views or a blueprint.
ATTRIBUTE = "_stopper_cors"

#: Seconds for which a browser may keep a preflight's answer. Chromium keeps none longer
#: than these two hours, WebKit none longer than ten minutes, Firefox up to a day.
MAX_AGE = 7200


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """Who may read the answers of a view, and how.

    :param origins: As a browser writes them, ``"*"`` alone for everyone.
    :param methods: Upper case; empty for those of the route.
    :param headers: What a request may carry beyond the headers that need no asking.
    :param expose: What a script of these origins sees of the answer's headers.
    :param credentials: Whether cookies are sent along.
    :param max_age: Seconds for which a browser may keep a preflight's answer.
    """

    origins: frozenset[str] = frozenset()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int = MAX_AGE

    @property
    def public(self) -> bool:
        """Whether everyone may read, without cookies."""
        return policy.EVERYONE in self.origins

    def names(self, origin: str) -> bool:
        """Say whether this origin may read. ``null`` never may by name."""
        return origin in self.origins and origin != policy.EVERYONE

    def said(self) -> str:
        """Return the same in the words of a developer."""
        if not self.origins:
            return "nobody"

        origins = " ".join(sorted(self.origins))
        return f"{origins} with credentials" if self.credentials else origins


#: The mark of a view that nobody may read although its blueprint is marked.
NOBODY = Permission()


class Sharing:
    """Names the origins that may read the answers of a view; works before ``init_app``.

    ::

        @app.get("/api/notes")
        @stopper.cors("https://app.example", credentials=True)
        def notes(): ...

    It marks a view, a method of one, a class of views, or a blueprint:
    ``stopper.cors("https://app.example")(blueprint)``. The nearest mark is the whole
    answer: nothing of the blueprint's is added to that of a view.
    """

    def __call__(
        self,
        origins: str | Iterable[str],
        methods: str | Iterable[str] = (),
        headers: str | Iterable[str] = (),
        expose: str | Iterable[str] = (),
        credentials: bool = False,
        *,
        max_age: int = MAX_AGE,
    ) -> Callable[[TargetT], TargetT]:
        """Let these origins read, and nobody else.

        :param origins: Scheme, host and port, ``"https://app.example"``. No patterns,
            no ``"null"``; ``"*"`` alone and without credentials makes the data public.
        :param methods: Default: the methods of the route.
        :param headers: Names of headers that a request may carry, such as
            ``"Authorization"``. ``Content-Type: application/json`` needs its name too.
        :param expose: Names of headers of the answer that a script may see.
        :param credentials: Whether the visitor's cookies are sent along.
        :param max_age: Seconds for which a browser may keep the permission to send;
            browsers cap it (Chromium 7200, Firefox 86400, WebKit 600).
        :raises SettingError: If an origin, a method or a header is none, or if
            ``"*"`` is given with credentials.
        """
        found = _tuple(origins)
        complaint = policy.complain(found, credentials) or (
            None if found else "takes at least one origin; cors.none closes a view"
        )

        if complaint:
            raise SettingError(f"cors {complaint}.")

        if type(max_age) is not int or not 0 <= max_age <= policy.LONGEST_AGE:
            raise SettingError(
                f"cors takes a max_age of 0 to {policy.LONGEST_AGE} seconds, "
                f"and not {max_age!r}."
            )

        return _marker(
            Permission(
                frozenset(map(policy.written, found)),
                tuple(m.upper() for m in _tokens("methods", methods)),
                _tokens("headers", headers),
                _tokens("expose", expose),
                bool(credentials),
                max_age,
            )
        )

    def none(self, target: TargetT) -> TargetT:
        """Let nobody read the answers of this view, though its blueprint is marked."""
        return _marker(NOBODY)(target)


def _tuple(given: object) -> tuple[t.Any, ...]:
    if isinstance(given, str):
        return (given,)

    return tuple(given) if isinstance(given, Iterable) else (given,)


def _tokens(what: str, given: object) -> tuple[str, ...]:
    found = _tuple(given)

    for name in found:
        if not policy.token(name) or name == policy.EVERYONE:
            raise SettingError(
                f"cors takes names in {what}, one by one and without '*', and not "
                f"{str(name)[:80]!r}."
            )

    return found


def _marker(permission: Permission) -> Callable[[TargetT], TargetT]:
    def mark(target: TargetT) -> TargetT:
        setattr(target, ATTRIBUTE, permission)
        return target

    return mark


def allows(view: object, origin: str, method: str = "POST") -> bool:
    """Say whether a view lets pages of this origin act with the visitor's cookies.

    For a view alone; :meth:`~stopper.guard.cors.shared.Shared.trusts` knows the
    blueprints too.
    """
    found = of_view(view, method, ATTRIBUTE, Permission)
    return found is not None and trusted(found, origin, method)


def trusted(permission: Permission, origin: str, method: str) -> bool:
    """Say whether this origin may send this method with the visitor's cookies."""
    return (
        permission.credentials
        and permission.names(origin)
        and (not permission.methods or method in permission.methods)
    )
