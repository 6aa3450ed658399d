"""What one test says of one value."""

from __future__ import annotations

import ast

from ...nodes import walk
from ..frame import How
from . import address
from . import comparison
from . import regex
from .facts import any_
from .facts import CLEAR
from .facts import DOUBT
from .facts import every
from .facts import Facts
from .facts import NOTHING
from .facts import STRAIGHT
from .function import by_function
from .function import Judging
from .method import by_method
from .method import IDLE
from .method import VALIDATES
from .trail import BACKSLASH
from .trail import DEPTH
from .trail import HOSTS
from .trail import SAME
from .trail import Subject
from .trail import Trail

#: Of these types is nothing that could do harm.
_TYPES = frozenset(
    {
        *("builtins.int", "builtins.float", "builtins.bool", "builtins.complex"),
        *("uuid.UUID", "decimal.Decimal", "datetime.datetime", "datetime.date"),
        *("numbers.Number", "ipaddress.IPv4Address", "ipaddress.IPv6Address"),
        "enum.Enum",
    }
)

#: Raise on what is none of theirs, so what they gave back for was one.
_PARSES = frozenset(
    {
        *("builtins.int", "builtins.float", "uuid.UUID", "decimal.Decimal"),
        *("ipaddress.ip_address", "ipaddress.IPv4Address", "ipaddress.IPv6Address"),
        *("ipaddress.ip_network", "datetime.datetime.strptime"),
        "datetime.date.fromisoformat",
    }
)


class Question:
    """One question: what does a test say of one value, for one kind of harm?"""

    def __init__(self, judge: Judging, subject: Subject) -> None:
        self._judge = judge
        self._subject = subject
        self._steps = 0

    def holds(self, test: ast.AST, truth: bool | None) -> Facts:
        """Return what a test says that came out like this."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                return self.holds(test.operand, not truth)
            case ast.BoolOp():
                found = [self.holds(v, truth) for v in test.values]
                all_hold = isinstance(test.op, ast.And) is bool(truth)
                return any_(found) if all_hold else every(found)
            case ast.NamedExpr():
                return self.holds(test.value, truth)
            case ast.Name() if truth is False and self._is_it(test):
                # What is empty is none of a stranger's.
                return CLEAR
            case ast.Name():
                known = self._subject.frame.uses.get(test)
                self._steps += 1

                if (
                    known is not None
                    and known.how is How.VALUE
                    and known.value is not None
                    and not known.path
                    and self._steps < DEPTH
                ):
                    return self.holds(known.value, truth)

                return NOTHING
            case ast.For():
                return self._rounds(test)
            case ast.If():
                return self._ways(test)
            case ast.Compare():
                return self._compared(test, truth)
            case ast.Call():
                return self._called(test, truth)
            case ast.Attribute(attr="is_private" | "is_global"):
                return address.outside(self._subject, test, truth)
            case ast.Attribute() | ast.Subscript() if truth is False:
                # ``if not urlparse(x).netloc``
                return address.absent(self._subject, self._subject.trail(test))
            case _:
                return NOTHING

    def _is_it(self, node: ast.Name) -> bool:
        """Say whether a name is the value, as it was and not after turns of a loop."""
        subject = self._subject
        known = subject.frame.uses.get(node)
        return known is subject.definition and known.how is not How.MERGE

    def _compared(self, test: ast.Compare, truth: bool | None) -> Facts:
        if len(test.ops) > 1:
            if not truth:
                return NOTHING

            sides = [test.left, *test.comparators]
            return any_(
                self._pair(op, sides[n], sides[n + 1], True)
                for n, op in enumerate(test.ops)
            )

        return self._pair(test.ops[0], test.left, test.comparators[0], bool(truth))

    def _pair(
        self, op: ast.cmpop, left: ast.expr, right: ast.expr, truth: bool
    ) -> Facts:
        subject = self._subject

        if isinstance(right, ast.Constant) and isinstance(
            right.value, bool | type(None)
        ):
            same = isinstance(op, ast.Is | ast.Eq) is truth

            # Nothing is none of a stranger's.
            if same and not right.value and subject.trail(left) == ():
                return CLEAR

            return self.holds(left, bool(right.value) is same)

        if isinstance(op, ast.In | ast.NotIn):
            inside = isinstance(op, ast.In) is truth
            return comparison.member(subject, left, right, inside)

        if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            if isinstance(op, ast.Eq | ast.Is) is truth:
                found = comparison.equal(subject, left, right)
                return found | comparison.equal(subject, right, left)

            return comparison.unequal(subject, left, right)

        # Only a number is more or less than a number.
        return NOTHING

    def _called(self, call: ast.Call, truth: bool | None) -> Facts:
        func = call.func
        method = func.attr if isinstance(func, ast.Attribute) else ""
        name = self._subject.name(func)
        verdict = NOTHING

        if isinstance(func, ast.Attribute):
            trail = self._subject.trail(func.value)

            if trail is not None:
                verdict = by_method(self._subject, call, func, trail, truth)

                if verdict == CLEAR:
                    return verdict

        found = [
            (argument, trail)
            for argument in (*call.args, *(k.value for k in call.keywords))
            for trail in (self._subject.trail(argument),)
            if trail is not None
        ]

        if not found:
            return verdict | self._each(call, name, truth)

        return verdict | self._asked_of(call, name, method, found, truth)

    def _asked_of(
        self,
        call: ast.Call,
        name: str,
        method: str,
        found: list[tuple[ast.expr, Trail]],
        truth: bool | None,
    ) -> Facts:
        if name == "builtins.bool" and truth is not None:
            return self.holds(call.args[0], truth)

        if name == "builtins.isinstance" and truth and len(call.args) == 2:
            return self._typed(call.args[1], found[0][1])

        if name in _PARSES and truth is None and set(found[0][1]) <= SAME:
            return CLEAR

        modelled = self._subject.names.models.validators.get(name)

        if modelled is not None:
            trail = found[0][1]
            asked = modelled.part != "host" or (trail and trail[-1] in HOSTS)
            good = modelled.answer is truth and self._subject.kind in modelled.kinds
            return CLEAR if good and asked else NOTHING

        matched = regex.matched(self._subject, call, name, method, found, truth)

        if matched is not None:
            return matched

        judged = by_function(self._judge, self._subject, call, found, truth)

        if judged is not None:
            return judged

        written = getattr(call.func, "id", "")
        last = method or name.rpartition(".")[2] or written

        if last in IDLE or (truth is None and not VALIDATES.search(last)):
            return NOTHING

        return DOUBT

    def _typed(self, types: ast.expr, trail: Trail) -> Facts:
        named = types.elts if isinstance(types, ast.Tuple) else [types]
        known = all(self._harmless(self._subject.name(n)) for n in named)
        return CLEAR if known and set(trail) <= SAME else NOTHING

    def _harmless(self, name: str) -> bool:
        """Say whether nothing of a type could do harm: what is listed in an enumeration."""
        names = self._subject.names
        known = names.definition(name)

        if known is None or not isinstance(known[1], ast.ClassDef):
            return name in _TYPES

        return not _TYPES.isdisjoint(names.bases(known[0], known[1]))

    def _each(self, call: ast.Call, name: str, truth: bool | None) -> Facts:
        """Judge ``all(c in SAFE for c in x)`` and ``any(c in x for c in BAD)``."""
        if name not in {"builtins.all", "builtins.any"} or len(call.args) != 1:
            return NOTHING

        inner = call.args[0]

        if not isinstance(inner, ast.GeneratorExp | ast.ListComp):
            return NOTHING

        generator = inner.generators[0]
        over = self._subject.trail(generator.iter)

        if name == "builtins.all" and truth and over is not None:
            # Each character, or each part, was looked at.
            return CLEAR if set(over) <= SAME else DOUBT

        if name == "builtins.any" and not truth:
            forbidden = comparison.forbidden(self._subject, inner.elt, generator)

            if forbidden:
                return forbidden

            if over is not None:
                found = self._element(generator.target, inner.elt)

                if found:
                    return found

        if (name == "builtins.any") is bool(truth) or name == "builtins.any":
            return self.holds(inner.elt, truth)

        return NOTHING

    def _element(self, target: ast.expr, test: ast.expr) -> Facts:
        """Judge a test that came out false for each item of the value."""
        subject, found = self._subject, NOTHING
        names = {n.id for n in walk(target) if isinstance(n, ast.Name)}

        for node in walk(test):
            if isinstance(node, ast.Name) and node.id in names:
                known = subject.frame.uses.get(node)

                if known is not None:
                    one = subject.of(known)
                    found |= Question(self._judge, one).holds(test, False)

        return found

    def _rounds(self, loop: ast.For) -> Facts:
        """Judge a loop that looked at the value, or at each part, and came to its end."""
        subject, judge = self._subject, self._judge
        frame, kind = subject.frame, subject.kind
        over = subject.trail(loop.iter)
        names = [n.id for n in walk(loop.target) if isinstance(n, ast.Name)]
        found: list[Facts] = []

        for inside, end, until in frame.rounds.get(loop, ()):
            facts = judge.facts(frame, end, subject.definition, kind, until)

            if over is not None:
                for name in names:
                    one = inside.get(name)

                    if one is not None:
                        facts |= judge.facts(frame, end, one, kind, until)

                if facts and BACKSLASH in over:
                    facts |= STRAIGHT

            found.append(facts)

        return every(found)

    def _ways(self, node: ast.If) -> Facts:
        """Judge an ``if`` that is over: what all the ways through it have in common."""
        subject = self._subject
        ends, until = subject.frame.ways[node]
        return every(
            self._judge.facts(
                subject.frame, end, subject.definition, subject.kind, until
            )
            for end in ends
        )
