"""What a function of the project says of what it is given, by what it does with it."""

from __future__ import annotations

import ast
import typing as t

from ...index import FUNCTIONS
from ..frame import Definition
from ..frame import Frame
from ..frame import Guard
from .facts import any_
from .facts import DOUBT
from .facts import every
from .facts import Facts
from .method import VALIDATES
from .trail import HOSTS
from .trail import NORMAL
from .trail import SAME
from .trail import Subject
from .trail import Trail


class Judging(t.Protocol):
    """What tests of one function say, which a question asks for in turn."""

    def facts(
        self,
        frame: Frame,
        guard: Guard | None,
        definition: Definition,
        kind: str,
        until: Guard | None = None,
    ) -> Facts:
        """Return what the tests that were passed say of a value."""

    def function(
        self, frame: Frame, definition: Definition, kind: str, truth: bool | None
    ) -> Facts:
        """Return what is left of a parameter's harm where a function gave an answer."""


def by_function(
    judge: Judging,
    subject: Subject,
    call: ast.Call,
    found: list[tuple[ast.expr, Trail]],
    truth: bool | None,
) -> Facts | None:
    """Judge by what a function of the project does, ``None`` if it has none."""
    program = subject.program
    callees = [c for c in program.callees(subject.frame.module, call) if c.sure]

    if not callees:
        return None

    verdicts: list[Facts] = []

    for callee in callees:
        frame = program.frame(callee.module, callee.node)
        names = [
            name
            for argument, trail in found
            if set(trail) <= SAME | NORMAL or _is_host(subject, trail)
            for name in (_parameter(call, argument, callee.node, callee.bound),)
            if name in frame.parameters
        ]
        verdicts.append(
            any_(
                judge.function(frame, frame.parameters[n], subject.kind, truth)
                for n in names
            )
        )

    best = every(verdicts)

    # A function that was written to judge, and does it in a way we do not see.
    if not best and truth is not None:
        named = getattr(call.func, "attr", getattr(call.func, "id", ""))
        weak = VALIDATES.search(named) is not None and subject.kind != "redirect"
        return DOUBT if weak else best

    return best


def _is_host(subject: Subject, trail: Trail) -> bool:
    """Say whether all that does harm is asked about: of an address, its host."""
    return subject.kind == "url" and bool(trail) and trail[-1] in HOSTS


def _parameter(
    call: ast.Call, argument: ast.expr, node: t.Any, bound: bool
) -> str | None:
    """Return the name of the parameter that an argument is given for."""
    if not isinstance(node, FUNCTIONS):
        return None

    for keyword in call.keywords:
        if keyword.value is argument:
            return keyword.arg

    positional = [*node.args.posonlyargs, *node.args.args][int(bound) :]

    for number, given in enumerate(call.args):
        if isinstance(given, ast.Starred):
            return None

        if given is argument:
            return positional[number].arg if number < len(positional) else None

    return None
