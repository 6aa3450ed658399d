"""What the source sets in ``app.config``, wherever and however it does."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from .index import inner_scope
from .names import Names
from .scope import Binds
from .site import Site
from .values import Constant
from .values import Environment
from .values import Value

#: Attributes of a Flask app that are settings under another name.
ATTRIBUTES = {
    "secret_key": "SECRET_KEY",
    "debug": "DEBUG",
    "testing": "TESTING",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME",
    "session_cookie_name": "SESSION_COOKIE_NAME",
    "send_file_max_age_default": "SEND_FILE_MAX_AGE_DEFAULT",
}

_CONFIG_WORDS = ("config", "settings", "conf")

_APPS = ("app", "application", "current_app", "flask_app", "server")


@dataclasses.dataclass(frozen=True, slots=True)
class AppSetting:
    """One key of ``app.config``, as some line of the source sets it.

    :param site: The value.
    :param target: What is assigned to, where the key stands.
    :param scope: Which configuration it belongs to, ``"ProductionConfig"``; empty
        where it is the app's own.
    """

    key: str
    site: Site
    target: Site
    scope: str = ""

    @property
    def value(self) -> Value | None:
        """The value, as far as the source alone says."""
        return self.site.value

    @property
    def constant(self) -> Constant | None:
        """The value, where it is always the same."""
        return self.site.constant

    @property
    def default(self) -> Constant | None:
        """The constant that holds where nothing else is configured."""
        value = self.value

        if isinstance(value, Environment):
            inner = value.default
            return inner if isinstance(inner, Constant) else None

        return value if isinstance(value, Constant) else None


def settings(module_site: Site, names: Names) -> Iterator[AppSetting]:
    """Yield every setting that one module makes."""
    index = module_site.module.index

    for assign in index.nodes(ast.Assign):
        for target in assign.targets:
            yield from _assigned(module_site, target, assign.value)

    for annotated in index.nodes(ast.AnnAssign):
        if annotated.value is not None:
            yield from _assigned(module_site, annotated.target, annotated.value)

    for call in index.nodes(ast.Call):
        yield from _called(module_site.at(call))

    for node in index.nodes(ast.ClassDef):
        if _is_config_class(module_site, node, names):
            yield from _body(module_site, node, node.name)

    if _is_config_module(module_site.module.name):
        yield from _body(module_site, module_site.module.tree, "")


def _assigned(at: Site, target: ast.expr, value: ast.expr) -> Iterator[AppSetting]:
    """Yield from ``app.config["KEY"] = value`` and ``app.secret_key = value``."""
    if isinstance(target, ast.Subscript) and is_config(at.at(target.value)):
        key = target.slice

        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield AppSetting(key.value, at.at(value), at.at(target))

    if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
        if is_app(at.at(target.value)):
            key_name = ATTRIBUTES[target.attr]
            yield AppSetting(key_name, at.at(value), at.at(target))


def _called(call: Site) -> Iterator[AppSetting]:
    """Yield from ``app.config.update(KEY=value)`` and its kin."""
    node = call.node

    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return

    if node.func.attr in {"update", "from_mapping"}:
        if not is_config(call.at(node.func.value)):
            return

        written = {k.arg: k for k in reversed(node.keywords) if k.arg}

        for key, value in call.keywords.items():
            target = written.get(key)
            yield AppSetting(key, value, call.at(target) if target else value)

        for argument in node.args:
            yield from _mapping(call, argument)

    elif node.func.attr == "setdefault" and len(node.args) == 2:
        key_node = node.args[0]

        if isinstance(key_node, ast.Constant) and isinstance(key_node.value, str):
            if is_config(call.at(node.func.value)):
                yield AppSetting(key_node.value, call.at(node.args[1]), call)


def _mapping(at: Site, node: ast.expr) -> Iterator[AppSetting]:
    bound = at.at(node).bound
    home = at

    if bound is not None and isinstance(bound[1].node, ast.expr):
        home, node = at.elsewhere(bound[0], at.node), bound[1].node

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "dict":
            for k in node.keywords:
                if k.arg:
                    yield AppSetting(k.arg, home.at(k.value), home.at(k))

    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield AppSetting(key.value, home.at(value), home.at(key))


def is_config(site: Site) -> bool:
    """Whether an expression is the configuration of a Flask app."""
    node = site.node

    if isinstance(node, ast.Attribute) and node.attr == "config":
        return is_app(site.at(node.value))

    return site.type in {
        "flask.Flask.config",
        "flask.Config",
        "flask.current_app.config",
    }


def is_app(site: Site) -> bool:
    """Whether an expression is a Flask app, by its type or by what everyone calls it."""
    kind = site.type

    if kind is not None:
        known = site.names.definition(kind)

        if known is not None and isinstance(known[1], ast.ClassDef):
            bases = site.names.bases(known[0], known[1])
            return any(b.endswith((".Flask", ".APIFlask", ".OpenAPI")) for b in bases)

        if kind.startswith("flask.") or kind.endswith(
            (".Flask", ".APIFlask", ".OpenAPI")
        ):
            return kind.rpartition(".")[2] in {
                "Flask",
                "current_app",
                "APIFlask",
                "OpenAPI",
            }

    node = site.node
    last = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return str(last).lower() in _APPS


def _is_config_module(name: str) -> bool:
    return any(
        part in _CONFIG_WORDS or part.endswith(("_config", "_settings"))
        for part in name.lower().split(".")[-2:]
    )


def _is_config_class(at: Site, node: ast.ClassDef, names: Names) -> bool:
    own = node.name.lower()

    if own.endswith(("config", "settings", "configuration")) or own.startswith(
        "config"
    ):
        return True

    written = [at.module.source(base) for base in node.bases]
    bases = (*names.bases(at.module, node), *written)
    return any(b.lower().endswith(("config", "settings")) for b in bases)


def _body(at: Site, node: ast.AST, scope_name: str) -> Iterator[AppSetting]:
    scope = inner_scope(node) if isinstance(node, ast.ClassDef) else at.module.scope

    if scope is None:
        return

    for key, bindings in scope.names.items():
        if not key.isupper():
            continue

        for binding in bindings:
            if binding.how is Binds.ASSIGNMENT and isinstance(binding.node, ast.expr):
                value = at.at(binding.node)
                yield AppSetting(key, value, _target(value), scope_name)


def _target(value: Site) -> Site:
    """Return the statement that assigns ``value``: the key stands on its line."""
    for site in value.above():
        if isinstance(site.node, ast.stmt):
            return site

    return value
