"""What can go wrong when the server fetches an address."""

from __future__ import annotations

from ....catalogue.error import StopperError


class FetchError(StopperError):
    """An address was not fetched. No message holds its path, query or answer."""


class FetchRefused(FetchError):
    """The address is not to be reached from here: its scheme, port, host or network."""


class FetchFailed(FetchError):
    """The host is not known, does not answer, or does not speak as it should."""


class FetchTimeout(FetchFailed):
    """It took longer than it may."""


class FetchTooLarge(FetchError):
    """The answer is longer than it may be."""
