from __future__ import annotations

import time

from stopper.guard.stores.memory import MemoryStore

from .worker import key
from .worker import NOW
from .worker import session


def test_many_ids_that_one_session_has_had_hold_up_no_sweep():
    store = MemoryStore()
    store.put(session("0"), None)

    for n in range(10_000):
        store.replace(key(str(n)), session(str(n + 1)), n + 1, 0.0, NOW)

    began = time.monotonic()
    store.sweep(NOW)
    # It took two seconds, in which nobody else was served.
    assert time.monotonic() - began < 0.2
    assert store.end(key("0"))
