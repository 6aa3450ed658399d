"""Which decorators let only some people in, told by what they are and do."""

from __future__ import annotations

import ast
import enum
import re

from .index import FUNCTIONS
from .project import Project
from .site import Site

#: Words in the name of a decorator whose code is not there to be read.
_WORDS = re.compile(
    r"login|logged|auth(?!or(?!i))|permission|permitted|require.*(role|admin|user|access)"
    r"|(role|admin|user|access|token|scope)s?_?(required|only|needed)|restricted|protected",
    re.I,
)

_ERRORS = ("Unauthorized", "Forbidden", "PermissionDenied", "AuthError")


class Guards(enum.IntEnum):
    """How sure it is that a decorator lets only some people in."""

    NO = 0
    #: Its code is out of reach, and its name says so.
    NAMED = 1
    #: It is a known library's, or its code was read.
    KNOWN = 2


def guards(project: Project, decorator: Site, depth: int = 0) -> Guards:
    """Say whether a decorator lets only some people in.

    A project's own decorator is judged by what its code does, whatever its name is.
    """
    name = decorator.name

    if name is None:
        return _by_name(decorator)

    if name in project.models.named("auth-decorator"):
        return Guards.KNOWN

    known = project.names.definition(name)

    if known is None:
        # A method of one of the project's own objects that we could not resolve, or
        # something out of the audited tree.
        outside = name.partition(".")[0] in _CERTAIN
        return Guards.NO if outside else _by_name(decorator)

    body = Site(known[0], known[1], project.names, project.values)
    return Guards.KNOWN if refuses(project, body, depth) else Guards.NO


#: Libraries whose decorators that guard are all in the models.
_CERTAIN = {"flask", "functools", "builtins", "click", "flask_restx", "flask_restful"}


def _by_name(decorator: Site) -> Guards:
    return Guards.NAMED if _WORDS.search(decorator.written) else Guards.NO


def refuses(project: Project, function: Site, depth: int = 0) -> bool:
    """Say whether a function's code refuses some of those who ask.

    It does if it calls another that does, or if it asks who is there and refuses:
    with 401 or 403, an error of that name, or a redirect to a page to log in.
    """
    if depth > 3:
        return False

    module, node = function.module, function.node
    asked = False
    refused = False

    for call in module.within(node, ast.Call):
        site = function.at(call)
        name = site.name or ""

        if name in project.models.named("auth-decorator"):
            return True

        if _refusing(site, name):
            refused = True
        elif _asking(site, name):
            asked = True
        elif name and project.names.definition(name) is not None:
            known = project.names.definition(name)

            if known and known[1] is not node and isinstance(known[1], FUNCTIONS):
                inner = Site(known[0], known[1], project.names, project.values)
                asked = asked or bool(_WORDS.search(known[1].name))
                refused = refused or refuses(project, inner, depth + 1)

    asked = asked or _reads_identity(project, function)
    refused = refused or _returns_refusal(function)
    return asked and refused


def _refusing(call: Site, name: str) -> bool:
    last = name.rpartition(".")[2]

    if last == "abort":
        first = call.argument(0, "http_status_code") or call.argument(-1, "code")
        constant = first.constant if first else None
        return constant is not None and constant.value in (401, 403)

    if last in {"unauthorized", "forbidden"} or name.endswith(_ERRORS):
        return True

    if last in {"redirect", "url_for"}:
        return bool(re.search(r"log_?in|sign_?in|auth", call.source, re.I))

    return False


def _asking(call: Site, name: str) -> bool:
    return bool(_WORDS.search(name.rpartition(".")[2])) or name.startswith(
        ("flask.session.", "flask.request.headers.", "flask.request.authorization")
    )


def _reads_identity(project: Project, function: Site) -> bool:
    """Say whether a function reads who is asking: ``current_user``, the session."""
    source = function.module.segment(function.node)
    words = ("current_user", "session", "g.user", "authorization", "Authorization")
    return any(word in source for word in words) or bool(
        re.search(r"api_?key|token|identity|is_admin|is_authenticated", source, re.I)
    )


def _returns_refusal(function: Site) -> bool:
    """Say whether a function answers 401 or 403 by a tuple, or raises such an error."""
    for returned in function.module.within(function.node, ast.Return):
        if isinstance(returned.value, ast.Tuple):
            for element in returned.value.elts:
                if isinstance(element, ast.Constant) and element.value in (401, 403):
                    return True

    return False


def guarded(project: Project, route_decorators: tuple[Site, ...]) -> Guards:
    """Return the strongest of what several decorators are."""
    found = (guards(project, d) for d in route_decorators)
    return max(found, default=Guards.NO)
