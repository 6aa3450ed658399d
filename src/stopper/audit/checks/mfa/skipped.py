"""Is nobody logged in before the second factor was asked for?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.mfa.rules import MFA_SKIPPABLE
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.index import parent_of
from ...survey.module import statement_of
from ...survey.project import Project
from ...survey.site import Site
from ..uncommented import uncommented

_FACTOR = re.compile(
    r"mfa|2fa|tfa|totp|\botp|_otp|two[_-]?factor|second[_-]?factor|twofa|two[_-]?step|webauthn",
    re.I,
)

#: Keys of the session that say who is logged in.
_WHO = re.compile(
    r"_?user_?id|user|username|uid|logged_?in|account_?id|is_?logged\w*", re.I
)

_LOGINS = (
    "flask_login.login_user",
    "flask_security.login_user",
    "flask_login.utils.login_user",
)

_UNDOES = re.compile(r"logout_user|session\.(?:pop|clear)|del session")

#: What another view asks of the session before it lets somebody in.
_ASKED = re.compile(
    r"session(?:\[|\.(?:get|pop)\()\s*f?[\"'][\w.:-]*(?:mfa|2fa|tfa|totp|otp|two_?factor|twofa|second)",
    re.I,
)


@check(MFA_SKIPPABLE, asks=Project)
def mfa_skippable(project: Project) -> Iterator[Finding]:
    """Is nobody logged in before the second factor was asked for?"""
    found = [(site, test) for site in _logins(project) if (test := _asks_later(site))]

    for site, _ in found:
        function = site.function
        assert function is not None  # noqa: S101  # by _asks_later

        if not _held_back(project, site):
            yield finding(
                MFA_SKIPPABLE, site.place, site.written, view=f"{function.name}()"
            )


def _logins(project: Project) -> Iterator[Site]:
    """Yield where somebody is logged in."""
    yield from (c for c in project.calls(*_LOGINS) if not c.module.test)

    for assign in project.nodes(ast.Assign):
        target = t.cast(ast.Assign, assign.node).targets[0]

        if isinstance(target, ast.Subscript) and not assign.module.test:
            key = assign.at(target.slice).constant
            held = assign.at(target.value)

            if key is not None and held.type == "flask.session":
                if _WHO.fullmatch(str(key.value)):
                    yield held


def _asks_later(site: Site) -> ast.If | None:
    """Return the test after a login that leads to the page which asks for a code."""
    statement = statement_of(site.node)
    block = _block(statement)

    if site.function is None or statement not in block:
        return None

    for later in block[block.index(statement) + 1 :]:
        if isinstance(later, ast.If) and _FACTOR.search(site.at(later.test).source):
            body = "\n".join(site.module.segment(s) for s in later.body)
            leads = re.search(r"redirect|render_template|jsonify|return", body)

            if leads and _FACTOR.search(body) and not _UNDOES.search(body):
                return later

    return None


def _block(statement: ast.AST) -> list[ast.stmt]:
    """Return the statements among which one stands."""
    above = parent_of(statement)

    for field in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(above, field, [])

        if isinstance(block, list) and statement in block:
            return block

    return []


def _held_back(project: Project, login: Site) -> bool:
    """Say whether other code asks the session if the second factor was there."""
    function = login.function

    for module in project.modules:
        if module.test:
            continue

        text = module.text

        if module is login.module and function is not None:
            text = text.replace(module.segment(function), "")

        if _ASKED.search(uncommented(text)):
            return True

    return False
