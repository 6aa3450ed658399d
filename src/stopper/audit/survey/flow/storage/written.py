"""A place at which something is stored."""

from __future__ import annotations

import ast
import typing as t

from ...module import Module
from ..frame import Path


class Write(t.NamedTuple):
    """A place at which something is stored.

    :param node: What stands there.
    :param path: Which part of the expression is stored.
    :param whole: Whether it is stored as a text, whatever was a part of it.
    """

    module: Module
    node: ast.expr
    value: ast.expr
    path: Path = ()
    whole: bool = False
