"""The guards of the app that a command is run for."""

from __future__ import annotations

import contextlib
import logging
import typing as t
from collections.abc import Iterator

from flask import current_app

from ..catalogue.error import StopperError
from ..controls.general import TALLY
from . import Refusal

if t.TYPE_CHECKING:
    from ..guard.walk import Walk


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Keep events out of the terminal where the app says nothing of its log.

    Python prints there what nobody listens to. `flask stopper check` is there to say
    what guards find as they are built.
    """
    from ..guard.events import LOGGER

    quiet = logging.NullHandler()
    LOGGER.addHandler(quiet)

    try:
        yield
    finally:
        LOGGER.removeHandler(quiet)


def walk() -> Walk:
    """Return the guards of the current app, built as its first request would.

    :raises Refusal: If the app has no Stopper, or does not start with these settings.
    """
    from ..guard.stopper import NAME
    from ..guard.watch import Watch

    watch = current_app.extensions.get(NAME)

    if not isinstance(watch, Watch):
        raise Refusal("This app has no Stopper: `Stopper(app)` gives it one.")

    # A command serves no request, and what guards say when they are built says nothing
    # of the app's visitors.
    current_app.config[TALLY.key] = False

    try:
        with unheard():
            return watch.settle()
    except StopperError as e:
        raise Refusal(str(e)) from e
