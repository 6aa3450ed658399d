"""Which decorators let only some people in, told by what they are and do."""

from __future__ import annotations

import ast
import enum
import re

from .index import Function
from .index import FUNCTIONS
from .models import Models
from .module import Module
from .names import Names
from .nodes import walk
from .site import Site
from .values import Values

#: Through how many functions of the project a refusal is looked for.
DEPTH = 3

#: How many decorators of one view, and calls of one function, are looked at.
DECORATORS = 50
CALLS = 500

#: Words in the name of a decorator whose code is not there to be read.
_WORDS = re.compile(
    r"login|logged|auth(?!or(?!i))|permission|permitted|require.*(role|admin|user|access)"
    r"|(role|admin|user|access|token|scope)s?_?(required|only|needed)|restricted|protected",
    re.I,
)

_IDENTITY = re.compile(
    r"current_user|(?<![\w.])session\b|flask\.session|g\.user|[Aa]uthorization"
    r"|(?i:api_?key|token|identity|is_admin|is_authenticated)"
)

_ERRORS = ("Unauthorized", "Forbidden", "PermissionDenied", "AuthError")


class Guards(enum.IntEnum):
    """How sure it is that a decorator lets only some people in."""

    NO = 0
    #: Its code is out of reach, and its name says so.
    NAMED = 1
    #: It is a known library's, or its code was read.
    KNOWN = 2


class Refusals:
    """Knows which decorators and functions let only some people in.

    Each function is read once for every depth at which it is met.
    """

    def __init__(self, names: Names, values: Values, models: Models) -> None:
        self._names = names
        self._values = values
        self._library = models.named("auth-decorator")
        self._memo: dict[tuple[ast.AST, int], bool] = {}
        self._identity: dict[ast.AST, bool] = {}

    def guarded(self, decorators: tuple[Site, ...]) -> Guards:
        """Return the strongest of what several decorators are."""
        found = (self.guards(d) for d in decorators[:DECORATORS])
        return max(found, default=Guards.NO)

    def guards(self, decorator: Site) -> Guards:
        """Say whether a decorator lets only some people in.

        A project's own decorator is judged by what its code does, whatever its name is.
        """
        name = decorator.name

        if _optional(decorator):
            return Guards.NO

        if name is None:
            return _by_name(decorator)

        if name in self._library:
            return Guards.KNOWN

        known = self._names.definition(name)

        if known is None:
            # A method of one of the project's own objects that we could not resolve,
            # or something out of the audited tree.
            outside = name.partition(".")[0] in _CERTAIN
            return Guards.NO if outside else _by_name(decorator)

        called = self._called(name) or known
        body = Site(called[0], called[1], self._names, self._values)
        return Guards.KNOWN if self.refuses(body) else Guards.NO

    def refuses(self, function: Site, depth: int = 0) -> bool:
        """Say whether a function's code refuses some of those who ask.

        It does if it calls another that does, or if it asks who is there and refuses:
        with 401 or 403, an error of that name, or a redirect to a page to log in.
        """
        if depth > DEPTH:
            return False

        key = (function.node, depth)

        if key not in self._memo:
            self._memo[key] = self._read(function, depth)

        return self._memo[key]

    def _read(self, function: Site, depth: int) -> bool:
        asked = False
        refused = False

        for call in function.module.within(function.node, ast.Call)[:CALLS]:
            site = function.at(call)
            name = site.name or ""

            if name in self._library:
                return True

            if _refusing(site, name):
                refused = True
                continue

            asked = asked or _asking(site, name)

            if name:
                known = self._called(name)

                if known and known[1] is not function.node:
                    inner = Site(known[0], known[1], self._names, self._values)
                    asked = asked or bool(_WORDS.search(known[1].name))
                    refused = refused or self.refuses(inner, depth + 1)

        # Most functions refuse nobody; to search their whole text takes longest.
        if not refused and not _returns_refusal(function):
            return False

        return asked or self._reads_identity(function)

    def refusal(self, call: Site) -> bool:
        """Say whether a call refuses, itself or by a function of the project."""
        name = call.name or ""

        if name in self._library or _refusing(call, name):
            return True

        known = self._called(name) if name else None
        return known is not None and self.refuses(
            Site(known[0], known[1], self._names, self._values)
        )

    def _called(self, name: str) -> tuple[Module, Function] | None:
        """Return the project's function of a name; of a class, what its instance does."""
        known = self._names.definition(name)

        if known and isinstance(known[1], ast.ClassDef):
            known = self._names.definition(f"{name}.__call__")

        if known and isinstance(known[1], FUNCTIONS):
            return known[0], known[1]

        return None

    def _reads_identity(self, function: Site) -> bool:
        """Say whether a function reads who is asking: ``current_user``, the session."""
        known = self._identity.get(function.node)

        if known is None:
            source = function.module.segment(function.node)
            known = bool(_IDENTITY.search(source))
            self._identity[function.node] = known

        return known


#: Libraries whose decorators that guard are all in the models.
_CERTAIN = {"flask", "functools", "builtins", "click", "flask_restx", "flask_restful"}


def _optional(decorator: Site) -> bool:
    """Say whether a guard is told to let those in who say nothing of themselves."""
    node = decorator.node
    return isinstance(node, ast.Call) and any(
        k.arg == "optional"
        and isinstance(k.value, ast.Constant)
        and k.value.value is True
        for k in node.keywords
    )


def _by_name(decorator: Site) -> Guards:
    return Guards.NAMED if _WORDS.search(decorator.written) else Guards.NO


def _refusing(call: Site, name: str) -> bool:
    last = name.rpartition(".")[2]

    if last == "abort":
        first = call.argument(0, "http_status_code") or call.argument(-1, "code")
        return first is not None and (
            denial(first.node)
            or (first.constant is not None and first.constant.value in (401, 403))
        )

    if last in {"unauthorized", "forbidden"} or name.endswith(_ERRORS):
        return True

    if name == "flask_socketio.disconnect":
        return True

    if last in {"redirect", "url_for"}:
        return bool(re.search(r"log_?in|sign_?in|auth", call.source, re.I))

    return False


def denial(node: ast.AST) -> bool:
    """Say whether this is 401 or 403, as a number or as ``HTTPStatus.FORBIDDEN``."""
    if isinstance(node, ast.Attribute):
        return node.attr in {"UNAUTHORIZED", "FORBIDDEN"}

    return isinstance(node, ast.Constant) and node.value in (401, 403)


def _asking(call: Site, name: str) -> bool:
    return bool(_WORDS.search(name.rpartition(".")[2])) or name.startswith(
        ("flask.session.", "flask.request.headers.", "flask.request.authorization")
    )


def _returns_refusal(function: Site) -> bool:
    """Say whether a function answers 401 or 403, in whatever way it says so."""
    return any(
        denial(node)
        for returned in function.module.within(function.node, ast.Return)
        if returned.value is not None
        for node in walk(returned.value)
    )
