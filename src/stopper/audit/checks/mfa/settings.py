"""Do the extensions that ask for second factors do it well?"""

from __future__ import annotations

from collections.abc import Iterator

from ....controls.mfa.guests import GUESTS
from ....controls.mfa.rules import WEAK_MFA_SETTING
from ...check import check
from ...finding import Finding
from ...survey.project import Project
from ..guests import judged


@check(WEAK_MFA_SETTING, asks=Project)
def weak_mfa_setting(project: Project) -> Iterator[Finding]:
    """Do the extensions that ask for second factors do it well?"""
    yield from judged(project, WEAK_MFA_SETTING, GUESTS)
