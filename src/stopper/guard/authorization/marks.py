"""Who may ask for a view: marks on the function, its class or its blueprint."""

from __future__ import annotations

import dataclasses
import inspect
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from ...catalogue.error import SettingError
from .kept import Changes
from .places import Place

MarkedT = t.TypeVar("MarkedT")

#: Where the marks stand. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_access"


@dataclasses.dataclass(frozen=True, slots=True)
class Need:
    """What a visitor needs: a login, and with it permissions, a role, or both.

    :param any: Whether one of the permissions is enough.
    :param roles: One of them is enough; none are asked for if it is empty.
    :param hidden: Whether to everybody else the route does not exist.
    """

    permissions: tuple[str, ...] = ()
    any: bool = False
    roles: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def says(self) -> str:
        """The same in the words of a developer: ``"requires notes:write"``."""
        parts = [(" or " if self.any else " and ").join(self.permissions)]

        if self.roles:
            parts.append(f"role {' or '.join(self.roles)}")

        what = " and ".join(filter(None, parts)) or "a login"
        return f"requires {what}{' (hidden)' if self.hidden else ''}"


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """What was declared at one place.

    :param public: Whether it is for everybody.
    :param elsewhere: Whether code of the app's own decides, which is not seen here.
    :param needs: All of them are asked for.
    """

    public: bool = False
    elsewhere: bool = False
    needs: tuple[Need, ...] = ()

    def joined(self, more: Marks) -> Marks:
        """Return these marks and those."""
        return Marks(
            self.public or more.public,
            self.elsewhere or more.elsewhere,
            self.needs + more.needs,
        )

    @property
    def contradicts(self) -> bool:
        """Whether it says that everybody may ask, and that not everybody may."""
        return self.public and bool(self.needs or self.elsewhere)


class Other(t.NamedTuple):
    """A mark of another guard that says who may ask, too.

    :param says: Returns what it declares, in the words of a developer.
    :param instead: Whether it stands in the place of what a blueprint requires.
    """

    says: Callable[[t.Any], str]
    instead: bool


_OTHERS: dict[str, Other] = {}


def declares(
    attribute: str, says: Callable[[t.Any], str], *, instead: bool = False
) -> None:
    """Have the mark of another guard count as a declaration.

    That guard refuses for itself; here it is only known that it does. One that stands
    instead has to look wherever :func:`places` says that it may stand.

    :param attribute: Where the mark stands: on a view, its class, a method of it or a
        blueprint.
    :param says: Takes the mark and returns what it declares: ``"fresh for 10 minutes"``.
    :param instead: Whether a view that has it is not asked for what its blueprint
        requires: a key for programs stands in the place of a login.
    """
    _OTHERS[attribute] = Other(says, instead)


def put(found: MarkedT, marks: Marks) -> MarkedT:
    """Put marks on a view, a method, a class of views or a blueprint, beside its own.

    :raises SettingError: If it cannot be marked, or says the opposite already.
    """
    own = on(found)
    joined = marks if own is None else own.joined(marks)

    if joined.contradicts:
        raise SettingError(
            f"{name_of(found)} is declared public, and as not for everybody. Take one of "
            "the two away."
        )

    stand(found, ATTRIBUTE, joined)
    return found


def stand(found: object, attribute: str, mark: object) -> None:
    """Have a mark stand on a view, a method, a class of views or a blueprint.

    :raises SettingError: If that takes none.
    """
    if isinstance(found, str):
        raise SettingError(
            "Who may ask is declared on the view itself, a class of views or a "
            f"blueprint, and not by a name such as {found[:80]!r}."
        )

    if inspect.ismethod(found):
        raise SettingError(
            f"{name_of(found)} takes no mark as the method of one object: it would hold "
            "for every object of the class. Mark the function in the class, or a "
            "function of your own that calls it."
        )

    try:
        setattr(found, attribute, mark)
    except AttributeError:
        raise SettingError(
            f"{name_of(found)} takes no mark: it is no function, class or blueprint."
        ) from None

    Changes.count += 1


def on(found: object) -> Marks | None:
    """Return the marks that stand on this very thing, and not on a parent of it."""
    kept = vars(found) if isinstance(found, type) else None
    marks = getattr(found, ATTRIBUTE, None) if kept is None else kept.get(ATTRIBUTE)
    return marks if isinstance(marks, Marks) else None


def nearest(places: Iterable[Place]) -> Marks | None:
    """Return the marks of the first of these places that has any to go by.

    What a parent opened, its child did not open itself; what it requires holds.
    """
    for place in places:
        marks = on(place.thing)

        if marks is not None and (place.opens or marks.needs):
            return marks

    return None


def others(places: Iterable[object], *, instead: bool = False) -> Iterator[str]:
    """Yield what marks of other guards at these places declare.

    :param instead: Only those that stand in the place of what a blueprint requires.
    """
    for place in places:
        for attribute, other in _OTHERS.items():
            mark = getattr(place, attribute, None)

            if mark is not None and (other.instead or not instead):
                yield other.says(mark)


def name_of(found: object) -> str:
    """Return what a developer calls it: ``"shop.notes.show"``."""
    module = getattr(found, "__module__", "")
    name = getattr(found, "__qualname__", "") or getattr(found, "name", "")
    return f"{module}.{name}" if name else repr(found)[:80]
