"""What becomes of an attribute that is asked for by a name."""

from __future__ import annotations

import ast

from .index import parent_of
from .site import Site

#: Functions and methods of queries by which rows are put in order or left out.
_ORDERS = frozenset(
    {
        *(
            "order_by",
            "group_by",
            "filter",
            "where",
            "having",
            "distinct",
            "desc",
            "asc",
        ),
        *(
            "nullsfirst",
            "nullslast",
            "nulls_first",
            "nulls_last",
            "cast",
            "and_",
            "or_",
        ),
        *("not_", "lower", "upper", "coalesce", "between", "in_", "not_in", "notin_"),
        *("like", "ilike", "notlike", "is_", "is_not", "isnot", "contains", "op"),
        *(
            "startswith",
            "endswith",
            "sorted",
            "sort",
            "max",
            "min",
            "hasattr",
            "collate",
        ),
    }
)


def compared_only(call: Site) -> bool:
    """Say whether what ``getattr`` gives is used for nothing but order or comparison.

    A column of a query, a key to sort by, what is asked for and thrown away: who names
    it learns little, and nothing is called.
    """
    if call.name != "builtins.getattr":
        return False

    if _of_model(call):
        return not _is_called(call.node)

    below: ast.AST = call.node
    above = parent_of(below)

    while above is not None:
        match above:
            case ast.Expr() | ast.Compare():
                return True
            case ast.Call() if above.func is below:
                # A method of it, which the attribute below has named.
                if not isinstance(below, ast.Attribute):
                    return False
            case ast.Call() if _named(above) in _ORDERS:
                return True
            case ast.keyword(arg="key"):
                return True
            case ast.Attribute(attr=name):
                return name in _ORDERS
            case ast.Lambda() | ast.Call() | ast.Tuple() | ast.List() | ast.Starred():
                pass
            case ast.IfExp() | ast.UnaryOp() | ast.BinOp():
                pass
            case _:
                return False

        below, above = above, parent_of(above)

    return False


def _of_model(call: Site) -> bool:
    """Say whether it is asked of a class that stands for a table."""
    first = call.argument(0)
    name = first.name if first is not None else None
    known = call.names.definition(name) if name else None

    if first is None or known is None or not isinstance(known[1], ast.ClassDef):
        return False

    # Of an object it may be any column's value.
    if not isinstance(first.node, ast.Name | ast.Attribute) or not _is_class(first):
        return False

    lineage = [owner for _, owner in call.names.lineage(known[0], known[1])]
    return any(_is_column(item) for owner in lineage for item in owner.body)


def _is_class(site: Site) -> bool:
    """Say whether a name is the class's own, as they are written."""
    written = site.written.rpartition(".")[2]
    return written[:1].isupper()


def _is_column(item: ast.stmt) -> bool:
    """Say whether a line of a class declares a table or one of its columns."""
    if not isinstance(item, ast.Assign | ast.AnnAssign):
        return False

    targets = item.targets if isinstance(item, ast.Assign) else [item.target]
    table = any(getattr(x, "id", "") in {"__tablename__", "__table__"} for x in targets)
    made = getattr(item.value, "func", None)
    named = getattr(made, "attr", getattr(made, "id", ""))
    return table or named in {"Column", "mapped_column"}


def _named(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_called(node: ast.AST) -> bool:
    above = parent_of(node)
    return isinstance(above, ast.Call) and above.func is node
