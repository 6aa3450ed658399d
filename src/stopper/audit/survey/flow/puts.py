"""What a project puts into the columns of tables, by classes and by statements."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from collections.abc import Iterator

from ..module import Module
from .frame import Path
from .program import Program


@dataclasses.dataclass(frozen=True, slots=True)
class Put:
    """A place at which a column is given a value.

    :param table: The class, or the table as statements call it.
    :param holder: The class with its module, ``None`` where there is none.
    :param path: Which part of the value is stored.
    """

    table: str
    column: str
    holder: tuple[Module, ast.ClassDef] | None
    module: Module
    node: ast.expr
    value: ast.expr
    path: Path


def puts(program: Program, wanted: Callable[[str, str], bool]) -> Iterator[Put]:
    """Yield what is put into columns of tables.

    :param wanted: Says of a table and a column by their names whether it is.
    """
    for module, holder in program.tables.every():
        for name, column in program.tables.columns(module, holder).items():
            if column.target is None and wanted(holder.name, name):
                for write in program.writes.of(module, holder, name):
                    owner = module, holder
                    yield Put(holder.name, name, owner, *write[:4])

    for table, name in program.statements.every():
        if wanted(table, name):
            for write in program.statements.of((table, name)):
                yield Put(table, name, None, *write[:4])
