"""Has every password a salt of its own?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.passwords.rules import STATIC_SALT
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.appconfig import is_config
from ...survey.project import Project
from ...survey.said import mentions
from ...survey.site import Site
from ..cryptography.hashes import of_password

#: What is made of the password and used as a key is not stored to be compared.
_KEYS = re.compile(r"fernet|(?<!pass)key|cipher|encrypt|decrypt|aes", re.I)


@check(STATIC_SALT, asks=Project)
def static_salt(project: Project) -> Iterator[Finding]:
    """Has every password a salt of its own?"""
    for found in project.sinks("password-salt"):
        call = found.call

        if call.module.test or not of_password(call) or _makes_key(call):
            continue

        constant = found.argument.constant

        if constant is not None and isinstance(constant.value, str | bytes):
            yield finding(STATIC_SALT, call.place, call.written)
        elif _configured(found.argument):
            yield finding(
                STATIC_SALT, call.place, call.written, confidence=Confidence.MEDIUM
            )


def _makes_key(call: Site) -> bool:
    function = call.function
    named = function.name if function is not None else ""
    return bool(_KEYS.search(named))


def _configured(salt: Site) -> bool:
    """Say whether a salt is read from the configuration, which is the same for all."""
    node = salt.node

    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "get" and is_config(salt.at(node.func.value)):
            return any("salt" in w.lower() for w in mentions(node))

        if node.func.attr != "encode":
            return False

        node = node.func.value

    held = isinstance(node, ast.Subscript) and is_config(salt.at(node.value))
    return held and any("salt" in w.lower() for w in mentions(node))
