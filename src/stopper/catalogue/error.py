"""What can go wrong, as one small tree."""

from __future__ import annotations


class StopperError(Exception):
    """Anything that Stopper refuses. The message says what was seen and what is taken."""


class SettingError(StopperError):
    """A setting is unknown, or holds a value that it does not take."""


class StartError(StopperError):
    """The app would start insecure, so it does not start."""


class ReadError(StopperError):
    """Something that was to be read cannot be: a file, a report, a model."""
