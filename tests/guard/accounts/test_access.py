"""What users may do, by the tables of accounts."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from stopper.guard.accounts.access import Access
from stopper.guard.tables.ready import Tables


@pytest.fixture
def access(database):
    found = Access(database, Tables())

    with database.writing() as sql:
        found.set_role(sql, "editor", ["notes:write", "notes:read"])
        found.set_role(sql, "guest", [])

    return found


def test_a_stranger_may_nothing(access):
    assert access.granted("7") == (frozenset(), frozenset())


def test_a_user_may_what_their_roles_allow(access, database):
    with database.writing() as sql:
        access.grant(sql, "7", "editor")
        access.grant(sql, "7", "guest")

    assert access.roles_of("7") == {"editor", "guest"}
    assert access.permissions_of("7") == {"notes:read", "notes:write"}
    assert access.permissions_of("8") == frozenset()


def test_roles_and_permissions_take_one_statement(access, database):
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    access.granted("7")

    assert [s.split()[0] for s in seen if not s.startswith("BEGIN")] == ["SELECT"]


def test_who_has_a_role_already_is_given_nothing(access, database):
    with database.writing() as sql:
        assert access.grant(sql, "7", "editor")
        assert not access.grant(sql, "7", "editor")
        assert access.grant(sql, "7", "guest")

    assert access.roles_of("7") == {"editor", "guest"}


def test_of_two_who_grant_at_once_neither_fails(access, database):
    gate, seen = threading.Barrier(2), []

    def grant():
        gate.wait()

        with database.writing() as sql:
            seen.append(access.grant(sql, "7", "editor"))

    threads = [threading.Thread(target=grant) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(seen) == [False, True]


def test_a_role_that_is_withdrawn_allows_nothing(access, database):
    with database.writing() as sql:
        access.grant(sql, "7", "editor")

    with database.writing() as sql:
        assert access.withdraw(sql, "7", "editor")
        assert not access.withdraw(sql, "7", "editor")

    assert access.permissions_of("7") == frozenset()


def test_a_changed_role_allows_what_it_says_now(access, database):
    with database.writing() as sql:
        access.grant(sql, "7", "editor")
        access.set_role(sql, "editor", ["notes:read", "notes:read"])

    assert access.permissions_of("7") == {"notes:read"}


def test_a_role_that_is_dropped_is_nobodys(access, database):
    with database.writing() as sql:
        access.grant(sql, "7", "editor")

    with database.writing() as sql:
        assert access.drop_role(sql, "editor")
        assert not access.drop_role(sql, "editor")

    # Who makes one of the same name later gives it to nobody.
    with database.writing() as sql:
        access.set_role(sql, "editor", ["notes:delete"])

    assert access.granted("7") == (frozenset(), frozenset())


def test_every_role_is_listed_with_what_it_allows(access, database):
    with database.reading() as sql:
        assert access.roles(sql) == {
            "editor": ("notes:read", "notes:write"),
            "guest": (),
        }
