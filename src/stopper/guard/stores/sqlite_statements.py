"""What SQLite is asked to do, statement by statement."""

from __future__ import annotations

from .rows import COLUMNS

_LIVE = "expires > :now AND ends > :now"

#: Id.
READ = f"SELECT {COLUMNS} FROM sessions WHERE id = ?"  # noqa: S608

#: The fields of the record. Writes nothing if there is one of this id.
INSERT = f"""
    INSERT INTO sessions ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (id) DO NOTHING
"""  # noqa: S608

#: The fields of the record, the id until now, and the expected version.
UPDATE = """
    UPDATE sessions SET id = ?, data = ?, account = ?, created = ?, seen = ?, ends = ?,
    expires = ?, version = version + 1 WHERE id = ? AND version = ?
"""

#: What `UPDATE` takes, and now, twice. Returns what binds the ids of a session.
REPLACE = f"{UPDATE} AND expires > ? AND ends > ? RETURNING session"

#: Id.
WHOSE = "SELECT account FROM sessions WHERE id = ?"

#: Keeps the ids that lead to a session from opening it.
DIE = "UPDATE heirs SET until = :dead WHERE session = :session AND until <> :dead"

#: The old id, the session that it leads to, and until when.
LEAD = "INSERT OR REPLACE INTO heirs (old, session, until) VALUES (?, ?, ?)"

#: The old id. Returns until when it leads to a session, and that session.
HEIR = f"""
    SELECT until, {COLUMNS} FROM heirs JOIN sessions USING (session) WHERE old = ?
"""  # noqa: S608

# The session that an id stands for, replaced or not.
_MEANT = """
    (SELECT session FROM sessions WHERE id = :id
    UNION ALL SELECT session FROM heirs WHERE old = :id)
"""

#: Id, and whose it has to be or nothing.
END = f"""
    DELETE FROM sessions WHERE session IN {_MEANT}
    AND (:account IS NULL OR account = :account AND account <> x'')
"""  # noqa: S608

#: User, and the id of the session that stays or nothing.
END_ALL = f"""
    DELETE FROM sessions WHERE account = :account AND session NOT IN {_MEANT}
"""  # noqa: S608

#: Seen, expires, id.
TOUCH = """
    UPDATE sessions SET seen = max(seen, ?), expires = min(max(expires, ?), ends)
    WHERE id = ?
"""

#: User and now. Returns the sessions.
OF = f"""
    SELECT {COLUMNS} FROM sessions WHERE account = :account AND {_LIVE}
    ORDER BY created DESC
"""  # noqa: S608

#: Now, twice, and how many at most.
SWEEP = """
    DELETE FROM sessions WHERE session IN
    (SELECT session FROM sessions WHERE expires <= ? OR ends <= ? LIMIT ?)
"""

#: Now, and how many at most.
SWEEP_COUNTERS = """
    DELETE FROM counters WHERE key IN
    (SELECT key FROM counters WHERE arrival <= ? LIMIT ?)
"""

#: The key of a counter, and its theoretical arrival time.
KEEP = """
    INSERT INTO counters (key, arrival) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET arrival = excluded.arrival
"""
