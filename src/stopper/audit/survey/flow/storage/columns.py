"""What one line of a table's class declares: a column, or a way to other rows."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

#: Functions that declare a column, by their last name: everybody has his own ``db``.
_COLUMNS = frozenset({"Column", "mapped_column", "column_property", "deferred"})

#: Functions that declare a way to the rows of another table.
_RELATIONS = frozenset({"relationship", "relation", "dynamic_loader"})
_REFERENCES = re.compile(r"(ForeignKey|Reference|EmbeddedDocument)\w*Field$")

#: Types that hold nothing that could do harm, by the end of their name.
_STRICT = re.compile(
    r"(Int|Integer|Bool|Boolean|Float|Double|Numeric|Decimal|Date|DateTime|Time"
    r"|Timestamp|Interval|UUID|Uuid|Enum|INET|Auto|ObjectId|ForeignKey)(Field)?$"
    r"|^(int|float|bool|date|datetime|time|timedelta|[A-Z]*INT|TIMESTAMP|DATE)$"
)

#: What stands around a type, and is none itself.
_AROUND = frozenset({"Mapped", "Optional", "Union", "None", "sa", "db", "orm"})

_SAYS_WHOSE = ("backref", "related_name")


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """An attribute of a row.

    :param strict: Whether nothing in it could do harm.
    :param target: The class of the rows that it leads to, as it is written; ``None`` if
        it is a value.
    :param back: Under which name those rows lead back here.
    """

    strict: bool = False
    target: ast.expr | None = None
    back: str = ""


def declared(item: ast.stmt) -> tuple[str, Column] | None:
    """Return the column that a line of a class declares, with its name."""
    if not isinstance(item, ast.Assign | ast.AnnAssign):
        return None

    target = item.targets[0] if isinstance(item, ast.Assign) else item.target
    note = item.annotation if isinstance(item, ast.AnnAssign) else None

    if not isinstance(target, ast.Name):
        return None

    column = _called(item.value, note) if isinstance(item.value, ast.Call) else None

    if column is None and note is not None and _is_mapped(note):
        column = Column(_strict(note))

    return None if column is None else (target.id, column)


def is_column(item: ast.stmt) -> bool:
    """Say whether a line of a class declares a column as SQLAlchemy's tables do."""
    value = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Call) and last(value.func) in _COLUMNS


def last(node: ast.AST) -> str:
    """Return the last name that an expression is written with."""
    if isinstance(node, ast.Attribute):
        return node.attr

    return node.id if isinstance(node, ast.Name) else ""


def _called(call: ast.Call, note: ast.expr | None) -> Column | None:
    name = last(call.func)

    if name in _COLUMNS:
        if name in {"column_property", "deferred"}:
            return Column(bool(call.args) and _strict(call.args[0]))

        types = [a for a in call.args if not isinstance(a, ast.Constant)][:1]
        types += [k.value for k in call.keywords if k.arg in {"type_", "__type"}]
        types += [note] if note is not None and not types else []
        return Column(any(map(_strict, types)))

    if name in _RELATIONS:
        target = call.args[0] if call.args else _mapped(note)
        return Column(target=target, back=_back(call))

    if _REFERENCES.search(name) and call.args:
        return Column(target=call.args[0], back=_back(call))

    if name.endswith("Field"):
        inner = call.args[0] if call.args else None

        # ``ListField(ReferenceField(User))``
        if isinstance(inner, ast.Call) and last(inner.func).endswith("Field"):
            return _called(inner, None)

        return Column(bool(_STRICT.search(name)))

    return None


def _back(call: ast.Call) -> str:
    for k in call.keywords:
        if k.arg in _SAYS_WHOSE:
            value = k.value

            if isinstance(value, ast.Call) and value.args:
                value = value.args[0]

            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value

    return ""


def _is_mapped(note: ast.expr) -> bool:
    return isinstance(note, ast.Subscript) and last(note.value) == "Mapped"


def _mapped(note: ast.expr | None) -> ast.expr | None:
    """Return the class in ``Mapped[list["Post"]]``."""
    while isinstance(note, ast.Subscript):
        note = note.slice

    return note


def _strict(node: ast.expr) -> bool:
    """Say whether all types that an expression names hold nothing that does harm."""
    names = [name for name in _types(node) if name not in _AROUND]
    return bool(names) and all(_STRICT.search(name) for name in names)


def _types(node: ast.expr) -> Iterator[str]:
    """Yield the names of the types that a column is declared with."""
    # A stack of our own: the depth of an annotation is the audited project's choice.
    stack = [node]

    while stack:
        match stack.pop():
            case ast.Call() as call:
                # ``Enum(Colour)``, ``String(20)``: what it is made with is no type.
                yield last(call.func)
            case ast.Subscript() as part:
                stack.append(part.slice)
            case ast.BinOp() as either:
                stack += (either.left, either.right)
            case ast.Tuple() as several:
                stack += several.elts
            case ast.Constant(value=str() as text):
                yield text.strip()
            case ast.Constant():
                continue
            case other:
                yield last(other)
