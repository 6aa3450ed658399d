"""Which passwords are taken, and which parameters of a hash are enough. Asked by both wings."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable

#: Characters of a shortest password that is one factor of several (NIST SP 800-63B-4,
#: 3.1.1.2; OWASP ASVS 5.0, 6.2.1).
SHORTEST = 8

#: Bytes of a longest password, in UTF-8. At least 64 characters have to be taken (ASVS
#: 5.0, 6.2.9), and without an end the hashing is an attack.
LONGEST = 1024

#: Letters of a shortest context word. In a shorter one stands too much by chance.
SHORTEST_WORD = 4

#: How many context words are looked at.
MOST_WORDS = 64

#: Memory in KiB and passes of argon2id, each pair as strong as the next (OWASP Password
#: Storage Cheat Sheet).
ARGON2_FLOOR = ((47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5))

#: The lowest work factor of bcrypt (OWASP Password Storage Cheat Sheet).
BCRYPT_FLOOR = 10

#: Rows of keys and of the alphabet along which one types without a thought.
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)

# What is written for a letter, as one letter for all that look alike.
_LOOKS = str.maketrans("013456789@$!|+l", "oieasgtbgasiiti")

_JOINTS = re.compile(r"[\s._\-]+")
_WORD = re.compile(r"[^\W_]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Complaint:
    """Why a password is not taken.

    :param name: ``"too-short"``, ``"too-long"``, ``"common"``, ``"breached"`` or
        ``"context-word"``.
    :param says: The same for who chose it, in one or two sentences.
    """

    name: str
    says: str


TOO_LONG = Complaint(
    "too-long", f"This password is longer than {LONGEST} bytes. Take a shorter one."
)
COMMON = Complaint(
    "common", "Many people have this password, so it is guessed first. Take another."
)
BREACHED = Complaint(
    "breached",
    "This password is in a list of stolen ones, so it is guessed first. Take another.",
)
CONTEXT_WORD = Complaint(
    "context-word",
    "This password is little more than your name, your address or the name of this "
    "site. Take another.",
)


def normal(password: str) -> str:
    """Return a password as it is hashed, whichever keyboard typed it (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def encoded(password: str) -> bytes:
    """Return the bytes of a password. Half a surrogate pair, which JSON may hold, has some."""
    return password.encode("utf-8", "surrogatepass")


def too_long(password: str) -> bool:
    """Say whether a password, as it came or as it is hashed, is longer than is taken."""
    # A character may become eighteen, so what came is measured first.
    return (
        len(password) > LONGEST
        or len(encoded(password)) > LONGEST
        or len(encoded(normal(password))) > LONGEST
    )


def length(password: str) -> int:
    """Return the characters of a password; one that NFKC makes longer counts as one."""
    return min(len(password), len(normal(password)))


def too_short(password: str, shortest: int) -> Complaint | None:
    """Complain of a password that has fewer characters."""
    if length(password) >= shortest:
        return None

    return Complaint(
        "too-short",
        f"This password is too short: it takes at least {shortest} characters. A few "
        "words in a row are easy to keep in mind.",
    )


def unit(password: str) -> str:
    """Return what a password repeats: ``"abc"`` of ``"abcabcab"``; all of it if nothing."""
    for size in range(1, len(password) // 2 + 1):
        if password[size:] == password[:-size]:
            return password[:size]

    return password


def monotonous(password: str) -> bool:
    """Say whether a password is a few characters again and again, or a row of keys."""
    text = normal(password).casefold()
    rows = any(text in row * 2 or text[::-1] in row * 2 for row in ROWS)
    return rows or (len(text) >= SHORTEST and len(unit(text)) < SHORTEST)


def words(context: Iterable[str]) -> tuple[str, ...]:
    """Return the words that a password may not lean on, the longest first.

    :param context: Addresses, names, hosts: ``"anna.smith@shop.example"`` gives
        ``annasmith``, ``smith``, ``shop``, ``example`` and ``anna``, as they look.
    """
    found: dict[str, None] = {}

    for text in context:
        for part in normal(text[:LONGEST]).casefold().split("@"):
            found.update(dict.fromkeys(map(_looks, [part, *_WORD.findall(part)])))

    long = [word for word in found if len(word) >= SHORTEST_WORD]
    return tuple(sorted(long, key=len, reverse=True)[:MOST_WORDS])


def leans(password: str, context: Iterable[str]) -> bool:
    """Say whether less than a shortest password is left of it without its context words.

    Words count backwards as well, and with digits and signs in the place of letters.
    """
    whole = left = _looks(normal(password).casefold())

    for word in words(context):
        left = left.replace(word, "").replace(word[::-1], "")

    return left != whole and len(left) < SHORTEST


def _looks(text: str) -> str:
    return _JOINTS.sub("", text).translate(_LOOKS)


def enough(memory: int, passes: int) -> bool:
    """Say whether argon2id with these parameters is not below the floor.

    :param memory: KiB.
    """
    return any(memory >= m and passes >= t for m, t in ARGON2_FLOOR)
