"""Which files the audit reads, told by their names alone."""

from __future__ import annotations

import enum
import fnmatch
import re
from collections.abc import Sequence


class Kind(enum.StrEnum):
    """What a file is to the audit, and so who reads it."""

    PYTHON = "python"
    TEMPLATE = "template"
    ENV = "env"
    CONFIG = "config"
    REQUIREMENTS = "requirements"
    DEPLOY = "deploy"
    KEY = "key"
    OTHER = "other"
    """Given by name on the command line, and none of the above."""


PYTHON_SUFFIXES = (".py", ".pyw", ".wsgi")

TEMPLATE_SUFFIXES = (
    ".html",
    ".htm",
    ".jinja",
    ".jinja2",
    ".j2",
    ".xhtml",
    ".xml",
    ".svg",
)

CONFIG_SUFFIXES = (".cfg", ".ini", ".toml", ".yaml", ".yml", ".conf")

_ENV = (".env", ".env.*", "*.env", ".flaskenv")

_DEPLOY = (
    "dockerfile",
    "dockerfile.*",
    "dockerfile-*",
    "*.dockerfile",
    "containerfile",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose*.yml",
    "compose*.yaml",
    "procfile",
    "*.service",
    "*.sh",
    "uwsgi.ini",
)

_REQUIREMENTS = (
    "*requirements*.txt",
    "*requirements*.in",
    "constraints*.txt",
    "constraints*.in",
    "pipfile",
    "pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pylock.toml",
    "pylock.*.toml",
)

_KEY = ("*.pem", "*.key", "*.ppk", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")

_JSON = re.compile(
    r"(^|[._-])(app)?(config|conf|settings|secrets?|credentials?)[^/]*\.json$"
)

# What lies in a template folder without being a template.
_NO_TEMPLATE = (
    ".min.js",
    ".map",
    ".pyc",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".ico",
    ".webp",
    ".pdf",
    ".woff",
    ".woff2",
    ".ttf",
    ".eot",
    ".otf",
    ".zip",
    ".gz",
    ".mo",
    ".docx",
    ".xlsx",
    ".odt",
)


def kind_of(parts: Sequence[str]) -> Kind | None:
    """Return what the file with these path parts is, None if it is not read at all.

    :param parts: Relative to the audited folder, the file's own name last.
    """
    name = parts[-1].lower()
    folders = [part.lower() for part in parts[:-1]]

    if name.endswith(PYTHON_SUFFIXES):
        return Kind.PYTHON
    if name.endswith(TEMPLATE_SUFFIXES):
        return Kind.TEMPLATE
    if _any(name, _ENV):
        return Kind.ENV
    if "templates" in folders:
        return None if name.endswith(_NO_TEMPLATE) else Kind.TEMPLATE
    return _by_name(name, folders)


def _by_name(name: str, folders: Sequence[str]) -> Kind | None:
    if _any(name, _KEY):
        return Kind.KEY
    if _any(name, _REQUIREMENTS):
        return Kind.REQUIREMENTS
    if folders and folders[-1] == "requirements" and name.endswith((".txt", ".in")):
        return Kind.REQUIREMENTS
    if _any(name, _DEPLOY):
        return Kind.DEPLOY
    if name.endswith(CONFIG_SUFFIXES) or _JSON.search(name):
        return Kind.CONFIG
    return None


def _any(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
