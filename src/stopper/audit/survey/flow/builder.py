"""Reads one function from its first statement to its last, and notes what names hold."""

from __future__ import annotations

import ast
import typing as t

from ..module import Module
from .body.blocks import Handler
from .body.branches import Branches
from .body.loops import Loops
from .body.state import Around
from .body.state import Env
from .body.state import State
from .body.statements import Statements
from .body.tries import Tries
from .frame import arguments
from .frame import Body
from .frame import Frame
from .frame import Given
from .frame import How


def frame_of(module: Module, node: Body, around: Around) -> Frame:
    """Return one function as the flow sees it."""
    return _Builder(module, node, around).frame


class _Builder(Statements, Branches, Loops, Tries):
    """Reads a function when it is made."""

    _handlers: t.ClassVar[dict[type[ast.stmt], Handler]] = {
        ast.AnnAssign: Statements._annotated,
        ast.AugAssign: Statements._augmented,
        ast.Return: Statements._return,
        ast.Raise: Statements._raise,
        ast.Assert: Statements._assert,
        ast.Delete: Statements._delete,
        ast.If: Branches._if,
        ast.While: Loops._while,
        ast.For: Loops._for,
        ast.AsyncFor: Loops._for,
        ast.Break: Loops._break,
        ast.Continue: Loops._continue,
        ast.With: Tries._with,
        ast.AsyncWith: Tries._with,
        ast.Try: Tries._try,
        ast.TryStar: Tries._try,
        ast.Match: Branches._match,
        ast.FunctionDef: Statements._definition,
        ast.AsyncFunctionDef: Statements._definition,
        ast.ClassDef: Statements._definition,
        ast.Import: Statements._import,
        ast.ImportFrom: Statements._import,
    }

    def __init__(self, module: Module, node: Body, around: Around) -> None:
        super().__init__(module, node, around)
        env: Env = {}

        for argument in arguments(node):
            made = self._define(How.PARAMETER, argument.arg, argument, None)
            env[argument.arg] = made
            self.frame.parameters[argument.arg] = made

        if isinstance(node, ast.Lambda):
            self._expression(node.body, State(env, None))
            self.frame.given.append(Given(node.body, None))
            return

        state = self._block(node.body, State(env, None))

        if state is not None:
            self.frame.silent = True
            self.frame.ends.append(state.guard)
