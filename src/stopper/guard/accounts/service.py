"""What the accounts of one app are made of, each part made when it is first needed."""

from __future__ import annotations

import dataclasses
import functools
import threading
import typing as t

from flask import current_app
from flask import Flask
from sqlalchemy import Engine

from ...catalogue.error import StartError
from ...catalogue.event import Event
from ...controls.accounts.settings import ACCOUNTS_PATH
from ...controls.accounts.settings import ACCOUNTS_URL
from ..apikeys.key import KeysDown
from ..apikeys.keys import ApiKeys
from ..apikeys.keys import Grants
from ..house import House
from ..mfa.factors import Factors
from ..passage import Passage
from ..passwords.passwords import Passwords
from ..tables.database import Database
from ..tables.database import DatabaseDown
from ..tables.database import told
from ..tables.engine import beside
from ..tables.engine import engine_of
from ..tables.mixins import UserMixin
from ..tables.ready import Tables
from ..vault import Vault
from .access import Access
from .devices.devices import Devices
from .history import History
from .history import writes_down
from .housekeeping import Housekeeping
from .links import Links
from .links import look_at_origin
from .login import look_at_csrf
from .login import look_at_sessions
from .mail.mailer import deliver_by
from .mail.mailer import Function
from .mail.mailer import Mailer
from .opening import look_at_peppers
from .opening import look_at_tables
from .people import OurPeople
from .people import People
from .throttle import Throttle

#: The key of ``app.extensions``.
NAME = "stopper.accounts"

#: After these it is time to look for what is past: something was written that ends.
_TIDIED = frozenset({"login", "login-remembered", "key-made", "key-rotated"})

#: The name of the file in the instance folder.
FILE = "stopper-accounts.sqlite"


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """What the app says in code, for no setting can hold it.

    :param engine: An engine, or what returns one when it is first needed; ``None`` for
        that of ``STOPPER_ACCOUNTS_URL``.
    :param mail: What sends a mail, ``None`` for the server of ``STOPPER_MAIL_URL``.
    :param grants: Says whether a user may give a scope to an API key.
    :param pages: Whether users log in here, and not by the app's own means.
    """

    people: People | None = None
    tables: Tables = dataclasses.field(default_factory=Tables)
    engine: Engine | t.Callable[[], Engine] | None = None
    mail: Function | None = None
    grants: Grants | None = None
    pages: bool = True


class Service:
    """The accounts of one app.

    :param options: What the app says in code.
    """

    def __init__(self, app: Flask, options: Options) -> None:
        self.app = app
        self.options = options
        self.tables = options.tables
        self._lock = threading.RLock()

    @functools.cached_property
    def house(self) -> House:
        """What the guards of the app share.

        :raises StopperError: If they cannot be built.
        """
        watch = self.app.extensions.get("stopper")

        if watch is None:
            raise StartError(
                "Accounts need Stopper on the same app: Stopper(app), then "
                "Accounts(app)."
            )

        house: House = watch.settle().house

        if self.options.pages:
            look_at_sessions(house)

        return house

    @functools.cached_property
    def database(self) -> Database:
        """The database of the accounts, with its tables up to date.

        :raises StopperError: If it cannot be reached, or its tables are not.
        """
        with self._lock:
            # Another thread may have been first.
            made = self.__dict__.get("database")
            return made or self._opened()

    def _opened(self) -> Database:
        address = ACCOUNTS_URL.read(self.house.config)
        embedded = self.options.engine is None and not address

        if self.tables.ready:
            with told():
                look_at_tables(self.engine, embedded or self.app.testing)

        made = Database(self.engine)

        # A key that is missing is better known now than when somebody logs in.
        with made.reading() as sql:
            self.vault.look_at(self.factors.credentials.key_ids(sql))

            # Of users that are elsewhere the hashes cannot be known here.
            if self.options.pages and isinstance(self.people, OurPeople):
                look_at_peppers(sql, self.people, self.passwords)

        return made

    @functools.cached_property
    def engine(self) -> Engine:
        """The engine of the database, whatever its tables are like.

        :raises StopperError: If the address cannot be read.
        """
        given = self.options.engine

        if given is not None:
            return beside(given() if callable(given) else given)

        address = ACCOUNTS_URL.read(self.house.config) or self._default()
        return engine_of(address, self.app.instance_path, ACCOUNTS_URL.key)

    def _default(self) -> str:
        # A test suite leaves no files, and shares nothing from one app to the next.
        return "sqlite://" if self.app.testing else f"sqlite:///{FILE}"

    @functools.cached_property
    def people(self) -> People:
        """Where the users are."""
        return self.options.people or OurPeople(self.tables.user)

    @functools.cached_property
    def access(self) -> Access:
        """What users may do."""
        return Access(self.database, self.tables)

    @functools.cached_property
    def passwords(self) -> Passwords:
        """Hashes and judges passwords."""
        return Passwords(self.house)

    @functools.cached_property
    def mailer(self) -> Mailer:
        """Sends mail.

        :raises StartError: If there is nothing to send with.
        """
        with self._lock:
            made = self.__dict__.get("mailer")
            return made or Mailer(self.house, self.options.mail)

    @functools.cached_property
    def apikeys(self) -> ApiKeys:
        """The API keys of the users.

        :raises KeysDown: If the database cannot be asked for the first time.
        """
        try:
            return self._apikeys()
        except DatabaseDown as e:
            raise KeysDown(str(e)) from e

    def _apikeys(self) -> ApiKeys:
        with self._lock:
            made = self.__dict__.get("apikeys")
            return made or ApiKeys(
                self.house,
                self.database,
                self.tables.apikey,
                self.options.grants,
                self._tell_of_key if self.options.pages else None,
                self._owners(),
            )

    def _owners(self) -> type[UserMixin] | None:
        """Return the table of those who have keys, ``None`` if it is not one of ours."""
        ours = self.people if self.options.pages else None
        return ours.table if isinstance(ours, OurPeople) else None

    def _tell_of_key(self, user: str, name: str, facts: t.Mapping[str, t.Any]) -> None:
        """Mail a user about one of their keys."""
        with self.database.reading() as sql:
            person = self.people.by_id(sql, user)

        if person is not None:
            path = ACCOUNTS_PATH.read(self.app.config)
            link = f"{self.house.origins.main}{path}/keys"
            self.mailer.send(person.address, name, link=link, **facts)

    @functools.cached_property
    def history(self) -> History:
        """What happened to the accounts."""
        with self._lock:
            made = self.__dict__.get("history")
            return made or History(self)

    @functools.cached_property
    def throttle(self) -> Throttle:
        """Counts wrong passwords, codes and mails."""
        return Throttle(self.house)

    @functools.cached_property
    def links(self) -> Links:
        """The links that work once."""
        return Links(self.house, self.tables.token)

    @functools.cached_property
    def devices(self) -> Devices:
        """The browsers of the users."""
        return Devices(self, self.history)

    @functools.cached_property
    def housekeeping(self) -> Housekeeping:
        """Forgets what is past."""
        with self._lock:
            made = self.__dict__.get("housekeeping")
            return made or Housekeeping(self, self.history)

    @functools.cached_property
    def vault(self) -> Vault:
        """Keeps what has to be read again, encrypted.

        :raises SettingError: If there is no key.
        """
        return Vault(self.house.config, self.house.keys)

    @functools.cached_property
    def factors(self) -> Factors:
        """The second factors of the users."""
        return Factors(self.house, self.vault, self.tables)

    def lacks_factor(self, user: str) -> bool:
        """Say whether a user must have a second factor, and has none."""
        with self.database.reading() as sql:
            return self.factors.missing(sql, user)

    @property
    def logs_in(self) -> bool:
        """Whether users log in here, and not by the app's own means."""
        return self.options.pages

    def look_at(self, house: House) -> None:
        """Refuse to start with settings that accounts cannot work with.

        :raises StartError: If there is nothing to send mail with, nobody said where
            its links lead to, or other sites may act for a visitor.
        """
        look_at_csrf(house)
        deliver_by(house, self.options.mail)
        look_at_origin(house)

    def arrive(self, passage: Passage) -> None:
        """Log in who stays logged in, where the session is nobody's.

        :raises Refused: With 503 if that cannot be looked up.
        """
        self.devices.arrive(passage)

    def heard(self, sender: object, event: Event) -> None:
        """Write down what happened to an account, and know its browsers by it.

        Where something was written there is something to be forgotten, now and then.
        """
        if event.name in _TIDIED:
            self.housekeeping.soon()

        if writes_down(event):
            self.history.heard(event)
            self.devices.heard(event)

    @property
    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self.house.clock()


def service() -> Service:
    """Return the accounts of the current app.

    :raises RuntimeError: If it has none.
    """
    found = current_app.extensions.get(NAME)

    if not isinstance(found, Service):
        raise RuntimeError("This app has no accounts: Accounts(app) gives it some.")

    return found
