"""Calls, what they run, and which of their arguments each parameter gets."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ..index import Function
from ..index import FUNCTIONS
from ..index import parent_of
from ..module import Module
from .change import number
from .frame import ANY
from .frame import Definition
from .frame import EACH
from .frame import Frame
from .frame import Guard
from .frame import Path

Code = Function | ast.Lambda


class Call(t.NamedTuple):
    """One call of a function.

    :param bound: Whether its first parameter is the object, which is no argument.
    :param sure: Whether it is known to be this function that is called.
    :param shift: How many arguments come before those that the function gets.
    :param each: Whether it gets each of their items: ``map(f, items)``.
    :param inside: The calls in which the function around it ran, where only some of
        them make this one: those that name the template which it renders.
    :param before: How many arguments it was given beforehand: ``partial(f, x)``.
    """

    module: Module
    node: ast.Call
    bound: bool
    sure: bool = True
    shift: int = 0
    each: bool = False
    inside: Calls = ()
    before: int = 0


class Callee(t.NamedTuple):
    """A function that a call may run.

    :param receiver: The object of which it is a method, ``None`` for a new one.
    :param closure: The calls in which the functions around it ran, the innermost last;
        ``None`` where they are not known.
    :param given: Calls that gave it its first arguments: ``partial(f, x)``.
    :param shift: How many arguments of the call come before its own.
    """

    module: Module
    node: Code
    bound: bool
    receiver: ast.expr | None = None
    sure: bool = True
    closure: tuple[Entry, ...] | None = None
    given: tuple[ast.Call, ...] = ()
    shift: int = 0
    each: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return getattr(self.node, "name", "lambda")


class Entry(t.NamedTuple):
    """A call that was gone into.

    :param frame: Where the call is made.
    :param guards: Tests that were passed between there and where the search came from.
    """

    frame: Frame
    node: ast.Call
    callee: Callee
    guards: frozenset[Guard]


Calls = tuple[Entry, ...]


def is_method(node: ast.AST) -> bool:
    """Say whether a function's first parameter is its object or its class."""
    if not isinstance(parent_of(node), ast.ClassDef):
        return False

    return isinstance(node, FUNCTIONS) and not decorated(node, "staticmethod")


def decorated(node: Function, name: str) -> bool:
    """Say whether a decorator of this name stands on a function."""
    return any(
        getattr(d, "id", getattr(d, "attr", "")) == name for d in node.decorator_list
    )


def arguments_of(
    call: Call, known: Definition, path: Path = ()
) -> Iterator[tuple[ast.expr, Path]]:
    """Yield what a call gives for a part of a parameter, with the part of it.

    :param path: Which part is asked for.
    """
    if call.each:
        path = (EACH, *path)

    yield from _keywords(call, known, path)
    args = t.cast(t.Any, known.frame.node).args
    positional = _positional(call, known)
    given = call.node.args[call.shift :]
    name = known.name

    if args.vararg is not None and args.vararg.arg == name:
        # Of a bound method's ``*args`` the object is the first.
        alone = call.bound and not (args.posonlyargs or args.args)
        yield from _rest(given, len(positional) - int(alone), path)
    elif name in positional:
        place = positional.index(name)

        for n, value in enumerate(given):
            if isinstance(value, ast.Starred):
                if n <= place:
                    yield value.value, (f"[{place - n}]", *path)

                return

            if n == place:
                yield value, path
                return


def named_in(call: ast.Call, known: Definition, node: ast.expr) -> bool:
    """Say whether ``**rest`` gets a value by a name that the call has written out."""
    args = t.cast(t.Any, known.frame.node).args
    rest = args.kwarg is not None and args.kwarg.arg == known.name
    return rest and any(k.value is node and k.arg for k in call.keywords)


def _positional(call: Call, known: Definition) -> list[str]:
    args = t.cast(t.Any, known.frame.node).args
    named = [a.arg for a in (*args.posonlyargs, *args.args)]
    return named[int(call.bound) + call.before :]


def _keywords(
    call: Call, known: Definition, path: Path
) -> Iterator[tuple[ast.expr, Path]]:
    if not call.node.keywords:
        return

    args = t.cast(t.Any, known.frame.node).args
    positional = _positional(call, known)
    names = {*positional, *(a.arg for a in args.kwonlyargs)}
    name = known.name
    rest = args.kwarg is not None and args.kwarg.arg == name

    for k in call.node.keywords:
        if k.arg == name and not rest:
            yield k.value, path
        elif k.arg is None:
            yield k.value, path if rest else (f"[{name}]", *path)
        elif rest and k.arg not in names:
            if not path or path[0] in (ANY, f"[{k.arg}]"):
                yield k.value, path[1:]
        # ``Thread(target=f, args=(x,))``
        elif call.shift and k.arg == "args" and name in positional:
            yield k.value, (f"[{positional.index(name)}]", *path)
        elif call.shift and k.arg == "kwargs":
            yield k.value, (f"[{name}]", *path)


def _rest(
    given: t.Sequence[ast.expr], before: int, path: Path
) -> Iterator[tuple[ast.expr, Path]]:
    """Yield what ``*args`` holds of the arguments."""
    wanted = number(path[0]) if path else None
    starred = False

    for n, value in enumerate(given):
        if isinstance(value, ast.Starred):
            starred = True
            exact = wanted is not None and wanted >= 0
            item = f"[{wanted + before - n}]" if exact else ANY  # type: ignore[operator]
            yield value.value, (item, *path[1:]) if path else ()
        elif n >= before or starred:
            last = len(given) - n
            fits = wanted is None or starred or wanted in (n - before, -last)

            if fits:
                yield value, path[1:]
