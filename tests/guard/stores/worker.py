"""Another process that uses a store: told by one line of JSON, answers by one."""

from __future__ import annotations

import json
import os
import sys
import threading
import typing as t
from collections.abc import Callable

from stopper.guard.stores.base import Record
from stopper.guard.stores.base import Store
from stopper.guard.stores.base import Take

#: When the sessions of the tests begin.
NOW = 1_700_000_000.0


def made(address: str) -> Store:
    """Return the store at an address, which counts by the clock of the tests."""
    if address.startswith("sqlite:"):
        from stopper.guard.stores.sqlite import SqliteStore

        return SqliteStore(address.removeprefix("sqlite:"))

    if address.startswith("postgresql:"):
        from stopper.guard.stores.postgres import PostgresStore

        return PostgresStore(address, own_clock=False)

    if address.startswith("redis:"):
        from stopper.guard.stores.redis import RedisStore

        return RedisStore(address, own_clock=False)

    from stopper.guard.stores.memory import MemoryStore

    return MemoryStore()


def session(id: str, data: str = "{}", user: str = "ann", **times: float) -> Record:
    """Return a session that began just now and lasts an hour, a day at most."""
    facts = {"created": NOW, "seen": NOW, "ends": NOW + 86400, "expires": NOW + 3600}
    return Record(key(id), data, user, **(facts | times))


def key(id: str) -> bytes:
    """Return an id of 32 bytes, none of which can be text."""
    return id.encode().rjust(32, b"\xff")


def ours(store: Store, first: int, to: int) -> list[int]:
    """Write the numbers into one session; return those written."""
    return [n for n in range(first, to) if written(store, n)]


def at_once(*tries: Callable[[], t.Any]) -> list[t.Any]:
    """Return what the functions return when they are called at the same time."""
    return crowd(lambda n: tries[n](), len(tries))


def written(store: Store, number: int) -> bool:
    """Add a number to what a session holds, at one try."""
    found = store.trip(key("a"), (), NOW).record
    assert found is not None
    found.data = json.dumps([*json.loads(found.data), number])
    return store.put(found, found.version)


def taken(store: Store, tries: int) -> int:
    """Make takes of an allowance of 100, and return how many were allowed."""
    take = Take("crowd", 1000.0, 100)
    verdicts = [store.trip(None, (take,), NOW).verdicts[0] for _ in range(tries)]
    return sum(v.wait == 0.0 for v in verdicts)


def crowd(do: Callable[..., t.Any], size: int = 8, *args: t.Any) -> list[t.Any]:
    """Return what ``do(n, *args)`` returns in several threads that start at once."""
    barrier = threading.Barrier(size)
    found: list[t.Any] = [None] * size

    def run(n: int) -> None:
        barrier.wait()

        try:
            found[n] = do(n, *args)
        except Exception as e:
            found[n] = e

    threads = [threading.Thread(target=run, args=(n,)) for n in range(size)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    failed = [e for e in found if isinstance(e, Exception)]

    if failed:
        raise failed[0]

    return found


def forked(store: Store) -> list[bool]:
    """Fork while a connection is open, and use the store on both sides at once."""
    assert store.trip(key("a"), (), NOW).record is not None
    reading, writing = os.pipe()
    pid = os.fork()

    if not pid:
        try:
            right = all(reads_its_own(store, "b") for _ in range(300))
            store.close()
            os.write(writing, b"1" if right else b"0")
        finally:
            os._exit(0)

    mine = all(reads_its_own(store, "a") for _ in range(300))
    os.close(writing)
    theirs = os.read(reading, 1) == b"1"
    os.waitpid(pid, 0)
    after = reads_its_own(store, "a") and store.put(session("new"), None)
    return [mine, theirs, after]


def reads_its_own(store: Store, id: str) -> bool:
    """Say whether a session that is read is the one asked for."""
    found = store.trip(key(id), (), NOW).record
    return found is not None and found.id == key(id) and found.data == f'"{id}"'


def answer(value: t.Any) -> None:
    """Say something to the process that started this one."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do what the first line of the input says."""
    store = made(sys.argv[1])
    store.probe()
    answer("ready")
    name, *args = json.loads(sys.stdin.readline())
    answer(globals()[name](store, *args))


if __name__ == "__main__":
    main()
