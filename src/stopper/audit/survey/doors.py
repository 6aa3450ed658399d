"""Which views ask who is there before they answer, and which surely do not."""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
from collections.abc import Iterator

from ..finding import Exposure
from .guards import Guards
from .index import Function
from .index import FUNCTIONS
from .project import Project
from .routes import Route
from .site import Site

#: Where a project keeps what is known of its doors.
_KEPT = "_doors"

#: What runs before the views of a blueprint, and before those of the whole app.
_BEFORE = frozenset(
    {
        *("before_request", "before_app_request"),
        *("url_value_preprocessor", "app_url_value_preprocessor"),
    }
)

#: Methods by which a class refuses before one of its methods answers.
_ASKING = frozenset(
    {
        *("dispatch_request", "is_accessible", "prepare", "_check_access"),
        *("before_request", "check_permission", "check_permissions"),
    }
)

#: Classes of others that are known to ask nothing by themselves.
_PLAIN = ("MethodView", "View", "Resource", "object", "Generic")

#: What an app replaces or wraps to ask before all of its views.
_WHOLE = re.compile(
    r"wsgi_app\s*=\s*[\w.]*(?:[Aa]uth|[Ll]ogin|OIDC|[Oo]idc|S[Aa][Mm][Ll]|JWT|[Tt]oken)"
    r"|def (?:full_dispatch_request|preprocess_request)\(|before_request_funcs"
)

#: Words in the name of what may let only some people in, though its code does not say so.
_HINTS = re.compile(
    r"auth(?!or(?!i))|log_?in|logged|permi|role|rbac|acl(?:_|$)|access|allow|secur|protect"
    r"|guard|admin|requir|ensure|token|api_?key|user|owner|member|priv|restrict|session"
    r"|identity|credential|scope|jwt",
    re.I,
)

#: What in a function's text may be a question for who is there.
_ASKS = re.compile(
    r"current_user|\bg\.(?:user|identity|auth\w*)"
    # Read, that is: what is written there answers nothing.
    r"|(?:(?<![.\w])|(?<=flask\.))session\b(?!\[.*\]\s*=(?!=))|[Aa]uthori[sz]|api_?key"
    r"|[Tt]oken|identity|[Aa]uthenticat|[Pp]ermi(?:ssion|tted)|(?:check|has|require)\w*_access"
    r"|is_admin|logged_in|\b40[13]\b|Forbidden|Unauthorized|[Ll]ogin|request\.User"
)

#: What is there for those who have no login yet.
_ENTRANCE = re.compile(r"log_?in|sign_?(?:in|up)|regist|forgot|reset_?pass", re.I)


@dataclasses.dataclass(frozen=True, slots=True)
class _Hook:
    """What runs before views.

    :param family: What it stands on.
    :param whole: Whether that is, or may be, the whole app, and not one blueprint.
    """

    family: str
    whole: bool
    function: Site


class Doors:
    """Knows of each view whether anyone can have it answer.

    That someone has to be logged in is seen where the code refuses. That nobody has to,
    is said only where nothing at all hints at a question: a guard that is not
    recognised makes it unknown.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Function, Exposure] = {}

    def exposure(self, view: Function) -> Exposure:
        """Return who can have a view answer: one open route is enough."""
        if view not in self._known:
            self._known[view] = self._asked(view)

        return self._known[view]

    def _asked(self, view: Function) -> Exposure:
        routes = self._routes.get(view, [])
        guarded = [self._guarded(route) for route in routes]

        if routes and all(guarded):
            return Exposure.LOGIN

        bare = [r for r, behind in zip(routes, guarded, strict=True) if not behind]

        # A part of an app may be put behind a login where it is used.
        if self._project.apps and any(map(self._open, bare)):
            return Exposure.ANYONE

        return Exposure.UNKNOWN

    # -- what surely refuses

    def _guarded(self, route: Route) -> bool:
        refusals = self._project.refusals

        if refusals.guarded(self._in_force(route)) is not Guards.NO:
            return True

        if refusals.refuses(route.view):
            return True

        if route.holder is not None and self._refused_above(route.holder):
            return True

        family = _family(route.declared)
        return any(
            hook.family == family and self._refuses(hook.function)
            for hook in self._hooks
        )

    def _refused_above(self, holder: Site) -> bool:
        """Say whether a class refuses before one of its methods answers."""
        node = holder.node
        assert isinstance(node, ast.ClassDef)  # noqa: S101  # by Route

        for module, owner in holder.names.lineage(holder.module, node):
            for item in owner.body:
                if isinstance(item, FUNCTIONS) and item.name in _ASKING:
                    site = holder.elsewhere(module, item)

                    if self._project.refusals.refuses(site):
                        return True

        return False

    def _in_force(self, route: Route) -> tuple[Site, ...]:
        """Return the decorators that run when a route is requested."""
        marks = route.declared.name in self._project.models.named("expose")
        return route.decorators if marks else route.inner

    def _refuses(self, hook: Site) -> bool:
        own = tuple(hook.at(d) for d in getattr(hook.node, "decorator_list", ()))
        guarded = self._project.refusals.guarded(own) is not Guards.NO
        return guarded or self._project.refusals.refuses(hook)

    # -- what may refuse

    def _open(self, route: Route) -> bool:
        """Say whether nothing hints at a question for who is there."""
        if self._closed or _family(route.declared) in self._asked_before:
            return False

        if any(_HINTS.search(d.source) for d in self._in_force(route)):
            return False

        if route.holder is not None and not self._plain(route.holder):
            return False

        entrance = _ENTRANCE.search(route.name) or _ENTRANCE.search(route.rule)
        return bool(entrance) or not self.asks(route.view)

    def asks(self, function: Site) -> bool:
        """Say whether a function, or what it calls by name, may ask who is there."""
        node = function.node

        # What cannot be read may ask anything.
        if not isinstance(node, FUNCTIONS):
            return True

        text = "\n".join(map(function.module.segment, node.body))

        if _ASKS.search(text):
            return True

        calls = function.module.within(node, ast.Call)
        names = (getattr(c.func, "attr", getattr(c.func, "id", "")) for c in calls)
        return any(_HINTS.search(name) and not name.startswith("get") for name in names)

    def _plain(self, holder: Site) -> bool:
        """Say whether no class above a view's may ask before it answers."""
        node = holder.node
        assert isinstance(node, ast.ClassDef)  # noqa: S101  # by Route

        for module, owner in holder.names.lineage(holder.module, node):
            home = holder.elsewhere(module, holder.node)
            outside = [home.at(b).type for b in owner.bases]

            if any(name is None for name in outside):
                return False

            for item in owner.body:
                shared = isinstance(item, FUNCTIONS) and item.name not in _VERBS

                if shared and self.asks(home.at(item)):
                    return False

        bases = holder.names.bases(holder.module, node)
        unread = [b for b in bases if holder.names.definition(b) is None]
        return all(base.rpartition(".")[2] in _PLAIN for base in unread)

    @functools.cached_property
    def _closed(self) -> bool:
        """Whether something may ask before any view, with exceptions that nobody knows."""
        if any(hook.whole and self.asks(hook.function) for hook in self._hooks):
            return True

        return any(_WHOLE.search(m.text) for m in self._project.modules if not m.test)

    @functools.cached_property
    def _asked_before(self) -> frozenset[str]:
        """On what a hook stands that may ask."""
        return frozenset(h.family for h in self._hooks if self.asks(h.function))

    # -- where it is said

    @functools.cached_property
    def _routes(self) -> dict[Function, list[Route]]:
        found: dict[Function, list[Route]] = {}

        for route in self._project.routes:
            node = route.view.node

            if isinstance(node, FUNCTIONS):
                found.setdefault(node, []).append(route)

        return found

    @functools.cached_property
    def _hooks(self) -> list[_Hook]:
        """What runs before views."""
        return [*self._decorated(), *self._registered()]

    def _decorated(self) -> Iterator[_Hook]:
        for site, node in self._project.functions():
            for decorator in node.decorator_list:
                func = decorator.func if isinstance(decorator, ast.Call) else decorator

                if isinstance(func, ast.Attribute) and func.attr in _BEFORE:
                    yield self._hook(site.at(func), func, site)

    def _registered(self) -> Iterator[_Hook]:
        for call in self._project.called(*sorted(_BEFORE)):
            func = call.node.func if isinstance(call.node, ast.Call) else None
            given = call.argument(0, "f")

            if given is None or not isinstance(func, ast.Attribute):
                continue

            known = call.names.definition(given.name)
            site = given

            if known is not None:
                site = call.elsewhere(known[0], known[1])

            yield self._hook(call.at(func), func, site)

    def _hook(self, at: Site, func: ast.Attribute, function: Site) -> _Hook:
        kind = at.at(func.value).type or ""
        own = kind.endswith("Blueprint") and func.attr == "before_request"
        return _Hook(_family(at), not own, function)


#: Methods of a class that are views, each with its own answer.
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})


def _family(declared: Site) -> str:
    """Return on what a route or a hook stands: where it was made, if that is known."""
    node = declared.node
    func = node.func if isinstance(node, ast.Call) else node
    base: ast.AST = func.value if isinstance(func, ast.Attribute) else func
    bound = declared.at(base).bound

    if bound is not None:
        return f"{bound[0].name}:{getattr(bound[1].at, 'id', '')}"

    return f"{declared.module.name}:{declared.module.source(base)}"


def doors(project: Project) -> Doors:
    """Return the doors of a project; what was asked once is kept with it."""
    kept = vars(project)
    found = kept.get(_KEPT)

    if not isinstance(found, Doors):
        found = kept[_KEPT] = Doors(project)

    return found
