"""One function as the flow sees it: what each of its names holds where it is read."""

from __future__ import annotations

import ast
import dataclasses
import enum
import typing as t

from ..index import Function
from ..links import COMPREHENSIONS
from ..module import Module
from ..scope import Scope

#: One step into a value: ``.name`` of an attribute, ``[key]`` of an item. ``[*]`` is an
#: item of which the key is not known.
Key = str

Path = tuple[Key, ...]

ANY: Key = "[*]"

#: What going over something gives: the items of a list, the keys of a mapping.
EACH: Key = "[each]"

#: How far into a value is told apart. What lies deeper is taken as one.
DEPTH = 4


class How(enum.Enum):
    """How a name got its value."""

    PARAMETER = "parameter"
    VALUE = "value"
    #: An item of what is iterated over.
    ELEMENT = "element"
    #: What ``with`` gives.
    CONTEXT = "context"
    #: One of several, as after an ``if``.
    MERGE = "merge"
    #: The value before, of which a part was changed.
    CHANGE = "change"
    #: The value before with another one added: ``+=``.
    ADDED = "added"
    #: The value before, after a function of the project may have changed it.
    PASSED = "passed"
    #: An exception, with what it was raised with.
    CAUGHT = "caught"
    #: Bound outside of the function.
    OUTER = "outer"
    #: A definition, an import, an exception: nothing that a stranger gives.
    OTHER = "other"


class Guard:
    """A test that was passed on the way to a place, and those before it.

    :param test: The condition; a call that came back without raising; a loop that came
        to its end; an ``if`` of which one of several ways was taken.
    :param truth: What the condition was; ``None`` where it is none.
    """

    __slots__ = ("depth", "parent", "test", "truth")

    def __init__(self, parent: Guard | None, test: ast.AST, truth: bool | None):
        self.parent = parent
        self.test = test
        self.truth = truth
        self.depth: int = parent.depth + 1 if parent else 1


def common(one: Guard | None, other: Guard | None) -> Guard | None:
    """Return the tests that were passed on both ways."""
    while one is not other:
        if one is None or other is None:
            return None

        if one.depth >= other.depth:
            one = one.parent
        else:
            other = other.parent

    return one


class Definition:
    """What a name holds from one place on.

    :param node: Where the name stands there.
    :param value: The expression that it is made of, where there is one.
    :param path: Which part of the value it is: ``("[0]",)`` for the first of a pair.
    :param guard: The tests that were passed when it got the value.
    """

    __slots__ = (
        "body",
        "frame",
        "guard",
        "held",
        "how",
        "inputs",
        "inside",
        "keys",
        "last",
        "length",
        "name",
        "node",
        "parameter",
        "path",
        "previous",
        "root",
        "shift",
        "shuffles",
        "value",
        "weak",
    )

    def __init__(
        self,
        how: How,
        name: str,
        node: ast.AST | None,
        frame: Frame,
        *,
        value: ast.expr | None = None,
        path: Path = (),
        guard: Guard | None = None,
    ) -> None:
        self.how = how
        self.name = name
        self.node = node
        self.frame = frame
        self.value = value
        self.path = path
        self.guard = guard
        #: Of a merge: what it may be, each with the tests on its way.
        self.inputs: list[tuple[Definition, Guard | None]] = []
        #: Of a change: what it was before, and which part is another one now.
        self.previous: Definition | None = None
        self.keys: Path = ()
        #: The definition that made the object: an alias has that of the first name.
        self.root: Definition = self
        #: Of a change: whether what was there may still be, and whether numbers may
        #: stand for other items.
        self.weak = False
        self.shuffles = False
        #: Of a change: whether it was put behind all that was there.
        self.last = False
        #: Of a list: how many items it surely has.
        self.length: int | None = None
        #: Of the rest of what is taken apart: how many items come before it.
        self.shift = 0
        #: The objects that are parts of it, and the one that it is a part of.
        self.held: list[tuple[Path, Definition]] = []
        self.inside: tuple[Definition, Path] | None = None
        #: Of what was handed to a function: the function's parameter.
        self.parameter: Parameter | None = None
        #: Of an exception: what was tried.
        self.body: t.Sequence[ast.stmt] = ()

    def __repr__(self) -> str:
        line = getattr(self.node, "lineno", 0)
        return f"<{self.how.value} {self.name} at {line}>"


class Parameter(t.NamedTuple):
    """A parameter of one of the project's functions."""

    module: Module
    node: Function
    name: str
    bound: bool


#: A function, a lambda, or the body of a module or class.
Body = Function | ast.Lambda | ast.Module | ast.ClassDef


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """A value that a function gives back: by ``return``, or by ``yield``."""

    value: ast.expr
    guard: Guard | None
    element: bool = False
    whole: bool = True


@dataclasses.dataclass(eq=False, slots=True)
class Frame:
    """One function as the flow sees it.

    :param uses: What each name that is read holds there.
    :param guards: The tests that were passed there, where there are any.
    :param ends: The tests that were passed on each way to a ``return`` or the end.
    :param silent: Whether the function may come to its end without a ``return``.
    """

    module: Module
    node: Body
    parameters: dict[str, Definition] = dataclasses.field(default_factory=dict)
    uses: dict[ast.AST, Definition] = dataclasses.field(default_factory=dict)
    guards: dict[ast.AST, Guard] = dataclasses.field(default_factory=dict)
    given: list[Given] = dataclasses.field(default_factory=list)
    ends: list[Guard | None] = dataclasses.field(default_factory=list)
    defined: dict[str, list[Definition]] = dataclasses.field(default_factory=dict)
    silent: bool = False
    #: What it raises.
    raised: list[Given] = dataclasses.field(default_factory=list)
    #: Statements that are never reached.
    dead: list[ast.stmt] = dataclasses.field(default_factory=list)
    #: Of each loop that has no ``break``: the ways through it, with what names hold
    #: inside, the tests that were passed, and those from before it.
    rounds: dict[
        ast.AST, list[tuple[dict[str, Definition], Guard | None, Guard | None]]
    ] = dataclasses.field(default_factory=dict)
    #: Of each ``if`` of which that is more than its own tests: the tests that were passed
    #: on the ways through it, and those from before it.
    ways: dict[ast.AST, tuple[list[Guard | None], Guard | None]] = dataclasses.field(
        default_factory=dict
    )

    def reached(self, node: ast.AST) -> bool:
        """Say whether a place is not in statements that are never reached."""
        line = getattr(node, "lineno", 0)
        return not any(
            d.lineno <= line <= (d.end_lineno or d.lineno) for d in self.dead
        )

    def at(self, node: ast.AST) -> Guard | None:
        """Return the tests that were passed where a name is read or a call is made."""
        return self.guards.get(node)


def arguments(node: Body) -> t.Iterator[ast.arg]:
    """Yield the parameters of a function in order, ``*args`` and ``**kwargs`` last."""
    args = getattr(node, "args", None)

    if isinstance(args, ast.arguments):
        yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
        yield from (a for a in (args.vararg, args.kwarg) if a is not None)


def body_of(node: ast.AST) -> Body | None:
    """Return the function, lambda, class or module in whose body a node stands."""
    scope: Scope | None = getattr(node, "_stopper_scope", None)

    # A comprehension has names of its own, and no body.
    while scope is not None and isinstance(scope.node, COMPREHENSIONS):
        scope = scope.parent

    if scope is None or scope.node is node:
        return None

    return t.cast(Body, scope.node)
