"""What names hold after an assignment, or after a part of what they hold has changed."""

from __future__ import annotations

import ast
import typing as t

from ..change import Change
from ..frame import ANY
from ..frame import Definition
from ..frame import DEPTH
from ..frame import How
from ..frame import Path
from .aliases import Aliases
from .state import Env
from .state import State


class Assignments(Aliases):
    """Binds names, and changes the objects that they stand for."""

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


def _is_slice(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def _is_all(node: ast.expr) -> bool:
    """Say whether this is ``x[:]``."""
    part = node.slice if isinstance(node, ast.Subscript) else None
    return isinstance(part, ast.Slice) and not (part.lower or part.upper or part.step)
