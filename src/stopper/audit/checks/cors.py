"""Do only named origins read answers?"""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.cors.control import ANY_ORIGIN
from ...controls.cors.control import ANY_ORIGIN_WITH_CREDENTIALS
from ...controls.cors.control import LOOSE_ORIGIN_PATTERN
from ...controls.cors.control import REFLECTED_ORIGIN
from ...controls.cors.policy import any_origin
from ...controls.cors.policy import is_pattern
from ...controls.cors.policy import loose
from ...controls.errors.policy import true
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.appconfig import AppSetting
from ..survey.deployment import rehearsal
from ..survey.nodes import walk
from ..survey.project import Project
from ..survey.site import Site
from .origin_tests import loosely

_ALLOW = "access-control-allow-origin"

_SETS = frozenset({"add", "set", "setdefault", "add_header"})

_CALLS = ("flask_cors.CORS", "flask_cors.cross_origin", "flask_cors.CORS.init_app")


_SOCKETS = ("flask_socketio.SocketIO", "flask_socketio.SocketIO.init_app")


@dataclasses.dataclass(frozen=True, slots=True)
class Permission:
    """What one call or setting lets other sites do.

    :param origins: ``None`` where they are not given, so that any may.
    :param known: Whether the source says which they are.
    """

    at: Site
    name: str
    origins: tuple[Site, ...] | None
    known: bool
    credentials: bool


@check(ANY_ORIGIN, asks=Project)
def every_origin(project: Project) -> Iterator[Finding]:
    """May every site read the answers?"""
    for permission in _permissions(project):
        if permission.known and not permission.credentials and _any(permission):
            yield finding(
                ANY_ORIGIN,
                permission.at.place,
                permission.name,
                confidence=_confidence(permission),
                what="the answers",
            )

    for call in project.calls(*_SOCKETS):
        origins = call.argument(-1, "cors_allowed_origins")

        if origins is not None and _text(origins) == "*":
            low = Confidence.LOW if rehearsal(call.place.path) else None
            place, name = call.place, call.written
            yield finding(ANY_ORIGIN, place, name, confidence=low, what="the socket")

    for at, value in _headers(project):
        constant = value.constant

        if constant is not None and constant.value == "*":
            place, name = at.place, _header(project, at)
            confidence = Confidence.LOW
            yield finding(
                ANY_ORIGIN, place, name, confidence=confidence, what="this answer"
            )


@check(ANY_ORIGIN_WITH_CREDENTIALS, asks=Project)
def every_origin_with_credentials(project: Project) -> Iterator[Finding]:
    """May every site read the answers with the visitor's cookies?"""
    for permission in _permissions(project):
        if permission.known and permission.credentials and _any(permission):
            yield finding(
                ANY_ORIGIN_WITH_CREDENTIALS,
                permission.at.place,
                permission.name,
                confidence=_confidence(permission),
            )


@check(LOOSE_ORIGIN_PATTERN, asks=Project)
def loose_origin_pattern(project: Project) -> Iterator[Finding]:
    """Does a pattern let in origins that nobody meant?"""
    for permission in _permissions(project):
        for origin in permission.origins or ():
            text = _pattern(origin)
            what = loose(text) if text and is_pattern(text) else None

            if what is not None:
                yield finding(
                    LOOSE_ORIGIN_PATTERN,
                    permission.at.place,
                    permission.name,
                    what=what,
                )

    for at, value in _headers(project):
        what = loosely(at, value.source) if _is_origin(value) else None

        if what is not None:
            yield finding(
                LOOSE_ORIGIN_PATTERN, at.place, _header(project, at), what=what
            )


@check(REFLECTED_ORIGIN, asks=Project)
def reflected_origin(project: Project) -> Iterator[Finding]:
    """Is the Origin header sent back unseen?"""
    for at, value in _headers(project):
        if _is_origin(value) and not _judged(at, value):
            yield finding(REFLECTED_ORIGIN, at.place, _header(project, at))


def _confidence(permission: Permission) -> Confidence | None:
    return Confidence.LOW if rehearsal(permission.at.place.path) else None


def _any(permission: Permission) -> bool:
    if permission.origins is None:
        return True

    return any(any_origin(_text(o)) for o in permission.origins)


def _text(origin: Site) -> str:
    constant = origin.constant
    return constant.value if constant and isinstance(constant.value, str) else ""


def _pattern(origin: Site) -> str:
    """Return a pattern, also that of ``re.compile(r"...")``."""
    if isinstance(origin.node, ast.Call) and origin.name == "re.compile":
        argument = origin.argument(0, "pattern")
        return _text(argument) if argument else ""

    return _text(origin)


def _permissions(project: Project) -> Iterator[Permission]:
    configured = [*project.settings("CORS_ORIGINS", "CORS_RESOURCES")]
    elsewhere = bool(configured) or any(
        True for _ in project.configured("CORS_ORIGINS", "CORS_RESOURCES")
    )
    allowed = any(
        s.constant is not None and true(s.constant.value)
        for s in project.settings("CORS_SUPPORTS_CREDENTIALS")
    )
    calls = [*project.calls(*_CALLS)]
    # ``CORS(origins=...)`` first and ``init_app(app)`` later are one.
    prepared = any(
        call.name == "flask_cors.CORS" and _said(call) is not None for call in calls
    )

    for call in calls:
        node = call.node
        assert isinstance(node, ast.Call)  # noqa: S101  # by its caller
        said = _said(call)
        bound = call.name == "flask_cors.CORS" and not node.args and said is None

        if bound or (said is None and (elsewhere or call.open_ended)):
            continue

        if said is None and prepared and call.name != "flask_cors.CORS":
            continue

        origins, known = said or (None, True)
        credentials = allowed or _credentials(call)
        yield Permission(call, call.written, origins, known, credentials)

    if "flask_cors" in project.imported:
        for setting in configured:
            if not rehearsal(setting.scope):
                yield _setting(setting, credentials=allowed)


def _setting(setting: AppSetting, *, credentials: bool) -> Permission:
    if setting.key == "CORS_RESOURCES":
        origins, known = _resources(setting.site)
    else:
        origins, known = _origins(setting.site)

    return Permission(setting.target, setting.key, origins, known, credentials)


def _credentials(call: Site) -> bool:
    found = [call.argument(-1, "supports_credentials")]
    resources = call.argument(-1, "resources")
    found += [v for k, v in _options(resources) if k == "supports_credentials"]
    constants = [site.constant for site in found if site is not None]
    return any(c is not None and true(c.value) for c in constants)


def _said(call: Site) -> tuple[tuple[Site, ...] | None, bool] | None:
    """Return the origins that a call names, ``None`` where it names none."""
    origins = call.argument(-1, "origins")
    resources = call.argument(-1, "resources")

    if origins is not None:
        return _origins(origins)

    return _resources(resources) if resources is not None else None


def _origins(site: Site) -> tuple[tuple[Site, ...], bool]:
    node, home = site.node, site
    bound = site.bound

    if bound is not None and isinstance(bound[1].node, ast.expr):
        home = site.elsewhere(bound[0], bound[1].node)
        node = home.node

    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(home.at(e) for e in node.elts), True

    return (home,), True


def _options(resources: Site | None) -> Iterator[tuple[str, Site]]:
    """Yield what each resource of ``{r"/api/*": {"origins": ...}}`` says."""
    node = resources.node if resources else None

    if resources is None or not isinstance(node, ast.Dict):
        return

    for value in node.values:
        if isinstance(value, ast.Dict):
            for key, option in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, resources.at(option)


def _resources(site: Site) -> tuple[tuple[Site, ...] | None, bool]:
    node = site.node

    if isinstance(node, ast.Dict):
        silent = [
            value
            for value in node.values
            if isinstance(value, ast.Dict)
            and None not in value.keys
            and not any(
                isinstance(k, ast.Constant) and k.value == "origins" for k in value.keys
            )
        ]

        if silent:
            return None, True

        found = [v for k, v in _options(site) if k == "origins"]
        return tuple(o for v in found for o in _origins(v)[0]), True

    # A list of paths or one path alone: any origin may.
    constant = site.constant
    return (None, True) if constant is not None else ((), False)


def _headers(project: Project) -> Iterator[tuple[Site, Site]]:
    """Yield where the header is set by hand, and its value."""
    for assign in project.nodes(ast.Assign):
        node = assign.node
        assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller

        for target in node.targets:
            if isinstance(target, ast.Subscript) and _names_it(target.slice):
                yield assign.at(target), assign.at(node.value)

    for call in project.called(*sorted(_SETS)):
        first, second = call.argument(0), call.argument(1)
        method = isinstance(t.cast(ast.Call, call.node).func, ast.Attribute)

        if method and first and second and _names_it(first.node):
            yield first, second

    for mapping in project.nodes(ast.Dict):
        node_ = mapping.node
        assert isinstance(node_, ast.Dict)  # noqa: S101  # by its caller

        for key, value in zip(node_.keys, node_.values, strict=True):
            if key is not None and _names_it(key):
                yield mapping.at(key), mapping.at(value)


def _names_it(node: ast.AST) -> bool:
    named = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return named and str(node.value).lower() == _ALLOW  # type: ignore[attr-defined]  # by the line above


def _header(project: Project, at: Site) -> str:
    line = project.line(at.place)
    start = line.lower().find(_ALLOW)
    return line[start : start + len(_ALLOW)] if start >= 0 else at.written


def _is_origin(value: Site, depth: int = 0) -> bool:
    """Whether a value is the request's own Origin header."""
    node = value.node

    if isinstance(node, ast.BoolOp):
        return any(_is_origin(value.at(v), depth + 1) for v in node.values)

    if isinstance(node, ast.Call):
        argument = value.argument(0, "key")
        named = argument is not None and _text(argument).lower() in _ORIGINS
        return named and value.name in {
            "flask.request.headers.get",
            "flask.request.environ.get",
        }

    if isinstance(node, ast.Subscript):
        whole = value.at(node.value).type
        key = _text(value.at(node.slice)).lower()
        sources = {"flask.request.headers", "flask.request.environ"}
        return whole in sources and key in _ORIGINS

    if isinstance(node, ast.Attribute):
        return value.type == "flask.request.origin"

    bound = value.bound

    if bound is not None and isinstance(bound[1].node, ast.expr) and depth < 5:
        home = value.elsewhere(bound[0], bound[1].node)
        return _is_origin(home, depth + 1)

    return False


_ORIGINS = frozenset({"origin", "http_origin", "referer"})


def _judged(at: Site, value: Site) -> bool:
    """Whether something asks about the origin before it is sent back."""
    name = value.node.id if isinstance(value.node, ast.Name) else "rigin"

    for above in at.above():
        if isinstance(above.node, ast.If | ast.IfExp):
            test = above.node.test
            plain = isinstance(test, ast.Name | ast.NamedExpr)

            if name in above.at(test).source and not plain and _asks(test):
                return True

    function = at.function

    if function is None or not isinstance(value.node, ast.Name):
        return False

    # ``if origin not in ALLOWED: return`` further up.
    return any(
        compare.lineno < value.node.lineno and name in at.at(compare).source
        for compare in at.module.within(function, ast.Compare)
        if any(isinstance(op, ast.In | ast.NotIn) for op in compare.ops)
    )


def _asks(test: ast.expr) -> bool:
    for node in walk(test):
        if isinstance(node, ast.Compare):
            none = any(
                isinstance(c, ast.Constant) and c.value is None
                for c in node.comparators
            )

            if not none:
                return True

        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else ""

            if name != "get":
                return True

    return False
