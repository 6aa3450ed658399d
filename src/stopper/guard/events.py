"""What happened at run time: one signal, and one line of JSON in the log."""

from __future__ import annotations

import datetime
import json
import logging
import time
import typing as t

from blinker import Signal

from ..catalogue.event import Action
from ..catalogue.event import Event

#: Sent with the app as its sender and the :class:`~stopper.catalogue.event.Event` as
#: ``event``, for every event of every control.
event = Signal("Something happened to a control.")

#: Every event is one line here, whatever handlers are attached.
LOGGER = logging.getLogger("stopper")

_LEVELS = {
    Action.REFUSED: logging.WARNING,
    Action.REPORTED: logging.WARNING,
    Action.NOTED: logging.INFO,
    Action.FAILED: logging.ERROR,
}


class Facts(t.TypedDict):
    """The facts of the current request that an event is filled in with."""

    route: str | None
    method: str | None
    identity: str | None
    client: str | None
    request_id: str | None


#: The facts of an event that belongs to no request.
NO_REQUEST: Facts = {
    "route": None,
    "method": None,
    "identity": None,
    "client": None,
    "request_id": None,
}


def make(
    control: str,
    name: str,
    action: Action,
    message: str,
    facts: Facts = NO_REQUEST,
    **details: str | int | float | bool | None,
) -> Event:
    """Return an event of this moment."""
    return Event(
        control=control,
        name=name,
        action=action,
        at=time.time(),
        message=message,
        details=details,
        **facts,
    )


def publish(app: object, happened: Event) -> None:
    """Log the event and tell every receiver of the signal.

    A receiver that raises is logged, and keeps neither the others nor the request from
    going on.
    """
    LOGGER.log(
        _LEVELS[happened.action],
        "%s",
        _line(happened.as_dict()),
        extra={"stopper_event": happened},
    )

    for receiver in event.receivers_for(app):
        try:
            receiver(app, event=happened)
        except Exception:
            LOGGER.exception("A receiver of stopper's events raised.")


def _line(fields: t.Mapping[str, object]) -> str:
    # ASCII only, so that neither a new line nor an escape sequence of a terminal that
    # came in with a request reaches the log as such.
    text = json.dumps(fields, ensure_ascii=True, default=str)
    return text.replace("\x7f", "\\u007f")


class JSONFormatter(logging.Formatter):
    """Formats every record as one line of JSON: Stopper's events and all others.

    ::

        handler = logging.StreamHandler()
        handler.setFormatter(JSONFormatter())
        logging.getLogger().addHandler(handler)
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        fields: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        happened = getattr(record, "stopper_event", None)

        if isinstance(happened, Event):
            fields |= happened.as_dict()
        else:
            fields["message"] = record.getMessage()

        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)

        return _line(fields)
