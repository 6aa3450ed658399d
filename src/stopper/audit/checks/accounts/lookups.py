"""Where a row is looked up by the token that a visitor brings."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from ...survey.project import Project
from ...survey.site import Site
from .purposes import COLUMN

_QUERIES = (
    "filter_by",
    "filter",
    "where",
    "get_or_404",
    "find_one",
    "first_or_404",
    "get",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    """A query for the row that has a token.

    :param at: The call.
    :param column: ``"reset_token"``.
    """

    at: Site
    column: str


def lookups(project: Project) -> Iterator[Lookup]:
    """Yield every query for the row that has a token, tests aside."""
    for call in project.called(*_QUERIES):
        node = t.cast(ast.Call, call.node)

        if call.module.test or call.function is None:
            continue

        column = next(filter(COLUMN.fullmatch, _columns(node)), "")

        if column:
            yield Lookup(call, column)


def _columns(node: ast.Call) -> Iterator[str]:
    """Yield the columns that a query asks for a value."""
    for keyword in node.keywords:
        # ``reset_token=None`` asks for those that have none.
        if keyword.arg and not isinstance(keyword.value, ast.Constant):
            yield keyword.arg

    for argument in node.args:
        if isinstance(argument, ast.Compare) and isinstance(argument.ops[0], ast.Eq):
            if isinstance(argument.left, ast.Attribute):
                yield argument.left.attr
        elif isinstance(argument, ast.Dict):
            for key in argument.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value
