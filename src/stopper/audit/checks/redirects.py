"""Do links and requests of the app lead only where the app wants?"""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.redirects.control import BROKEN_REDIRECT_CHECK
from ...controls.redirects.control import OPEN_REDIRECT
from ...controls.redirects.control import REQUEST_FORGERY
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Step
from ..survey.judged import judged
from ..survey.local import leads
from ..survey.local import Origin
from ..survey.project import Project
from ..survey.urlcheck import decides
from ..survey.urlcheck import weakness

#: Addresses of the app itself: no link of a stranger's changes their host.
_OWN = frozenset(
    f"flask.request.{name}"
    for name in (
        "base_url",
        "full_path",
        "host",
        "host_url",
        "path",
        "root_url",
        "script_root",
        "url",
        "url_root",
    )
)


_NO_LINK = frozenset(
    {
        "flask.request.cookies",
        "flask.request.headers",
        "flask.request.origin",
        "flask.request.referrer",
    }
)


@check(OPEN_REDIRECT, asks=Project)
def open_redirect(project: Project) -> Iterator[Finding]:
    """Does a redirect lead only where the app wants?"""
    for found in project.sinks("redirect"):
        source = leads(project, found.argument)

        if source is None or source.name in _OWN or judged(found.argument):
            continue

        # A link sets no header and no cookie; the page that linked here is where the
        # visitor was anyway; of one segment only a scheme without slashes is left.
        weak = source.segment or source.name in _NO_LINK
        confidence = Confidence.LOW if weak else Confidence.HIGH
        yield finding(
            OPEN_REDIRECT,
            found.call.place,
            found.call.written,
            confidence=confidence,
            steps=_step(source),
            origin=source.name,
        )


@check(BROKEN_REDIRECT_CHECK, asks=Project)
def broken_redirect_check(project: Project) -> Iterator[Finding]:
    """Does the function that judges addresses know what browsers make of them?"""
    for site, function in project.functions():
        if not decides(function):
            continue

        found = weakness(function)

        if found is not None:
            yield finding(
                BROKEN_REDIRECT_CHECK,
                site.place,
                function.name,
                confidence=found.confidence,
                does=found.does,
            )


@check(REQUEST_FORGERY, asks=Project)
def request_forgery(project: Project) -> Iterator[Finding]:
    """Does the server fetch only from hosts of the app's choice?"""
    for found in project.sinks("url"):
        source = leads(project, found.argument)

        # Its own address comes with the Host header, which a visitor's browser sets.
        if source is None or source.name in _OWN:
            continue

        low = judged(found.argument)
        confidence = Confidence.LOW if low else Confidence.HIGH
        yield finding(
            REQUEST_FORGERY,
            found.call.place,
            found.call.written,
            confidence=confidence,
            steps=_step(source),
            origin=source.name,
        )


def _step(source: Origin) -> tuple[Step, ...]:
    return (Step(source.site.place, "The request's value comes in here."),)
