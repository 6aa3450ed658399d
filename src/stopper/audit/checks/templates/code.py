"""What Python does with templates and with HTML: Markup, strings, environments."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import AUTOESCAPE_OFF
from ....controls.templates.control import ENVIRONMENT_WITHOUT_AUTOESCAPE
from ....controls.templates.control import MARKUP_FROM_VALUE
from ....controls.templates.control import TEMPLATE_FROM_VALUE
from ....controls.templates.control import UNSANDBOXED_ENVIRONMENT
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.site import Site
from ...survey.values import Built
from ..ends import ended
from .pieces import asks
from .pieces import clean
from .pieces import open_parts
from .printed import judged

_ENVIRONMENTS = (
    "jinja2.Environment",
    "jinja2.environment.Environment",
    "jinja2.nativetypes.NativeEnvironment",
)
#: What loads templates that need not be files of the app.
_LOADERS = ("jinja2.BaseLoader", "jinja2.DictLoader", "jinja2.FunctionLoader")


@check(MARKUP_FROM_VALUE, asks=Project)
def markup_from_value(project: Project) -> Iterator[Finding]:
    """Is text with a value in it declared to be HTML?"""
    for call in project.calls("markupsafe.Markup"):
        argument = call.argument(0, "object")

        if argument is None or argument.literal:
            continue

        if clean(argument):
            continue

        built = isinstance(argument.value, Built)

        if built and not open_parts(argument):
            continue

        found = judged(project, [argument], "markup")

        if not found.known:
            yield finding(
                MARKUP_FROM_VALUE,
                call.place,
                call.written,
                confidence=found.surer(Confidence.MEDIUM if built else Confidence.LOW),
                steps=found.steps,
                others=found.others,
            )


@check(TEMPLATE_FROM_VALUE, asks=Project)
def template_from_value(project: Project) -> Iterator[Finding]:
    """Is text that is no constant compiled as a template?"""
    for found in project.sinks("template"):
        yield from _compiled(project, found.call, found.argument)

    # A method of that name on an unknown object: an environment by its name.
    for call in project.calls(*sorted(project.models.named("template-method"))):
        argument = call.argument(0, "source")

        if argument is not None and _environment_by_name(call):
            yield from _compiled(project, call, argument, Confidence.LOW)


def _compiled(
    project: Project, call: Site, text: Site, most: Confidence = Confidence.HIGH
) -> Iterator[Finding]:
    if text.literal:
        return

    flow = flows(project).first(text, "template")

    if flow is not None:
        yield ended(TEMPLATE_FROM_VALUE, call, flow, most)
        return

    built = isinstance(text.value, Built) or asks(text)
    sure = min(most, Confidence.MEDIUM if built else Confidence.LOW)
    yield finding(TEMPLATE_FROM_VALUE, call.place, call.written, confidence=sure)


def _environment_by_name(call: Site) -> bool:
    node = call.node
    receiver = node.func.value if _method(node) else None
    text = call.module.source(receiver).lower() if receiver is not None else ""
    return ("env" in text or "jinja" in text) and "sandbox" not in text


def _method(node: ast.AST) -> t.TypeGuard[t.Any]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


@check(UNSANDBOXED_ENVIRONMENT, asks=Project)
def unsandboxed_environment(project: Project) -> Iterator[Finding]:
    """Does the app have an environment class of its own, without a sandbox?"""
    for site in project.nodes(ast.ClassDef):
        node = t.cast(ast.ClassDef, site.node)
        bases = {site.names.name_of(site.module, base) for base in node.bases}

        if not bases & set(_ENVIRONMENTS):
            continue

        stored = any(_names(site, loader) for loader in _LOADERS)
        yield finding(
            UNSANDBOXED_ENVIRONMENT,
            site.place,
            node.name,
            confidence=Confidence.MEDIUM if stored else Confidence.LOW,
        )


def _names(site: Site, name: str) -> bool:
    """Whether the module imports ``name``, or derives from it."""
    library, _, short = name.rpartition(".")
    return any(
        node.module == library and any(a.name == short for a in node.names)
        for node in site.module.index.nodes(ast.ImportFrom)
    )


@check(ENVIRONMENT_WITHOUT_AUTOESCAPE, asks=Project)
def environment_without_autoescape(project: Project) -> Iterator[Finding]:
    """Is there an environment that escapes nothing?"""
    sandboxes = ("jinja2.sandbox.SandboxedEnvironment",)

    for call in project.calls(*_ENVIRONMENTS[:2], *sandboxes):
        if call.open_ended:
            continue

        given = call.keywords.get("autoescape")
        off = given is None or (given.constant and given.constant.value is False)

        if off:
            html = _speaks_of_html(call)
            yield finding(
                ENVIRONMENT_WITHOUT_AUTOESCAPE,
                call.place,
                call.written,
                confidence=Confidence.MEDIUM if html else Confidence.LOW,
            )


def _speaks_of_html(site: Site) -> bool:
    """Whether the module names an HTML file: what it renders is then HTML."""
    return any(
        isinstance(node.value, str) and node.value.lower().endswith((".html", ".htm"))
        for node in site.module.index.nodes(ast.Constant)
    )


@check(AUTOESCAPE_OFF, asks=Project)
def autoescape_off_everywhere(project: Project) -> Iterator[Finding]:
    """Does the app itself say that nothing is escaped?"""
    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            site = assign.at(target)

            if isinstance(target, ast.Attribute) and not assign.module.test:
                if _switched_off(target, node.value):
                    yield finding(AUTOESCAPE_OFF, site.place, target.attr)

    for site, function in project.functions():
        returned = [n.value for n in site.module.within(function, ast.Return)]

        if function.name == "select_jinja_autoescape" and all(map(_false, returned)):
            if returned and not site.module.test:
                yield finding(AUTOESCAPE_OFF, site.place, function.name)


def _switched_off(target: ast.Attribute, value: ast.expr) -> bool:
    """Say whether this is ``jinja_env.autoescape = False`` or the option for it."""
    if target.attr == "autoescape":
        return _false(value)

    if target.attr != "jinja_options":
        return False

    options: list[tuple[object, ast.expr]] = []

    if isinstance(value, ast.Dict):
        keys = (k.value if isinstance(k, ast.Constant) else None for k in value.keys)
        options += zip(keys, value.values, strict=True)
    elif isinstance(value, ast.Call):
        options += ((k.arg, k.value) for k in value.keywords)

    return any(key == "autoescape" and _false(given) for key, given in options)


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
