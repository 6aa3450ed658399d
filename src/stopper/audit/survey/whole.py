"""What can be said of an app only where the whole of it is seen."""

from __future__ import annotations

import ast

from .deployment import rehearsal
from .project import Project
from .site import Site

_LOGINS = frozenset(
    {"flask_login", "flask_security", "flask_jwt_extended", "flask_user"}
)


_SCRIPTS = frozenset({"bin", "scripts", "tools", "migrations", "alembic", "utils"})


def app_of(project: Project) -> Site | None:
    """Return the ``Flask(...)`` at which the app as a whole is spoken of."""
    return min(project.apps, key=_rank, default=None)


def _rank(app: Site) -> tuple[bool, bool, int, str]:
    path = app.place.path
    script = bool(_SCRIPTS.intersection(path.split("/")[:-1]))
    return rehearsal(path), script, path.count("/"), path


def whole(project: Project) -> bool:
    """Whether what the project lacks is lacking.

    A lone file is a part of something: what it lacks may stand elsewhere.
    """
    return bool(project.apps) and len(project.files) > 1


def keeps_sessions(project: Project) -> bool:
    """Whether the app knows visitors again by a cookie."""
    if project.imported & _LOGINS:
        return True

    return any(
        site.type == "flask.session[]" and not site.module.test
        for site in project.nodes(ast.Subscript)
    ) or any(True for _ in project.calls("flask.session.get", "flask.session.pop"))
