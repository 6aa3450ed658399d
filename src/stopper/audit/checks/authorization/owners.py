"""Is what somebody owns changed by him alone?"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from ....controls.authorization.control import UNOWNED_OBJECT
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.routes import Route
from ...survey.routes import UNSAFE
from ...survey.site import Site
from .families import distinct
from .families import families
from .families import hooked
from .families import looks_at_who_asks

#: How a row is looked up by what the URL names.
BY_KEY = frozenset(
    {
        "get",
        "get_or_404",
        "filter_by",
        "filter",
        "get_by_id",
        "get_or_none",
        "first_or_404",
    }
)

_CHANGES = re.compile(
    r"\.delete\(|\.commit\(|\.save\(|\.update\(|\.remove\(|delete_instance\("
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Lookup:
    """A view that looks up a row of a class by what its URL names."""

    route: Route
    model: str
    owned: bool


@check(UNOWNED_OBJECT, asks=Project)
def unowned_object(project: Project) -> Iterator[Finding]:
    """Does one view change what its siblings only give to its owner?"""
    told: set[ast.AST] = set()
    closed = hooked(project)

    for family, members in families(project.routes).items():
        if family in closed:
            continue

        found = [look for r in distinct(members) for look in _lookups(project, r)]

        for look in found:
            owned = [o for o in found if o.model == look.model and o.owned]
            altered = changes(look.route)

            if look.owned or not owned or not altered or look.route.view.node in told:
                continue

            told.add(look.route.view.node)
            yield finding(
                UNOWNED_OBJECT,
                look.route.place,
                look.route.name,
                steps=tuple(
                    Step(o.route.place, f"{o.route.name} asks whose it is")
                    for o in owned[:3]
                ),
                view=f"{look.route.name}()",
                model=f"`{look.model}`",
                count=len(owned),
            )


def changes(route: Route) -> bool:
    """Say whether a view changes something that is kept."""
    text = route.view.module.segment(route.view.node)
    return bool(UNSAFE.intersection(route.methods) and _CHANGES.search(text))


def _lookups(project: Project, route: Route) -> Iterator[_Lookup]:
    """Yield what a view looks up by its arguments, and whether it asks whose that is."""
    view = route.view
    args = getattr(view.node, "args", None)
    named = {a.arg for a in args.args if a.arg != "self"} if args else set()
    models = {
        model
        for call in view.module.within(view.node, ast.Call)
        if (model := looked_up(call, named))
    }

    if not models:
        return

    owned = _owned(view)

    if owned or not _judges(project, route):
        yield from (_Lookup(route, model, owned) for model in sorted(models))


def looked_up(call: ast.Call, named: set[str]) -> str:
    """Return the class whose row a call looks up by one of the view's arguments."""
    func = call.func

    if not isinstance(func, ast.Attribute) or func.attr not in BY_KEY:
        return ""

    given = [*call.args, *(k.value for k in call.keywords)]
    keyed = any(
        isinstance(n, ast.Name) and n.id in named for g in given for n in walk(g)
    )
    first = call.args[0] if call.args else None

    # ``db.session.get(Note, id)`` names the class in its first argument.
    if isinstance(first, ast.Name) and first.id[:1].isupper() and len(call.args) > 1:
        return first.id if keyed else ""

    root = func.value

    while isinstance(root, ast.Attribute | ast.Call):
        root = root.value if isinstance(root, ast.Attribute) else root.func

    name = root.id if isinstance(root, ast.Name) else ""
    return name if keyed and name[:1].isupper() else ""


def _owned(view: Site) -> bool:
    """Say whether a view compares something of a row with who asks."""
    for node in view.module.within(view.node, ast.Compare):
        sides = [node.left, *node.comparators]
        equal = isinstance(node.ops[0], ast.Eq | ast.NotEq)
        held = any(isinstance(s, ast.Attribute | ast.Subscript) for s in sides)

        if equal and held and looks_at_who_asks(view.module.source(node)):
            return True

    return any(
        keyword.arg and looks_at_who_asks(view.module.source(keyword.value))
        for call in view.module.within(view.node, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in BY_KEY
        for keyword in call.keywords
    )


#: What asks no more than whether somebody is there.
_SOMEBODY = re.compile(
    r"is_authenticated|is_anonymous|in session|^(?:not )?session\.get"
)

_JUDGES = re.compile(
    r"own(?:er|s|ed)|permi|allow|access|admin|role|can_|check|auth|verify|require|member"
    r"|policy|scope|grant|token|moderat",
    re.I,
)


def _judges(project: Project, route: Route) -> bool:
    """Say whether a view asks more than whether somebody is there."""
    view = route.view
    library = project.models.named("auth-decorator")

    for decorator in route.decorators:
        known = decorator.name in library or decorator.written.endswith(
            "login_required"
        )

        if not known and _JUDGES.search(decorator.written):
            return True

    for call in view.module.within(view.node, ast.Call):
        if call not in {d.node for d in route.decorators}:
            if _JUDGES.search(view.module.source(call.func)):
                return True

    tests = [view.module.source(n.test) for n in view.module.within(view.node, ast.If)]
    return any(
        (looks_at_who_asks(text) or _JUDGES.search(text)) and not _SOMEBODY.search(text)
        for text in tests
    )
