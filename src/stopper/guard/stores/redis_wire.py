"""Talks to Redis: redis-py opens the connection, and what is said on it is said here.

``execute_command`` of redis-py costs twice what the answer takes to arrive (44 against
20 µs on one machine), for what a script needs none of. TLS, names, passwords and the
parser are still redis-py's.
"""

from __future__ import annotations

import typing as t

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .base import StoreDown
from .pool import Pool
from .redis_scripts import Script

#: Seconds until a Redis that does not answer is given up, to connect as to answer.
PATIENCE = 1.0

Connection: t.TypeAlias = redis.connection.AbstractConnection

_MEND = "STOPPER_STORE says where it is; see that it runs and that this machine may talk to it."


class Wire:
    """Runs scripts on a Redis.

    :param address: ``redis://``, ``rediss://`` or ``unix://``.
    :raises ValueError: If redis-py cannot read it.
    """

    def __init__(self, address: str) -> None:
        made = redis.ConnectionPool.from_url(address)
        self._class = made.connection_class
        self._settings = {
            # Notices of a cluster's upkeep come by protocol 3, and redis-py without
            # hiredis makes no connection that asks for them by another.
            **{k: v for k, v in made.connection_kwargs.items() if "maint" not in k},
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            # What may be said again is decided here.
            "retry": Retry(NoBackoff(), 0),
            "retry_on_timeout": False,
            "health_check_interval": 0,
            "decode_responses": False,
            "protocol": 2,
        }
        self._pool: Pool[Connection] = Pool(self._connect, _shut)
        place = self._settings
        #: Where it is, without name and password.
        self.name = str(place.get("path") or f"{place.get('host')}:{place.get('port')}")

    def _connect(self) -> Connection:
        connection: Connection = self._class(**self._settings)

        try:
            connection.connect()  # type: ignore[no-untyped-call]  # redis-py's
        except (redis.RedisError, OSError, UnicodeError) as e:
            raise self._down(e) from e

        return connection

    def _down(self, error: Exception) -> StoreDown:
        return StoreDown(f"The store, Redis at {self.name}, failed: {error} {_MEND}")

    def run(self, script: Script, *args: bytes, again: bool = False) -> t.Any:
        """Run a script, and return its answer.

        :param again: Whether it may run twice. If the connection turns out to be
            closed, it may have run or not; so a script that must not run twice pays
            for a look at the connection before, and fails if that was not enough.
        :raises StoreDown: If Redis cannot be reached, or refuses.
        """
        connection = self._pool.free()

        if connection is None:
            return self._ask(self._connect(), script, args)

        if not again:
            if not _usable(connection):
                self._pool.drop(connection)
                connection = self._connect()

            return self._ask(connection, script, args)

        try:
            return self._ask(connection, script, args)
        except _Closed:
            return self._ask(self._connect(), script, args)

    def _ask(
        self, connection: Connection, script: Script, args: tuple[bytes, ...]
    ) -> t.Any:
        try:
            try:
                answer = _exchange(connection, script.remembered, 3, args)
            except redis.exceptions.NoScriptError:
                # It was restarted, or is asked for the first time. EVAL remembers.
                answer = _exchange(connection, script.whole, 3, args)
        except BaseException as e:
            # An answer that is still under way would be taken for the next one, and
            # that may be someone else's session.
            self._pool.drop(connection)

            if isinstance(e, redis.ConnectionError):
                raise _Closed(str(self._down(e))) from e

            if isinstance(e, redis.RedisError | OSError):
                raise self._down(e) from e

            raise

        self._pool.give(connection)
        return answer

    def told(self, section: str) -> dict[str, str]:
        """Return what Redis tells of itself, nothing if it does not."""
        connection = self._pool.take()

        try:
            text = _exchange(connection, b"$4\r\nINFO\r\n", 1, (section.encode(),))
        except (redis.RedisError, OSError):
            self._pool.drop(connection)
            return {}

        self._pool.give(connection)
        lines = text.decode("utf-8", "replace").splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._pool.close()


class _Closed(StoreDown):
    """The connection was closed."""


def _exchange(
    connection: Connection, command: bytes, words: int, args: tuple[bytes, ...]
) -> t.Any:
    """Say a command, of so many words already packed, and return the answer."""
    # https://redis.io/docs/latest/develop/reference/protocol-spec/
    said = [b"*%d\r\n%b" % (words + len(args), command)]
    said += [b"$%d\r\n%b\r\n" % (len(arg), arg) for arg in args]
    packed = [b"".join(said)]
    connection.send_packed_command(packed, check_health=False)  # type: ignore[no-untyped-call]  # redis-py's
    return connection.read_response()


def _usable(connection: Connection) -> bool:
    # Nothing was asked, so something to read is the end of it.
    try:
        return not connection.can_read()
    except (redis.RedisError, OSError):
        return False


def _shut(connection: Connection) -> None:
    connection.disconnect()  # type: ignore[no-untyped-call]  # redis-py's
