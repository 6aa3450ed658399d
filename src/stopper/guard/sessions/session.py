"""The session of one request: read when first asked for, closed once it is saved."""

from __future__ import annotations

import secrets
import typing as t
from collections.abc import Callable
from collections.abc import Iterator

from flask.sessions import SessionMixin

from ..stores.base import Record
from .content import data_in
from .content import Facts
from .content import facts_in
from .content import issued_in

#: What cannot be changed in place, so that writing the same again changes nothing.
_PLAIN = (str, int, float, bool, bytes, type(None))

#: How much of what a browser calls itself is kept.
DEVICE = 200

#: The facts of a session of which nothing is kept.
NOTHING = Facts(0.0, "")

_MISSING = object()


class Session(SessionMixin):
    """The session of one request.

    It behaves as Flask's own does: ``modified`` is set by a write to a key, and has to
    be set by hand where something inside a value was changed.

    :param environ: The environment of the request.
    :param key: The id in the cookie, empty if there is none.
    :param hashed: The hash of it, under which the store knows it; empty if there is none.
    :param read: Reads the record from the store, if nobody did before.
    """

    # Class attributes and not __init__: most requests never change most of them.
    modified = False
    new = True
    record: Record | None = None
    #: When the id in the cookie was made.
    issued = 0.0
    saved = False
    #: Whether it is that of a request on its way past the guards.
    walked = False
    #: Whether the store could not be asked, so that nothing is known of it.
    lost = False
    #: Whether the next save gives it a new id, whatever else happened.
    renew = False
    #: Whether the client's device or address is another than before.
    moved = False
    #: Is called once it is in the store, before the answer goes out; one that raises
    #: :exc:`Refused` has the answer be another one.
    kept: Callable[[], None] | None = None
    #: The Set-Cookie line of the save, for an answer that takes the place of the first.
    cookie: str | None = None
    _read: Callable[[Session], None] | None = None
    _data: dict[str, t.Any] | None = None
    _facts: Facts | None = NOTHING
    _line = ""

    def __init__(
        self,
        environ: t.Mapping[str, t.Any],
        key: str = "",
        hashed: bytes = b"",
        read: Callable[[Session], None] | None = None,
    ) -> None:
        self.environ = environ
        self.key = key
        self.hashed = hashed

        if read is not None:
            self._read = read
        else:
            self._data = {}

    @property
    def client(self) -> tuple[str, str]:
        """What the browser calls itself, cut, and the address of the client."""
        return device(self.environ), place(self.environ)

    @property
    def loaded(self) -> bool:
        """Whether the store was asked, or has nothing to be asked for."""
        return self._read is None

    def load(self) -> None:
        """Ask the store now, if nobody did yet.

        :raises Refused: If it is down.
        """
        if self._read is not None:
            self._read(self)

    def fill(self, record: Record | None) -> None:
        """Take what the store has, ``None`` if that is nothing.

        What the store holds and cannot be read is no session: nobody is logged in.
        """
        self._read = None
        self._data = {}

        if record is None:
            return

        line = record.data.partition("\n")[0]

        try:
            self.issued = issued_in(line)
        except ValueError:
            return

        # The rest is read when somebody asks for it.
        self._line, self._facts, self._data = line, None, None
        self.record = record
        self.new = False

    @property
    def facts(self) -> Facts:
        """What is kept beside what the app put in."""
        if self._facts is None:
            self._facts = facts_in(self._line)

        return self._facts

    @facts.setter
    def facts(self, facts: Facts) -> None:
        self._facts, self.issued = facts, facts.issued

    @property
    def stays(self) -> bool:
        """Whether the device and the address are those of when it was last written."""
        environ = self.environ
        end = f"|{environ.get('REMOTE_ADDR')}|{environ.get('HTTP_USER_AGENT', '')}"
        return self._line.endswith(end)

    @property
    def data(self) -> dict[str, t.Any]:
        """What the app put in."""
        if self._data is None:
            self.load()

            if self._data is None:
                self._data = self._found()

        return self._data

    def _found(self) -> dict[str, t.Any]:
        try:
            return data_in(self.record.data) if self.record else {}
        except ValueError:
            self.forget()
            return {}

    def forget(self) -> None:
        """Know of nothing in the store any more."""
        self.record, self._facts = None, NOTHING

    def lose(self) -> None:
        """Be empty from here on, for the store cannot be asked and the request fails."""
        self.fill(None)
        self.lost = True

    def take(self, data: dict[str, t.Any]) -> None:
        """Put all this in, as if the app had."""
        self._read = None
        self._data = data
        self.modified = True

    @property
    def user(self) -> str | None:
        """Whose session it is, as the store has it; ``None`` if nobody's."""
        return (self.record.user or None) if self.record else None

    @property
    def csrf_secret(self) -> str:
        """256 random bits of this login, empty while nobody is logged in."""
        record = self.record
        return self.facts.secret if record and record.user else ""

    def __getitem__(self, key: str) -> t.Any:
        return self.data[key]

    def get(self, key: str, default: t.Any = None) -> t.Any:
        """Return what stands under ``key``, or the default."""
        return self.data.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __setitem__(self, key: str, value: t.Any) -> None:
        self._open()
        data = self.data
        old = data.get(key, _MISSING)

        # Many apps write the same at every request, and a write costs a trip.
        if (
            type(old) is not type(value)
            or not isinstance(value, _PLAIN)
            or old != value
        ):
            self.modified = True

        data[key] = value

    def __delitem__(self, key: str) -> None:
        self._open()
        del self.data[key]
        self.modified = True

    def clear(self) -> None:
        """Take everything out; what is put in after it is another session."""
        self._open()
        self.renew = self.renew or self.record is not None

        if self.data:
            self.data.clear()
            self.modified = True

    def copy(self) -> dict[str, t.Any]:
        """Return what the app put in, as a dictionary of its own."""
        return dict(self.data)

    def __repr__(self) -> str:
        # The values are the visitor's, and may be secret.
        return f"<Session {'saved' if self.saved else 'open'}>"

    def _open(self) -> None:
        if self.saved:
            raise RuntimeError(
                "The session was saved with the answer's headers, which are on their "
                "way; what is written now would be lost. Write to the session before "
                "the answer is streamed, and not in a thread that outlives the request."
            )


def device(environ: t.Mapping[str, t.Any]) -> str:
    """Return what the browser calls itself, cut, on one line."""
    said = environ.get("HTTP_USER_AGENT") or ""

    if len(said) > DEVICE or "  " in said or not said.isprintable():
        said = " ".join(said.split())[:DEVICE].strip()

    return str(said)


def place(environ: t.Mapping[str, t.Any]) -> str:
    """Return the address of the client, empty if it has none."""
    return str(environ.get("REMOTE_ADDR") or "").replace("|", "")


def new_key() -> str:
    """Return an id for a cookie: 256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)
