"""Are passwords hashed by a function that is slow on purpose?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.cryptography.policy import password
from ....controls.passwords.rules import WEAK_PASSWORD_HASH
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.said import ends
from ..cryptography.hashes import by_chance
from ..cryptography.hashes import digested
from ..cryptography.hashes import digests
from ..cryptography.hashes import harmless
from ..cryptography.hashes import of_password
from ..cryptography.kept import ends_of
from ..cryptography.kept import Kept
from ..cryptography.kept import kept

_FAST = re.compile(r"plain|md5|sha\d|pbkdf2:(?:md5|sha1)")


@check(WEAK_PASSWORD_HASH, asks=Project)
def weak_password_hash(project: Project) -> Iterator[Finding]:
    """Are passwords hashed by a function that is slow on purpose?"""
    calls = [c for c in digests(project) if not (harmless(c) or by_chance(c))]
    ended = ends_of(project, "digest", calls, _passwords(project))

    for call in calls:
        if of_password(call):
            yield finding(WEAK_PASSWORD_HASH, call.place, call.written)
        elif found := ended.get(call.node):
            yield digested(WEAK_PASSWORD_HASH, call, found, Confidence.HIGH)

    for call in project.calls("werkzeug.security.generate_password_hash"):
        method = call.argument(1, "method")
        text = str(method.constant.value) if method and method.constant else ""

        if _FAST.match(text):
            yield finding(WEAK_PASSWORD_HASH, call.place, call.written)

    for call in project.calls(*sorted(project.models.named("weak-password-hash"))):
        yield finding(WEAK_PASSWORD_HASH, call.place, call.written)


def _passwords(project: Project) -> Iterator[Kept]:
    """Yield what is kept as a password, or compared with one that is kept."""
    for one in kept(project):
        if not (one.inside or one.cookie) and password(one.name):
            yield one

    for site in project.nodes(ast.Compare):
        node = t.cast(ast.Compare, site.node)
        sides = [node.left, *node.comparators]

        if not site.module.test and any(map(_stored, sides)):
            yield from (Kept("password", site.at(s), site.at(s)) for s in sides)


def _stored(side: ast.expr) -> bool:
    """Say whether a side of a comparison is a password that somebody keeps."""
    return isinstance(side, ast.Attribute | ast.Subscript) and any(
        password(w) for w in ends(side)
    )
