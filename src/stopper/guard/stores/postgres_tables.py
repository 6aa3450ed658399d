"""The tables of a store in PostgreSQL, and what is asked of them."""

from __future__ import annotations

import psycopg

from .base import StoreDown
from .base import SWEPT
from .rows import COLUMNS

#: The version of the tables. Those of a later one are left alone.
VERSION = 1

# Held while the tables are made: ``stopper`` as a number.
_LOCK = 0x73746F70706572

# As in SQLite, a row has a number of its own that stays when the id changes. Counters
# are not logged: they are lost in a crash, and cost no write to the disk.
_TABLES = f"""
CREATE TABLE stopper_sessions (
    session bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE,
    data bytea NOT NULL,
    account bytea NOT NULL,
    created float8 NOT NULL,
    seen float8 NOT NULL,
    ends float8 NOT NULL,
    expires float8 NOT NULL,
    version bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX ON stopper_sessions (account) WHERE account <> '';
CREATE INDEX ON stopper_sessions (ends);
CREATE TABLE stopper_heirs (
    old bytea PRIMARY KEY,
    session bigint NOT NULL REFERENCES stopper_sessions ON DELETE CASCADE,
    until float8 NOT NULL
);
CREATE INDEX ON stopper_heirs (session);
CREATE UNLOGGED TABLE stopper_counters (
    key bytea PRIMARY KEY,
    arrival float8 NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE stopper_store (version integer NOT NULL);
INSERT INTO stopper_store VALUES ({VERSION});
"""  # noqa: S608

# The same as gcra() in base.py, line by line. Rows are locked in the order of their
# keys, so that no two requests wait for each other.
_TAKE = """
CREATE FUNCTION stopper_take(keys bytea[], numbers float8[], clock float8)
RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE
    moment float8 := coalesce(clock, extract(epoch FROM clock_timestamp()));
    verdicts float8[] := '{}';
    span float8; base float8; arrived float8; later float8; wait float8; room float8;
    pace float8;
BEGIN
    -- Locks also what it does not update, and what a sweep removed it inserts anew.
    INSERT INTO stopper_counters
        SELECT DISTINCT key, '-infinity'::float8 FROM unnest(keys) key ORDER BY key
        ON CONFLICT (key) DO UPDATE SET arrival = 0 WHERE false;
    FOR n IN 1 .. cardinality(keys) LOOP
        SELECT c.arrival INTO arrived FROM stopper_counters c WHERE c.key = keys[n];
        pace := numbers[3 * n - 2];
        span := pace * numbers[3 * n - 1];
        base := least(greatest(arrived, moment), moment + span);
        later := greatest(base + pace * numbers[3 * n], moment);
        room := moment + span - later;
        wait := 0;
        IF room < -1e-9 THEN
            wait := -room;
            room := moment + span - base;
            later := base;
        ELSE
            UPDATE stopper_counters c SET arrival = later WHERE c.key = keys[n];
        END IF;
        verdicts := verdicts
            || ARRAY[wait, greatest(0, floor(room / pace + 1e-9)), later - moment];
    END LOOP;
    RETURN verdicts;
END $$;
"""

_FOUND = f"""
    SELECT NULL::float8 AS until, {COLUMNS} FROM stopper_sessions WHERE id = %(id)s
    UNION ALL
    SELECT until, {COLUMNS} FROM stopper_heirs JOIN stopper_sessions USING (session)
    WHERE old = %(id)s
"""  # noqa: S608

#: ``until`` and the columns of the session that an id leads to.
READ = _FOUND

#: The verdicts as numbers, and the same.
TRIP = f"""
    SELECT verdicts, found.* FROM
    (SELECT stopper_take(%(keys)s, %(numbers)s, %(clock)s) AS verdicts) taken
    LEFT JOIN LATERAL ({_FOUND}) found ON true
"""  # noqa: S608

INSERT = f"""
    INSERT INTO stopper_sessions ({COLUMNS})
    VALUES (%s, %s, %s, %s, %s, %s, %s, 1)
    ON CONFLICT (id) DO NOTHING RETURNING 1
"""  # noqa: S608

_SET = """
    UPDATE stopper_sessions SET id = %s, data = %s, account = %s, created = %s,
    seen = %s, ends = %s, expires = %s, version = version + 1
    WHERE id = %s AND version = %s
"""

UPDATE = f"{_SET} RETURNING 1"

# Each part sees the tables as they were before: whose it was, and which ids led to it.
REPLACE = """
    WITH whose AS (SELECT account <> '' AS known FROM stopper_sessions WHERE id = %(old)s),
    new AS (
        UPDATE stopper_sessions SET id = %(f0)s, data = %(f1)s, account = %(f2)s,
        created = %(f3)s, seen = %(f4)s, ends = %(f5)s, expires = %(f6)s,
        version = version + 1
        WHERE id = %(f7)s AND version = %(f8)s AND expires > %(f9)s AND ends > %(f10)s
        RETURNING session
    ),
    led AS (
        INSERT INTO stopper_heirs (old, session, until)
        SELECT %(old)s, session, %(until)s FROM new, whose WHERE known OR NOT %(dead)s
    ),
    died AS (
        UPDATE stopper_heirs h SET until = %(never)s FROM new, whose
        WHERE h.session = new.session AND known AND %(dead)s AND h.until <> %(never)s
    ),
    cut AS (
        DELETE FROM stopper_heirs h USING new, whose
        WHERE h.session = new.session AND NOT known AND %(dead)s
    )
    SELECT 1 FROM new
"""

TOUCH = """
    UPDATE stopper_sessions SET seen = greatest(seen, %s),
    expires = least(greatest(expires, %s), ends) WHERE id = %s RETURNING 1
"""

# The session that an id stands for, replaced or not. Found before a lock is waited for,
# and named by a number: a new id that it gets meanwhile saves it from nothing.
_MEANT = """ARRAY(
    SELECT session FROM stopper_sessions WHERE id = %(id)s
    UNION ALL SELECT session FROM stopper_heirs WHERE old = %(id)s
)"""

END = f"""
    DELETE FROM stopper_sessions WHERE session = ANY ({_MEANT}) AND
    (%(account)s::bytea IS NULL OR account = %(account)s AND account <> '') RETURNING 1
"""  # noqa: S608

END_ALL = f"""
    DELETE FROM stopper_sessions
    WHERE account = %(account)s AND session <> ALL ({_MEANT}) RETURNING 1
"""  # noqa: S608

OF = f"""
    SELECT {COLUMNS} FROM stopper_sessions
    WHERE account = %(account)s AND expires > %(now)s AND ends > %(now)s
    ORDER BY created DESC
"""  # noqa: S608

# One that was touched meanwhile is seen anew when its lock is got.
SWEEP = """
    DELETE FROM stopper_sessions WHERE session IN (
        SELECT session FROM stopper_sessions
        WHERE expires <= %(now)s OR ends <= %(now)s
        LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) RETURNING 1
"""

# What a take has locked is not waited for: it locks several, and waits as well.
SWEEP_COUNTERS = """
    DELETE FROM stopper_counters WHERE key = ANY (ARRAY(
        SELECT key FROM stopper_counters WHERE
        arrival <= coalesce(%(clock)s, extract(epoch FROM clock_timestamp()))
        LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )) RETURNING 1
"""

_NEXT = f"""
    DELETE FROM stopper_sessions WHERE session IN (
        SELECT session FROM stopper_sessions WHERE session <= %s
        ORDER BY session LIMIT {SWEPT}
    )
"""  # noqa: S608

PROBE = """
    INSERT INTO stopper_counters VALUES ('\\x00', 0)
    ON CONFLICT (key) DO UPDATE SET arrival = 0 RETURNING 1
"""

FORGET_PROBE = "DELETE FROM stopper_counters WHERE key = '\\x00' RETURNING 1"


def lay_out(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make the tables, unless they are there.

    :raises StoreDown: If they are those of another version.
    """
    with connection.transaction():
        # Several processes start at once.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        row = connection.execute("SELECT to_regclass('stopper_store')").fetchone()

        if row is None or row[0] is None:
            connection.execute(_TABLES)
            connection.execute(_TAKE)
            return

        row = connection.execute("SELECT version FROM stopper_store").fetchone()

    if row is None or row[0] != VERSION:
        raise StoreDown(
            f"The tables stopper_… have version {row and row[0]}, this Stopper knows "
            f"version {VERSION}. Install the newer Stopper, or name another database or "
            "schema in STOPPER_STORE."
        )


def end_everything(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """End every session, and return how many there were."""
    try:
        return _emptied(connection)
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
        # A backup reads the table for minutes, and this is not to wait for it.
        return _each_ended(connection)


def _emptied(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '500ms'")
        # Faster than row by row, whatever their number.
        connection.execute("LOCK TABLE stopper_sessions IN ACCESS EXCLUSIVE MODE")
        row = connection.execute("SELECT count(*) FROM stopper_sessions").fetchone()
        connection.execute("TRUNCATE stopper_sessions, stopper_heirs")

    return int(str(row[0])) if row else 0


def _each_ended(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    # A session keeps its number whatever id it gets, and later ones have higher ones.
    row = connection.execute("SELECT max(session) FROM stopper_sessions").fetchone()
    count = 0

    while found := connection.execute(_NEXT, row).rowcount:
        count += found

    return count
