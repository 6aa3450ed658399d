"""Are the tokens of other extensions short-lived, and out of URLs?"""

from __future__ import annotations

from collections.abc import Iterator

from ....controls.apikeys.guests import GUESTS
from ....controls.apikeys.rules import WEAK_TOKEN_SETTING
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ..guests import judged


@check(WEAK_TOKEN_SETTING, asks=Project)
def weak_token_setting(project: Project) -> Iterator[Finding]:
    """Are the tokens of other extensions short-lived, and out of URLs?"""
    yield from judged(project, WEAK_TOKEN_SETTING, GUESTS)
