"""Which views the app has, and how each came to be one."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from ..finding import Place
from .index import Function
from .index import FUNCTIONS
from .models import Models
from .site import Site

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")

#: Methods that may change something, as RFC 9110, section 9.2.1 has it.
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One way from a URL to a function.

    :param rule: The URL rule without its blueprint's prefix, ``"/notes/<int:id>"``;
        empty where it is not a constant.
    :param methods: In capitals, sorted.
    :param view: The function, or the method of a class, that answers.
    :param family: What its siblings share: the blueprint or app as written, with its
        module, or the class.
    :param declared: The decorator or the call that makes it a route.
    :param decorators: Every decorator of the view, outermost first.
    :param position: Where ``declared`` stands among ``decorators``, -1 if it does not.
    """

    rule: str
    methods: tuple[str, ...]
    view: Site
    family: str
    declared: Site
    decorators: tuple[Site, ...]
    position: int = -1
    holder: Site | None = None

    @property
    def name(self) -> str:
        """The view's own name."""
        return getattr(self.view.node, "name", "")

    @property
    def place(self) -> Place:
        """Where the view's ``def`` stands."""
        return self.view.place

    @property
    def inner(self) -> tuple[Site, ...]:
        """The decorators that are in force when the route is requested."""
        return self.decorators[self.position + 1 :]


def routes(at: Site, models: Models) -> Iterator[Route]:
    """Yield every route that one module declares."""
    index = at.module.index

    for function in index.functions():
        yield from _decorated(at.at(function), models)

    for node in index.nodes(ast.ClassDef):
        yield from _decorated_class(at.at(node), models)

    for call in index.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute):
            if call.func.attr == "add_url_rule":
                yield from _added(at.at(call))
            elif call.func.attr in {"add_resource", "add_org_resource"}:
                yield from _resource(at.at(call))


def _decorated(view: Site, models: Models) -> Iterator[Route]:
    node = view.node
    assert isinstance(node, FUNCTIONS)  # noqa: S101  # by its caller
    decorators = tuple(view.at(d) for d in node.decorator_list)

    for position, decorator in enumerate(decorators):
        found = declares(decorator, models)

        if found is not None:
            rule, methods = found
            yield Route(
                rule,
                methods,
                view,
                _family(decorator),
                decorator,
                decorators,
                position,
                _holder(view),
            )


def declares(decorator: Site, models: Models) -> tuple[str, tuple[str, ...]] | None:
    """Return rule and methods if a decorator makes a route, else ``None``."""
    call = decorator.node

    if not isinstance(call, ast.Call):
        return None

    name = decorator.name or ""

    if name in models.named("expose"):
        return _rule(decorator), _methods(decorator, ("GET",))

    if not isinstance(call.func, ast.Attribute):
        return None

    verb = call.func.attr

    if verb not in {"route", *VERBS}:
        return None

    receiver = decorator.at(call.func.value).type
    rule = _rule(decorator)
    known = receiver is not None and _is_router(decorator, receiver, models)

    # On an object of unknown type, the shape of the rule decides.
    if not known and not (rule.startswith("/") or (verb == "route" and call.args)):
        return None

    if verb == "route":
        return rule, _methods(decorator, ("GET",))

    return rule, (verb.upper(),)


def _is_router(at: Site, name: str, models: Models) -> bool:
    routers = models.named("router")

    if name in routers:
        return True

    known = at.names.definition(name)

    if known is None or not isinstance(known[1], ast.ClassDef):
        return name.endswith((".Blueprint", ".Flask", ".APIBlueprint", ".Namespace"))

    return any(b in routers for b in at.names.bases(known[0], known[1]))


def _rule(call: Site) -> str:
    argument = call.argument(0, "rule") or call.argument(-1, "url")
    constant = argument.constant if argument else None
    return constant.value if constant and isinstance(constant.value, str) else ""


def _methods(call: Site, default: tuple[str, ...]) -> tuple[str, ...]:
    argument = call.argument(-1, "methods")
    constant = argument.constant if argument else None

    if constant is None or not isinstance(constant.value, list):
        return default if argument is None else ("GET", "POST")

    return tuple(sorted({str(m).upper() for m in constant.value}))


def _family(declared: Site) -> str:
    """Return what the siblings of a route share: the object that it is declared on."""
    node = declared.node
    func = node.func if isinstance(node, ast.Call) else node

    if isinstance(func, ast.Attribute):
        return f"{declared.module.name}:{declared.module.source(func.value)}"

    holder = _holder(declared)
    owner = getattr(holder.node, "name", "") if holder else ""
    return f"{declared.module.name}:{owner}"


def _holder(site: Site) -> Site | None:
    for above in site.above():
        if isinstance(above.node, ast.ClassDef):
            return above

        if isinstance(above.node, FUNCTIONS) and site.node not in (
            above.node.decorator_list
        ):
            return None

    return None


def _decorated_class(view: Site, models: Models) -> Iterator[Route]:
    """Yield the methods of ``@ns.route("/x") class X(Resource)``."""
    node = view.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  # by its caller

    for decorator in node.decorator_list:
        found = declares(view.at(decorator), models)

        if found is not None:
            family = _family(view.at(decorator))
            yield from _methods_of(view, found[0], view.at(decorator), family)


def _methods_of(
    holder: Site, rule: str, declared: Site, family: str, depth: int = 0
) -> Iterator[Route]:
    """Yield a route for each HTTP method that a class answers."""
    node = holder.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  # by its caller
    common = tuple(holder.at(d) for d in node.decorator_list)
    listed = _listed_decorators(holder)

    for item in node.body:
        if isinstance(item, FUNCTIONS) and item.name in (*VERBS, "dispatch_request"):
            own = tuple(holder.at(d) for d in item.decorator_list)
            verb = item.name.upper()
            methods = ("GET",) if verb == "DISPATCH_REQUEST" else (verb,)
            view = holder.at(item)
            yield Route(
                rule,
                methods,
                view,
                family,
                declared,
                (*listed, *common, *own),
                -1,
                holder,
            )


def _listed_decorators(holder: Site) -> tuple[Site, ...]:
    """Return what a class-based view names in ``decorators`` or ``method_decorators``."""
    node = holder.node
    found: list[Site] = []

    if not isinstance(node, ast.ClassDef):
        return ()

    for name in ("decorators", "method_decorators"):
        bound = holder.names.member(holder.module, node, name)

        if bound and isinstance(bound[1].node, ast.List | ast.Tuple):
            home = dataclasses.replace(holder, module=bound[0])
            found += [home.at(e) for e in bound[1].node.elts]

    return tuple(found)


def _added(call: Site) -> Iterator[Route]:
    """Yield from ``add_url_rule("/x", view_func=...)``."""
    rule = _rule(call)
    argument = call.argument(2, "view_func")

    if argument is None:
        return

    node = argument.node

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "as_view":
            yield from _class_view(argument.at(node.func.value), rule, call)
            return

    found = argument.names.definition(argument.name)

    if found is None:
        bound = argument.bound

        # ``view = X.as_view("x")`` first.
        if bound is not None and isinstance(bound[1].node, ast.Call):
            func = bound[1].node.func
            home = dataclasses.replace(call, module=bound[0])

            if isinstance(func, ast.Attribute) and func.attr == "as_view":
                yield from _class_view(home.at(func.value), rule, call)

        return

    module, function = found

    if isinstance(function, FUNCTIONS):
        view = dataclasses.replace(call, module=module, node=function)
        decorators = tuple(view.at(d) for d in function.decorator_list)
        methods = _methods(call, ("GET",))
        yield Route(rule, methods, view, _family(call), call, decorators)


def _class_view(named: Site, rule: str, declared: Site) -> Iterator[Route]:
    found = named.names.definition(named.name)

    if found is not None and isinstance(found[1], ast.ClassDef):
        holder = dataclasses.replace(declared, module=found[0], node=found[1])
        yield from _methods_of(holder, rule, declared, _family(declared))


def _resource(call: Site) -> Iterator[Route]:
    """Yield from ``api.add_resource(Cls, "/x")``."""
    first = call.argument(0, "resource")
    second = call.argument(1)
    constant = second.constant if second else None
    rule = constant.value if constant and isinstance(constant.value, str) else ""

    if first is not None:
        yield from _class_view(first, rule, call)


def view_functions(found: tuple[Route, ...]) -> frozenset[Function]:
    """Return the functions that answer requests."""
    return frozenset(r.view.node for r in found if isinstance(r.view.node, FUNCTIONS))
