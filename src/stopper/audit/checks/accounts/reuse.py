"""Does a link to a new password work once?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.accounts.rules import REUSABLE_RESET_TOKEN
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site
from ..uncommented import uncommented
from .lookups import lookups
from .purposes import around
from .purposes import code_around
from .purposes import RESETS

_SETS = re.compile(
    r"set_password\(|password\w*\s*=[^=]|change_password\(|update_password\("
)

#: What a token is bound to that changes with the password, or is remembered as used.
_BOUND = re.compile(
    r"pass(?:word|wd)?_?hash|hashed|\.pass(?:word|wd)\b|\[.pass(?:word|wd).\]|last_?(?:login|changed|updated|seen|password)"
    r"|updated_?at|modified|version|security_?stamp|nonce|fingerprint|uniquifier|alternative_id|jti"
    r"|password_changed|counter|generation",
    re.I,
)

_USED = re.compile(
    r"(?:used|consumed|spent|revoked|black_?list\w*|block_?list\w*|redeemed|burnt)_?\w*token"
    r"|token\w*_?(?:used|consumed|spent|revoked|redeemed)",
    re.I,
)

#: A function of such a name makes the token.
_MAKES = re.compile(
    r"(?:reset|forgot|recover)\w*(?:token|link|code|mail)|(?:token|link)\w*(?:reset|forgot|recover)",
    re.I,
)


@check(REUSABLE_RESET_TOKEN, asks=Project)
def reusable_reset_token(project: Project) -> Iterator[Finding]:
    """Does a link to a new password work once?"""
    for look in lookups(project):
        at, text = look.at, code_around(look.at)

        if not RESETS.search(look.column) or not _SETS.search(text):
            continue

        if not _cleared(project, look.column) and ".delete(" not in text:
            how = f"finds the account, and nothing empties `{look.column}`"
            yield finding(REUSABLE_RESET_TOKEN, at.place, at.written, how=how)

    made = list(_signed(project))

    if made and not any(
        _USED.search(uncommented(m.text)) for m in project.modules if not m.test
    ):
        for call in made:
            yield finding(
                REUSABLE_RESET_TOKEN,
                call.place,
                call.written,
                confidence=Confidence.LOW,
                how="signs nothing that changes with the password",
            )


def _cleared(project: Project, column: str) -> bool:
    """Say whether any line takes a token away, or puts another in its place."""
    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == column:
                if isinstance(node.value, ast.Constant) and not node.value.value:
                    return True

    emptied = re.compile(
        rf"\b{re.escape(column)}['\"]?\s*[=:]\s*(?:None|''|\"\"|null)|\$unset"
    )
    return any(emptied.search(m.text) for m in project.modules if not m.test)


def _signed(project: Project) -> Iterator[Site]:
    """Yield where a token for a new password is signed, with nothing that it ends with."""
    names = project.models.named("token-dumps") | project.models.named("jwt-encode")

    for call in project.calls(*sorted(names)):
        makes = _MAKES.search(around(call)) and not call.module.test

        if makes and not _BOUND.search(code_around(call)):
            yield call
