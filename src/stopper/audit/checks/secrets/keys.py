"""Are the keys that sign sessions and tokens out of the source?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.secrets.control import DEFAULT_SECRET
from ....controls.secrets.control import FALLBACKS_AS_TEXT
from ....controls.secrets.control import HARDCODED_SECRET_KEY
from ....controls.secrets.policy import credible
from ....controls.secrets.policy import filled_in
from ....controls.secrets.policy import sample
from ....controls.secrets.policy import secret_name
from ....controls.secrets.policy import SIGNING
from ....controls.secrets.policy import signing_name
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.appconfig import AppSetting
from ...survey.deployment import rehearsal
from ...survey.module import Module
from ...survey.project import Project
from ...survey.site import Site
from ...survey.values import Constant
from ...survey.values import Environment


@check(HARDCODED_SECRET_KEY, asks=Project)
def hardcoded_secret_key(project: Project) -> Iterator[Finding]:
    """Is a key that signs written into the source?"""
    for setting in project.settings(*sorted(SIGNING)):
        constant = setting.constant

        if constant is not None:
            yield from _key(setting.target, subject(setting), constant, setting.scope)

    for name, site, constant in _named(project):
        yield from _key(site, name, constant, "")

    for sink in project.sinks("signing-key"):
        constant = sink.argument.constant

        if constant is not None and not _public(constant):
            yield from _key(sink.call, sink.call.written, constant, "")


def _key(at: Site, name: str, constant: Constant, scope: str) -> Iterator[Finding]:
    text = as_text(constant.value)

    if not text or filled_in(text) or _is_test(scope):
        return

    what = "a key that tutorials show" if sample(text) else "a constant in the source"
    elsewhere = constant.node is not at.node and constant.module is not at.module
    home = constant.module.place(constant.node)
    steps = (Step(home, "The constant stands here."),) if elsewhere else ()
    spare = rehearsal(scope) or rehearsal(at.place.path)
    yield finding(
        HARDCODED_SECRET_KEY,
        at.place,
        name,
        confidence=Confidence.LOW if spare else None,
        steps=steps,
        what=what,
    )


def subject(setting: AppSetting) -> str:
    """Return the setting's key as it stands in the source: ``secret_key`` too."""
    node = setting.target.node
    return node.attr if isinstance(node, ast.Attribute) else setting.key


def as_text(value: object) -> str:
    """Return a constant as text, empty where it is neither text nor bytes."""
    if isinstance(value, bytes):
        return value.decode("latin-1")

    return value if isinstance(value, str) else ""


def _is_test(scope: str) -> bool:
    return "test" in scope.lower()


def _public(constant: Constant) -> bool:
    return "PUBLIC KEY" in as_text(constant.value)


def _named(project: Project) -> Iterator[tuple[str, Site, Constant]]:
    """Yield ``SECRET_KEY = "..."`` of any module or class, whatever it is called."""
    for assign in (*project.nodes(ast.Assign), *project.nodes(ast.AnnAssign)):
        node = assign.node
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]  # by its type
        value = node.value  # type: ignore[attr-defined]  # by its type

        for target in targets:
            if isinstance(target, ast.Name) and target.id in SIGNING and value:
                constant = assign.at(value).constant

                if constant is not None:
                    yield target.id, assign, constant


@check(DEFAULT_SECRET, asks=Project)
def default_secret(project: Project) -> Iterator[Finding]:
    """Does a secret fall back to a constant when its variable is not set?"""
    for call in project.calls("os.getenv", "os.environ.get", "decouple.config"):
        variable, default = call.argument(0, "key"), call.argument(1, "default")

        if variable is None or default is None:
            continue

        name = as_text(variable.constant.value) if variable.constant else ""
        yield from _default(call, name, default.constant)

    for setting in project.settings(*sorted(SIGNING)):
        if not _is_test(setting.scope):
            yield from _either(setting.site, setting.target, subject(setting))

    for assign in project.nodes(ast.Assign):
        node = assign.node
        assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller

        if isinstance(node.value, ast.BoolOp):
            for name in (t.id for t in node.targets if isinstance(t, ast.Name)):
                value = assign.at(node.value).value

                # ``self.token or "none"`` is no variable of the environment.
                if signing_name(name) or (
                    isinstance(value, Environment) and value.variable
                ):
                    yield from _either(assign.at(node.value), assign, name)


def _either(site: Site, target: Site, name: str) -> Iterator[Finding]:
    """Yield from ``os.environ.get("KEY") or "default"``."""
    value = site.value

    if isinstance(value, Environment) and isinstance(value.default, Constant):
        node = value.node
        own = isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1

        if not own and value.default.value is not None:
            yield from _default(target, name, value.default)


def _default(at: Site, name: str, default: Constant | None) -> Iterator[Finding]:
    text = as_text(default.value) if default else ""
    known = signing_name(name)

    if not text or filled_in(text) or not (known or secret_name(name)):
        return

    if not known and not credible(text) and _prose(text):
        return

    sure = known or credible(text)
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM

    if rehearsal(at.place.path) or _refused(at.module, text):
        confidence = Confidence.LOW

    yield finding(DEFAULT_SECRET, at.place, name, confidence=confidence)


def _prose(text: str) -> bool:
    return " " in text or text.lower() in {"none", "null", "false", "true", "0"}


def _refused(module: Module, text: str) -> bool:
    """Whether the module compares something with the very default, as a refusal does."""
    for compare in module.index.nodes(ast.Compare):
        for side in (compare.left, *compare.comparators):
            if isinstance(side, ast.Constant) and as_text(side.value) == text:
                return True

    return False


@check(FALLBACKS_AS_TEXT, asks=Project)
def fallbacks_as_text(project: Project) -> Iterator[Finding]:
    """Is SECRET_KEY_FALLBACKS one text instead of a list of keys?"""
    for setting in project.settings("SECRET_KEY_FALLBACKS"):
        value = setting.value
        constant = setting.constant
        text = constant is not None and as_text(constant.value)
        # What comes from the environment is always text.
        variable = isinstance(value, Environment) and isinstance(
            setting.site.node, ast.Call | ast.Subscript
        )

        if text or variable:
            yield finding(FALLBACKS_AS_TEXT, setting.target.place, subject(setting))
