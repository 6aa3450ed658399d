from __future__ import annotations

import pytest

from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.memory import MemoryStore
from stopper.guard.upkeep import EVERY
from stopper.guard.upkeep import SOON
from stopper.guard.upkeep import Upkeep

NOW = 1_800_000_000.0


class Swept(MemoryStore):
    """A store that keeps when it was swept, and says how much is left."""

    def __init__(self, *more):
        super().__init__()
        self.at = []
        self._more = list(more)

    def sweep(self, now):
        self.at.append(now)
        return self._more.pop(0) if self._more else False


def swept(store, *times):
    upkeep = Upkeep(NOW)

    for now in times:
        upkeep.after_write(store, now)

    return store.at


def test_a_store_is_swept_now_and_then():
    first = NOW + EVERY

    assert swept(
        Swept(), first, first + 1, first + EVERY - 1, first + EVERY, first + EVERY + 1
    ) == [first, first + EVERY]


def test_a_process_that_lives_for_less_than_that_sweeps_now_and_then_too():
    found = [len(swept(Swept(), NOW + EVERY / 2)) for _ in range(200)]

    assert 50 < sum(found) < 150


def test_where_more_is_left_the_next_sweep_comes_soon():
    first = NOW + EVERY
    times = (first, first + SOON / 2, first + SOON, first + 2 * SOON, first + 9 * SOON)

    assert swept(Swept(True, True), *times) == [first, first + SOON, first + 2 * SOON]


def test_a_clock_that_was_set_back_does_not_stop_it():
    ahead = NOW + 365 * 86_400

    assert swept(Swept(), ahead, NOW, NOW + 1) == [ahead, NOW]


def test_a_store_that_is_down_fails_no_request():
    class Down(MemoryStore):
        def sweep(self, now):
            raise StoreDown("It is away.")

    Upkeep(NOW).after_write(Down(), NOW + EVERY)


@pytest.mark.parametrize("path", ["/login/ada", "/me"])
def test_only_a_write_sweeps(tmp_path, path):
    from flask import Flask
    from flask import session

    from alone import alone
    from stopper import Stopper

    now = [NOW]
    app = Flask("upkeep", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="of this test alone", TESTING=True)
    alone(app, "sessions")
    Stopper(app, clock=lambda: now[0])
    app.add_url_rule("/login/<user>", "in", lambda user: session.update(a=user) or "")
    app.add_url_rule("/me", "me", lambda: str(session.get("a")))
    client = app.test_client()
    client.get("/login/bob")
    house = app.extensions["stopper"].settle().house
    store = house.store
    at = []
    store.sweep = at.append
    now[0] += EVERY
    client.get(path)

    assert at == ([now[0]] if path != "/me" else [])
