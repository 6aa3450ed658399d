"""The passwords of an app: hashed, verified, judged."""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from ...catalogue.error import StopperError
from ...catalogue.event import Action
from ...controls.passwords import policy
from ...controls.passwords import settings
from ...controls.passwords.policy import Complaint
from ..house import House
from ..redirects.outbound.error import FetchError
from . import stored as hashes
from .blocklist import blocklist
from .candidates import candidates
from .known import Known
from .peppers import Peppers
from .pool import Busy as Busy
from .pool import Pool
from .ranges import PAUSE
from .ranges import Ranges
from .scheme import scheme

T = t.TypeVar("T")

CONTROL = "passwords"

#: Seconds in which the same fault is one event.
SAID_FOR = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """Whether a password is right.

    :param better: A new hash to be stored in the place of the old one, ``None`` if that
        is as good as one of today.
    """

    right: bool
    better: str | None = dataclasses.field(default=None, repr=False)


WRONG = Answer(False)


class TooLong(StopperError):
    """A password is empty or longer than is hashed. ``complaints`` says so before."""


class Passwords:
    """Hashes, verifies and judges passwords. One for an app; any thread may use it.

    :raises SettingError: If a setting takes no such value, or the parameters of argon2id
        are below the floor.
    :raises StartError: If a library is missing.
    """

    def __init__(self, house: House) -> None:
        config = house.config
        self._house = house
        self._scheme = scheme(config)
        self._peppers = Peppers(config)
        self._old_salt = settings.OLD_SALT.read(config)
        self._length = settings.LENGTH.read(config)
        self._words = (
            *(house.app.name, *house.origins.hosts),
            *settings.WORDS.read(config),
        )
        self._pool = Pool(settings.WORKERS.read(config), settings.QUEUE.read(config))
        self._nobody = _nobody(self._scheme.nobody(self._peppers.newest))
        self._ranges = self._service()
        self._lock = threading.Lock()
        #: How many hashes were computed. For measurements and tests; never reset.
        self.hashes = 0

    def _service(self) -> Ranges | None:
        config = self._house.config
        url = settings.RANGE_URL.read(config)
        timeout = settings.RANGE_TIMEOUT.read(config)
        clock = self._house.clock
        return Ranges(url, timeout, clock, self._not_asked) if url else None

    @property
    def peppers(self) -> tuple[str, ...]:
        """The ids of the peppers that there are, the newest first."""
        return self._peppers.ids

    def look(self, peppers: Iterable[str]) -> None:
        """Refuse to start where a stored hash needs a pepper that is gone.

        :param peppers: The ids that stored hashes name, as :func:`pepper_of` finds them.
        :raises StartError: If one is gone.
        """
        self._peppers.look(peppers)

    def hash(self, password: str) -> str:
        """Return the hash of a new password, to be stored.

        :raises TooLong: If :meth:`complaints` would say so, or it is empty.
        :raises Busy: If too many passwords are being hashed.
        """
        if not password or policy.too_long(password):
            raise TooLong(
                f"A password has 1 to {policy.LONGEST} bytes, in its NFKC form as well."
            )

        return self._run(lambda: self._hashed(password))

    def verify(self, stored: str | None, password: str) -> Answer:
        """Say whether a password is the one that was hashed.

        Nothing of the policy is asked: who has a password may log in with it.

        :param stored: The hash; ``None`` where there is no such user, or one without a
            password, which costs as much and is never right.
        :raises Busy: If too many passwords are being hashed.
        """
        # Whether the user is known makes no difference to this.
        if policy.too_long(password):
            return WRONG

        known = self._known(stored) if stored is not None else None
        found = known if known is not None and password else None
        return self._run(lambda: self._answer(found, password))

    def shortest(self, *, alone: bool) -> int:
        """Return how many characters a new password has at least.

        :param alone: Whether it is the only factor.
        """
        return self._length if alone else policy.SHORTEST

    def complaints(
        self, password: str, *, alone: bool, context: Iterable[str] = ()
    ) -> tuple[Complaint, ...]:
        """Return what is wrong with a new password, nothing if it may be set.

        :param alone: Whether it is the only factor.
        :param context: What is known of the user: name, address.
        """
        if policy.too_long(password):
            return (policy.TOO_LONG,)

        short = policy.too_short(password, self.shortest(alone=alone))
        found = [short] if short else []

        if policy.leans(password, (*context, *self._words)):
            found.append(policy.CONTEXT_WORD)

        if _common(password):
            found.append(policy.COMMON)

        # A service is asked last, and only about what would be taken.
        if not found and self._ranges is not None and self._ranges.holds(password):
            found.append(policy.BREACHED)

        return tuple(found)

    def _run(self, job: Callable[[], T]) -> T:
        try:
            return self._pool.run(job)
        except Busy as e:
            self._say("hashing-busy", Action.REFUSED, str(e))
            raise

    def _answer(self, known: Known | None, password: str) -> Answer:
        if known is None:
            self._matched(self._nobody, password)
            return WRONG

        text = self._matched(known, password)

        if text is None:
            return WRONG

        good = text == self._today(password) and known.made_with == self._made_with(
            text
        )
        return Answer(True, None if good else self._hashed(password))

    def _matched(self, known: Known, password: str) -> bytes | None:
        for text in candidates(known, password, self._old_salt):
            self._count()

            if known.matches(self._peppers.into(text, known.pepper)):
                return text

        return None

    def _hashed(self, password: str) -> str:
        newest = self._peppers.newest
        self._count()
        return self._scheme.hash(
            self._peppers.into(self._today(password), newest), newest
        )

    def _today(self, password: str) -> bytes:
        return policy.encoded(policy.normal(password))

    def _made_with(self, text: bytes) -> object:
        return self._scheme.made_with(self._peppers.newest, text)

    def _known(self, stored: str) -> Known | None:
        known = hashes.read(stored)

        if known is None:
            self._say(
                "hash-not-taken",
                Action.FAILED,
                "A stored hash is of a kind that is not known, or asks for more work than "
                f"a hash may ({hashes.kind(stored)}): nobody logs in with it.",
            )
            return None

        if known.pepper is not None and known.pepper not in self._peppers:
            self._say(
                "pepper-missing",
                Action.FAILED,
                f"A stored hash names the pepper {known.pepper}, which "
                f"{settings.PEPPERS.key} has not: nobody logs in with it.",
            )
            return None

        return known

    def _not_asked(self, error: FetchError) -> None:
        self._house.emit(
            CONTROL,
            "range-not-asked",
            Action.FAILED,
            "The service of STOPPER_PASSWORD_RANGE_URL could not be asked, and is not for "
            f"{PAUSE:g} seconds; new passwords are looked up in the shipped list alone. "
            f"{error}",
        )

    def _say(self, name: str, action: Action, message: str) -> None:
        now = int(self._house.clock() // SAID_FOR)

        if self._house.once((name, message, now)):
            self._house.emit(CONTROL, name, action, message)

    def _count(self) -> None:
        with self._lock:
            self.hashes += 1


def pepper_of(stored: str) -> str | None:
    """Return the id of the pepper that a stored hash needs, ``None`` if it needs none."""
    known = hashes.read(stored)
    return known.pepper if known is not None else None


def _nobody(stored: str) -> Known:
    known = hashes.read(stored)
    assert known is not None  # noqa: S101  # of our own making
    return known


def _common(password: str) -> bool:
    text = policy.normal(password).casefold()
    found = blocklist()
    return policy.monotonous(text) or text in found or policy.unit(text) in found
