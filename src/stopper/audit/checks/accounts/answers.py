"""Is the answer the same whether or not somebody has an account?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.accounts.rules import ACCOUNT_ENUMERATION
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.guards import Guards
from ...survey.index import Function
from ...survey.index import FUNCTIONS
from ...survey.index import parent_of
from ...survey.project import Project
from ...survey.routes import Route
from ...survey.site import Site

_LOGIN = re.compile(r"log_?in|sign_?in|authenticate|\bauth\b|session|token", re.I)
_ASKS = re.compile(
    r"forgot|lost|reset_?(?:password|request)|request_?\w*reset|recover|password_?reset"
    r"|send_?\w*reset|resend",
    re.I,
)
_FORM = re.compile(r"(?:reset|forgot|recover|lost|log_?in|sign_?in)\w*form$", re.I)

_ACCOUNT = r"(?:user(?:[ _-]?name)?|e-?mail(?: address)?|account|address|login)"

#: Nobody has it.
_UNKNOWN = re.compile(
    rf"\b{_ACCOUNT}\b[^.!?]{{0,40}}\b(?:not (?:be )?(?:found|exist|registered|recogni[sz]ed|known)"
    r"|does ?n[o']t exist|do(?:es)? not exist|is ?n[o']t (?:registered|known)|is unknown)"
    rf"|\b(?:no|unknown|non-?existent|unregistered) (?:such )?(?:registered )?{_ACCOUNT}\b"
    rf"|\b(?:can ?n[o']t|could ?n[o']t|can not|could not|cannot) find [^.!?]{{0,20}}{_ACCOUNT}\b"
    rf"|\bthere is no {_ACCOUNT}|\bno {_ACCOUNT} (?:with|for|found|exists)|not registered",
    re.I,
)

#: The same in the words of a login that says next that the password is wrong.
_NAMED = re.compile(
    rf"\b(?:invalid|incorrect|wrong|bad) {_ACCOUNT}\W*(?:$|please|try)"
    rf"|\b{_ACCOUNT} (?:is )?(?:invalid|incorrect|wrong)",
    re.I,
)

_WRONG = re.compile(
    r"\b(?:wrong|incorrect|invalid|bad) (?:pass(?:word|code|wd)?)\b"
    r"|\bpass(?:word|wd)?\b[^.!?]{0,20}\b(?:wrong|incorrect|invalid|not (?:correct|valid)|failed)",
    re.I,
)

#: One sentence for both says nothing.
_BOTH = re.compile(
    rf"{_ACCOUNT}\W+(?:or|and|/|and/or|&)\W*(?:the )?pass|pass\w*\W+(?:or|and|/|&)\W*(?:the )?{_ACCOUNT}"
    r"|\bif\b|credential",
    re.I,
)


@check(ACCOUNT_ENUMERATION, asks=Project)
def account_enumeration(project: Project) -> Iterator[Finding]:
    """Is the answer the same whether or not somebody has an account?"""
    told: set[ast.AST] = set()

    for route in project.routes:
        view = route.view

        if view.node in told or view.module.test or not _open(project, route):
            continue

        told.add(view.node)
        said = list(_told(view))
        named = f"{route.rule} {route.name}"

        if _ASKS.search(named):
            yield from _first(said, _UNKNOWN, route.name, Confidence.MEDIUM)
        elif _LOGIN.search(named) and any(_WRONG.search(text) for _, text in said):
            yield from _first(said, _UNKNOWN, route.name, Confidence.MEDIUM) or _first(
                said, _NAMED, route.name, Confidence.MEDIUM
            )

    for function, node in project.functions():
        if not function.module.test and _of_form(node):
            said = list(_told(function))
            yield from _first(said, _UNKNOWN, node.name, Confidence.MEDIUM)


def _open(project: Project, route: Route) -> bool:
    """Say whether anybody may ask a view about any account."""
    # Who names an account by its id in the URL has it from the app.
    named = bool(re.search(r"[<{][^>}]*(?:user|account|id)\b[^>}]*[>}]", route.rule))
    guarded = project.refusals.guarded(route.decorators) is not Guards.NO
    return isinstance(route.view.node, FUNCTIONS) and not (named or guarded)


def _of_form(node: Function) -> bool:
    owner = parent_of(node)
    named = owner.name if isinstance(owner, ast.ClassDef) else ""
    return node.name.startswith("validate") and bool(_FORM.search(named))


def _first(
    said: list[tuple[Site, str]], pattern: re.Pattern[str], name: str, sure: Confidence
) -> list[Finding]:
    """Return the finding of the first text that a pattern matches, if there is one."""
    for site, text in said:
        if pattern.search(text):
            line = site.module.lines[site.place.line - 1]
            subject = text if text in line else text.split()[0]
            told = f"{name}()"
            return [
                finding(
                    ACCOUNT_ENUMERATION,
                    site.place,
                    subject,
                    confidence=sure,
                    view=told,
                    said=text[:60],
                )
            ]

    return []


def _told(view: Site) -> Iterator[tuple[Site, str]]:
    """Yield the texts by which a view may answer: no documentation, and no log."""
    for constant in view.module.within(view.node, ast.Constant):
        text = constant.value

        if not isinstance(text, str) or " " not in text.strip():
            continue

        if not (_BOTH.search(text) or _logged(view.at(constant))):
            yield view.at(constant), text


def _logged(text: Site) -> bool:
    for above in text.above():
        node = above.node

        if isinstance(node, ast.Expr) and node.value is text.node:
            return True

        if isinstance(node, ast.Call):
            called = above.module.source(node.func)

            if re.search(
                r"\blog(?:ger|ging)?\b|print$|\.doc\(|swagger|describe", called
            ):
                return True

        if isinstance(node, ast.stmt):
            return isinstance(node, ast.FunctionDef)

    return False
