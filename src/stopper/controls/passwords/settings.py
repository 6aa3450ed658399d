"""Passwords: what can be set."""

from __future__ import annotations

import base64
import binascii
import re
import typing as t
from urllib.parse import urlsplit

from ...catalogue.setting import Setting
from ..general import local
from .policy import BCRYPT_FLOOR
from .policy import SHORTEST

#: Bytes of a shortest pepper: as many as a key of HMAC with SHA-256 should have.
SHORTEST_PEPPER = 32

#: The id of a pepper, as it stands in a hash (PHC string format: a value's characters).
PEPPER_ID = re.compile(r"[A-Za-z0-9.+/-]{1,32}")


def pepper(text: object) -> tuple[str, bytes] | None:
    """Return id and key of a pepper written as ``"id:base64"``, ``None`` if it is none."""
    if not isinstance(text, str):
        return None

    name, colon, key = text.partition(":")

    try:
        found = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return None

    good = colon and PEPPER_ID.fullmatch(name) and len(found) >= SHORTEST_PEPPER
    return (name, found) if good else None


def _complain_of_peppers(value: tuple[str, ...]) -> str | None:
    found = [pepper(text) for text in value]

    if None in found:
        return (
            f"takes a list of 'id:base64' with at least {SHORTEST_PEPPER} random bytes "
            "each, the newest first: python -c 'import base64, secrets; "
            'print("2027a:" + base64.b64encode(secrets.token_bytes(32)).decode())\''
        )

    ids = [name for name, _ in filter(None, found)]
    return "has an id twice, and each takes its own" if len(ids) > len({*ids}) else None


def _complain_of_range(value: str) -> str | None:
    if not value:
        return None

    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None

    safe = host and (
        parts.scheme == "https" or (parts.scheme == "http" and local(parts.netloc))
    )

    if not safe or parts.query or parts.fragment or "@" in parts.netloc:
        return "takes an address that starts with https:// and ends with a path"

    return None


def _complain_of_words(value: tuple[str, ...]) -> str | None:
    return None if all(isinstance(w, str) for w in value) else "takes a list of words"


LENGTH: Setting[int] = Setting(
    key="STOPPER_PASSWORD_LENGTH",
    default=15,
    says=f"How many characters a new password takes at least where it is the only factor; with a second one it is {SHORTEST}.",
    unit="characters",
    source="NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.1",
    minimum=SHORTEST,
    maximum=64,
)

WORDS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_PASSWORD_WORDS",
    default=(),
    says="More words on which a new password may not lean, such as the names of the firm and of its products; the app's name and hosts, the user's name and the address are known.",
    source="NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.1.2 and 6.2.11",
    complain=_complain_of_words,
)

SCHEME: Setting[str] = Setting(
    key="STOPPER_PASSWORD_SCHEME",
    default="argon2id",
    says="How new passwords are hashed. Others are still verified, and replaced at the next login.",
    source="OWASP Password Storage Cheat Sheet; RFC 9106; OWASP ASVS 5.0, 11.4.2",
    choices=("argon2id", "bcrypt"),
)

MEMORY: Setting[int] = Setting(
    key="STOPPER_PASSWORD_MEMORY",
    default=19456,  # 19 MiB
    says="How much memory one hash of argon2id takes.",
    unit="KiB",
    source="OWASP Password Storage Cheat Sheet: 19 MiB with two passes and one lane",
    minimum=7168,
    maximum=524288,
)

PASSES: Setting[int] = Setting(
    key="STOPPER_PASSWORD_PASSES",
    default=2,
    says="How often one hash of argon2id goes over its memory.",
    unit="passes",
    source="OWASP Password Storage Cheat Sheet: 19 MiB with two passes and one lane",
    minimum=1,
    maximum=10,
)

LANES: Setting[int] = Setting(
    key="STOPPER_PASSWORD_LANES",
    default=1,
    says="How many threads one hash of argon2id takes.",
    unit="lanes",
    source="OWASP Password Storage Cheat Sheet: 19 MiB with two passes and one lane",
    minimum=1,
    maximum=16,
)

COST: Setting[int] = Setting(
    key="STOPPER_PASSWORD_COST",
    default=12,
    says="The work factor of bcrypt; each step doubles the time.",
    unit="doublings",
    source="OWASP Password Storage Cheat Sheet has at least 10; 12 takes a fifth of a second",
    minimum=BCRYPT_FLOOR,
    maximum=15,
)

PEPPERS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_PASSWORD_PEPPERS",
    default=(),
    says="Keys without which the hashes are worth nothing, each as `id:base64`, the newest first. Keep them outside of the database; one that a hash names may not go.",
    source="NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 11.4.2",
    complain=_complain_of_peppers,
    secret=True,
)

OLD_SALT: Setting[str] = Setting(
    key="STOPPER_PASSWORD_OLD_SALT",
    default="",
    says="The `SECURITY_PASSWORD_SALT` with which Flask-Security hashed passwords twice; empty if it did not.",
    source="needed while passwords of Flask-Security are taken over, and no longer",
    secret=True,
)

RANGE_URL: Setting[str] = Setting(
    key="STOPPER_PASSWORD_RANGE_URL",
    default="",
    says="Where a new password is looked up among stolen ones by five letters of its SHA-1, as in `https://api.pwnedpasswords.com/range/`; empty for the list alone that is shipped.",
    source="OWASP ASVS 5.0, 6.2.12; off, for no server should speak to a third party unasked",
    complain=_complain_of_range,
)

RANGE_TIMEOUT: Setting[float] = Setting(
    key="STOPPER_PASSWORD_RANGE_TIMEOUT",
    default=2.0,
    takes=(int,),
    says="How long the look-up may take; then the password is taken, with an event.",
    unit="seconds",
    source="the request waits, and holds a worker",
    minimum=0.1,
    maximum=10,
)

WORKERS: Setting[int] = Setting(
    key="STOPPER_PASSWORD_WORKERS",
    default=1,
    says="How many passwords one process hashes at once, in threads of low priority.",
    unit="threads",
    source="servers run a process for each core: one each keeps every core busy, and 50 hashes a second are 50 logins",
    minimum=1,
    maximum=64,
)

QUEUE: Setting[int] = Setting(
    key="STOPPER_PASSWORD_QUEUE",
    default=2,
    says="How many more may wait in one process, each of which holds a thread of the server; who comes then is answered 503 at once.",
    unit="requests",
    source="with the one at work three of the four threads that the smallest usual server has (waitress), so that one is always free",
    minimum=0,
    maximum=1000,
)

SETTINGS: tuple[Setting[t.Any], ...] = (
    LENGTH,
    WORDS,
    SCHEME,
    MEMORY,
    PASSES,
    LANES,
    COST,
    PEPPERS,
    OLD_SALT,
    RANGE_URL,
    RANGE_TIMEOUT,
    WORKERS,
    QUEUE,
)
