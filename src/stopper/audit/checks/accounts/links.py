"""Does a mail lead to the app, whatever Host header it was asked for with?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.accounts.rules import RESET_LINK_FROM_HOST
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.guarded import guarded
from ...survey.project import Project
from ...survey.site import Site
from .purposes import around
from .purposes import code_around
from .purposes import OPENS

_HOST = frozenset(
    f"flask.request.{name}"
    for name in ("host", "host_url", "url_root", "base_url", "url")
)

_MAILS = re.compile(
    r"send_?\w*(?:e?mail|message|mail\w*|instructions)|\bMessage\(|sendmail|smtp|mailer"
    r"|mail\.send|EmailMessage|MIMEText",
    re.I,
)

#: What names the hosts that the app believes, or the one that it builds links with.
_NAMED = ("SERVER_NAME", "TRUSTED_HOSTS")


@check(RESET_LINK_FROM_HOST, asks=Project)
def reset_link_from_host(project: Project) -> Iterator[Finding]:
    """Does a mail lead to the app, whatever Host header it was asked for with?"""
    if _named(project):
        return

    told: set[ast.AST] = set()

    for site, confidence in (*_read(project), *_external(project)):
        function = site.function

        if function is None or function in told or site.module.test:
            continue

        if _mails_link(site):
            told.add(function)
            yield finding(
                RESET_LINK_FROM_HOST,
                site.place,
                site.written,
                confidence=confidence,
                view=f"{function.name}()",
            )


def _named(project: Project) -> bool:
    said = any(True for _ in project.settings(*_NAMED))
    told = any(True for _ in project.configured(*_NAMED))
    return said or told or guarded(project, "transport")


def _read(project: Project) -> Iterator[tuple[Site, Confidence]]:
    """Yield where the host of the request is read."""
    for module in project.modules:
        if "request" not in module.text:
            continue

        for function in module.index.functions():
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Attribute)
                    and project.site(module, node).type in _HOST
                ):
                    yield project.site(module, node), Confidence.MEDIUM


def _external(project: Project) -> Iterator[tuple[Site, Confidence]]:
    """Yield where Flask builds a whole address: with the host of the request."""
    for call in project.calls("flask.url_for"):
        whole = call.argument(-1, "_external")
        constant = whole.constant if whole else None

        if constant is not None and constant.value and OPENS.search(call.source):
            yield call, Confidence.LOW


def _mails_link(site: Site) -> bool:
    """Say whether a function puts a link into an account into a mail."""
    text = code_around(site)
    statement = next(
        (a.source for a in site.above() if isinstance(a.node, ast.stmt)), ""
    )
    opens = OPENS.search(around(site)) or OPENS.search(statement)
    return bool(opens and _MAILS.search(text))
