"""Does a link into an account stop working after a while?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.accounts.rules import RESET_TOKEN_WITHOUT_EXPIRY
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site
from .lookups import Lookup
from .lookups import lookups
from .purposes import around
from .purposes import code_around
from .purposes import OPENS

#: What speaks of a time until which something counts, in a function.
_TIMED = re.compile(
    r"expir|timedelta|valid_?(?:until|for|to)|max_?age|ttl|life_?time|utcnow\(|\bnow\("
    r"|time\.time|(?:sent|created|issued|requested|generated)_?(?:at|on)|timestamp|too_?old"
    r"|stale",
    re.I,
)

#: The same of a column: a user has a ``created_at`` of his own.
_COLUMN_TIMED = re.compile(
    r"expir|valid_?until|(?:token|reset|code|key|link|confirm\w*|verif\w*|request\w*|sent)_?"
    r"(?:\w+_)?(?:at|on|time|date|until|sent|created|issued)\b",
    re.I,
)

_UNSUBSCRIBES = re.compile(r"unsubscrib|newsletter|preferenc", re.I)


@check(RESET_TOKEN_WITHOUT_EXPIRY, asks=Project)
def reset_token_without_expiry(project: Project) -> Iterator[Finding]:
    """Does a link into an account stop working after a while?"""
    for call, how in (*_loaded(project), *_encoded(project)):
        if not call.module.test:
            yield finding(RESET_TOKEN_WITHOUT_EXPIRY, call.place, call.written, how=how)

    told: set[ast.AST] = set()

    for look in lookups(project):
        function = look.at.function

        if function is not None and function not in told and not _timed(project, look):
            told.add(function)
            yield finding(
                RESET_TOKEN_WITHOUT_EXPIRY,
                look.at.place,
                look.at.written,
                confidence=Confidence.MEDIUM,
                how=f": nothing asks when `{look.column}` was made",
            )


def _loaded(project: Project) -> Iterator[tuple[Site, str]]:
    """Yield where a signed token is read, and nothing asks when it was signed."""
    for call in project.calls(*sorted(project.models.named("timed-loads"))):
        age = call.argument(1, "max_age")
        none = age is not None and age.constant is not None and not age.constant.value
        asked = call.argument(-1, "return_timestamp") is not None

        if (age is None or none) and not (asked or call.open_ended) and _opens(call):
            yield call, ", for it gives no max_age"

    for call in project.calls(*sorted(project.models.named("untimed-loads"))):
        if _opens(call) and not _TIMED.search(code_around(call)):
            yield call, ", for this serializer signs no time"


def _opens(call: Site) -> bool:
    """Say whether the names around say that the token opens an account."""
    text = f"{around(call)} {code_around(call)}"
    return bool(OPENS.search(text)) and not _UNSUBSCRIBES.search(around(call))


def _encoded(project: Project) -> Iterator[tuple[Site, str]]:
    """Yield where a JWT is made that has no time."""
    for call in project.calls(*sorted(project.models.named("jwt-encode"))):
        payload = call.argument(0, "payload")

        if payload is None or not OPENS.search(around(call)):
            continue

        bound = payload.bound
        node = bound[1].node if bound else payload.node

        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = {k.value for k in node.keys if isinstance(k, ast.Constant)}
            later = f"{payload.source}[" in code_around(call) or "exp" in keys

            if not later and len(keys) == len(node.keys):
                yield call, ", for it has no `exp`"


def _timed(project: Project, look: Lookup) -> bool:
    """Say whether anything asks when a token was made."""
    if _TIMED.search(code_around(look.at)) or _TIMED.search(look.column):
        return True

    # What the token is made of may hold a time, and the table may.
    for node in project.nodes(ast.ClassDef):
        body = t.cast(ast.ClassDef, node.node).body
        held = any(_declares(item, look.column) for item in body)

        if held and _COLUMN_TIMED.search(node.module.segment(node.node)):
            return True

    return _written_with_time(project, look.column)


def _declares(item: ast.stmt, column: str) -> bool:
    targets = (
        item.targets
        if isinstance(item, ast.Assign)
        else [getattr(item, "target", item)]
    )
    return any(isinstance(x, ast.Name) and x.id == column for x in targets)


def _written_with_time(project: Project, column: str) -> bool:
    """Say whether a function that makes the token speaks of a time."""
    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)
        held = any(
            isinstance(x, ast.Attribute) and x.attr == column for x in node.targets
        )

        if held and not isinstance(node.value, ast.Constant):
            if _TIMED.search(code_around(assign)):
                return True

    return False
