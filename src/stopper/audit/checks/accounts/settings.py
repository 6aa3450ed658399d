"""Do the extensions that keep accounts do it well?"""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ....controls.accounts.guests import GUESTS
from ....controls.accounts.guests import SESSION_PROTECTION
from ....controls.accounts.rules import WEAK_ACCOUNT_SETTING
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ..guests import judged
from ..guests import weak

_PROTECTION = "session_protection"


@check(WEAK_ACCOUNT_SETTING, asks=Project)
def weak_account_setting(project: Project) -> Iterator[Finding]:
    """Do the extensions that keep accounts do it well?"""
    yield from judged(project, WEAK_ACCOUNT_SETTING, GUESTS)

    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)
        target = node.targets[0]
        constant = assign.at(node.value).constant

        if not isinstance(target, ast.Attribute) or target.attr != _PROTECTION:
            continue

        if constant is not None and SESSION_PROTECTION.weak(constant.value):
            if not assign.module.test:
                what = f"{_PROTECTION} is {constant.value!r}"
                place = assign.at(target).place
                yield weak(
                    WEAK_ACCOUNT_SETTING, SESSION_PROTECTION, place, _PROTECTION, what
                )
