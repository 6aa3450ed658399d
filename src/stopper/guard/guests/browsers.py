"""Browsers that logged in before: what strangers try does not keep them out."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from collections.abc import Mapping

from ...controls.accounts import settings
from ..accounts.devices.seals import Seals
from ..hostcookie import HostCookie
from ..house import House
from ..keys import keyed
from ..passage import Passage
from .identities import Identity


class Browsers:
    """Knows browsers that logged in to an account of a guest.

    By a cookie that holds random numbers and keyed digests, and names nobody; nothing of
    it is in the store.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._cookie = HostCookie("stopper-known", house.relaxed)

    @functools.cached_property
    def _seals(self) -> Seals:
        house = self._house
        keys = house.keys.of("guests.devices")
        return Seals(keys, settings.DEVICES.read(house.config))

    def known(
        self, passage: Passage, who: Iterable[Identity]
    ) -> Mapping[Identity, str]:
        """Return what tells this browser from others, of each that logged in with it."""
        text = self._cookie.read(passage.environ)

        if not text:
            return {}

        now = self._house.clock()
        found = {one: self._seals.find(text, "\0".join(one), now) for one in who}
        return {one: seal.name for one, seal in found.items() if seal is not None}

    def met(self, passage: Passage, who: Iterable[Identity]) -> str:
        """Return the cookie by which this browser is known from here on."""
        text = self._cookie.read(passage.environ)

        for one in who:
            text = self._seals.add(text, "\0".join(one), self._house.clock())

        return self._cookie.line(text, passage.environ, self._seals.lasts)

    def digests(self, who: Iterable[Identity]) -> list[str]:
        """Return who it is, so that a session may keep it and nobody reads it there."""
        key = self._house.keys.of("guests.pending")[0]
        return [
            keyed(key, "\0".join(one).encode("utf-8", "surrogatepass")).hex()[:32]
            for one in who
        ]
