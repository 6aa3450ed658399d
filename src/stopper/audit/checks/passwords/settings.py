"""Do the extensions that keep passwords ask for good ones?"""

from __future__ import annotations

from collections.abc import Iterator

from ....controls.passwords.guests import GUESTS
from ....controls.passwords.rules import WEAK_PASSWORD_SETTING
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ..guests import judged


@check(WEAK_PASSWORD_SETTING, asks=Project)
def weak_password_setting(project: Project) -> Iterator[Finding]:
    """Do the extensions that keep passwords ask for good ones?"""
    yield from judged(project, WEAK_PASSWORD_SETTING, GUESTS)
