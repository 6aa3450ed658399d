"""Which limits hold for a view and a method, worked out once for each."""

from __future__ import annotations

import dataclasses
import hashlib
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from flask import Flask

from ...catalogue.error import SettingError
from ...catalogue.setting import Setting
from ...controls.ratelimits.control import ALL
from ...controls.ratelimits.control import LOGIN
from ...controls.ratelimits.control import POLICIES
from ...controls.ratelimits.policy import guessable
from ...controls.ratelimits.policy import Rate
from ...controls.ratelimits.policy import rates
from ...controls.ratelimits.policy import SAFE
from ..headers.caching import is_static
from .limit import Group
from .limit import grouped
from .limit import Limit
from .marks import Declared
from .marks import marks_at
from .marks import marks_on

#: The methods of a class of views.
VERBS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """The limits that hold for one view and one method.

    What all clients share is taken only once the client's own allowance let a request
    pass: who is refused must not use up what belongs to the others.

    :param everywhere: Those that hold for every request of a client.
    :param first: Those whose counters the one trip to the store asks.
    :param both: ``everywhere`` and ``first``, for a store that counts them all.
    :param later: Those that are asked after it, group by group.
    :param guess: Whether somebody guesses here, so that a store that is down does not
        open it.
    """

    everywhere: Group | None
    first: Group | None
    both: Group | None
    later: tuple[Group, ...]
    guess: bool


class Table:
    """Which limits hold for which endpoint and method.

    :raises SettingError: If a view's limit names a policy that there is none of.
    """

    def __init__(self, app: Flask, config: Mapping[str, t.Any]) -> None:
        self._app = app
        self._found: dict[tuple[str, str], Applied | None] = {}
        self._policies = {n: rates(r) for n, r in POLICIES.read(config).items()}
        self._login = _declared(LOGIN, config, "login")
        everywhere = _declared(ALL, config, "all")
        self._everywhere = tuple(self._limits(everywhere, ""))
        #: The limits of every request.
        self.everywhere = group = grouped(self._everywhere)
        self._nowhere = Applied(group, None, group, (), False) if group else None

    def of(self, endpoint: str | None, method: str) -> Applied | None:
        """Return the limits of an endpoint, ``None`` if there are none.

        :param endpoint: ``None`` where no route matches.
        """
        if endpoint is None:
            return self._nowhere

        try:
            return self._found[endpoint, method]
        except KeyError:
            found = self._found[endpoint, method] = self._applied(endpoint, method)
            return found

    def unknown(self) -> Iterator[str]:
        """Yield the names of policies that views name and no setting has."""
        things: list[object] = [*self._app.view_functions.values()]
        views = [v for v in (getattr(f, "view_class", None) for f in things) if v]
        things += [*views, *self._app.blueprints.values()]
        things += [getattr(v, verb, None) for v in views for verb in VERBS]
        named = {d.policy for thing in things for d in marks_on(thing).limits}
        yield from sorted(named - {"", *self._policies})

    def guesses(self) -> bool:
        """Say whether any route has a limit that counts guesses, or one of its own."""
        for rule in self._app.url_map.iter_rules():
            for method in rule.methods or ():
                applied = self.of(rule.endpoint, method)

                if applied is not None and (applied.first or applied.later):
                    return True

        return False

    def declared(self, endpoint: str, method: str) -> Iterator[str]:
        """Yield the limits of an endpoint, but for those of every request."""
        if marks_at(self._app, endpoint, method).exempt:
            yield "exempt"

        applied = self.of(endpoint, method)
        groups = () if applied is None else (applied.first, *applied.later)

        for group in groups:
            for limit in group.limits if group else ():
                # A limit without a name is called after who is counted.
                own = "" if limit.name.startswith(limit.per) else f" ({limit.name})"
                yield f"{limit.rate} by {limit.per}{own}"

    def _applied(self, endpoint: str, method: str) -> Applied | None:
        marks = marks_at(self._app, endpoint, method)
        guess = method not in SAFE and self._guessable(endpoint)
        declared = [d for d in marks.limits if d.holds(method)]
        free = marks.exempt or is_static(self._app, endpoint)

        # A view's own limit of clients is there in place of the one for logins.
        if guess and not free and not any(d.per == "client" for d in declared):
            declared += self._login

        limits = tuple(self._limits(declared, endpoint))
        everywhere = () if free else self._everywhere

        if not limits and not everywhere:
            return None

        first, later = _in_turn(limits)
        return Applied(
            grouped(everywhere),
            grouped(first),
            grouped(everywhere + first),
            tuple(Group(group) for group in later),
            guess,
        )

    def _guessable(self, endpoint: str) -> bool:
        name = endpoint.rpartition(".")[2]
        rules = self._app.url_map.iter_rules(endpoint)
        return any(guessable(rule.rule, name) for rule in rules)

    def _limits(self, declared: Iterable[Declared], endpoint: str) -> Iterator[Limit]:
        found: dict[str, Limit] = {}
        names: set[str] = set()

        for one in declared:
            several = one.rates or self._policies.get(one.policy, ())
            base = one.name or one.policy or one.per

            for rate in several:
                name = base if len(several) == 1 else f"{base}-{rate.span}"

                # Members of one list are told apart by their names.
                while name in names:
                    name += "-2"

                key = self._key(one, rate, endpoint)
                # The same limit twice, on a blueprint and on its view, counts once.
                limit = Limit(name, rate, one.per, one.cost, key, one.setting)
                found.setdefault(key, limit)
                names.add(name)

        yield from found.values()

    def _key(self, one: Declared, rate: Rate, endpoint: str) -> str:
        """Return a short beginning of a key; apps that share a store differ in it."""
        shared = one.name or one.policy
        # The limit for logins counts each of them by itself.
        scope = f"={shared}" if shared and one not in self._login else endpoint
        methods = "*" if one.methods is None else "+".join(sorted(one.methods))
        text = f"{self._app.import_name}|{scope}|{one.per}|{methods}|{rate}"
        return f"{hashlib.blake2b(text.encode(), digest_size=9).hexdigest()}:"


def _declared(
    setting: Setting[str], config: Mapping[str, t.Any], name: str
) -> tuple[Declared, ...]:
    text = setting.read(config)

    if not text:
        return ()

    return (Declared(rates(text), "", "client", 1, None, name, setting.key),)


def _in_turn(
    limits: tuple[Limit, ...],
) -> tuple[tuple[Limit, ...], tuple[tuple[Limit, ...], ...]]:
    fixed = [one for one in limits if isinstance(one.cost, int)]
    groups = [tuple(one for one in fixed if one.per == per) for per in PER_IN_TURN]
    groups.append(tuple(one for one in limits if not isinstance(one.cost, int)))
    filled = [group for group in groups if group]

    # Who the user is may be known only once the trip has brought the session.
    if filled and filled[0] is not groups[-1] and filled[0][0].per != "user":
        return filled[0], tuple(filled[1:])

    return (), tuple(filled)


#: In which turn allowances are asked: the nearest to the one who asks comes first.
PER_IN_TURN = ("client", "user", "route")


def complain_of_unknown(names: Iterable[str]) -> None:
    """Refuse names of policies that no setting has.

    :raises SettingError: If there are any.
    """
    missing = ", ".join(map(repr, names))

    if missing:
        raise SettingError(
            f"stopper.limit names {missing}, and {POLICIES.key} has no such policy."
        )
