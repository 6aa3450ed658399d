"""The text of a regular expression, by whatever name a function uses it."""

from __future__ import annotations

import ast

from ..module import Module
from ..project import Project

#: How many names the look follows to where an expression is compiled.
_DEPTH = 6

#: What changes neither what a class of characters holds nor where a text ends.
_HARMLESS = frozenset(
    f"re.{name}" for name in ("A", "ASCII", "I", "IGNORECASE", "U", "UNICODE")
)


def regex_of(project: Project, module: Module, node: ast.expr) -> str | None:
    """Return the text of an expression, ``None`` if that is not known.

    Both what is text and what ``re.compile`` gave have one. With a flag that changes what
    it matches it is not known.
    """
    found: tuple[Module, ast.AST] | None = (module, node)

    for _ in range(_DEPTH):
        if found is None:
            return None

        module, inner = found

        if isinstance(inner, ast.Call):
            return _compiled(project, module, inner)

        if not isinstance(inner, ast.Name | ast.Attribute):
            return _text(project, module, inner)

        text = _text(project, module, inner)

        if text is not None:
            return text

        found = _followed(project, module, inner)

    return None


def _text(project: Project, module: Module, node: ast.AST) -> str | None:
    if not isinstance(node, ast.expr):
        return None

    value = project.values.constant(module, node)
    return value.value if value is not None and isinstance(value.value, str) else None


def _compiled(project: Project, module: Module, node: ast.Call) -> str | None:
    if project.names.name_of(module, node.func) != "re.compile" or not node.args:
        return None

    flags = [*node.args[1:], *(k.value for k in node.keywords)]
    names = {project.names.name_of(module, n) for f in flags for n in _flags(f)}
    return _text(project, module, node.args[0]) if names <= _HARMLESS else None


def _flags(node: ast.expr) -> list[ast.expr]:
    """Return the flags that ``re.A | re.I`` puts together."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_flags(node.left), *_flags(node.right)]

    return [node]


def _followed(
    project: Project, module: Module, node: ast.Name | ast.Attribute
) -> tuple[Module, ast.AST] | None:
    """Return what the one binding of a name or a class's attribute gives it."""
    names = project.names

    if isinstance(node, ast.Name):
        reaching = names.reaching(module, node)
        bound = reaching[0] if len(reaching) == 1 else None
    else:
        bound = names.exported(f"{names.name_of(module, node.value)}.{node.attr}")
        holder = _holder(project, module, node.value) if bound is None else None

        if holder is not None:
            bound = names.member(*holder, node.attr)

    return (bound[0], bound[1].node) if bound and bound[1].node is not None else None


def _holder(
    project: Project, module: Module, node: ast.expr
) -> tuple[Module, ast.ClassDef] | None:
    """Return the class that an object is of, or a name names."""
    known = project.names.definition(project.names.name_of(module, node))
    return (
        (known[0], known[1])
        if known is not None and isinstance(known[1], ast.ClassDef)
        else None
    )
