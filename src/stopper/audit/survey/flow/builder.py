"""Reads one function from its first statement to its last, and notes what names hold."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from ..index import FUNCTIONS
from ..index import inner_scope
from ..module import Module
from .change import Change
from .change import CHANGES
from .change import changes
from .change import key
from .change import root
from .decided import constant_of
from .decided import decided
from .decided import Unknown
from .decided import value_of
from .frame import ANY
from .frame import arguments
from .frame import Body
from .frame import common
from .frame import Definition
from .frame import DEPTH
from .frame import Frame
from .frame import Given
from .frame import Guard
from .frame import How
from .frame import Parameter
from .frame import Path

#: How many items of one container are looked at for other objects.
PARTS = 40

#: Functions that never come back.
_LEAVES = frozenset({"abort", "exit", "_exit", "flask_abort"})

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Env = dict[str, Definition]


class State(t.NamedTuple):
    """What names hold at a place, and which tests were passed on the way there."""

    env: Env
    guard: Guard | None


class _Loop(t.NamedTuple):
    breaks: list[State]
    continues: list[State]


class Around(t.Protocol):
    """What a function cannot tell of itself: what the names around it stand for."""

    def leaves(self, call: ast.Call) -> bool:
        """Say whether a call never comes back."""

    def constant(self, node: ast.expr) -> t.Any:
        """Return the constant that a name outside of the function is.

        :raises Unknown: If it is none.
        """

    def changed(self, call: ast.Call) -> t.Iterable[tuple[ast.Name, Parameter]]:
        """Return the arguments that a function of the project changes."""


def frame_of(module: Module, node: Body, around: Around) -> Frame:
    """Return one function as the flow sees it."""
    return _Builder(module, node, around).frame


class _Builder:
    def __init__(self, module: Module, node: Body, around: Around) -> None:
        self.frame = Frame(module, node)
        self._around = around
        scope = inner_scope(node) or module.scope
        #: Names that functions inside of this one may bind anew.
        self._shared = scope.shared
        #: Names of methods that change their object.
        self._methods: set[str] = set()
        self._loops: list[_Loop] = []
        self._trying: list[list[Definition]] = []
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

    # -- definitions

    def _define(
        self,
        how: How,
        name: str,
        node: ast.AST | None,
        guard: Guard | None,
        value: ast.expr | None = None,
        path: Path = (),
    ) -> Definition:
        made = Definition(
            how, name, node, self.frame, value=value, path=path, guard=guard
        )
        self.frame.defined.setdefault(name, []).append(made)

        for made_in in self._trying:
            made_in.append(made)

        return made

    def _bind(
        self,
        target: ast.expr,
        value: ast.expr,
        state: State,
        path: Path = (),
        how: How = How.VALUE,
    ) -> None:
        """Give a target its value, or a part of it."""
        env, guard = state

        if isinstance(target, ast.Name):
            made = self._define(how, target.id, target, guard, value, path)

            if how is How.VALUE and not path:
                self._shares(made, value)
            elif how is How.ELEMENT and isinstance(value, ast.Name):
                known = self.frame.uses.get(value)
                made.inside = (known.root, (ANY,)) if known and not path else None

            env[target.id] = made
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, state, path, how)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, state, path, how)
        elif _is_all(target):
            # ``items[:] = others``
            holder = t.cast(ast.Subscript, target).value
            self._change(holder, value, state, path, Change(holder, value=value))
        elif isinstance(target, ast.Attribute | ast.Subscript):
            inner = (*path, ANY) if _is_slice(target) else path
            self._change(target, value, state, inner[:DEPTH])

    def _shares(self, made: Definition, value: ast.expr) -> None:
        """Note which other objects a new one is, is a part of, or has as parts."""
        if isinstance(value, ast.Name):
            known = self.frame.uses.get(value)
            made.root = known.root if known else made
            made.length = known.length if known else None
        elif isinstance(value, ast.Attribute | ast.Subscript):
            if isinstance(value, ast.Attribute) and value.attr in CHANGES:
                self._methods.add(made.name)

            keys, base = self._keys(value)
            known = self.frame.uses.get(base) if isinstance(base, ast.Name) else None

            if known is not None:
                made.inside = known.root, keys
        elif isinstance(value, ast.List | ast.Tuple | ast.Dict):
            made.held = self._parts(value, ())

            if isinstance(value, ast.List):
                starred = any(isinstance(e, ast.Starred) for e in value.elts)
                made.length = None if starred else len(value.elts)

    def _parts(self, value: ast.expr, path: Path) -> list[tuple[Path, Definition]]:
        """Return the named objects that a display has in it."""
        pairs: list[tuple[str, ast.expr]] = []

        if isinstance(value, ast.Name):
            known = self.frame.uses.get(value)
            return [(path, known.root)] if known else []

        if isinstance(value, ast.Dict):
            named = zip(value.keys, value.values, strict=True)
            pairs = [(key(k), v) for k, v in named if k is not None]
        elif isinstance(value, ast.List | ast.Tuple):
            pairs = [(f"[{n}]", v) for n, v in enumerate(value.elts)]

        if len(path) >= DEPTH or len(pairs) > PARTS:
            return []

        return [found for k, v in pairs for found in self._parts(v, (*path, k))]

    def _keys(self, node: ast.expr) -> tuple[Path, ast.expr]:
        """Take an object's part apart: by which keys it is reached, and of what."""
        keys: list[str] = []

        while True:
            if isinstance(node, ast.Attribute):
                # ``x.__dict__["name"]`` is ``x.name``.
                if node.attr == "__dict__" and keys and keys[0].startswith("["):
                    keys[0] = f".{keys[0][1:-1]}"
                elif node.attr != "__dict__":
                    keys.insert(0, f".{node.attr}")

                node = node.value
            elif isinstance(node, ast.Subscript):
                keys.insert(0, self._key(node.slice))
                node = node.value
            elif _gets(node):
                call = t.cast(ast.Call, node)
                keys.insert(0, self._key(call.args[0]))
                node = t.cast(ast.Attribute, call.func).value
            else:
                return tuple(keys), node

    def _key(self, node: ast.expr) -> str:
        """Return which item a subscript names, also by a name for it."""
        if isinstance(node, ast.Name | ast.BinOp | ast.Attribute):
            try:
                found = value_of(node, self._constant)
            except (Unknown, TypeError, ValueError, ArithmeticError, LookupError):
                return ANY

            return f"[{found}]" if isinstance(found, str | int) else ANY

        return key(node)

    def _constant(self, node: ast.expr) -> t.Any:
        known = self.frame.uses.get(node)

        if known is None or known.how is How.OUTER:
            return self._around.constant(node)

        value = constant_of(known)

        if value is None or isinstance(value, ast.List) or known.name in self._shared:
            raise Unknown

        return value_of(value, self._constant)

    def _unpack(
        self,
        target: ast.Tuple | ast.List,
        value: ast.expr,
        state: State,
        path: Path,
        how: How,
    ) -> None:
        elements = target.elts
        pairs = (
            how is How.VALUE and not path and isinstance(value, ast.Tuple | ast.List)
        )

        if pairs and len(value.elts) == len(elements):  # type: ignore[attr-defined]
            if not any(isinstance(e, ast.Starred) for e in (*elements, *value.elts)):  # type: ignore[attr-defined]
                for element, part in zip(elements, value.elts, strict=True):  # type: ignore[attr-defined]
                    self._bind(element, part, state)

                return

        known = True

        for place, element in enumerate(elements):
            if isinstance(element, ast.Starred):
                known = False
                self._bind(element, value, state, path, how)
                rest = state.env.get(getattr(element.value, "id", ""))

                if rest is not None and rest.node is element.value:
                    rest.shift = place

                continue

            # Behind a star they are counted from the end.
            inner = f"[{place if known else place - len(elements)}]"
            self._bind(element, value, state, (*path, inner)[:DEPTH], how)

    def _change(
        self,
        target: ast.expr,
        value: ast.expr | None,
        state: State,
        path: Path = (),
        change: Change | None = None,
    ) -> None:
        """Change a part of what a name holds: ``name.x = value``, ``name[k] = value``."""
        keys, node = self._keys(target)

        if not isinstance(node, ast.Name):
            return

        env, guard = state
        known = env.get(node.id) or self._outer(node.id, node)
        made = self._define(How.CHANGE, node.id, target, guard, value, path)
        made.previous = known
        made.keys = keys[:DEPTH]
        made.root = known.root

        if change is not None:
            self._called_change(made, known, change)
        elif keys:
            made.length = known.length

        if isinstance(value, ast.Name) and not path:
            held = self.frame.uses.get(value)

            if held is not None:
                made.root.held.append((made.keys, held.root))

        env[node.id] = made
        self._spread(made, env)

    def _called_change(
        self, made: Definition, known: Definition, change: Change
    ) -> None:
        more = change.keys

        if getattr(change.target, "attr", "") == "__dict__" and more:
            more = (f".{more[0][1:-1]}", *more[1:])

        if change.last and not made.keys and known.length is not None:
            more = (f"[{known.length}]",)
            made.length = known.length + 1

        made.keys = (*made.keys, *more)[:DEPTH]
        made.weak = change.weak and not made.length
        made.shuffles = change.shuffles
        made.last = change.last

        if not more and not change.shuffles and change.value is None:
            made.length = None if made.keys else 0

    def _spread(self, made: Definition, env: Env) -> None:
        """Let every name see a change that stands for the object, or has it in it."""
        root = made.root
        whole, path = root.inside or (None, ())

        for name, other in list(env.items()):
            if other is made:
                continue

            if other.root is root:
                env[name] = made
            elif whole is not None and other.root is whole:
                env[name] = self._changed_inside(made, other, path)
            else:
                for inner, held in other.root.held:
                    if held is root:
                        env[name] = self._changed_inside(made, other, inner)

    def _changed_inside(
        self, change: Definition, known: Definition, path: Path
    ) -> Definition:
        made = self._define(
            How.CHANGE,
            known.name,
            change.node,
            change.guard,
            change.value,
            change.path,
        )
        made.previous = known
        made.root = known.root
        made.keys = (*path, *change.keys)[:DEPTH]
        made.weak = change.weak or len(path) + len(change.keys) > DEPTH
        return made

    def _outer(self, name: str, node: ast.AST) -> Definition:
        return Definition(How.OUTER, name, node, self.frame)

    # -- expressions

    def _expression(self, root: ast.expr | None, state: State) -> None:
        """Note what every name of an expression holds where it is read."""
        if root is None:
            return

        stack: list[tuple[t.Any, State]] = [(root, state)]

        while stack:
            node, state = stack.pop()

            if isinstance(node, _After):
                node.run(state)
                continue

            kind = type(node)

            if kind is ast.Name:
                self._read(node, state)
            elif kind is ast.Constant:
                continue
            elif kind is ast.BoolOp:
                self._chain(node, state, stack)
            elif kind is ast.IfExp:
                choose = _After(lambda s, n=node: self._chosen(n, s))
                stack.append((choose, state))
                stack.append((node.test, state))
            elif kind in _COMPREHENSIONS:
                self._comprehension(node, state, stack)
            elif kind is ast.NamedExpr:
                bind = _After(lambda s, n=node: self._bind(n.target, n.value, s))
                stack += ((bind, state), (node.value, state))
            elif kind is ast.Call:
                self._call(node, state, stack)
            elif kind is ast.Lambda:
                stack.extend((d, state) for d in node.args.defaults)
            elif kind is ast.Yield:
                if node.value is not None:
                    self.frame.given.append(Given(node.value, state.guard, True))
                    stack.append((node.value, state))
            elif kind is ast.YieldFrom:
                self.frame.given.append(Given(node.value, state.guard, False))
                stack.append((node.value, state))
            else:
                below = [
                    child
                    for child in ast.iter_child_nodes(node)
                    if isinstance(child, ast.expr | ast.keyword | ast.Slice)
                ]
                stack.extend((child, state) for child in reversed(below))

    def _chosen(self, node: ast.IfExp, state: State) -> None:
        truth = self._decided(node.test)

        if truth is not False:
            self._expression(node.body, _passed(state, node.test, True))

        if truth is not True:
            self._expression(node.orelse, _passed(state, node.test, False))

    def _read(self, node: ast.Name, state: State) -> None:
        known = state.env.get(node.id)

        if known is None:
            known = self._outer(node.id, node)

        self.frame.uses[node] = known

        if state.guard is not None:
            self.frame.guards[node] = state.guard

    def _chain(
        self, node: ast.BoolOp, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        truth = isinstance(node.op, ast.And)
        value, rest = node.values[0], node.values[1:]
        follow = _After(lambda s, n=value, r=rest, t=truth: self._follow(n, r, t, s))
        stack += ((follow, state), (value, state))

    def _follow(
        self, value: ast.expr, rest: list[ast.expr], truth: bool, state: State
    ) -> None:
        """Read what comes after the first operand, as far as it is asked for."""
        for operand in rest:
            if self._decided(value) is (not truth):
                return

            state = _passed(state, value, truth)
            self._expression(operand, state)
            value = operand

    def _call(
        self, node: ast.Call, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        if state.guard is not None:
            self.frame.guards[node] = state.guard

        func = node.func
        method = func.attr if isinstance(func, ast.Attribute) else ""

        if method in CHANGES or self._changing(func):
            stack.append((_After(lambda s, n=node: self._changes(n, s)), state))

        if any(isinstance(a, ast.Name) for a in node.args):
            stack.append((_After(lambda s, n=node: self._handed(n, s)), state))

        stack.extend((k.value, state) for k in reversed(node.keywords))
        stack.extend((a, state) for a in reversed(node.args))
        stack.append((func, state))

    def _changing(self, func: ast.expr) -> bool:
        """Say whether a name stands for what changes an object."""
        if not isinstance(func, ast.Name):
            return False

        # It was not read yet: what it is, is seen then.
        return func.id == "setattr" or func.id in self._methods

    def _changes(self, node: ast.Call, state: State) -> None:
        func = node.func
        known = self.frame.uses.get(func) if isinstance(func, ast.Name) else None
        method = constant_of(known)

        if isinstance(method, ast.Attribute):
            # ``put = items.append``
            node = ast.Call(method, node.args, node.keywords)

        for change in changes(node):
            self._change(change.target, change.value, state, change.path, change)

    def _handed(self, node: ast.Call, state: State) -> None:
        """Note that a function may have changed what it was given."""
        for argument, parameter in self._around.changed(node):
            known = state.env.get(argument.id)

            if known is None:
                continue

            made = self._define(
                How.PASSED, argument.id, argument, state.guard, t.cast(t.Any, node)
            )
            made.previous = known
            made.root = known.root
            made.parameter = parameter
            state.env[argument.id] = made

            for name, other in state.env.items():
                if other.root is known.root:
                    state.env[name] = made

    def _comprehension(
        self, node: t.Any, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        inner = State(dict(state.env), state.guard)

        for generator in node.generators:
            # Of nested ones each sees the names of those before it.
            self._expression(generator.iter, inner)
            self._targets(generator.target, inner)
            self._bind(generator.target, generator.iter, inner, (), How.ELEMENT)

            for test in generator.ifs:
                self._expression(test, inner)
                inner = _passed(inner, test, True)

        parts = (
            (node.value, node.key) if isinstance(node, ast.DictComp) else (node.elt,)
        )
        stack.extend((part, inner) for part in parts)

    # -- statements

    def _block(self, body: Iterable[ast.stmt], state: State | None) -> State | None:
        for statement in body:
            if state is None:
                self.frame.dead.append(statement)
                continue

            state = self._statement(statement, state)

        return state

    def _decided(self, test: ast.expr) -> bool | None:
        """Say what a test comes out as that constants decide."""
        return decided(test, self._constant)

    def _statement(self, node: ast.stmt, state: State) -> State | None:
        kind = type(node)

        if kind is ast.Expr:
            return self._alone(node.value, state)  # type: ignore[attr-defined]

        if kind is ast.Assign:
            self._expression(node.value, state)  # type: ignore[attr-defined]

            for target in node.targets:  # type: ignore[attr-defined]
                self._targets(target, state)
                self._bind(target, node.value, state)  # type: ignore[attr-defined]

            return state

        handler = _STATEMENTS.get(kind)
        return handler(self, node, state) if handler else state

    def _targets(self, target: ast.expr, state: State) -> None:
        # ``a[f(x)] = y`` reads what stands in it.
        if isinstance(target, ast.Attribute):
            self._expression(target.value, state)
        elif isinstance(target, ast.Subscript):
            self._expression(target.value, state)
            self._expression(target.slice, state)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._targets(element, state)

    def _alone(self, value: ast.expr, state: State) -> State | None:
        self._expression(value, state)
        inner = value.value if isinstance(value, ast.Await) else value

        if not isinstance(inner, ast.Call):
            return state

        func = inner.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")

        if name in _LEAVES or self._around.leaves(inner):
            return None

        # It came back, so it did not object.
        if inner.args or inner.keywords:
            return State(state.env, Guard(state.guard, inner, None))

        return state

    def _annotated(self, node: ast.AnnAssign, state: State) -> State:
        if node.value is not None:
            self._expression(node.value, state)
            self._targets(node.target, state)
            self._bind(node.target, node.value, state)

        return state

    def _augmented(self, node: ast.AugAssign, state: State) -> State:
        self._expression(node.value, state)
        target = node.target

        if isinstance(target, ast.Name):
            made = self._define(How.ADDED, target.id, target, state.guard, node.value)
            made.previous = state.env.get(target.id) or self._outer(target.id, target)
            state.env[target.id] = made
        else:
            self._targets(target, state)
            weak = Change(target, value=node.value, weak=True)
            self._change(target, node.value, state, (), weak)

        return state

    def _return(self, node: ast.Return, state: State) -> None:
        self._expression(node.value, state)

        if node.value is not None:
            self.frame.given.append(Given(node.value, state.guard))
        else:
            self.frame.silent = True

        self.frame.ends.append(state.guard)

    def _raise(self, node: ast.Raise, state: State) -> None:
        self._expression(node.exc, state)

        if node.exc is not None:
            self.frame.raised.append(Given(node.exc, state.guard))

    def _assert(self, node: ast.Assert, state: State) -> State:
        self._expression(node.test, state)
        return _passed(state, node.test, True)

    def _delete(self, node: ast.Delete, state: State) -> State:
        for target in node.targets:
            if isinstance(target, ast.Name):
                state.env.pop(target.id, None)
            else:
                self._targets(target, state)
                shuffles = isinstance(target, ast.Subscript)
                gone = Change(target, weak=False, shuffles=shuffles)
                self._change(target, None, state, (), gone)

        return state

    def _if(self, node: ast.If, state: State) -> State | None:
        ends: list[State | None] = []
        current: ast.If | None = node

        # A chain of ``elif`` is as deep as its author likes: no recursion.
        while current is not None:
            self._expression(current.test, state)
            truth = self._decided(current.test)
            chosen = None if truth is False else State(dict(state.env), state.guard)
            passed = chosen and _passed(chosen, current.test, True)
            ends.append(self._block(current.body, passed))
            rest = current.orelse

            if truth is True:
                self._block(rest, None)
                break

            state = _passed(state, current.test, False)

            if len(rest) == 1 and isinstance(rest[0], ast.If):
                current = rest[0]
            else:
                ends.append(self._block(rest, State(dict(state.env), state.guard)))
                current = None

        return self._merged(ends)

    def _while(self, node: ast.While, state: State) -> State | None:
        head, merges = self._head(state, node)
        self._expression(node.test, head)
        loop = _Loop([], [])
        self._loops.append(loop)
        inside = State(dict(head.env), head.guard)
        end = self._block(node.body, _passed(inside, node.test, True))
        self._loops.pop()
        self._back(merges, [end, *loop.continues])
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        after: State | None = None

        if not forever:
            after = _passed(State(dict(head.env), head.guard), node.test, False)
            after = self._block(node.orelse, after)

        return self._merged([after, *loop.breaks])

    def _for(self, node: ast.For | ast.AsyncFor, state: State) -> State | None:
        self._expression(node.iter, state)
        head, merges = self._head(state, node)
        loop = _Loop([], [])
        self._loops.append(loop)
        inside = State(dict(head.env), head.guard)
        self._targets(node.target, inside)
        self._bind(node.target, node.iter, inside, (), How.ELEMENT)
        end = self._block(node.body, inside)
        self._loops.pop()
        ways = [way for way in (end, *loop.continues) if way is not None]
        self._back(merges, ways)
        guard = head.guard

        if not loop.breaks and any(w.guard is not guard for w in ways):
            self.frame.rounds[node] = [(w.env, w.guard, guard) for w in ways]
            guard = Guard(guard, node, None)

        after = self._block(node.orelse, State(dict(head.env), guard))
        return self._merged([after, *loop.breaks])

    def _head(self, state: State, loop: ast.stmt) -> tuple[State, Env]:
        """Return what names hold at the beginning of a loop's turn, and what changes."""
        env: Env = dict(state.env)
        merges: Env = {}
        bound = _bound_in(loop)
        roots = {env[name].root for name in bound if name in env}

        for name, before in state.env.items():
            if name not in bound and before.root not in roots:
                continue

            merge = Definition(How.MERGE, name, None, self.frame, guard=state.guard)
            merge.inputs.append((before, state.guard))
            merge.root = before.root
            env[name] = merges[name] = merge

        return State(env, state.guard), merges

    def _back(self, merges: Env, ends: Sequence[State | None]) -> None:
        for end in ends:
            if end is None:
                continue

            for name, merge in merges.items():
                after = end.env.get(name)

                if after is not None and after is not merge:
                    merge.inputs.append((after, end.guard))

    def _break(self, node: ast.Break, state: State) -> None:
        if self._loops:
            self._loops[-1].breaks.append(state)

    def _continue(self, node: ast.Continue, state: State) -> None:
        if self._loops:
            self._loops[-1].continues.append(state)

    def _with(self, node: ast.With | ast.AsyncWith, state: State) -> State | None:
        before = State(dict(state.env), state.guard)
        made: list[Definition] = []

        for item in node.items:
            self._expression(item.context_expr, state)

            if item.optional_vars is not None:
                self._targets(item.optional_vars, state)
                self._bind(
                    item.optional_vars, item.context_expr, state, (), How.CONTEXT
                )

        if not any(_suppresses(item.context_expr) for item in node.items):
            return self._block(node.body, state)

        self._trying.append(made)
        end = self._block(node.body, state)
        self._trying.pop()
        return self._merged([end, State(self._broken_off(before, made), before.guard)])

    def _try(self, node: ast.Try | ast.TryStar, state: State) -> State | None:
        # What cannot fail has happened whenever something fails.
        sure = next((n for n, x in enumerate(node.body) if _fails(x)), len(node.body))
        self._block(node.body[:sure], state)
        before = State(dict(state.env), state.guard)
        made: list[Definition] = []
        self._trying.append(made)
        end = self._block(node.body[sure:], state)
        self._trying.pop()
        ends: list[State | None] = [self._block(node.orelse, end)]

        for handler in node.handlers:
            at = State(self._broken_off(before, made), before.guard)
            self._expression(handler.type, at)

            if handler.name:
                caught = self._define(How.CAUGHT, handler.name, handler, at.guard)
                caught.body = node.body
                at.env[handler.name] = caught

            ends.append(self._block(handler.body, at))

        after = self._merged(ends)

        if not node.finalbody:
            return after

        broken = State(self._broken_off(before, made), before.guard)
        names = {
            n.id for x in node.finalbody for n in ast.walk(x) if type(n) is ast.Name
        }
        seen = after

        if after is None or any(d.name in names for d in made):
            seen = self._merged([after, broken])

        final = self._block(node.finalbody, seen)
        return final if after is not None else None

    def _broken_off(self, before: State, made: Sequence[Definition]) -> Env:
        """Return what names may hold where what comes after was broken off."""
        env = dict(before.env)
        merges: Env = {}

        for definition in made:
            name = definition.name
            merge = merges.get(name)

            if merge is None:
                merge = Definition(
                    How.MERGE, name, None, self.frame, guard=before.guard
                )

                if name in env:
                    merge.inputs.append((env[name], before.guard))

                merges[name] = env[name] = merge

            merge.inputs.append((definition, definition.guard))

        return env

    def _match(self, node: ast.Match, state: State) -> State | None:
        self._expression(node.subject, state)
        ends: list[State | None] = []
        always = False

        for case in node.cases:
            at = State(dict(state.env), state.guard)
            test = _case(node.subject, case.pattern)
            self._captures(case.pattern, node.subject, at)

            if test is not None:
                at = _passed(at, test, True)

                if case.guard is None:
                    state = _passed(state, test, False)

            if case.guard is not None:
                self._expression(case.guard, at)
                at = _passed(at, case.guard, True)
            elif _takes_all(case.pattern):
                always = True

            ends.append(self._block(case.body, at))

        return self._merged(ends if always else [*ends, state])

    def _captures(
        self, pattern: ast.pattern, subject: ast.expr, state: State, path: Path = ()
    ) -> None:
        """Give the names of a pattern the parts of the subject that they stand for."""
        below: list[tuple[ast.pattern | None, Path]] = []
        name: str | None = None

        match pattern:
            case ast.MatchAs():
                name = pattern.name
                below = [(pattern.pattern, path)]
            case ast.MatchStar():
                name = pattern.name
            case ast.MatchOr():
                below = [(p, path) for p in pattern.patterns]
            case ast.MatchSequence():
                below = _sequence(pattern, path)
            case ast.MatchMapping():
                name = pattern.rest
                keys = [key(k) for k in pattern.keys]
                below = [
                    (p, (*path, k)) for k, p in zip(keys, pattern.patterns, strict=True)
                ]
            case ast.MatchClass():
                self._expression(pattern.cls, state)
                named = zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
                below = [(p, (*path, f".{a}")) for a, p in named]
                # ``str(x)`` is the text itself; of others the order is not known.
                below += [(p, path) for p in pattern.patterns]
            case ast.MatchValue():
                self._expression(pattern.value, state)

        if name is not None:
            state.env[name] = self._define(
                How.VALUE, name, pattern, state.guard, subject, path[:DEPTH]
            )

        for inner, inner_path in below:
            if inner is not None:
                self._captures(inner, subject, state, inner_path)

    def _definition(self, node: t.Any, state: State) -> State:
        for decorator in node.decorator_list:
            self._expression(decorator, state)

        if isinstance(node, FUNCTIONS):
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                self._expression(default, state)

        state.env[node.name] = self._define(How.OTHER, node.name, node, state.guard)
        return state

    def _import(self, node: ast.Import | ast.ImportFrom, state: State) -> State:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            # What it is, the project's names say.
            state.env.pop(name, None)

        return state

    def _merged(self, states: Iterable[State | None]) -> State | None:
        """Return what names hold where several ways meet."""
        ways = [s for s in states if s is not None]

        if len(ways) < 2:
            return ways[0] if ways else None

        guard = ways[0].guard

        for way in ways[1:]:
            guard = common(guard, way.guard)

        env: Env = {}

        for name in dict.fromkeys(n for way in ways for n in way.env):
            found = [(w.env[name], w.guard) for w in ways if name in w.env]

            if len(found) == len(ways) and all(d is found[0][0] for d, _ in found):
                env[name] = found[0][0]
                continue

            merge = Definition(How.MERGE, name, None, self.frame, guard=guard)
            merge.inputs = found
            first = found[0][0].root

            if all(d.root is first for d, _ in found):
                merge.root = first

            env[name] = merge

        return State(env, guard)


class _After:
    """Something to do once what stands before it was read."""

    def __init__(self, run: Callable[..., None]) -> None:
        self.run = run


def _bound_in(loop: ast.stmt) -> set[str]:
    """Return the names that a loop binds or changes."""
    found: set[str] = set()

    for node in ast.walk(loop):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                found.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            puts = isinstance(node, ast.Attribute) and node.attr in CHANGES

            if puts or isinstance(node.ctx, ast.Store):
                found |= {root(node) or ""}

    return found


def _passed(state: State, test: ast.expr, truth: bool) -> State:
    return State(state.env, Guard(state.guard, test, truth))


def _is_slice(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def _is_all(node: ast.expr) -> bool:
    """Say whether this is ``x[:]``."""
    part = node.slice if isinstance(node, ast.Subscript) else None
    return isinstance(part, ast.Slice) and not (part.lower or part.upper or part.step)


def _gets(node: ast.expr) -> bool:
    """Say whether this is ``x.get("name")`` or ``x.setdefault("name", [])``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "setdefault"}
        and bool(node.args)
    )


def _suppresses(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "attr", getattr(func, "id", "")) == "suppress"


def _fails(node: ast.stmt) -> bool:
    """Say whether a statement may raise."""
    if not isinstance(node, ast.Assign):
        return not isinstance(node, ast.Pass)

    plain = all(isinstance(x, ast.Name) for x in node.targets)
    return not (plain and isinstance(node.value, ast.Name | ast.Constant))


def _sequence(
    pattern: ast.MatchSequence, path: Path
) -> list[tuple[ast.pattern | None, Path]]:
    found: list[tuple[ast.pattern | None, Path]] = []
    known = True

    for place, inner in enumerate(pattern.patterns):
        if isinstance(inner, ast.MatchStar):
            known = False
            found.append((inner, path))
        else:
            number = place if known else place - len(pattern.patterns)
            found.append((inner, (*path, f"[{number}]")))

    return found


def _case(subject: ast.expr, pattern: ast.pattern) -> ast.expr | None:
    """Return the test that a pattern makes, where it compares with constants."""
    values = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]

    if not all(isinstance(p, ast.MatchValue | ast.MatchSingleton) for p in values):
        return None

    constants = [
        p.value if isinstance(p, ast.MatchValue) else ast.Constant(p.value)  # type: ignore[attr-defined]
        for p in values
    ]
    listed = ast.Tuple(elts=constants, ctx=ast.Load())
    return ast.Compare(left=subject, ops=[ast.In()], comparators=[listed])


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


_STATEMENTS: dict[type[ast.stmt], Callable[..., State | None]] = {
    ast.AnnAssign: _Builder._annotated,
    ast.AugAssign: _Builder._augmented,
    ast.Return: _Builder._return,
    ast.Raise: _Builder._raise,
    ast.Assert: _Builder._assert,
    ast.Delete: _Builder._delete,
    ast.If: _Builder._if,
    ast.While: _Builder._while,
    ast.For: _Builder._for,
    ast.AsyncFor: _Builder._for,
    ast.Break: _Builder._break,
    ast.Continue: _Builder._continue,
    ast.With: _Builder._with,
    ast.AsyncWith: _Builder._with,
    ast.Try: _Builder._try,
    ast.TryStar: _Builder._try,
    ast.Match: _Builder._match,
    ast.FunctionDef: _Builder._definition,
    ast.AsyncFunctionDef: _Builder._definition,
    ast.ClassDef: _Builder._definition,
    ast.Import: _Builder._import,
    ast.ImportFrom: _Builder._import,
}
