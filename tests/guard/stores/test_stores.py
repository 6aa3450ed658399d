from __future__ import annotations

import dataclasses
import json
import math
import os
import random
import subprocess
import sys
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from stopper.guard.stores.base import gcra
from stopper.guard.stores.base import Record
from stopper.guard.stores.base import Store
from stopper.guard.stores.base import SWEPT
from stopper.guard.stores.base import Take
from stopper.guard.stores.base import Trip
from stopper.guard.stores.memory import MemoryStore

from .worker import at_once
from .worker import crowd
from .worker import key
from .worker import made
from .worker import NOW
from .worker import ours
from .worker import session
from .worker import taken

WORKER = Path(__file__).with_name("worker.py")
SRC = Path(__file__).parents[3] / "src"


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    store = made(address)
    yield store
    store.close()


@pytest.fixture
def outside(address: str) -> Iterator[Callable[..., t.Any]]:
    """Starts another process; what it returns has it do something, and its answer."""
    started: list[subprocess.Popen[str]] = []

    def start() -> Callable[..., Callable[[], t.Any]]:
        process = subprocess.Popen(
            [sys.executable, WORKER, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SRC)},
            text=True,
        )
        started.append(process)
        assert json.loads(process.stdout.readline()) == "ready"

        def tell(*words: t.Any) -> Callable[[], t.Any]:
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()
            return lambda: json.loads(process.stdout.readline())

        return tell

    if address == "memory:":
        pytest.skip("no other process sees it")

    yield start

    for process in started:
        process.kill()
        process.communicate()


def read(store: Store, id: str, now: float = NOW) -> Record | None:
    return store.trip(key(id), (), now).record


def test_session_that_was_written_is_read_as_it_was(store):
    written = session(
        "a", '{"name":"Ann Ünal"}', created=NOW - 1.25, seen=NOW - 0.123456
    )
    assert store.put(written, None)
    assert read(store, "a") == written
    assert read(store, "b") is None


@pytest.mark.parametrize(
    "user", ["a b", "Ünal", "nul\0user", "half \ud800", "*", "a:b"]
)
def test_any_text_is_kept_as_it_is(store, user):
    written = session("a", json.dumps(user, ensure_ascii=False), user)
    assert store.put(written, None)
    assert read(store, "a") == written
    assert store.of(user, NOW) == [written]
    assert store.trip(None, (Take(user, 1.0, 1),), NOW).verdicts[0].wait == 0.0
    assert store.trip(None, (Take(user, 1.0, 1),), NOW).verdicts[0].wait == 1.0


def test_large_session_is_kept_whole(store):
    written = session("a", json.dumps("ü" * 1_000_000))
    assert store.put(written, None)
    assert read(store, "a") == written


def test_record_that_was_read_stays_as_it_was(store):
    written = session("a")
    store.put(written, None)
    found = read(store, "a")
    store.touch(key("a"), NOW + 10, NOW + 4000)
    store.put(session("a", "changed"), 1)
    assert written == found == session("a")


def test_put_of_an_older_version_is_refused(store):
    assert store.put(session("a", "1"), None)
    assert not store.put(session("a", "2"), None)
    assert store.put(session("a", "2"), 1)
    assert not store.put(session("a", "3"), 1)
    found = read(store, "a")
    assert (found.data, found.version) == ("2", 2)


def test_put_of_a_session_that_is_gone_is_refused(store):
    assert not store.put(session("a"), 1)
    store.put(session("a"), None)
    store.end(key("a"))
    assert not store.put(session("a"), 1)
    assert read(store, "a") is None


def test_put_that_changes_the_user_changes_whose_it_is(store):
    store.put(session("a", user=""), None)
    assert store.of("", NOW) == []
    store.put(session("a", user="ann"), 1)
    assert [r.id for r in store.of("ann", NOW)] == [key("a")]
    store.put(session("a", user="bob"), 2)
    assert store.of("ann", NOW) == []
    assert store.end_all("ann") == 0
    assert store.end_all("") == 0
    assert store.end_all("bob") == 1


@pytest.mark.parametrize("time", ["expires", "ends"])
def test_session_that_is_past_is_never_returned(store, time):
    past = {"expires": NOW + 10, "ends": NOW + 10} if time == "ends" else {}
    store.put(session("a", **({"expires": NOW + 10} | past)), None)
    assert read(store, "a", NOW + 9.99) is not None
    assert store.of("ann", NOW + 9.99) != []
    assert store.of("ann", NOW + 10) == []
    assert not store.replace(key("a"), session("b"), 1, 0.0, NOW + 10)
    assert read(store, "b") is None
    assert read(store, "a", NOW + 10) is None


def test_touch_prolongs_but_never_past_the_end_and_never_back(store):
    store.put(session("a", ends=NOW + 5000), None)
    store.touch(key("a"), NOW + 50, NOW + 4000)
    found = read(store, "a")
    assert (found.seen, found.expires, found.version) == (NOW + 50, NOW + 4000, 1)
    store.touch(key("a"), NOW + 20, NOW + 3000)
    assert read(store, "a") == found
    store.touch(key("a"), NOW + 60, NOW + 9000)
    found = read(store, "a")
    assert (found.seen, found.expires, found.ends) == (NOW + 60, NOW + 5000, NOW + 5000)
    assert read(store, "a", NOW + 4999) is not None
    assert read(store, "a", NOW + 5000) is None


def test_touch_of_nothing_makes_nothing(store):
    store.touch(key("a"), NOW, NOW + 100)
    assert read(store, "a") is None
    assert store.put(session("a"), None)


def test_replaced_id_is_dead_at_once(store):
    store.put(session("a"), None)
    assert store.replace(key("a"), session("b", "new"), 1, 0.0, NOW)
    trip = store.trip(key("a"), (), NOW)
    assert (trip.record, trip.replayed) == (None, False)
    found = read(store, "b")
    assert (found.id, found.data, found.version) == (key("b"), "new", 2)
    assert not store.replace(key("a"), session("c"), 1, 0.0, NOW)


def test_replaced_id_leads_to_the_session_within_its_grace(store):
    store.put(session("a"), None)
    assert store.replace(key("a"), session("b", "new"), 1, NOW + 30, NOW)
    assert read(store, "a", NOW + 30) == read(store, "b", NOW + 30)
    assert read(store, "a", NOW + 30).data == "new"
    assert not store.replace(key("a"), session("c"), 1, NOW + 30, NOW)


def test_id_that_was_replaced_ends_the_session_after_its_grace(store):
    store.put(session("a"), None)
    store.put(session("other"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    trip = store.trip(key("a"), (), NOW + 30.001)
    assert (trip.record, trip.replayed) == (None, True)
    assert read(store, "b", NOW + 30.001) is None
    assert [r.id for r in store.of("ann", NOW)] == [key("other")]
    assert store.trip(key("a"), (), NOW + 31).replayed is False


def test_id_of_a_session_that_expired_is_no_replay(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b", expires=NOW + 100), 1, NOW + 30, NOW)
    assert store.trip(key("a"), (), NOW + 100) == Trip(None)


def test_chain_of_replaced_ids_leads_to_the_last(store):
    store.put(session("0"), None)

    for n in range(5):
        record = session(str(n + 1), str(n + 1))
        assert store.replace(key(str(n)), record, n + 1, NOW + 30, NOW)

    for n in range(6):
        assert read(store, str(n)).data == "5"

    assert [r.id for r in store.of("ann", NOW)] == [key("5")]
    assert store.trip(key("0"), (), NOW + 31).replayed
    assert read(store, "5", NOW + 31) is None


def test_grace_of_each_id_is_its_own(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    store.replace(key("b"), session("c"), 2, NOW + 90, NOW + 60)
    assert read(store, "b", NOW + 80).id == key("c")
    assert store.trip(key("a"), (), NOW + 80).replayed
    assert read(store, "b", NOW + 80) is None


def test_login_cuts_off_the_ids_that_led_to_the_session(store):
    # A is replaced with a grace, then B at once: who has A must not get what became C.
    store.put(session("a", user=""), None)
    store.replace(key("a"), session("b", user=""), 1, NOW + 30, NOW)
    store.replace(key("b"), session("c"), 2, 0.0, NOW)
    assert read(store, "a") is None
    assert not store.trip(key("a"), (), NOW + 31).replayed
    assert not store.end(key("a"))
    assert read(store, "c", NOW + 31) is not None


def test_logout_by_an_id_that_died_when_rights_changed_is_a_logout(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    store.replace(key("b"), session("c"), 2, 0.0, NOW)

    for old in ("a", "b"):
        for later in (0, 31):
            trip = store.trip(key(old), (), NOW + later)
            assert (trip.record, trip.replayed) == (None, False)

    assert read(store, "c", NOW + 31) is not None
    assert store.end(key("b"))
    assert read(store, "c") is None
    assert not store.end(key("a"))


def test_all_but_the_session_that_a_dead_id_became_are_ended(store):
    store.put(session("a"), None)
    store.put(session("other"), None)
    store.replace(key("a"), session("b"), 1, 0.0, NOW)
    assert store.end_all("ann", key("a")) == 1
    assert [r.id for r in store.of("ann", NOW)] == [key("b")]


def test_stores_agree_whatever_comes(store):
    # The one in memory is the reference; ids are of any bytes.
    for seed in range(12):
        chance = random.Random(seed)
        both = (MemoryStore(), store)
        ids = [chance.randbytes(32)]
        now = NOW

        def said(
            name: str, *args: t.Any, both: tuple[Store, Store] = both, seed: int = seed
        ) -> t.Any:
            one, other = (getattr(each, name)(*args) for each in both)
            assert one == other, (seed, name, args)
            return one

        def made_of(id: bytes, now: float, chance: random.Random = chance) -> Record:
            user = chance.choice(["", "ann", "bob"])
            data = str(chance.random())
            return Record(id, data, user, now, now, now + 9e5, now + 9e5)

        store.end_everything()

        for _ in range(60):
            now += chance.choice([0, 0, 5, 40, 300])
            what = chance.choice(["new", "put", "replace", "replace", "end", "others"])
            id, new = chance.choice(ids), chance.randbytes(32)
            found = said("trip", id, (), now).record

            if what == "new" or not found:
                said("put", made_of(new, now), None)
                ids.append(new)
            elif what == "put":
                said("put", made_of(found.id, now), found.version)
            elif what == "replace":
                until = chance.choice([0.0, now + 60])
                said("replace", found.id, made_of(new, now), found.version, until, now)
                ids.append(new)
            elif what == "end":
                said("end", chance.choice(ids), chance.choice([None, "ann"]))
            else:
                said("end_all", chance.choice(["ann", "bob"]), id)

            for user in ("ann", "bob"):
                of = [{r.id for r in each.of(user, now)} for each in both]
                assert of[0] == of[1], (seed, what)


def test_ids_of_a_session_that_ended_lead_nowhere(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    store.replace(key("b"), session("c"), 2, 0.0, NOW)
    store.replace(key("c"), session("d"), 3, NOW + 30, NOW)
    assert read(store, "c").id == key("d")
    store.end(key("b"))

    for now in (NOW, NOW + 31):
        for name in "abcd":
            assert store.trip(key(name), (), now) == Trip(None)

    # Somebody else's, under an id that was one of its.
    assert store.put(session("d", user="bob"), None)
    assert not store.end(key("a"))
    assert read(store, "d") is not None


def test_new_id_of_nobody_s_session_cuts_off_those_that_led_to_it(store):
    store.put(session("a", user=""), None)
    store.replace(key("a"), session("b", user=""), 1, NOW + 30, NOW)
    store.replace(key("b"), session("c"), 2, 0.0, NOW)
    store.replace(key("c"), session("d"), 3, NOW + 30, NOW)

    for name in "ab":
        assert store.trip(key(name), (), NOW + 31) == Trip(None)
        assert not store.end(key(name))

    assert read(store, "d") is not None
    assert store.end(key("c"))


def test_replaced_id_is_known_as_long_as_the_session_may_last(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b", expires=NOW + 80000), 1, NOW + 30, NOW)
    store.sweep(NOW + 70000)
    assert store.trip(key("a"), (), NOW + 70000).replayed
    assert read(store, "b", NOW + 70000) is None


def test_logout_by_an_id_that_was_just_replaced_is_a_logout(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    assert store.end(key("a"))
    assert read(store, "a") is None
    assert read(store, "b") is None


def test_replace_of_an_older_version_is_refused(store):
    store.put(session("a"), None)
    store.put(session("a", "2"), 1)
    assert not store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    assert read(store, "b") is None
    assert read(store, "a").data == "2"


def test_put_under_an_id_that_was_replaced_is_refused(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b", "new"), 1, NOW + 30, NOW)
    assert not store.put(session("a", "late"), 1)
    assert not store.put(session("a", "late"), 2)
    assert read(store, "a").data == "new"


def test_end_says_whether_there_was_a_session(store):
    store.put(session("a"), None)
    assert store.end(key("a"))
    assert not store.end(key("a"))
    assert read(store, "a") is None
    assert store.of("ann", NOW) == []


def test_end_of_a_session_of_another_user_ends_nothing(store):
    store.put(session("a"), None)
    store.put(session("nobodys", user=""), None)
    store.replace(key("a"), session("b"), 1, 0.0, NOW)

    for name in ("a", "b"):
        assert not store.end(key(name), "bob")
        assert not store.end(key(name), "")

    assert not store.end(key("nobodys"), "")
    assert read(store, "b") is not None
    assert read(store, "nobodys") is not None
    assert store.end(key("a"), "ann")
    assert read(store, "b") is None
    assert not store.end(key("b"), "ann")


def test_sessions_of_a_user_are_the_newest_first(store):
    for n in (2, 0, 1):
        store.put(session(str(n), created=NOW + n), None)

    store.put(session("other", user="bob"), None)
    assert [r.created - NOW for r in store.of("ann", NOW)] == [2, 1, 0]
    assert [r.id for r in store.of("bob", NOW)] == [key("other")]
    assert store.of("nobody", NOW) == []


def test_index_follows_a_new_id(store):
    store.put(session("a"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    assert [r.id for r in store.of("ann", NOW)] == [key("b")]
    assert store.end_all("ann") == 1
    assert read(store, "b") is None
    assert read(store, "a") is None


def test_login_puts_a_session_into_the_index(store):
    store.put(session("a", user=""), None)
    store.replace(key("a"), session("b", user="ann"), 1, 0.0, NOW)
    assert [r.id for r in store.of("ann", NOW)] == [key("b")]


def test_session_that_can_be_read_is_its_users_whatever_a_clock_did(store):
    store.put(session("a"), None)
    ahead = {"created": NOW + 200_000, "seen": NOW + 200_000}
    ahead |= {"ends": NOW + 286_400, "expires": NOW + 203_600}
    # A machine whose clock is days ahead has the same user log in, until it is set.
    store.put(session("b", **ahead), None)
    alive = [name for name in "ab" if read(store, name) is not None]
    assert sorted(r.id for r in store.of("ann", NOW)) == [key(name) for name in alive]
    assert store.end_all("ann") == len(alive)
    assert [read(store, name) for name in "ab"] == [None, None]


def test_end_all_spares_one(store):
    for name in "abc":
        store.put(session(name), None)

    store.put(session("other", user="bob"), None)
    assert store.end_all("ann", but=key("b")) == 2
    assert [r.id for r in store.of("ann", NOW)] == [key("b")]
    assert read(store, "a") is None
    assert read(store, "other") is not None


def test_end_all_spares_one_that_just_got_a_new_id(store):
    store.put(session("a"), None)
    store.put(session("other"), None)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    assert store.end_all("ann", but=key("a")) == 1
    assert read(store, "b") is not None
    assert read(store, "other") is None


def test_end_everything_ends_every_session_and_no_later_one(store):
    store.put(session("a"), None)
    store.put(session("b", user=""), None)
    store.put(session("c", user="bob"), None)
    store.replace(key("c"), session("d", user="bob"), 1, NOW + 30, NOW)
    assert store.end_everything() == 3
    assert [read(store, name) for name in "abcd"] == [None] * 4
    assert store.of("ann", NOW) == store.of("bob", NOW) == []
    assert not store.put(session("a"), 1)
    assert store.put(session("e"), None)
    assert read(store, "e") == session("e")
    assert store.end_everything() == 1


def test_sweep_leaves_what_lives(store):
    store.put(session("old", expires=NOW + 10), None)
    store.put(session("new"), None)
    store.trip(None, (Take("k", 100.0, 1),), NOW)
    store.sweep(NOW + 20)
    assert read(store, "new") is not None
    assert store.trip(None, (Take("k", 100.0, 1),), NOW + 20).verdicts[0].wait == 80.0


def test_sweep_says_whether_there_is_more(store):
    for n in range(SWEPT + 200):
        store.put(session(str(n), user="", expires=NOW + 1), None)

    store.put(session("new"), None)

    while store.sweep(NOW + 10):
        # Where it takes a part at a time, what is not taken yet is past all the same.
        assert read(store, str(SWEPT + 199), NOW + 10) is None

    assert not store.sweep(NOW + 10)
    assert read(store, "new", NOW + 10) is not None


def test_counters_are_swept_too(store):
    takes = [Take(str(n), 1.0, 1) for n in range(SWEPT + 200)]

    for at in range(0, len(takes), 100):
        store.trip(None, tuple(takes[at : at + 100]), NOW)

    store.trip(None, (Take("lasting", 100.0, 1),), NOW)

    while store.sweep(NOW + 10):
        pass

    assert not store.sweep(NOW + 10)
    assert store.trip(None, (Take("lasting", 100.0, 1),), NOW).verdicts[0].wait == 100
    assert store.trip(None, (takes[-1],), NOW + 10).verdicts[0].wait == 0.0


def test_closed_store_opens_again(store):
    store.put(session("a"), None)
    store.close()
    assert read(store, "a") is not None


def test_probe_leaves_nothing(store):
    store.probe()
    assert store.end_everything() == 0


def test_session_and_takes_come_in_one_trip(store):
    store.put(session("a"), None)
    takes = (Take("x", 10.0, 2), Take("y", 5.0, 1), Take("x", 10.0, 2))
    trip = store.trip(key("a"), takes, NOW)
    assert trip.record == session("a")
    assert [v.left for v in trip.verdicts] == [1, 0, 0]
    trip = store.trip(key("a"), takes, NOW)
    assert [v.wait for v in trip.verdicts] == [10.0, 5.0, 10.0]
    assert trip.record == session("a")


def test_takes_follow_the_algorithm_whatever_comes(store):
    # The reference is gcra() itself; the clock is also set back.
    for seed in range(5):
        chance = random.Random(seed)
        now = NOW
        arrivals: dict[str, float] = {}

        for _ in range(150):
            now += chance.choice([0.0, 0.1, 1.7, 13.3, 400.0, -2.5, -5000.0])
            takes = tuple(
                Take(
                    f"{seed}:{chance.choice('abc')}",
                    chance.choice([0.3, 1.0, 60.0]),
                    chance.choice([1, 5, 7]),
                    chance.choice([1, 1, 1, 2, 9, -1, -6]),
                )
                for _ in range(chance.randint(1, 3))
            )
            expected = []

            for take in takes:
                new, verdict = gcra(arrivals.get(take.key), take, now)
                expected.append(verdict)

                if new is not None:
                    arrivals[take.key] = new

            assert store.trip(None, takes, now).verdicts == tuple(expected)


def test_a_take_that_was_given_back_can_be_taken_again(store):
    take = Take("k", 10.0, 2)
    back = take._replace(cost=-1)
    assert [v.wait for v in store.trip(None, (take,) * 3, NOW).verdicts] == [0, 0, 10]
    assert store.trip(None, (back,), NOW).verdicts == ((0.0, 1, 10.0),)
    assert [v.wait for v in store.trip(None, (take,) * 2, NOW).verdicts] == [0, 10]


def test_nobody_gets_more_back_than_the_whole_allowance(store):
    take = Take("k", 10.0, 2)
    back = take._replace(cost=-5)
    assert store.trip(None, (take, back, back), NOW).verdicts[1:] == (
        (0.0, 2, 0.0),
        (0.0, 2, 0.0),
    )
    assert [v.wait for v in store.trip(None, (take,) * 3, NOW).verdicts] == [0, 0, 10]


def test_clock_set_back_locks_nobody_out_for_longer_than_the_allowance(store):
    take = Take("k", 10.0, 3)
    store.trip(None, (take,) * 3, NOW)
    assert store.trip(None, (take,), NOW - 100_000).verdicts[0].wait == 10.0


def test_verdict_is_of_plain_numbers(store):
    store.put(session("a"), None)
    trip = store.trip(key("a"), (Take("k", 1.0, 5),), NOW)
    assert [type(value) for value in trip.verdicts[0]] == [float, int, float]
    assert [type(getattr(trip.record, f.name)) for f in dataclasses.fields(Record)] == [
        bytes,
        str,
        str,
        float,
        float,
        float,
        float,
        int,
    ]


def test_of_many_puts_of_one_version_one_wins(store):
    store.put(session("a", "[]"), None)

    def put(n: int, version: int) -> bool:
        return store.put(session("a", str(n)), version)

    for version in range(1, 20):
        won = crowd(put, 8, version)
        assert sorted(won) == [False] * 7 + [True]
        assert read(store, "a").data == str(won.index(True))


def test_no_write_that_was_confirmed_is_lost(store):
    store.put(session("a", "[]"), None)
    found = crowd(lambda n: ours(store, n * 30, n * 30 + 30))
    assert sorted(chain(*found)) == sorted(json.loads(read(store, "a").data))


def test_allowance_holds_against_many_threads(store):
    assert sum(crowd(lambda n: taken(store, 40))) == 100


def test_of_many_replaces_one_wins(store):
    def replace(n: int, name: str) -> bool:
        return store.replace(key(name), session(f"{name}-{n}"), 1, NOW + 30, NOW)

    for name in map(str, range(15)):
        store.put(session(name), None)
        won = crowd(replace, 8, name)
        assert sorted(won) == [False] * 7 + [True]
        assert read(store, name).id == key(f"{name}-{won.index(True)}")
        assert store.end_all("ann") == 1


def test_put_and_replace_of_one_version_do_not_both_win(store):
    for name in map(str, range(30)):
        store.put(session(name), None)
        new = session(f"{name}-b")
        won = at_once(
            partial(store.put, session(name, "put"), 1),
            partial(store.replace, key(name), new, 1, NOW + 30, NOW),
        )
        assert sorted(won) == [False, True]
        assert read(store, name).data == ("put" if won[0] else "{}")


@pytest.mark.parametrize("how", ["end", "end_all", "end_everything"])
def test_write_never_brings_back_a_session_that_was_ended(store, how):
    for name in map(str, range(20)):
        store.put(session(name), None)
        new = session(f"{name}-b")
        ends = {"end": (key(name),), "end_all": ("ann",), "end_everything": ()}
        done = at_once(
            partial(getattr(store, how), *ends[how]),
            partial(store.put, session(name, "put"), 1),
            partial(store.replace, key(name), new, 1, NOW + 30, NOW),
            partial(store.replace, key(name), new, 2, NOW + 30, NOW),
            partial(store.touch, key(name), NOW, NOW + 4000),
        )
        assert done[0] in (True, 1)
        assert [read(store, name), read(store, f"{name}-b")] == [None, None]
        assert store.of("ann", NOW) == []


def test_processes_share_sessions_and_allowances(store, outside):
    store.put(session("a", "[]"), None)
    answers = [outside()("taken", 80) for _ in range(2)]
    assert taken(store, 80) + sum(answer() for answer in answers) == 100
    answers = [outside()("ours", n, n + 60) for n in (0, 1000)]
    found = [ours(store, 2000, 2060), *(answer() for answer in answers)]
    assert sorted(chain(*found)) == sorted(json.loads(read(store, "a").data))


def test_forked_process_opens_connections_of_its_own(store, outside):
    store.put(session("a", '"a"'), None)
    store.put(session("b", '"b"'), None)
    assert outside()("forked")() == [True, True, True]
    assert read(store, "new") is not None


def test_reference_algorithm_counts_right():
    # Beside what the stores do: five at once, then one in ten seconds.
    take = Take("k", 10.0, 5)
    tat = None
    allowed = []

    for second in range(60):
        for _ in range(3):
            new, verdict = gcra(tat, take, NOW + second)
            tat = tat if new is None else new
            allowed += [second] if verdict.wait == 0.0 else []

    assert allowed == [0, 0, 0, 1, 1, 10, 20, 30, 40, 50]
    assert math.isclose(tat - NOW, 100.0)
