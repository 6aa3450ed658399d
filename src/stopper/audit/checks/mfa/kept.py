"""Is what makes codes, or replaces them, kept so that a stolen table is worth little?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.mfa.rules import RECOVERY_CODE_IN_PLAIN
from ....controls.mfa.rules import TOTP_SECRET_IN_PLAIN
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site
from ..cryptography.kept import Kept
from ..cryptography.kept import kept

_SECRET = re.compile(
    r"(?:\w+_)?(?:totp|otp|mfa|two_?factor|tf_totp|tfa|2fa|authenticator)_?"
    r"(?:secret|key|seed)s?(?:_key)?",
    re.I,
)

_CODES = re.compile(r"(?:\w+_)?(?:recovery|backup|scratch|rescue)_?codes?", re.I)
_CODE_CLASS = re.compile(r"(?:recovery|backup|scratch|rescue)_?code", re.I)

#: What hides a value before it is kept.
_HIDES = re.compile(
    r"encrypt|fernet|cipher|crypt|seal|hash|digest|pbkdf|argon|scrypt|hmac|protect|EncryptedType",
    re.I,
)

_PAST = re.compile(r"(?:^|/)(?:migrations|alembic|versions)/")

_TEXT = re.compile(r"String|Text|Unicode|CHAR|\bstr\b|JSON|PickleType", re.I)


@check(TOTP_SECRET_IN_PLAIN, asks=Project)
def totp_secret_in_plain(project: Project) -> Iterator[Finding]:
    """Is what codes are made of encrypted where it is kept?"""
    told: set[str] = set()

    for site, name in _columns(project):
        if not _SECRET.fullmatch(name) or name in told:
            continue

        told.add(name)

        if not _hidden(project, name):
            yield finding(TOTP_SECRET_IN_PLAIN, site.place, name)


def _columns(project: Project) -> Iterator[tuple[Site, str]]:
    """Yield the columns of texts that classes declare, old migrations aside."""
    for kind in (ast.Assign, ast.AnnAssign):
        for site in project.nodes(kind):
            node = t.cast(t.Any, site.node)
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            past = site.module.test or _PAST.search(site.module.path)

            if past or not isinstance(target, ast.Name) or not _is_column(node.value):
                continue

            if _TEXT.search(site.source) and not _HIDES.search(site.source):
                yield site, target.id


def _is_column(made: ast.expr | None) -> bool:
    func = made.func if isinstance(made, ast.Call) else None
    called = getattr(func, "attr", getattr(func, "id", ""))
    return called in {"Column", "mapped_column"}


def _hidden(project: Project, column: str) -> bool:
    """Say whether any value of a column is hidden before it is kept."""
    return any(
        _HIDES.search(one.value.source)
        for one in kept(project)
        if one.name == column and not one.inside
    )


@check(RECOVERY_CODE_IN_PLAIN, asks=Project)
def recovery_code_in_plain(project: Project) -> Iterator[Finding]:
    """Are recovery codes hashed where they are kept?"""
    told: set[str] = set()

    for one in kept(project):
        if one.name in told or not _keeps_codes(one):
            continue

        function = one.at.function
        text = one.at.module.segment(function) if function is not None else ""

        if function is not None and not (
            _HIDES.search(text) or _elsewhere(project, one)
        ):
            told.add(one.name)
            yield finding(RECOVERY_CODE_IN_PLAIN, one.at.place, one.at.written)


def _keeps_codes(one: Kept) -> bool:
    """Say whether a row is given codes, and not a page or a function."""
    node = one.at.node

    if isinstance(one.value.node, ast.Constant | ast.Name) and _empty(one.value):
        return False

    if isinstance(node, ast.Attribute):
        # ``form.backup_codes``, ``self.recovery_codes`` of what is no row.
        return bool(_CODES.fullmatch(one.name)) and _makes(one)

    if isinstance(node, ast.Call) and one.value.node in [
        k.value for k in node.keywords
    ]:
        made = getattr(node.func, "id", getattr(node.func, "attr", ""))
        row = bool(_CODE_CLASS.search(made)) and made[:1].isupper()
        return (row and one.name in {"code", "value"}) or (
            made[:1].isupper() and bool(_CODES.fullmatch(one.name)) and _makes(one)
        )

    return False


def _empty(value: Site) -> bool:
    constant = value.constant
    return constant is not None and not constant.value


def _makes(one: Kept) -> bool:
    """Say whether the codes are made where they are kept."""
    function = one.at.function
    text = one.at.module.segment(function) if function is not None else ""
    return bool(re.search(r"secrets\.|token_hex|urandom|random|generate|uuid", text))


def _elsewhere(project: Project, one: Kept) -> bool:
    """Say whether the function that makes the codes hides them, if it is the project's."""
    for call in ast.walk(one.value.node):
        if isinstance(call, ast.Call):
            known = project.names.definition(one.value.at(call).name)

            if known is not None and _HIDES.search(known[0].segment(known[1])):
                return True

    return False
