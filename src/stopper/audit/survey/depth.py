"""How deep a tree of syntax is, so that whoever walks it knows that the walk ends."""

from __future__ import annotations

import ast
import itertools

LIMIT = 1_600
"""Levels of nodes in a tree. Generated code has sums of a thousand terms."""


def too_deep(tree: ast.Module, text: str) -> int:
    """Return the line of the first statement that is nested beyond :data:`LIMIT`.

    A level takes a character or more, so only what is longer than the limit is
    looked into: a walk over a whole tree would cost as much as reading it.

    :return: 0 if there is none.
    """
    ends = list(itertools.accumulate(len(line) + 1 for line in text.split("\n")))
    starts = [0, 0, *ends]
    stack: list[tuple[ast.stmt, int]] = [(node, 1) for node in tree.body]

    while stack:
        node, depth = stack.pop()
        last = node.end_lineno or node.lineno
        length = starts[min(last + 1, len(starts) - 1)] - starts[node.lineno]
        if length + depth < LIMIT:
            continue
        if depth > LIMIT or _expressions_too_deep(node, depth):
            return node.lineno
        stack += [(child, depth + _step(child)) for child in _children(node)]
    return 0


def _step(node: ast.stmt) -> int:
    # Handlers and cases stand between a statement and its block.
    return 2 if isinstance(node, ast.Try | ast.TryStar | ast.Match) else 1


def _children(node: ast.stmt) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for field in ("body", "orelse", "finalbody"):
        found += getattr(node, field, ())
    for field in ("handlers", "cases"):
        for block in getattr(node, field, ()):
            found += block.body
    return found


def _expressions_too_deep(node: ast.stmt, depth: int) -> bool:
    level = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]
    while level:
        depth += 1
        if depth > LIMIT:
            return True
        level = [
            child
            for parent in level
            for child in ast.iter_child_nodes(parent)
            if not isinstance(child, ast.stmt)
        ]
    return False
