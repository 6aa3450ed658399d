"""Does a view load what the request names, and never ask?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import VIEW_WITHOUT_AUTHORIZATION
from ...check import check
from ...finding import Exposure
from ...finding import Finding
from ...finding import finding
from ...finding import Place
from ...survey.doors import doors
from ...survey.guarded import guarded
from ...survey.guards import Guards
from ...survey.index import Function
from ...survey.index import FUNCTIONS
from ...survey.project import Project
from ...survey.routes import Route
from ...survey.site import Site
from .families import distinct
from .families import looks_at_who_asks
from .families import public
from .owners import BY_KEY
from .owners import changes
from .owners import looked_up
from .owners import unowned_object
from .siblings import unguarded_sibling

#: Rows that are nobody's but their owner's, by what everybody calls them.
_PRIVATE = re.compile(
    r"user|account|member(?!ship)|profile|customer|client|patient|employee|student|person"
    r"|order|invoice|payment|transaction|booking|reservation|subscription|message|address"
    r"|ticket|document|contract|prescription|medical|salary|bank|card$|credential|secret|note$",
    re.I,
)

#: What puts somebody into the session.
_LOGINS = (
    "flask_login.login_user",
    "flask_login.utils.login_user",
    "flask_security.login_user",
    "flask_jwt_extended.create_access_token",
)

_KEY = re.compile(r"(?:^|_)(?:id|uuid|pk|slug)$", re.I)


@check(VIEW_WITHOUT_AUTHORIZATION, asks=Project)
def view_without_authorization(project: Project) -> Iterator[Finding]:
    """Does a view load what the request names, and never ask?"""
    found = list(_unasked(project)) if _has_login(project) else []
    told = _told(project) if found else set()

    for route, model in found:
        altered = changes(route)

        if route.place not in told and (altered or _PRIVATE.search(model)):
            yield finding(
                VIEW_WITHOUT_AUTHORIZATION,
                route.place,
                route.name,
                confidence=Confidence.MEDIUM if altered else Confidence.LOW,
                view=f"{route.name}()",
                does="changes" if altered else "shows",
                model=f"`{model}`",
            )


def _has_login(project: Project) -> bool:
    """Say whether the app has a login, and at least one view that asks for it."""
    # With Stopper's guard a view that says nothing is refused.
    if not project.apps or guarded(project, "authorization"):
        return False

    asked = any(
        _exposure(project, r) is Exposure.LOGIN for r in distinct(project.routes)
    )
    return asked or any(not c.module.test for c in project.calls(*_LOGINS))


def _exposure(project: Project, route: Route) -> Exposure:
    node = route.view.node

    if not isinstance(node, FUNCTIONS) or route.view.module.test:
        return Exposure.UNKNOWN

    return doors(project).exposure(node)


def _told(project: Project) -> set[Place]:
    """Return the views of which other rules say the same."""
    others = (unguarded_sibling, unowned_object)
    return {one.place for other in others for one in other.run(project)}


def _unasked(project: Project) -> Iterator[tuple[Route, str]]:
    """Yield the views that anyone has answer, with the class of the row that they load."""
    for route in distinct(project.routes):
        # What stands above the route is another rule's.
        above = project.refusals.guarded(route.decorators) is not Guards.NO
        named = public(route) or above

        if named or _exposure(project, route) is not Exposure.ANYONE:
            continue

        model = next(_models(route.view), "")

        if model and not looks_at_who_asks(route.view.module.segment(route.view.node)):
            yield route, model


def _models(view: Site) -> Iterator[str]:
    """Yield the classes of rows that a view looks up by what the request names."""
    node = view.node
    assert isinstance(node, FUNCTIONS)  # noqa: S101  # by its caller
    given = {a.arg for a in (*node.args.args, *node.args.kwonlyargs) if a.arg != "self"}
    named = given | set(_from_request(view, node))

    for call in view.module.within(node, ast.Call):
        if model := looked_up(call, named) or _asked_for(view, call, named):
            yield model


def _from_request(view: Site, node: Function) -> Iterator[str]:
    """Yield the names that hold an id of the query, the form or the body."""
    for assign in view.module.within(node, ast.Assign):
        target = assign.targets[0]

        if isinstance(target, ast.Name) and _is_id(view.at(assign.value)):
            yield target.id


def _asked_for(view: Site, call: ast.Call, named: set[str]) -> str:
    """Return the class whose row is looked up by what the call itself reads."""
    func = call.func

    if not isinstance(func, ast.Attribute) or func.attr not in BY_KEY:
        return ""

    given = [*call.args, *(k.value for k in call.keywords)]
    read = any(_is_id(view.at(n)) for g in given for n in ast.walk(g))
    return looked_up(call, _names(call) | named) if read else ""


def _names(call: ast.Call) -> set[str]:
    return {
        n.id
        for a in (*call.args, *(k.value for k in call.keywords))
        for n in ast.walk(a)
        if isinstance(n, ast.Name)
    }


def _is_id(site: Site) -> bool:
    """Say whether this reads an id from the request."""
    node = site.node

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr != "get" or not node.args:
            return False

        holder, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    else:
        return False

    constant = site.at(key).constant if isinstance(key, ast.expr) else None
    held = (site.at(holder).type or "").startswith("flask.request.")
    return held and constant is not None and bool(_KEY.search(str(constant.value)))
