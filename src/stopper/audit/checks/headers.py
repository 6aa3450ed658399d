"""Asks of every answer whether it has the headers that it should have."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.headers import control
from ...controls.headers import csp
from ...controls.headers import policy
from ...controls.headers.policy import Kind
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Place
from ..survey.flow.flows import flows
from ..survey.probe import Answer
from ..survey.probe import Probe
from ..survey.project import Project
from ..survey.site import Site
from .ends import ended

#: An answer stands in no file.
NOWHERE = Place("")

_CSP = "Content-Security-Policy"


def _pages(probe: Probe) -> Iterator[Answer]:
    for answer in probe.answers:
        # A browser shows no body of a redirect, and a 304 has none.
        if policy.kind(answer.header("Content-Type")) is Kind.PAGE and not (
            300 <= answer.status < 400
        ):
            yield answer


@check(control.MISSING_CSP, asks=Probe)
def missing_csp(probe: Probe) -> Iterator[Finding]:
    """Is a page sent without a policy?"""
    for answer in _pages(probe):
        if not csp.parsed(answer.header(_CSP) or ""):
            yield finding(control.MISSING_CSP, NOWHERE, answer.subject)


@check(control.WEAK_CSP, asks=Probe)
def weak_csp(probe: Probe) -> Iterator[Finding]:
    """Does a policy let injected script run?"""
    for answer in _pages(probe):
        value = answer.header(_CSP)
        faults = csp.faults(value) if csp.parsed(value or "") else ()

        if faults:
            yield finding(control.WEAK_CSP, NOWHERE, answer.subject, fault=faults[0])


@check(control.FRAMABLE_PAGE, asks=Probe)
def framable_page(probe: Probe) -> Iterator[Finding]:
    """May any site show the page inside its own?"""
    for answer in _pages(probe):
        if csp.framable(answer.header(_CSP), answer.header("X-Frame-Options")):
            yield finding(control.FRAMABLE_PAGE, NOWHERE, answer.subject)


@check(control.SNIFFABLE_RESPONSE, asks=Probe)
def sniffable_response(probe: Probe) -> Iterator[Finding]:
    """May a browser guess the type of an answer?"""
    for answer in probe.answers:
        if policy.sniffable(answer.header("X-Content-Type-Options")):
            yield finding(control.SNIFFABLE_RESPONSE, NOWHERE, answer.subject)


@check(control.LEAKY_REFERRER, asks=Probe)
def leaky_referrer(probe: Probe) -> Iterator[Finding]:
    """Do other sites learn the addresses of pages?"""
    for answer in _pages(probe):
        value = answer.header("Referrer-Policy")

        if policy.leaks_referrer(value):
            rule = control.LEAKY_REFERRER
            yield finding(rule, NOWHERE, answer.subject, value=value)


@check(control.CACHEABLE_COOKIE, asks=Probe)
def cacheable_cookie(probe: Probe) -> Iterator[Finding]:
    """May a shared cache keep an answer that sets a cookie?"""
    for answer in probe.answers:
        if answer.header("Set-Cookie") and policy.shared_by_caches(
            answer.header("Cache-Control")
        ):
            yield finding(control.CACHEABLE_COOKIE, NOWHERE, answer.subject)


@check(control.XSS_FILTER_ON, asks=Probe)
def xss_filter_on(probe: Probe) -> Iterator[Finding]:
    """Is the filter of old browsers turned on?"""
    for answer in probe.answers:
        value = answer.header("X-XSS-Protection")

        if policy.filters_by_guess(value):
            rule = control.XSS_FILTER_ON
            yield finding(rule, NOWHERE, answer.subject, value=value)


@check(control.HEADER_INJECTION, asks=Project)
def header_injection(project: Project) -> Iterator[Finding]:
    """Does something that checks them write headers with a request's values?"""
    for found in project.sinks("header"):
        yield from _written(project, found.call, found.argument, found.call.written)

    # The second argument of a WSGI app, by the name that everybody gives it.
    for call in project.called("start_response"):
        listed = call.argument(1)

        if listed is not None:
            yield from _written(project, call, listed, call.written)

    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            if isinstance(target, ast.Subscript) and _cookie(target.slice):
                at, value = assign.at(target), assign.at(node.value)
                yield from _written(project, at, value, "headers")


def _cookie(key: ast.expr) -> bool:
    name = key.value if isinstance(key, ast.Constant) else None
    return isinstance(name, str) and name.lower() == "set-cookie"


def _written(project: Project, at: Site, value: Site, name: str) -> Iterator[Finding]:
    clears = project.models.named("line-cleaner")
    flow = None if value.literal else flows(project).first(value, "header", clears)

    if flow is not None and name in at.module.source(at.node):
        yield ended(control.HEADER_INJECTION, at, flow, Confidence.MEDIUM, name=name)
