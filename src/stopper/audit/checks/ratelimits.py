"""Does anything count the tries at a login?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.ratelimits.control import LOGIN_WITHOUT_LIMIT
from ...controls.ratelimits.policy import guessable
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.index import FUNCTIONS
from ..survey.project import Project
from ..survey.routes import Route
from ..survey.routes import UNSAFE

#: Packages that count tries, be it at views that we cannot see.
_COUNTING = frozenset(
    {"stopper", "flask_limiter", "limits", "slowapi", "flask_ipban", "redis_rate_limit"}
)

#: What a name says that counts: a function, a column of failed tries, a riddle.
_COUNTS = re.compile(
    r"rate_?limit|throttl|lock_?out|locked_(?:until|at)|too_?many|brute|captcha|turnstile"
    r"|(?:fail|login|wrong|bad)\w*_?(?:attempt|tries|count)|\battempts?\b|\b429\b",
    re.I,
)

#: What a decorator that counts is called.
_LIMITS = re.compile(r"limit|throttl", re.I)

#: What a view holds that compares what a visitor sent with a secret.
_COMPARES = re.compile(
    r"check_password|verify_password|password_verify|validate_password|compare_password"
    r"|check_pw|checkpw|login_user|\bauthenticate\(|compare_digest|pwd_context|\.verify\("
)

_SECRET = re.compile(
    r"passw(?:or)?d|passcode|passwort|contrase|senha|mot_de_passe|\botp|totp|mfa", re.I
)

#: Who registers guesses nothing.
_JOINS = re.compile(r"sign_?up|regist|join|enrol|create|invite", re.I)


@check(LOGIN_WITHOUT_LIMIT, asks=Project)
def login_without_limit(project: Project) -> Iterator[Finding]:
    """May a program try one password after the other?"""
    if not project.apps or project.imported & _COUNTING:
        return

    if any(_COUNTS.search(name) for name in _functions(project)):
        return

    seen: set[ast.AST] = set()

    for route in project.routes:
        node = route.view.node

        if node in seen or route.view.module.test or not _takes_guesses(route):
            continue

        seen.add(node)
        text = route.view.module.segment(node)

        if any(_LIMITS.search(d.written) for d in route.decorators):
            continue

        if _SECRET.search(text) and not _COUNTS.search(text):
            yield finding(
                LOGIN_WITHOUT_LIMIT,
                route.place,
                route.name,
                confidence=Confidence.MEDIUM
                if _COMPARES.search(text)
                else Confidence.LOW,
                view=f"{route.name}()",
            )


def _takes_guesses(route: Route) -> bool:
    if not isinstance(route.view.node, FUNCTIONS) or _JOINS.search(route.name):
        return False

    return bool(UNSAFE.intersection(route.methods)) and guessable(
        route.rule, route.name
    )


def _functions(project: Project) -> Iterator[str]:
    for site, node in project.functions():
        if not site.module.test:
            yield node.name
