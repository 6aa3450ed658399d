"""What the guards of one app share: its settings, its mode, its events."""

from __future__ import annotations

import copy
import functools
import threading
import time
import types
import typing as t
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping

from flask import Flask
from flask import has_request_context
from flask import request
from werkzeug.exceptions import HTTPException

from ..catalogue.control import Control
from ..catalogue.event import Action
from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from ..controls.general import ORIGIN
from ..controls.general import Origins
from ..controls.settings import complaints
from ..controls.settings import PREFIX
from . import events
from . import passage
from .identity import client
from .identity import Identity
from .keys import Keys
from .modes import Modes
from .passage import Passage
from .stores.base import Store
from .stores.base import StoreDown
from .stores.open import opened
from .tally import Tally
from .upkeep import Upkeep

#: How many different things are remembered as said already. Past it, all are forgotten
#: and may be said again: what a request can make up must not fill the memory.
MOST_SAID = 2000


class House:
    """What the guards of one app share.

    :param owner: What the passages of the app's requests belong to.
    :param clock: Returns the seconds since 1970.
    :raises SettingError: If a setting is unknown or takes no such value, and the app is
        not in report mode, in which it is an event and the default holds.
    """

    def __init__(
        self,
        app: Flask,
        owner: object,
        identity: Identity,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.owner = owner
        self.identity = identity
        self.clock = clock
        #: Returns what an error is answered with that no handler of the app took.
        self.shown: Callable[[HTTPException], t.Any] = lambda error: error
        #: Whether the server said that several processes serve the app.
        self.several = False
        #: Whether a request asked for the guards, and not a command.
        self.serving = False
        self._said: set[Hashable] = set()
        self._lock = threading.Lock()
        #: Counts what is refused; made first, for settings may be wrong already.
        self.tally = Tally(app, clock, self._not_counted)
        self.config = self._settings()
        self._modes = Modes(self.config, clock)
        #: Has the store forget what is past.
        self.upkeep = Upkeep(clock())
        #: Where the app is reached.
        self.origins = Origins(ORIGIN.read(self.config))

    def _settings(self) -> Mapping[str, t.Any]:
        ours = {k: v for k, v in self.app.config.items() if k.startswith(PREFIX)}
        config = copy.deepcopy(ours)
        reporting = MODE.read(config) == Mode.REPORT

        for key, complaint in list(complaints(config)):
            if not reporting:
                raise complaint

            self.emit("settings", "setting-refused", Action.FAILED, str(complaint))
            del config[key]

        return types.MappingProxyType(config)

    @property
    def relaxed(self) -> bool:
        """Whether this is a developer's machine or a test, as Flask says."""
        return self.app.debug or self.app.testing

    @functools.cached_property
    def keys(self) -> Keys:
        """The keys of the app, by purpose.

        :raises SettingError: If the app has no key, or its fallbacks are no list.
        """
        return Keys(self.app.config)

    @functools.cached_property
    def store(self) -> Store:
        """Where sessions and counters are kept; opened and tried when first asked for.

        :raises StopperError: If it cannot be opened.
        """
        return opened(self.app, self.config, self._advise, self.store_failed)

    def _advise(self, advice: str) -> None:
        self.emit("sessions", "store-advice", Action.NOTED, advice)

    def chosen(self, control: Control) -> Mode:
        """Return the mode that the settings choose for this control.

        :raises SettingError: If that is report, and no end is set.
        """
        return self._modes.chosen(control)

    def reporting(self, control: Control) -> bool:
        """Say whether the control, which chose report mode, is still in it."""
        if not self._modes.over():
            return True

        if self.once(("report-over", control.name)):
            self.emit(
                control.name,
                "report-mode-over",
                Action.NOTED,
                f"The day of STOPPER_REPORT_UNTIL has come: {control.name} is enforced.",
            )

        return False

    def once(self, said: Hashable) -> bool:
        """Return whether this is the first time, and remember it."""
        with self._lock:
            if said in self._said:
                return False

            if len(self._said) >= MOST_SAID:
                self._said.clear()

            self._said.add(said)
            return True

    def store_failed(self, error: StoreDown) -> None:
        """Say that the store is down, once in ten seconds."""
        if self.once(("store-down", int(self.clock() // 10))):
            self.emit(
                "sessions",
                "store-down",
                Action.FAILED,
                f"The store of STOPPER_STORE cannot be reached: {error}",
            )

    @functools.cached_property
    def _nobody_says(self) -> bool:
        # Asked at the first request, when an app is all set up.
        return self.identity.unheard_of(self.app)

    @property
    def unknowing(self) -> bool:
        """Whether nothing in the app could say who asks: no function and no session."""
        found = passage.current(self.owner)
        return self._nobody_says and (found is None or found.session is None)

    def known(self, at: Passage | None = None) -> str | None:
        """Return who is asking; where the app's own function fails, a stranger's name.

        Not ``None``: what is kept from strangers alone would then be given away. Where
        nothing says who it is, the session does. Who brought a key is its owner.

        :param at: The passage of the request, where it is at hand.
        """
        found = at or passage.current(self.owner)

        if found is not None and found.key is not None:
            return found.key.user

        if self._nobody_says:
            session = found.session if found else None
            return session.user if session is not None else None

        try:
            return self.identity()
        except Exception:
            if self.once("identity-failed"):
                events.LOGGER.exception(
                    "The function given to stopper.identity raised."
                )

            return "unknown"

    def emit(
        self,
        control: str,
        name: str,
        action: Action,
        message: str,
        at_door: Passage | None = None,
        **details: str | int | float | bool | None,
    ) -> None:
        """Publish an event, filled in with what is known of the current request.

        :param at_door: The passage of a request of which Flask does not know yet.
        """
        facts = events.NO_REQUEST

        if has_request_context():
            facts = self._facts()
        elif at_door is not None:
            facts = _at_door(at_door)

        happened = events.make(control, name, action, message, facts, **details)
        events.publish(self.app, happened)
        self.tally.note(happened)

    def _not_counted(self, error: Exception) -> None:
        if self.once("tally-not-kept"):
            self.emit(
                "settings",
                "tally-not-kept",
                Action.FAILED,
                "What is refused cannot be counted in the instance folder: "
                f"{type(error).__name__}. Make it writable for the app, or set "
                "STOPPER_TALLY to False. Events are sent all the same.",
            )

    def _facts(self) -> events.Facts:
        found = passage.current(self.owner)
        rule = request.url_rule
        return {
            "route": rule.rule if rule else None,
            "method": request.method[:16],
            "identity": self.known(),
            "client": client(),
            "request_id": found.request_id if found else None,
        }


def _at_door(passage: Passage) -> events.Facts:
    return {
        "route": None,
        "method": str(passage.environ.get("REQUEST_METHOD"))[:16],
        "identity": None,
        "client": passage.environ.get("REMOTE_ADDR"),
        "request_id": passage.request_id,
    }
