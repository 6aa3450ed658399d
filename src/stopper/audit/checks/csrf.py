"""Can another site act in a user's name?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.csrf.control import CHANGE_ON_GET
from ...controls.csrf.control import CSRF
from ...controls.csrf.control import CSRF_DISABLED
from ...controls.csrf.control import CSRF_EXEMPTION
from ...controls.csrf.control import CSRF_MISSING
from ...controls.csrf.control import FORM_WITHOUT_TOKEN
from ...controls.csrf.control import TOKEN_AS_TEXT
from ...controls.csrf.forms import token_as_text
from ...controls.csrf.forms import untokened
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Place
from ..survey.guarded import guarded
from ..survey.index import FUNCTIONS
from ..survey.project import Project
from ..survey.routes import Route
from ..survey.routes import UNSAFE
from ..survey.site import Site

_SWITCHES = ("WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT", "CSRF_ENABLED")

_TEST = re.compile(r"test|ci$", re.I)

_CHANGING = re.compile(
    r"delete|remove|destroy|drop|update|edit|create|add|save|set_|reset|approve|revoke"
    r"|enable|disable|toggle|purge|clear|ban|promote|upload|cancel",
    re.I,
)


def protected(project: Project) -> bool:
    """Say whether anything protects the app as a whole."""
    kinds = project.models.named("csrf-protection")
    return guarded(project, CSRF.name) or any(True for _ in project.calls(*kinds))


def _has_forms(project: Project) -> bool:
    kinds = project.models.named("csrf-form")
    return any(
        base in kinds
        for site in project.nodes(ast.ClassDef)
        if isinstance(site.node, ast.ClassDef)
        for base in project.names.bases(site.module, site.node)
    )


@check(CSRF_MISSING, asks=Project)
def csrf_missing(project: Project) -> Iterator[Finding]:
    """Does an app take forms without anything that refuses a stranger's?"""
    if protected(project) or _has_forms(project) or _own_tokens(project):
        return

    unsafe = any(UNSAFE.intersection(r.methods) for r in project.routes)
    takes = _reads_forms(project) or any(
        form.posts for t in project.templates if not t.test for form in t.reading.forms
    )

    if unsafe and takes:
        for app in project.apps[:1]:
            yield finding(CSRF_MISSING, app.place, app.written)


def _own_tokens(project: Project) -> bool:
    """Say whether every form of the templates has a token: someone checks it, then."""
    readings = [t.reading for t in project.templates if not t.test]
    posting = any(form.posts for reading in readings for form in reading.forms)
    return posting and not any(True for r in readings for _ in untokened(r))


def _reads_forms(project: Project) -> bool:
    form = "flask.request.form"
    called = ((c.name or "").startswith(f"{form}.") for c in project.nodes(ast.Call))
    items = (s.type == f"{form}[]" for s in project.nodes(ast.Subscript))
    return any(called) or any(items)


@check(CSRF_DISABLED, asks=Project)
def csrf_disabled(project: Project) -> Iterator[Finding]:
    """Is the protection switched off by a setting?"""
    for setting in project.settings(*_SWITCHES):
        constant = setting.constant
        testing = _TEST.search(setting.scope) or _TEST.search(setting.site.module.name)

        # Whoever asks for the check by hand needs no check before every view.
        if setting.key == "WTF_CSRF_CHECK_DEFAULT" and _by_hand(project):
            continue

        if constant is not None and constant.value is False and not testing:
            yield finding(CSRF_DISABLED, setting.target.place, setting.key)

    for entry in project.configured(*_SWITCHES):
        if str(entry.value).lower() in {"false", "0", "no", "off"}:
            if not _TEST.search(entry.path):
                key = entry.key.rpartition(".")[2]
                yield finding(CSRF_DISABLED, Place(entry.path, entry.line), key)


@check(CSRF_DISABLED, asks=Project)
def csrf_disabled_form(project: Project) -> Iterator[Finding]:
    """Does a form of Flask-WTF switch its own check off?"""
    kinds = project.models.named("csrf-form")

    for site in project.nodes(ast.ClassDef):
        meta = site.node
        form = next(site.above(), None)

        if site.module.test or getattr(meta, "name", "") != "Meta" or form is None:
            continue

        if not isinstance(form.node, ast.ClassDef) or kinds.isdisjoint(
            project.names.bases(form.module, form.node)
        ):
            continue

        for item in getattr(meta, "body", []):
            named = item.targets[0] if isinstance(item, ast.Assign) else None

            if isinstance(named, ast.Name) and named.id == "csrf":
                if isinstance(item.value, ast.Constant) and item.value.value is False:
                    yield finding(CSRF_DISABLED, site.at(named).place, named.id)


def _by_hand(project: Project) -> bool:
    kinds = project.models.named("csrf-protection")
    asked = (f"{kind}.protect" for kind in kinds)
    return any(True for _ in project.calls(*asked))


@check(CSRF_EXEMPTION, asks=Project)
def csrf_exemption(project: Project) -> Iterator[Finding]:
    """Which views take requests that other sites send?"""
    names = project.models.named("csrf-exempt")

    for call in project.calls(*names):
        first = call.argument(0, "view")
        what = f"{first.source if first else 'A view'} (exempt)"
        yield finding(CSRF_EXEMPTION, call.place, call.written, what=what)

    for site, node in project.functions():
        for decorator in node.decorator_list:
            at = site.at(decorator)

            if not isinstance(decorator, ast.Call) and at.name in names:
                what = f"{node.name}()"
                yield finding(CSRF_EXEMPTION, at.place, at.written, what=what)


@check(FORM_WITHOUT_TOKEN, asks=Project)
def form_without_token(project: Project) -> Iterator[Finding]:
    """Does a form post without a token?"""
    # Where nothing is protected at all, that is one finding, not one a form.
    if project.apps and not protected(project) and not _has_forms(project):
        return

    # Stopper puts a token into each when it is compiled.
    if guarded(project, CSRF.name):
        return

    for template in project.templates:
        for form in untokened(template.reading):
            place = Place(template.path, form.line)
            yield finding(FORM_WITHOUT_TOKEN, place, "<form")


@check(TOKEN_AS_TEXT, asks=Project)
def printed_token(project: Project) -> Iterator[Finding]:
    """Is a token shown to the user rather than sent?"""
    for template in project.templates:
        for output in token_as_text(template.reading):
            place = Place(template.path, output.line, output.column)
            yield finding(TOKEN_AS_TEXT, place, "csrf_token")


@check(CHANGE_ON_GET, asks=Project)
def change_on_get(project: Project) -> Iterator[Finding]:
    """Does a view change something when it is merely read?"""
    seen: set[ast.AST] = set()

    for route in project.routes:
        node = route.view.node

        if UNSAFE.intersection(route.methods) or node in seen:
            continue

        seen.add(node)
        call = _write(project, route)

        if call is not None:
            named = _CHANGING.search(route.name) or _CHANGING.search(route.rule)
            yield finding(
                CHANGE_ON_GET,
                call.place,
                call.written,
                confidence=Confidence.MEDIUM if named else Confidence.LOW,
                view=f"{route.name}()",
            )


def _write(project: Project, route: Route) -> Site | None:
    """Return the first call in a view that writes to the database."""
    writes = project.models.named("database-write")
    view = route.view

    # A view that asks for the method decides by it, and we cannot see how.
    if not isinstance(view.node, FUNCTIONS) or "request.method" in view.module.segment(
        view.node
    ):
        return None

    for node in view.module.within(view.node, ast.Call):
        call = view.at(node)

        if call.name in writes:
            return call

    return None
