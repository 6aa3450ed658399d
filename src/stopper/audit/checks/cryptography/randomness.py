"""Do secrets come from a source that nobody can foresee?"""

from __future__ import annotations

import ast
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
from ...survey.said import receivers
from ...survey.site import Site

_MAKES = re.compile(
    r"(?:random|rand|psuedo|pseudo|generate|gen|make|create|new)_\w*"
    r"(?:token|secret|password|passwd|otp|nonce|salt|api_?key|captcha|code|string|str|id)$"
)

_SEED = {"random.seed", "random.shuffle"}


@check(PREDICTABLE_RANDOM, asks=Project)
def predictable_random(project: Project) -> Iterator[Finding]:
    """Do tokens, passwords and keys come from the secrets module?"""
    for call in project.calls(*sorted(project.models.named("predictable-random"))):
        confidence = _confidence(call)

        if confidence is not None and call.name not in _SEED:
            yield finding(
                PREDICTABLE_RANDOM, call.place, call.written, confidence=confidence
            )


def _confidence(call: Site) -> Confidence | None:
    """Return how surely a secret is made, ``None`` if nothing says so."""
    ends = list(receivers(call.node))
    best = max((secrecy(e) for e in ends), default=Secrecy.NONE)
    makes = any(_MAKES.search(words(e)) for e in ends)
    joined = _joined(call)

    if joined and _alphabet(call):
        # Characters strung together are a password or a token by most names.
        if best is Secrecy.SURE:
            return Confidence.HIGH

        return Confidence.MEDIUM if best or makes else Confidence.LOW

    if best is Secrecy.SURE:
        return Confidence.LOW if _picked(call) and not joined else Confidence.HIGH

    if best is Secrecy.LIKELY:
        return Confidence.MEDIUM if (joined or makes or _long(call)) else None

    return Confidence.LOW if makes and joined else None


def _joined(call: Site) -> bool:
    """Say whether the value becomes one of many characters."""
    for above in call.above():
        if isinstance(above.node, (*FUNCTIONS, ast.stmt)):
            return False

        func = getattr(above.node, "func", None)

        if isinstance(func, ast.Attribute) and func.attr == "join":
            return True

    return False


def _picked(call: Site) -> bool:
    """Say whether one of a list is picked, as jitter and samples do."""
    return (call.name or "").rpartition(".")[2] in {"choice", "sample", "uniform"}


def _alphabet(call: Site) -> bool:
    """Say whether characters are picked, not words."""
    pool = call.argument(0, "seq") or call.argument(0, "population")

    if pool is None:
        return False

    text = pool.source
    constant = pool.constant
    letters = constant is not None and isinstance(constant.value, str)
    return letters or bool(
        re.search(r"string\.|ascii_|letters|digits|alphabet|chars", text)
    )


def _long(call: Site) -> bool:
    """Say whether a number is drawn from a range as wide as a code's."""
    top = call.argument(1, "b") or call.argument(0)
    constant = top.constant if top else None
    number = constant.value if constant else 0
    return isinstance(number, int) and number >= 999
