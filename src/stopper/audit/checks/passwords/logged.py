"""Do logs hold nothing that proves who somebody is?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.cryptography.policy import words
from ....controls.passwords.rules import PASSWORD_IN_LOG
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.pieces import text_pieces
from ...survey.project import Project
from ...survey.said import ends
from ...survey.site import Site
from ..inputs import logging_calls

_PASSWORD = re.compile(
    r"(?:\w+_)?(?:password|passwd|passphrase|pwd)(?:_?\d|_again|_confirm(?:ation)?)?"
    r"|new_pass|old_pass|user_pass|plain_?text_?password"
)

_TOKEN = re.compile(
    r"(?:\w+_)?(?:access|refresh|reset|auth|bearer|session|verification|confirm|confirmation"
    r"|activation|login|id|api|jwt|oauth|recovery|invite)_token|api_?key|apikey|client_secret"
    r"|secret_key|totp_?secret|otp_?(?:code|secret)|recovery_?codes?|backup_?codes?"
)

#: What only looks like one: a rule of passwords, whether there is one, its hash's kind.
_ABOUT = re.compile(
    r"^(?:is|has|no|with|use|uses|need|needs|require|requires|should|check|max|min|masked|redacted)_"
    r"|_(?:type|length|len|policy|field|url|path|file|id|name|expir\w+|age|count|error|errors)$"
    r"|masked|redacted|obfuscated|hidden|hash"
)


@check(PASSWORD_IN_LOG, asks=Project)
def password_in_log(project: Project) -> Iterator[Finding]:
    """Do logs hold nothing that proves who somebody is?"""
    for call in logging_calls(project):
        if call.module.test:
            continue

        told = next(_secrets(call), None)

        if told is not None:
            part, name, confidence = told
            yield finding(
                PASSWORD_IN_LOG,
                call.place,
                call.written,
                confidence=confidence,
                secret=f"`{part.source if len(part.source) < 60 else name}`",
            )

    # What a view prints ends in the log of its server.
    for call in project.calls("builtins.print"):
        if call.function in project.views:
            for part, name, confidence in _secrets(call):
                yield finding(
                    PASSWORD_IN_LOG,
                    call.place,
                    call.written,
                    confidence=confidence,
                    secret=f"`{part.source if len(part.source) < 60 else name}`",
                )
                break


def _secrets(call: Site) -> Iterator[tuple[Site, str, Confidence]]:
    """Yield the parts of a line that are secrets by their names."""
    node = t.cast(ast.Call, call.node)

    for argument in node.args:
        for piece in _pieces(argument):
            site = call.at(piece)
            name = words(next(ends(piece), ""))

            if not name or _ABOUT.search(name) or _plain(site):
                continue

            if _PASSWORD.fullmatch(name):
                yield site, name, Confidence.HIGH
            elif _TOKEN.fullmatch(name):
                yield site, name, Confidence.MEDIUM


def _pieces(argument: ast.expr) -> Iterator[ast.expr]:
    """Yield the values that a line is put together of."""
    if isinstance(argument, ast.Tuple | ast.List):
        for element in argument.elts:
            yield from _pieces(element)

        return

    found = text_pieces(argument)

    for piece in [argument] if found is None else found:
        if isinstance(piece, ast.Name | ast.Attribute | ast.Subscript) or (
            isinstance(piece, ast.Call)
            and getattr(piece.func, "attr", "")
            in {
                *("get", "strip", "encode", "decode", "format"),
            }
        ):
            yield piece


def _plain(site: Site) -> bool:
    """Say whether a value is one that stands in the source, or a class's own."""
    node = site.node

    if site.constant is not None:
        return True

    root: ast.AST = node

    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value

    return isinstance(root, ast.Name) and root.id[:1].isupper() and root is not node
