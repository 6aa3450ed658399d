"""Do links and requests of the app lead only where the app wants?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.redirects.control import BROKEN_REDIRECT_CHECK
from ...controls.redirects.control import OPEN_REDIRECT
from ...controls.redirects.control import REQUEST_FORGERY
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.flow.flow import Flow
from ..survey.flow.flow import Origin
from ..survey.flow.flows import best
from ..survey.flow.flows import flows
from ..survey.index import parent_of
from ..survey.locations import located
from ..survey.project import Project
from ..survey.project import SinkSite
from ..survey.site import Site
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
    sure = Confidence.HIGH
    set_ = ((at, address, name, sure) for at, address, name in located(project))
    called = (
        (f.call, f.argument, "", f.sink.confidence) for f in project.sinks("redirect")
    )

    for at, address, name, most in (*called, *set_):
        source = _leads(project, address, "redirect")

        # What is guessed of a call and of a test before it is no finding.
        if source is None or (most is Confidence.LOW and source.doubts):
            continue

        # A link sets no header and no cookie; the page that linked here is where the
        # visitor was anyway; of one segment only a scheme without slashes is left.
        weak = source.segment or source.name in _NO_LINK
        confidence = Confidence.LOW if weak else min(most, source.confidence)
        yield finding(
            OPEN_REDIRECT,
            at.place,
            name or at.written,
            confidence=confidence,
            steps=source.steps,
            others=source.ways,
            origin=source.name,
        )


def _leads(project: Project, address: Site, kind: str) -> Flow | None:
    """Return the flow of a value that decides which host an address names.

    The app's own address comes with the Host header, which a visitor's browser sets.
    """
    found = flows(project).into(address, kind)
    return best(f for f in found if f.origin is Origin.REQUEST and f.name not in _OWN)


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
    for found in (*project.sinks("url"), *_options(project)):
        flow = _leads(project, found.argument, "url")
        most = found.sink.confidence

        if flow is None:
            flow, most = _field(project, found.argument), Confidence.LOW

        if flow is not None:
            yield finding(
                REQUEST_FORGERY,
                found.call.place,
                found.call.written,
                confidence=min(flow.confidence, most),
                steps=flow.steps,
                others=flow.ways,
                origin=flow.name,
            )

    for call, address in _clients(project):
        flow = _leads(project, address, "url")

        # That it fetches anything, nobody has seen.
        if flow is not None:
            yield finding(
                REQUEST_FORGERY,
                call.place,
                call.written,
                confidence=min(flow.confidence, Confidence.MEDIUM),
                steps=flow.steps,
                others=flow.ways,
                origin=flow.name,
            )


#: What an object is called that fetches, and what an address is.
_CLIENT = re.compile(
    r"client|http|session|request|scraper|browser|opener|fetcher", re.I
)
_ADDRESS = re.compile(r"(?:^|_)(?:url|uri|link|href|webhook|endpoint)s?$", re.I)


def _clients(project: Project) -> Iterator[tuple[Site, Site]]:
    """Yield the calls of others' clients with what they are given for an address."""
    for call in project.called(*sorted(project.models.named("http-method"))):
        func = t.cast(ast.Call, call.node).func
        named = next((k for k in call.keywords if _ADDRESS.search(k)), "")
        first = (
            call.argument(-1, named) or call.argument(0) if named else call.argument(0)
        )

        if first is None or not (named or _ADDRESS.search(_said(first.node))):
            continue

        # ``get`` and its kin are everybody's: what they are called on decides.
        short = isinstance(func, ast.Attribute) and "_" not in func.attr
        holder = (
            call.module.source(func.value) if isinstance(func, ast.Attribute) else ""
        )

        # What is kept on ``g`` is mostly the project's own, and seen where it fetches.
        # A test client asks the app itself.
        name = call.name or ""
        own = name.startswith("flask.g.") or ".test_client()" in name
        foreign = call.unknown and not own

        if foreign and (_CLIENT.search(holder) or not short):
            yield call, first


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)

    return getattr(node, "id", getattr(node, "attr", ""))


def _field(project: Project, address: Site) -> Flow | None:
    """Return the flow of an address that is a field of a text that a caller gives.

    What a function is given is as often its own app's; what somebody wrote as data, to
    be read by a parser, is not.
    """
    parsers = project.models.named("parser")
    given = flows(project).given(address, "url")

    for hop in given.hops if given is not None else ():
        made = parent_of(hop.node)

        if isinstance(made, ast.Assign) and isinstance(made.value, ast.Call):
            if project.site(hop.module, made.value).name in parsers:
                return given

    return None


def _options(project: Project) -> Iterator[SinkSite]:
    """Yield the calls that set the address of a transfer: ``setopt(pycurl.URL, x)``."""
    for found in project.sinks("url-option"):
        option = found.call.argument(0)

        if option is not None and (option.name or "").endswith(".URL"):
            yield found
