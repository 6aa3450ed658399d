"""Is a key kept so that a stolen table is worth little, and not for ever?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.apikeys.rules import APIKEY_IN_PLAIN
from ....controls.apikeys.rules import APIKEY_WITHOUT_EXPIRY
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site
from ..uncommented import uncommented

_COLUMN = re.compile(
    r"(?:user_?)?(?:api|access|auth|rss|feed)_?(?:key|token|secret)|apikey", re.I
)

#: Rows of such a class are keys.
_TABLE = re.compile(
    r"(?:user|personal|service|app|application)?_?api_?(?:key|token)s?(?:model)?"
    r"|personal_?access_?tokens?|auth_?tokens?",
    re.I,
)

_KEYS = re.compile(r"key|token|value|secret", re.I)

_QUERIES = (
    "filter_by",
    "filter",
    "where",
    "find_one",
    "get_or_404",
    "get_or_none",
    "first_or_404",
)

_HIDES = re.compile(r"hash|digest|hmac|sha\d|blake|encrypt|pbkdf|fingerprint", re.I)

_ENDS = re.compile(
    r"expir|valid_?(?:until|to|for)|not_?after|ttl|lifetime|max_?age|ends?_at|until",
    re.I,
)


@check(APIKEY_IN_PLAIN, asks=Project)
def apikey_in_plain(project: Project) -> Iterator[Finding]:
    """Is a key kept as a hash?"""
    told: set[str] = set()

    for call in project.called(*_QUERIES):
        if call.module.test:
            continue

        for column, value in _asked(call):
            if column in told or _hidden(project, value):
                continue

            told.add(column)
            yield finding(APIKEY_IN_PLAIN, call.place, call.written, column=column)


def _asked(call: Site) -> Iterator[tuple[str, Site]]:
    """Yield the columns of keys that a query asks for a value, with that."""
    node = t.cast(ast.Call, call.node)
    rows = _TABLE.fullmatch(_root(node))

    for keyword in node.keywords:
        word = keyword.arg or ""

        if _COLUMN.fullmatch(word) or (rows and _KEYS.fullmatch(word)):
            yield word, call.at(keyword.value)

    for argument in node.args:
        if isinstance(argument, ast.Compare) and isinstance(argument.ops[0], ast.Eq):
            side = argument.left

            if isinstance(side, ast.Attribute):
                owner = getattr(side.value, "id", "")
                row = bool(_TABLE.fullmatch(owner)) and bool(_KEYS.fullmatch(side.attr))

                if _COLUMN.fullmatch(side.attr) or row:
                    yield side.attr, call.at(argument.comparators[0])
        elif isinstance(argument, ast.Dict):
            for key, value in zip(argument.keys, argument.values, strict=True):
                word = getattr(key, "value", "")

                if isinstance(word, str) and _COLUMN.fullmatch(word):
                    yield word, call.at(value)


def _root(node: ast.expr) -> str:
    """Return the first name of ``ApiKey.query.filter_by(...)``."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value

    return node.id if isinstance(node, ast.Name) else ""


def _hidden(project: Project, value: Site) -> bool:
    """Say whether a value was hashed before, is constant, or is not what was brought."""
    if isinstance(value.node, ast.Constant) or value.constant is not None:
        return True

    if isinstance(value.node, ast.Attribute) and _HIDES.search(value.node.attr):
        return True

    function = value.function
    text = value.module.segment(function) if function is not None else ""

    if function is None or _HIDES.search(uncommented(text)):
        return True

    # What a row has is not what somebody brings.
    return (
        isinstance(value.node, ast.Attribute)
        and value.type is None
        and (getattr(value.node.value, "id", "") not in {"self", "form", "args"})
    )


@check(APIKEY_WITHOUT_EXPIRY, asks=Project)
def apikey_without_expiry(project: Project) -> Iterator[Finding]:
    """Does a key end?"""
    for site in project.nodes(ast.ClassDef):
        node = t.cast(ast.ClassDef, site.node)

        if site.module.test or not _TABLE.fullmatch(node.name):
            continue

        text = uncommented(site.module.segment(node))

        if _declares_columns(node) and not _ENDS.search(text):
            yield finding(APIKEY_WITHOUT_EXPIRY, site.place, node.name)


def _declares_columns(node: ast.ClassDef) -> bool:
    """Say whether a class is a table of keys: it has a column for them."""
    for item in node.body:
        made = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
        func = made.func if isinstance(made, ast.Call) else None
        called = getattr(func, "attr", getattr(func, "id", ""))

        if called in {"Column", "mapped_column"} or called.endswith("Field"):
            return True

    return False
