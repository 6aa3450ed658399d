"""Is a cookie that the app sets itself protected, whichever way is taken to it?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....catalogue.rule import Rule
from ....controls.sessions.control import COOKIE_WITHOUT_FLAGS
from ....controls.sessions.control import COOKIE_WITHOUT_HTTPONLY
from ....controls.sessions.control import COOKIE_WITHOUT_SAMESITE
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.appconfig import is_config
from ...survey.deployment import rehearsal
from ...survey.flow.flow import Flow
from ...survey.flow.flows import flows
from ...survey.module import function_of
from ...survey.module import Module
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.said import mentions
from ...survey.site import Site

#: Names, of cookies and of what goes into them, that say who somebody is.
_VALUABLE = re.compile(r"sess|token|auth|remember|jwt|(^|_)sid$|login|user", re.I)

_FOR_SCRIPTS = re.compile(
    r"csrf|xsrf|theme|lang|locale|consent|tz|timezone|dark|colou?r|layout|sidebar", re.I
)

#: Tests by which an app tells the developer's machine from the others.
_WHERE = re.compile(r"debug|test|dev|local|http|secure|scheme|prod|env\b|environ", re.I)

_FLAGS = (("secure", 6), ("httponly", 7), ("samesite", 8))
_WRITTEN = {"secure": "Secure", "httponly": "HttpOnly", "samesite": "SameSite"}


@check(COOKIE_WITHOUT_FLAGS, asks=Project)
def cookie_without_flags(project: Project) -> Iterator[Finding]:
    """Is a cookie set without Secure?"""
    yield from _missing(project, "secure", COOKIE_WITHOUT_FLAGS)


@check(COOKIE_WITHOUT_HTTPONLY, asks=Project)
def cookie_without_httponly(project: Project) -> Iterator[Finding]:
    """Is a cookie with Secure set without HttpOnly?"""
    yield from _missing(project, "httponly", COOKIE_WITHOUT_HTTPONLY)


@check(COOKIE_WITHOUT_SAMESITE, asks=Project)
def cookie_without_samesite(project: Project) -> Iterator[Finding]:
    """Is a cookie that has the other two set without SameSite?"""
    yield from _missing(project, "samesite", COOKIE_WITHOUT_SAMESITE)


def _missing(project: Project, first: str, rule: Rule) -> Iterator[Finding]:
    """Yield the cookies of which this is the first flag that is missing."""
    if "flask" not in project.imported:
        return

    for call in project.called("set_cookie"):
        if not _sets(call):
            continue

        off = {word: way for word, way in _off(project, call) if way is not None}

        if next(iter(off), "") == first:
            ways = [way for way in off.values() if way]
            yield finding(
                rule,
                call.place,
                call.written,
                confidence=_worth(call, bool(ways)),
                missing=_listed([_WRITTEN[word] for word in off]),
                steps=ways[0] if ways else (),
            )


def _sets(call: Site) -> bool:
    func = call.node.func if isinstance(call.node, ast.Call) else None

    if not isinstance(func, ast.Attribute):
        return False

    # A handler that sets its own cookies is another framework's.
    if isinstance(func.value, ast.Name) and func.value.id == "self":
        return False

    # A jar takes a cookie that is made already.
    return call.argument(1, "value") is not None and not _deletes(call)


def _off(project: Project, call: Site) -> Iterator[tuple[str, tuple[Step, ...] | None]]:
    """Yield each flag with the way on which it is off, ``None`` if it is on."""
    name = _name(call)

    for word, position in _FLAGS:
        if word == "httponly" and _FOR_SCRIPTS.search(name):
            continue

        given = call.argument(position, word)
        yield (
            word,
            _open(project, call, word) if given is None else _way(project, given),
        )


def _way(project: Project, given: Site) -> tuple[Step, ...] | None:
    """Return the way from a constant that is off, ``None`` if there is none."""
    constant = given.constant
    literal = isinstance(given.node, ast.Constant)

    # A name may hold another value on another way.
    if constant is not None and (literal or constant.value is None):
        return None if constant.value else ()

    return _told(flows(project).made(given, "off")) or _configured(project, given)


def _told(found: tuple[Flow, ...]) -> tuple[Step, ...] | None:
    flow = next((f for f in found if not (f.doubts or _by_place(f))), None)
    return None if flow is None else flow.steps


def _open(project: Project, call: Site, word: str) -> tuple[Step, ...] | None:
    """Return the way on which a flag is off that may be in ``**options``."""
    if not call.open_ended:
        return ()

    node = call.node
    given = [k.value for k in getattr(node, "keywords", ()) if k.arg is None]

    for options in map(call.at, given):
        way = _told(flows(project).made(options, "off", (f"[{word}]",)))

        if way is not None:
            return way

    # What is nowhere in any of them is not given at all.
    keys = [_keys(options) for options in map(call.at, given)]
    known = given and all(k is not None and word not in k for k in keys)
    return (
        () if known and not any(isinstance(a, ast.Starred) for a in call.args) else None
    )


def _keys(options: Site) -> set[str] | None:
    """Return the keys of a mapping that is written out, ``None`` if more may be in it."""
    node = options.node
    bound = options.bound

    if bound is not None:
        made = bound[1].node
        uses = [
            n
            for n in walk(options.function or options.module.tree)
            if isinstance(n, ast.Name) and n.id == getattr(node, "id", "")
        ]

        # Made, and handed on: nothing else can have put anything in.
        if len(uses) != 2 or made is None:
            return None

        node = made

    if isinstance(node, ast.Dict):
        keys = [k.value if isinstance(k, ast.Constant) else None for k in node.keys]
        return None if None in keys else set(map(str, keys))

    if isinstance(node, ast.Call) and options.at(node).name == "builtins.dict":
        named = [k.arg for k in node.keywords]
        return None if node.args or None in named else set(map(str, named))

    return None


def _configured(project: Project, given: Site) -> tuple[Step, ...] | None:
    """Return where a setting is off that a flag is taken from, in every configuration."""
    node = given.node
    key: ast.expr | None = None

    if isinstance(node, ast.Subscript) and is_config(given.at(node.value)):
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if (
            node.func.attr == "get"
            and node.args
            and is_config(given.at(node.func.value))
        ):
            key = node.args[0]

    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return None

    said = [s for s in project.settings(key.value) if not rehearsal(s.scope)]
    entries = any(True for _ in project.configured(key.value))
    constants = [s.constant for s in said]

    if entries or not said or not all(c is not None and not c.value for c in constants):
        return None

    place = said[0].target.place
    return (Step(place, f"`{key.value}` is off."),)


def _by_place(flow: Flow) -> bool:
    """Say whether a constant holds on the developer's machine alone."""
    return any(_WHERE.search(text) for text in _tests(flow.module, flow.node))


def _tests(module: Module, node: ast.AST) -> Iterator[str]:
    """Yield the tests of the function, or of the module, in which a constant stands."""
    holder = function_of(node) or module.tree

    for inner in walk(holder):
        if isinstance(inner, ast.If | ast.IfExp):
            yield module.segment(inner.test)


def _name(call: Site) -> str:
    key = call.argument(0, "key")
    constant = key.constant if key else None
    return str(constant.value) if constant else ""


def _worth(call: Site, chosen: bool) -> Confidence:
    """Return how surely a cookie says who somebody is.

    :param chosen: Whether somebody wrote down that a flag is off.
    """
    name, value = _name(call), call.argument(1, "value")

    if value is None or _FOR_SCRIPTS.search(name):
        return Confidence.LOW

    if _VALUABLE.search(name):
        return Confidence.MEDIUM

    if value.literal:
        return Confidence.LOW

    secure = call.argument(6, "secure")
    written = chosen or (secure is not None and secure.literal)
    carries = any(_VALUABLE.search(word) for word in mentions(value.node))
    return Confidence.MEDIUM if written or carries else Confidence.LOW


def _deletes(call: Site) -> bool:
    for position, word in ((2, "max_age"), (3, "expires")):
        argument = call.argument(position, word)
        constant = argument.constant if argument else None

        if constant is not None and constant.value == 0:
            return True

    return False


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
