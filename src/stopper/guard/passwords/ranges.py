"""Asks a service whether a password was stolen, and tells it five letters of a hash."""

from __future__ import annotations

import functools
import hashlib
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from ...controls.passwords.policy import encoded
from ...controls.passwords.policy import normal
from ..redirects.outbound.error import FetchError
from ..redirects.outbound.error import FetchFailed
from ..redirects.outbound.fetch import fetch

#: Letters of the SHA-1 in hexadecimal that the service is told. Behind each five are some
#: hundred thousand passwords of which nobody can tell one from the other.
TOLD = 5

#: Bytes of a longest answer: one has about a thousand lines of forty.
MOST_BYTES = 1024 * 1024

#: Seconds for which a service that failed is not asked again.
PAUSE = 30.0

#: The service is one that the settings name, so it may be inside as well.
_ANYWHERE = ("0.0.0.0/0", "::/0")

#: An answer of always the same length tells who listens nothing about its lines.
_HEADERS = {"Add-Padding": "true", "User-Agent": "stopper"}


class Ranges:
    """A k-anonymity service of stolen passwords, as ``STOPPER_PASSWORD_RANGE_URL`` says.

    :param url: What the five letters are put behind.
    :param timeout: Seconds for everything.
    :param clock: Returns the seconds since 1970.
    :param failed: Told why nobody could be asked.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        clock: Callable[[], float],
        failed: Callable[[FetchError], None],
    ) -> None:
        parts = urlsplit(url)
        self._url = url.rstrip("/")
        self._port = parts.port or {"https": 443, "http": 80}[parts.scheme]
        self._timeout = timeout
        self._clock = clock
        self._failed = failed
        self._again = 0.0

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def holds(self, password: str) -> bool:
        """Say whether the service knows the password; if it does not answer, it is none."""
        if self._clock() < self._again:
            return False

        try:
            return self._asked(password)
        except FetchError as e:
            self._again = self._clock() + PAUSE
            self._failed(e)
            return False

    def _asked(self, password: str) -> bool:
        found = hashlib.sha1(encoded(normal(password)), usedforsecurity=False)
        letters = found.hexdigest().upper()
        answer = fetch(
            f"{self._url}/{letters[:TOLD]}",
            headers=_HEADERS,
            timeout=self._timeout,
            most_bytes=MOST_BYTES,
            redirects=0,
            ports=(self._port,),
            allow=_ANYWHERE,
            tls=self._tls,
        )

        if answer.status != 200:
            raise FetchFailed(f"The service answers {answer.status}.")

        return _lists(answer.text, letters[TOLD:])


def _lists(text: str, rest: str) -> bool:
    for line in text.splitlines():
        name, _, times = line.partition(":")

        # What is there to pad stands there no times.
        if name.strip().upper() == rest:
            return times.strip().lstrip("0").isdecimal()

    return False
