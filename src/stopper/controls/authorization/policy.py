"""What a permission is, and whose decorators ask who is there."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: A permission that a view asks for: ``"notes:write"``.
PERMISSION = re.compile(r"[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)*\Z")

#: What a role gives: a permission, everything below a part of one, or everything.
GRANT = re.compile(r"(?:[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)*(?::\*)?|\*)\Z")

#: A decorator's name, with its module or without: ``"shop.members.login_required"``.
DECORATOR = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")

#: The decorators of libraries that let in only who may come, by the package: where the
#: function that they put in a view's place is written. The tests run those of
#: Flask-Login, Flask-Security and Flask-Principal, and where they are installed those of
#: Flask-JWT-Extended, Flask-HTTPAuth and Authlib. Those of Flask-AppBuilder, Flask-OIDC
#: and Flask-pyoidc are names alone, which no test runs.
FOREIGN: Mapping[str, frozenset[str]] = {
    "authlib": frozenset({"ResourceProtector"}),
    "flask_appbuilder": frozenset({"has_access", "has_access_api", "protect"}),
    "flask_httpauth": frozenset(
        {"HTTPAuth.login_required", "MultiAuth.login_required"}
    ),
    "flask_jwt_extended": frozenset({"jwt_required"}),
    "flask_login": frozenset({"login_required", "fresh_login_required"}),
    "flask_oidc": frozenset(
        {"OpenIDConnect.require_login", "OpenIDConnect.accept_token"}
    ),
    "flask_principal": frozenset({"IdentityContext"}),
    "flask_pyoidc": frozenset({"OIDCAuthentication.oidc_auth"}),
    "flask_security": frozenset(
        {
            "anonymous_user_required",
            "auth_required",
            "auth_token_required",
            "http_auth_required",
            "permissions_accepted",
            "permissions_required",
            "roles_accepted",
            "roles_required",
        }
    ),
}

#: Packages whose own views decide for themselves who gets in, ours among them: the login
#: page must not ask for a login.
SELF_GUARDED = frozenset(
    {
        "flask_appbuilder",
        "flask_dance",
        "flask_oidc",
        "flask_pyoidc",
        "flask_security",
        "stopper",
    }
)


def covers(grant: str, permission: str) -> bool:
    """Say whether what a role gives holds the permission.

    ``"*"`` holds everything, ``"notes:*"`` everything below ``notes``; whatever else
    holds itself alone.
    """
    if grant == permission or grant == "*":
        return True

    return grant.endswith(":*") and permission.startswith(grant[:-1])


def complain_of_roles(roles: Mapping[str, object]) -> str | None:
    """Say what is wrong with a table of roles, ``None`` if nothing is."""
    for name, grants in roles.items():
        if not isinstance(name, str) or not name:
            return f"takes names of roles, and not {name!r:.60}"

        # A text is no list, though it has letters to go through.
        if isinstance(grants, str) or not isinstance(
            grants, list | tuple | set | frozenset
        ):
            return (
                f"takes a list of permissions for each role, and {name!r:.60} has none"
            )

        for grant in grants:
            if not isinstance(grant, str) or not GRANT.match(grant):
                return (
                    "takes permissions such as 'notes:write', 'notes:*' or '*', and not "
                    f"{grant!r:.60}"
                )

    return None


def complain_of_decorators(names: tuple[str, ...]) -> str | None:
    """Say what is wrong with a list of decorators, ``None`` if nothing is."""
    for name in names:
        if not isinstance(name, str) or not DECORATOR.match(name):
            return (
                "takes names of decorators such as 'login_required' or "
                f"'shop.members.login_required', and not {name!r:.60}"
            )

    return None


def complain_of_login(address: str) -> str | None:
    """Say what is wrong with the address of a login page, ``None`` if nothing is."""
    local = address.startswith("/") and not address.startswith(("//", "/\\"))

    if not address or local or re.fullmatch(r"[\w.-]+", address):
        return None

    return "takes an endpoint such as 'account.login', or a path such as '/login'"
