"""Authorization: what can be set."""

from __future__ import annotations

import typing as t
from collections.abc import Collection

from ...catalogue.setting import Setting
from .policy import complain_of_decorators
from .policy import complain_of_login
from .policy import complain_of_roles

ROLES: Setting[dict[str, Collection[str]]] = Setting(
    key="STOPPER_ROLES",
    default={},
    says='What each role may do, such as `{"editor": ["notes:read", "notes:write"], "admin": ["*"]}`; `notes:*` is everything below `notes`.',
    source="OWASP ASVS 5.0, 8.1.1; roles are data, so that one place says who may do what",
    complain=complain_of_roles,
)

DECORATORS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_AUTH_DECORATORS",
    default=(),
    says="The app's own decorators that let in only who may come, by name or with their module: `login_required`, `shop.members.login_required`. A view that has one counts as declared.",
    source="those of Flask-Login, Flask-Security, Flask-JWT-Extended, Flask-HTTPAuth and others are known",
    complain=complain_of_decorators,
)

LOGIN_URL: Setting[str] = Setting(
    key="STOPPER_LOGIN_URL",
    default="",
    says="The login page, an endpoint or a path, to which a browser is led that asks for what is not for strangers; empty for Flask-Login's `login_view` or that of our accounts if the app has one, and else the answer 401.",
    source="RFC 9110, 15.5.2: a program needs the status, a person the page",
    complain=complain_of_login,
)

SETTINGS: tuple[Setting[t.Any], ...] = (ROLES, DECORATORS, LOGIN_URL)
