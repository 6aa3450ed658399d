"""Do secrets come from a source that nobody can foresee?"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.cryptography.control import PREDICTABLE_RANDOM
from ....controls.cryptography.policy import Secrecy
from ....controls.cryptography.policy import secrecy
from ....controls.cryptography.policy import words
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.index import FUNCTIONS
from ...survey.project import Project
from ...survey.said import becomes
from ...survey.said import receivers
from ...survey.site import Site
from .kept import ends_of
from .kept import Kept
from .kept import kept
from .kept import told

_MAKES = re.compile(
    r"(?:random|rand|psuedo|pseudo|generate|gen|make|create|new)_\w*"
    r"(?:token|secret|password|passwd|otp|nonce|salt|code)$"
    r"|(?:random|generate|gen)_(?:\w+_)?key$"
)

#: What names a thing for everyone to see.
_PUBLIC = re.compile(
    r"(?:^|_)(?:id|uuid|serial|name|slug|suffix|prefix|label|arn|title)s?$"
)

#: Chance that is to be seen, or to spread things: nobody gains by foreseeing it.
_IDLE = re.compile(
    r"captcha|colou?r|sample|jitter|backoff|back_off|shuffl|delay|sleep|retry|retries"
    r"|fake|faker|mock|dummy|demo|example|placeholder|lorem|emoji|avatar|variant|bucket"
)

#: A session that the browser keeps without anybody's name on it.
_COOKIE = re.compile(r"sess|token|auth|remember|jwt|(?:^|_)s?id$|login|user", re.I)

#: What has to be new, and need not be unknown.
_NEW = re.compile(r"(?:^|_)(?:nonce|salt)(?:_hash|_hex|_digest)?$")


@check(PREDICTABLE_RANDOM, asks=Project)
def predictable_random(project: Project) -> Iterator[Finding]:
    """Do tokens, passwords and keys come from the secrets module?"""
    names = sorted(project.models.named("predictable-random"))
    calls = [call for call in project.calls(*names) if not _idle(call)]

    if not calls:
        return

    ended = ends_of(project, "predictable", calls, _secrets(project))

    for call in calls:
        found = [(s, k, f) for k, f in ended.get(call.node, ()) if (s := _at(call, k))]
        worth = [min(sure, flow.confidence) for sure, _, flow in found]
        known = _confidence(call)
        confidence = max([*worth, known] if known else worth, default=None)

        if confidence is not None:
            found.sort(key=lambda one: -min(one[0], one[2].confidence))
            yield finding(
                PREDICTABLE_RANDOM,
                call.place,
                call.written,
                confidence=confidence,
                steps=told([(k, f) for _, k, f in found]),
            )


def _secrets(project: Project) -> Iterator[Kept]:
    for one in kept(project):
        if one.cookie or (_secrecy(one.name) and not _IDLE.search(words(one.name))):
            yield one

    # What a cookie is compared with is what whoever sends it has to know.
    for site in project.nodes(ast.Compare):
        node = site.node

        if isinstance(node, ast.Compare) and not site.module.test:
            sides = [site.at(side) for side in (node.left, *node.comparators)]

            if any((s.type or "").startswith("flask.request.cookies") for s in sides):
                yield from (Kept("session_token", side, side) for side in sides)


@functools.cache
def _secrecy(name: str) -> Secrecy:
    text = words(name)

    if re.match(r"remember_?me", text):
        return Secrecy.SURE

    found = secrecy(name)
    # A key is mostly that of a row or a part, unless it is made here.
    row = found is Secrecy.LIKELY and re.search(r"(?:key|hash|digest|mac|sig)$", text)
    return Secrecy.NONE if row and not _MAKES.search(text) else found


def _at(call: Site, one: Kept) -> Confidence | None:
    """Return how surely what a call made is a secret where it ends."""
    if _picked(call) and not (_joined(call) or _alphabet(call) or _indexed(call)):
        return None

    if one.cookie:
        known = _COOKIE.search(one.name) or not one.name
        return Confidence.HIGH if known and not _narrow(call) else None

    if _secrecy(one.name) is Secrecy.SURE:
        new = _NEW.search(words(one.name))
        return Confidence.MEDIUM if new or one.inside else Confidence.HIGH

    if one.inside or not (_joined(call) or _long(call)):
        return None

    return Confidence.MEDIUM


def _confidence(call: Site) -> Confidence | None:
    """Return how surely a secret is made here, ``None`` if nothing says so."""
    ends = list(becomes(call.node))
    best = max(map(_secrecy, ends), default=Secrecy.NONE)
    makes = any(_MAKES.search(words(e)) for e in ends)
    joined = _joined(call)

    if joined and _alphabet(call):
        # Characters strung together are a password or a token by most names.
        if best is Secrecy.SURE:
            return Confidence.HIGH

        if best or makes:
            return Confidence.MEDIUM

        seen = any(_PUBLIC.search(words(e)) for e in receivers(call.node))
        return None if seen else Confidence.LOW

    if best is Secrecy.SURE:
        return Confidence.LOW if _picked(call) and not joined else Confidence.HIGH

    if best is Secrecy.LIKELY:
        return Confidence.MEDIUM if (joined or makes or _long(call)) else None

    return Confidence.LOW if makes and joined else None


def _idle(call: Site) -> bool:
    """Say whether the names around say that nothing hangs on it."""
    return any(_IDLE.search(words(name)) for name in receivers(call.node))


def _joined(call: Site) -> bool:
    """Say whether the value becomes one of many characters."""
    for above in call.above():
        if isinstance(above.node, (*FUNCTIONS, ast.stmt)):
            return False

        func = getattr(above.node, "func", None)

        if isinstance(func, ast.Attribute) and func.attr == "join":
            return True

    return False


def _indexed(call: Site) -> bool:
    """Say whether it says which letter of a text is taken."""
    above = next(call.above(), None)
    return above is not None and isinstance(above.node, ast.Subscript)


def _picked(call: Site) -> bool:
    """Say whether one of a list is picked, as jitter and samples do."""
    last = (call.name or "").rpartition(".")[2]
    return last in {"choice", "choices", "sample", "uniform"}


def _alphabet(call: Site) -> bool:
    """Say whether characters are picked, not words."""
    pool = call.argument(0, "seq") or call.argument(0, "population")

    if pool is None:
        return False

    text = pool.source
    constant = pool.constant
    letters = constant is not None and isinstance(constant.value, str)
    return letters or bool(
        re.search(r"string\.|ascii_|letters|digits|alphabet|chars", text, re.I)
    )


def _long(call: Site) -> bool:
    """Say whether a number is drawn from a range as wide as a code's."""
    number = _top(call)
    return number is not None and number >= 999


def _narrow(call: Site) -> bool:
    """Say whether there are so few numbers that none of them says who somebody is."""
    number = _top(call)
    return number is not None and number < 999


def _top(call: Site) -> int | None:
    """Return how many different numbers there are, ``None`` if that is not known."""
    last = (call.name or "").rpartition(".")[2]

    if last in {"randbytes", "random", "uuid1"}:
        return 1 << 32

    if last not in {"randint", "randrange", "getrandbits"}:
        return None

    top = call.argument(1, "b") or call.argument(0)
    constant = top.constant if top else None
    number = constant.value if constant else None

    if not isinstance(number, int):
        return None

    return 1 << min(number, 32) if last == "getrandbits" else number
