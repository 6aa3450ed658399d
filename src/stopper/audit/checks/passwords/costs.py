"""Does the hash of a password cost enough?"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.passwords import floors
from ....controls.passwords.policy import BCRYPT_FLOOR
from ....controls.passwords.policy import enough
from ....controls.passwords.rules import LOW_WORK_FACTOR
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.deployment import rehearsal
from ...survey.project import Project
from ...survey.site import Site
from ..cryptography.hashes import of_password
from ..secrets.keys import subject

_PBKDF2 = re.compile(r"pbkdf2:(\w+):(\d+)")
_SCRYPT = re.compile(r"scrypt:(\d+):(\d+):(\d+)")

#: Keywords by which passlib takes the cost of a scheme.
_ROUNDS = re.compile(r"(?:(bcrypt\w*|pbkdf2_(\w+?))__)?(?:default_)?rounds")

_FLASK_BCRYPT = "BCRYPT_LOG_ROUNDS"


@dataclasses.dataclass(frozen=True, slots=True)
class _Low:
    """A cost under the floor.

    :param old: Whether it is what was enough some years ago.
    """

    at: Site
    cost: str
    least: str
    old: bool = False


@check(LOW_WORK_FACTOR, asks=Project)
def low_work_factor(project: Project) -> Iterator[Finding]:
    """Does the hash of a password cost enough?"""
    for low in (*_calls(project), *_methods(project)):
        if not low.at.module.test:
            yield finding(
                LOW_WORK_FACTOR,
                low.at.place,
                low.at.written,
                confidence=Confidence.LOW if low.old else None,
                cost=low.cost,
                least=low.least,
            )

    for setting in project.settings(_FLASK_BCRYPT):
        rounds = _number(setting.site)
        elsewhere = setting.target.module.test or rehearsal(setting.scope)

        if rounds is not None and rounds < BCRYPT_FLOOR and not elsewhere:
            low = _bcrypt(setting.target, rounds)
            place, name = setting.target.place, subject(setting)
            yield finding(LOW_WORK_FACTOR, place, name, cost=low.cost, least=low.least)


def _calls(project: Project) -> Iterator[_Low]:
    for found in project.sinks("bcrypt-rounds"):
        rounds = _number(found.argument)

        if rounds is not None and rounds < BCRYPT_FLOOR:
            yield _bcrypt(found.call, rounds)

    for found in project.sinks("pbkdf2-rounds"):
        name = found.call.argument(0, "hash_name")
        digest = str(name.constant.value) if name and name.constant else "sha256"

        # What else it derives from may be long enough to need no rounds.
        if of_password(found.call):
            yield from _pbkdf2(found.call, digest, _number(found.argument))

    for call in project.calls(*sorted(project.models.named("argon2-hasher"))):
        yield from _argon2(call)

    for call in project.calls(*sorted(project.models.named("scrypt"))):
        if of_password(call):
            given = [_number(call.argument(-1, word)) for word in ("n", "r", "p")]
            yield from _scrypt(call, given)


def _methods(project: Project) -> Iterator[_Low]:
    """Yield what Werkzeug and passlib are told in words."""
    for call in project.calls("werkzeug.security.generate_password_hash"):
        method = call.argument(1, "method")
        text = str(method.constant.value) if method and method.constant else ""

        if match := _PBKDF2.fullmatch(text):
            yield from _pbkdf2(call, match[1], int(match[2]))
        elif match := _SCRYPT.fullmatch(text):
            yield from _scrypt(call, list(map(int, match.groups())))

    for call in project.calls(*sorted(project.models.named("password-scheme"))):
        for word, argument in call.keywords.items():
            match, rounds = _ROUNDS.fullmatch(word), _number(argument)

            if match and rounds is not None:
                yield from _rounds(call, match[1] or call.name or "", rounds)


def _rounds(call: Site, scheme: str, rounds: int) -> Iterator[_Low]:
    if "bcrypt" in scheme:
        if rounds < BCRYPT_FLOOR:
            yield _bcrypt(call, rounds)
    elif "pbkdf2_" in scheme:
        digest = scheme.partition("pbkdf2_")[2].partition(".")[0]
        yield from _pbkdf2(call, digest, rounds)


def _bcrypt(at: Site, rounds: int) -> _Low:
    return _Low(at, f"2^{rounds} rounds of bcrypt", f"2^{BCRYPT_FLOOR}")


def _pbkdf2(at: Site, digest: str, rounds: int | None) -> Iterator[_Low]:
    least = floors.pbkdf2(digest)

    if rounds is not None and rounds < least:
        old = rounds * floors.OLD >= least
        yield _Low(at, f"{rounds:,} rounds of PBKDF2", f"{least:,}", old)


def _argon2(call: Site) -> Iterator[_Low]:
    # RFC 9106's second choice is what the library takes where nothing is said.
    passes = _number(call.argument(0, "time_cost"), 3)
    memory = _number(call.argument(1, "memory_cost"), 65_536)

    if passes is not None and memory is not None:
        if not enough(memory, passes):
            yield _Low(
                call,
                f"{memory:,} KiB and {passes} passes of Argon2",
                "19,456 KiB with 2 passes, or as much in another mix",
            )


def _scrypt(call: Site, given: list[int | None]) -> Iterator[_Low]:
    numbers = [number for number in given if number is not None]

    if len(numbers) == len(given) and not floors.scrypt_enough(*numbers):
        cost = "N={}, r={}, p={} of scrypt".format(*numbers)
        yield _Low(call, cost, "N=32768, r=8, p=1")


def _number(site: Site | None, default: int | None = None) -> int | None:
    """Return the whole number that is given, ``None`` where it is not constant."""
    if site is None:
        return default

    node = site.node

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _number(site.at(node.left)), _number(site.at(node.right))
        return 2**power if base == 2 and power is not None and 0 <= power < 64 else None

    constant = site.constant
    value = constant.value if constant else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
