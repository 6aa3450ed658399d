"""Whether a test that was passed leaves anything of a value that could do harm.

A validator is judged and not believed: what counts is what it lets through.
"""

from __future__ import annotations

import ast
import re
import typing as t

from ..index import FUNCTIONS
from ..pieces import settled
from . import pattern
from .frame import Definition
from .frame import Frame
from .frame import Guard
from .frame import How
from .program import Program

#: How many expressions the look goes through from a test to what it asks about.
DEPTH = 12

#: How many definitions a test may speak of.
SPOKEN = 400

#: How deep functions that judge may call one another.
CALLS = 4


#: What a test says of a value, as bits: plain numbers, for they are asked for by the
#: million.
Facts = int

NOTHING: Facts = 0
#: The author thought of it; whether it holds cannot be seen.
DOUBT: Facts = 1
#: It begins with a slash, and not with two.
SLASH: Facts = 2
SINGLE: Facts = 4
#: It has no backslash, which browsers take for a slash.
STRAIGHT: Facts = 8
#: It has no control characters, which browsers leave out.
PRINTABLE: Facts = 16
#: As a URL it names no host, and no scheme.
HOSTLESS: Facts = 32
SCHEMELESS: Facts = 64
#: As a path it does not begin at the root, and names no folder above.
RELATIVE: Facts = 128
DOTLESS: Facts = 256
#: All of it: it can do no harm.
CLEAR: Facts = 511


#: What together leaves nothing of a harm.
_ENOUGH: dict[str, tuple[Facts, ...]] = {
    "redirect": (
        SLASH | SINGLE | STRAIGHT | PRINTABLE,
        HOSTLESS | STRAIGHT | PRINTABLE,
        # Python's own parser leaves control characters out as well.
        HOSTLESS | STRAIGHT | SLASH,
    ),
    "path": (RELATIVE | DOTLESS,),
}


def enough(facts: Facts, kind: str) -> bool:
    """Say whether facts leave nothing of a harm."""
    if facts == CLEAR:
        return True

    return any(facts & all_ == all_ for all_ in _ENOUGH.get(kind, ()))


def _every(facts: t.Iterable[Facts]) -> Facts:
    """Return what holds on every way; nothing if there is no way."""
    found: Facts | None = None

    for one in facts:
        found = one if found is None else found & one

    return found or NOTHING


def _any(facts: t.Iterable[Facts]) -> Facts:
    found = NOTHING

    for one in facts:
        found |= one

    return found


Trail = tuple[str, ...]

#: What changes a text so little that a comparison still speaks of it.
_SAME = frozenset(
    {
        *("*.lower", "*.upper", "*.strip", "*.casefold", "*.rstrip", "*.lstrip"),
        *("builtins.str", "*.decode", "*.encode", "os.fspath"),
    }
)

_NORMAL = frozenset(
    {
        "os.path.realpath",
        "os.path.abspath",
        "os.path.normpath",
        "*.resolve",
        "pathlib.Path.resolve",
        "*.absolute",
    }
)

_TYPES = frozenset(
    {
        *("builtins.int", "builtins.float", "builtins.bool", "builtins.complex"),
        *("uuid.UUID", "decimal.Decimal", "datetime.datetime", "datetime.date"),
        *("numbers.Number", "ipaddress.IPv4Address", "ipaddress.IPv6Address"),
        "enum.Enum",
    }
)

_DIGITS = frozenset({"isdigit", "isnumeric", "isdecimal"})
_LETTERS = frozenset({"isalnum", "isalpha", *_DIGITS})

#: Raise on what is none of theirs, so what they gave back for was one.
_PARSES = frozenset(
    {
        *("builtins.int", "builtins.float", "uuid.UUID", "decimal.Decimal"),
        *("ipaddress.ip_address", "ipaddress.IPv4Address", "ipaddress.IPv6Address"),
        *("ipaddress.ip_network", "datetime.datetime.strptime"),
        "datetime.date.fromisoformat",
    }
)

_HOSTS = frozenset({".netloc", ".hostname", ".host"})

#: Ask whether something is there, and not what it is.
_IDLE = frozenset(  # a list of words
    [
        "exists",
        "isfile",
        "isdir",
        "is_file",
        "is_dir",
        "get",
        "len",
        "isinstance",
        "hasattr",
        "callable",
        "islink",
        "is_symlink",
        "startswith",
        "endswith",
        "count",
        "find",
        "index",
        "lower",
        "upper",
        "strip",
        "query",
        "filter_by",
        "filter",
        "first",
        "one",
        "all",
        "any",
        "print",
        "log",
        "debug",
        "info",
        "warning",
        "error",
        "items",
        "keys",
        "values",
        "append",
        "add",
        "format",
        "join",
        "split",
        # Asks for what the form's own fields require.
        "validate_on_submit",
        "is_submitted",
    ]
)

_VALIDATES = re.compile(
    r"valid|check|verif|ensure|safe|sanit|assert|allow|permit|relative|inside|within|"
    r"is_local|trusted|whitelist|blacklist|denied|forbid",
    re.I,
)


class Judge:
    """Judges tests, by the kind of harm that a value could do after them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[Guard, Definition, str], Facts] = {}
        self._spoken: dict[Guard, frozenset[Definition]] = {}
        self._concerns: dict[tuple[Guard, ast.AST], bool] = {}
        self._parts: dict[ast.AST, frozenset[Definition]] = {}
        self._open: set[tuple[ast.AST, str, str, bool | None]] = set()

    def facts(
        self,
        frame: Frame,
        guard: Guard | None,
        definition: Definition,
        kind: str,
        until: Guard | None = None,
    ) -> Facts:
        """Return what the tests that were passed say of a value.

        :param until: A test that is left out, and so are those before it.
        """
        chain: list[Guard] = []
        known = self._known
        found = NOTHING

        while guard is not None and guard is not until:
            whole = known.get((guard, definition, kind)) if until is None else None

            if whole is not None:
                found = whole
                break

            chain.append(guard)
            guard = guard.parent

        # From the outermost in: what holds after a test is kept with it.
        for guard in reversed(chain):
            if definition in self._mentions(frame, guard):
                asked = _Asked(self, frame, definition, kind)
                found |= asked.holds(guard.test, guard.truth)

            if until is None:
                known[guard, definition, kind] = found

        return found

    def concerns(self, frame: Frame, guard: Guard, node: ast.AST) -> bool:
        """Say whether tests speak of anything that an expression is made of."""
        mark = guard, node
        known = self._concerns.get(mark)

        if known is None:
            parts = self._parts.get(node)

            if parts is None:
                parts = self._parts[node] = frozenset(_spoken_of(frame, node))

            current: Guard | None = guard
            known = False

            while current is not None and not known:
                known = not parts.isdisjoint(self._mentions(frame, current))
                current = current.parent

            self._concerns[mark] = known

        return known

    def _mentions(self, frame: Frame, guard: Guard) -> frozenset[Definition]:
        """Return what a test speaks of, as far as it is to be seen."""
        found = self._spoken.get(guard)

        if found is None:
            found = self._spoken[guard] = frozenset(_spoken_of(frame, guard.test))

        return found

    def function(
        self, frame: Frame, definition: Definition, kind: str, truth: bool | None
    ) -> Facts:
        """Return what is left of a parameter's harm where a function gave this answer.

        :param truth: Whether what it gave counts as true; ``None`` if it came back at
            all.
        """
        mark = frame.node, definition.name, kind, truth

        if mark in self._open or len(self._open) >= CALLS:
            return NOTHING

        self._open.add(mark)
        found = self._answered(frame, definition, kind, truth)
        self._open.discard(mark)
        return found

    def _answered(
        self, frame: Frame, definition: Definition, kind: str, truth: bool | None
    ) -> Facts:
        if truth is None:
            return _every(
                self.facts(frame, end, definition, kind) for end in frame.ends
            )

        ways: list[Facts] = []

        for given in frame.given:
            value = given.value

            if isinstance(value, ast.Constant) and bool(value.value) is not truth:
                continue

            asked = _Asked(self, frame, definition, kind)
            before = self.facts(frame, given.guard, definition, kind)
            ways.append(before | asked.holds(value, truth))

        if frame.silent and not truth:
            ways.append(NOTHING)

        return _every(ways)


class _Asked:
    """One question: what does a test say of one value, for one kind of harm?"""

    def __init__(
        self, judge: Judge, frame: Frame, definition: Definition, kind: str
    ) -> None:
        self._judge = judge
        self._frame = frame
        self._definition = definition
        self._kind = kind
        self._names = judge._program.names
        self._steps = 0
        self._merged: dict[Definition, Trail | None] = {}

    def holds(self, test: ast.AST, truth: bool | None) -> Facts:
        """Return what a test says that came out like this."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                return self.holds(test.operand, not truth)
            case ast.BoolOp():
                found = [self.holds(v, truth) for v in test.values]
                all_hold = isinstance(test.op, ast.And) is bool(truth)
                return _any(found) if all_hold else _every(found)
            case ast.NamedExpr():
                return self.holds(test.value, truth)
            case ast.Name():
                known = self._frame.uses.get(test)
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
            case ast.Compare():
                return self._compared(test, truth)
            case ast.Call():
                return self._called(test, truth)
            case ast.Attribute() | ast.Subscript() if truth is False:
                # ``if not urlparse(x).netloc``
                return self._absent(self.trail(test))
            case _:
                return NOTHING

    # -- comparisons

    def _compared(self, test: ast.Compare, truth: bool | None) -> Facts:
        if len(test.ops) > 1:
            if not truth:
                return NOTHING

            sides = [test.left, *test.comparators]
            return _any(
                self._pair(op, sides[n], sides[n + 1], True)
                for n, op in enumerate(test.ops)
            )

        return self._pair(test.ops[0], test.left, test.comparators[0], bool(truth))

    def _pair(
        self, op: ast.cmpop, left: ast.expr, right: ast.expr, truth: bool
    ) -> Facts:
        if isinstance(right, ast.Constant) and isinstance(
            right.value, bool | type(None)
        ):
            same = isinstance(op, ast.Is | ast.Eq) is truth

            # Nothing is none of a stranger's.
            if same and not right.value and self.trail(left) == ():
                return CLEAR

            return self.holds(left, bool(right.value) is same)

        if isinstance(op, ast.In | ast.NotIn):
            return self._member(left, right, isinstance(op, ast.In) is truth)

        if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            if isinstance(op, ast.Eq | ast.Is) is truth:
                return self._equal(left, right) | self._equal(right, left)

            return self._unequal(left, right)

        # Only a number is more or less than a number.
        return NOTHING

    def _absent(self, trail: Trail | None) -> Facts:
        """Judge ``not urlparse(x).netloc``."""
        if not trail or self._kind not in {"redirect", "url"}:
            return NOTHING

        found = HOSTLESS if trail[-1] in _HOSTS else NOTHING
        found = SCHEMELESS if trail[-1] == ".scheme" else found

        if found and _BACKSLASH in trail:
            found |= STRAIGHT

        return found

    def _unequal(self, left: ast.expr, right: ast.expr) -> Facts:
        """Judge ``x[0] != "/"`` and ``unicodedata.category(x[0])[0] != "C"``."""
        trail = self.trail(left)
        text = right.value if isinstance(right, ast.Constant) else None

        if trail is None:
            return NOTHING

        if "unicodedata.category" in trail and text in {"C", "Cc"}:
            return PRINTABLE

        first = len(trail) == 1 and trail[0] == "[]" and text == "/"
        return RELATIVE if first and self._kind == "path" else NOTHING

    def _equal(self, subject: ast.expr, other: ast.expr) -> Facts:
        trail = self.trail(subject)

        if trail is None or self.trail(other) is not None:
            return self._whole(subject, other)

        if set(trail) <= _SAME:
            return CLEAR

        if trail and trail[-1] in _HOSTS:
            if isinstance(other, ast.Constant) and not other.value:
                return self._absent(trail)

            links = self._kind in {"redirect", "url"}
            return CLEAR if links else DOUBT

        if trail and trail[-1] == ".scheme":
            empty = isinstance(other, ast.Constant) and not other.value
            return self._absent(trail) if empty else NOTHING

        if self._kind == "path":
            if "os.path.commonpath" in trail:
                return CLEAR

            if "os.path.commonprefix" in trail:
                return DOUBT

        return NOTHING

    def _whole(self, one: ast.expr, other: ast.expr) -> Facts:
        """Judge ``basename(x) == x``."""
        trails = self.trail(one), self.trail(other)

        if None in trails or self._kind != "path":
            return NOTHING

        cleaners = self._names.models.named("path-cleaner")
        changed = {name for trail in trails if trail for name in trail}
        return CLEAR if not changed.isdisjoint(cleaners) else NOTHING

    def _member(self, left: ast.expr, right: ast.expr, truth: bool) -> Facts:
        trail = self.trail(left)

        if trail is not None:
            if not truth:
                return self._second(left, right, trail)

            if self._textual(right):
                return NOTHING

            if set(trail) <= _SAME:
                return CLEAR

            links = self._kind in {"redirect", "url"}
            named = trail[-1] in _HOSTS or trail[-1] == ".path"
            return CLEAR if links and named else NOTHING

        inside = self.trail(right)

        if inside is None:
            return NOTHING

        # ``base in path.parents``
        if truth and inside and inside[-1] == ".parents":
            return CLEAR if self._kind == "path" else NOTHING

        return self._without(left, right) if not truth else NOTHING

    def _second(self, left: ast.expr, right: ast.expr, trail: Trail) -> Facts:
        """Judge the second character, which is neither slash nor backslash."""
        if trail != ("[]",) or not isinstance(left, ast.Subscript):
            return NOTHING

        place = left.slice.lower if isinstance(left.slice, ast.Slice) else left.slice

        if not isinstance(place, ast.Constant) or place.value != 1:
            return NOTHING

        texts = {
            e.value
            for e in getattr(right, "elts", ())
            if isinstance(e, ast.Constant) and isinstance(e.value, str)
        }
        found = SINGLE if "/" in texts else NOTHING
        return found | (STRAIGHT if "\\" in texts else NOTHING)

    def _without(self, left: ast.expr, right: ast.expr) -> Facts:
        """Judge ``".." not in x``: what is forbidden is seldom all of it."""
        constant = left.value if isinstance(left, ast.Constant) else None

        if isinstance(right, ast.Tuple | ast.List | ast.Set):
            # ``".." in (a, b)`` compares the whole of each.
            return NOTHING

        if not isinstance(constant, str) or not constant:
            return NOTHING

        if self._kind == "path":
            if constant in {"/", "\\"}:
                return CLEAR

            dots = constant.startswith("..")
            return DOUBT | DOTLESS if dots else NOTHING

        if self._kind == "redirect":
            return _LINKS.get(constant, NOTHING)

        harmful = pattern.HARMFUL.get(self._kind, frozenset())
        return DOUBT if set(constant) <= harmful else NOTHING

    def _textual(self, node: ast.expr) -> bool:
        """Say whether a membership test asks for text in a text."""
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return True

        value = self._judge._program.project.values.constant(self._frame.module, node)
        return value is not None and isinstance(value.value, str)

    # -- calls

    def _called(self, call: ast.Call, truth: bool | None) -> Facts:
        func = call.func
        method = func.attr if isinstance(func, ast.Attribute) else ""
        name = self._name(func)
        verdict = NOTHING

        if isinstance(func, ast.Attribute):
            trail = self.trail(func.value)

            if trail is not None:
                verdict = self._method(call, func, trail, truth)

                if verdict == CLEAR:
                    return verdict

        found = [
            (argument, trail)
            for argument in (*call.args, *(k.value for k in call.keywords))
            for trail in (self.trail(argument),)
            if trail is not None
        ]

        if not found:
            return verdict | self._each(call, name, truth)

        return verdict | self._asked_of(call, name, method, found, truth)

    def _method(
        self, call: ast.Call, func: ast.Attribute, trail: Trail, truth: bool | None
    ) -> Facts:
        method = func.attr
        path = self._kind == "path"

        if truth and method in _LETTERS and set(trail) <= _SAME:
            return CLEAR

        if method == "startswith" and call.args:
            return self._starts(func.value, call.args[0], trail, bool(truth))

        if path and method == "is_relative_to" and truth:
            return CLEAR

        # It raises where the path lies elsewhere.
        if path and method == "relative_to" and truth is not False:
            return CLEAR

        if path and method == "is_absolute" and truth is False:
            return RELATIVE

        if truth is not None and method not in _IDLE and _VALIDATES.search(method):
            return DOUBT

        return NOTHING

    def _starts(
        self, subject: ast.expr, start: ast.expr, trail: Trail, truth: bool
    ) -> Facts:
        value = self._judge._program.project.values.constant(self._frame.module, start)
        text = value.value if value is not None else None

        if self._kind == "path" and truth:
            normal = not _NORMAL.isdisjoint(self._names_in(subject))
            # ``/srv/files`` is where ``/srv/files-of-others`` begins too.
            return CLEAR if normal else NOTHING

        if self._kind == "path" and text in {"/", "\\"}:
            return RELATIVE

        if self._kind in {"redirect", "url"}:
            return self._link_starts(text, trail, truth)

        return NOTHING

    def _link_starts(self, text: t.Any, trail: Trail, truth: bool) -> Facts:
        straight = STRAIGHT if _BACKSLASH in trail else NOTHING

        if truth:
            # What it is compared with, the app says: its own address, most likely.
            if not isinstance(text, str) or _decided(text):
                return CLEAR

            return (SLASH if text == "/" else NOTHING) | straight

        if text in {"//", "///"}:
            return SINGLE | straight

        return STRAIGHT if text == "/\\" else NOTHING

    def _names_in(self, node: ast.expr, depth: int = 0) -> set[str]:
        """Return the names of what a value went through, as far as it is to be seen."""
        found: set[str] = set()

        if depth > DEPTH:
            return found

        if isinstance(node, ast.Name):
            known = self._frame.uses.get(node)

            if known is not None and known.value is not None:
                return self._names_in(known.value, depth + 1)
        elif isinstance(node, ast.Call):
            found.add(self._name(node.func))

            if isinstance(node.func, ast.Attribute):
                found.add(f"*.{node.func.attr}")
                found |= self._names_in(node.func.value, depth + 1)

            for argument in node.args[:2]:
                found |= self._names_in(argument, depth + 1)

        return found

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

        if name in _PARSES and truth is None and set(found[0][1]) <= _SAME:
            return CLEAR

        modelled = self._names.models.validators.get(name)

        if modelled is not None:
            trail = found[0][1]
            asked = modelled.part != "host" or (trail and trail[-1] in _HOSTS)
            good = modelled.answer is truth and self._kind in modelled.kinds
            return CLEAR if good and asked else NOTHING

        matched = self._matched(call, name, method, found, truth)

        if matched is not None:
            return matched

        judged = self._by_function(call, found, truth)

        if judged is not None:
            return judged

        last = method or name.rpartition(".")[2]

        if last in _IDLE or (truth is None and not _VALIDATES.search(last)):
            return NOTHING

        return DOUBT

    def _typed(self, types: ast.expr, trail: Trail) -> Facts:
        named = types.elts if isinstance(types, ast.Tuple) else [types]
        names = {self._name(n) for n in named}
        sure = names <= _TYPES and set(trail) <= _SAME
        return CLEAR if sure else NOTHING

    def _matched(
        self,
        call: ast.Call,
        name: str,
        method: str,
        found: list[tuple[ast.expr, Trail]],
        truth: bool | None,
    ) -> Facts | None:
        """Judge a match of a regular expression, ``None`` if this is none."""
        function = name if name in _MATCHES else f"re.{method}"

        if function not in _MATCHES:
            return None

        if name.startswith("re.") and name.count(".") == 1:
            text = call.args[0] if call.args else None
            subject = call.args[1] if len(call.args) > 1 else None
        elif isinstance(call.func, ast.Attribute):
            text = self._compiled(call.func.value)
            subject = call.args[0] if call.args else None
        else:
            return None

        if text is None or not any(argument is subject for argument, _ in found):
            return None

        value = self._judge._program.project.values.constant(self._frame.module, text)

        if value is None or not isinstance(value.value, str):
            return DOUBT

        if truth:
            whole = function == "re.fullmatch"
            regex = value.value

            if function == "re.match" and not regex.startswith("^"):
                regex = f"^{regex}"

            clear = pattern.clears(regex, self._kind, whole)
            return CLEAR if clear else NOTHING

        # ``if re.search(r"[^a-z]", x): abort()``
        forbidden = pattern.characters(value.value)
        harmful = pattern.HARMFUL.get(self._kind)

        if function == "re.search" and forbidden and harmful and harmful <= forbidden:
            return CLEAR

        return DOUBT if truth is False else NOTHING

    def _compiled(self, node: ast.expr) -> ast.expr | None:
        """Return the pattern that a compiled expression was made of."""
        program = self._judge._program
        inner: ast.AST | None = node

        if isinstance(node, ast.Name | ast.Attribute):
            inner = program.bound_to(self._frame.module, node)

        if isinstance(inner, ast.Call) and inner.args:
            func = inner.func
            called = func.attr if isinstance(func, ast.Attribute) else ""
            named = func.id if isinstance(func, ast.Name) else ""

            if "compile" in {called, named}:
                return inner.args[0]

        return None

    def _by_function(
        self, call: ast.Call, found: list[tuple[ast.expr, Trail]], truth: bool | None
    ) -> Facts | None:
        """Judge by what a function of the project does, ``None`` if it has none."""
        program = self._judge._program
        callees = [c for c in program.callees(self._frame.module, call) if c.sure]

        if not callees:
            return None

        verdicts: list[Facts] = []

        for callee in callees:
            frame = program.frame(callee.module, callee.node)
            names = [
                name
                for argument, trail in found
                if set(trail) <= _SAME | _NORMAL
                for name in (_parameter(call, argument, callee.node, callee.bound),)
                if name in frame.parameters
            ]
            verdicts.append(
                _any(
                    self._judge.function(frame, frame.parameters[n], self._kind, truth)
                    for n in names
                )
            )

        best = _every(verdicts)

        # A function that was written to judge, and does it in a way we do not see.
        if not best and truth is not None:
            named = getattr(call.func, "attr", getattr(call.func, "id", ""))
            weak = _VALIDATES.search(named) is not None and self._kind != "redirect"
            return DOUBT if weak else best

        return best

    def _each(self, call: ast.Call, name: str, truth: bool | None) -> Facts:
        """Judge ``all(c in SAFE for c in x)`` and ``any(c in x for c in BAD)``."""
        if name not in {"builtins.all", "builtins.any"} or len(call.args) != 1:
            return NOTHING

        inner = call.args[0]

        if not isinstance(inner, ast.GeneratorExp | ast.ListComp):
            return NOTHING

        generator = inner.generators[0]
        over = self.trail(generator.iter)

        if name == "builtins.all" and truth and over is not None:
            # Each character, or each part, was looked at.
            return CLEAR if set(over) <= _SAME else DOUBT

        if name == "builtins.any" and not truth:
            forbidden = self._forbidden(inner.elt, generator)

            if forbidden:
                return forbidden

        if (name == "builtins.any") is bool(truth) or name == "builtins.any":
            return self.holds(inner.elt, truth)

        return NOTHING

    def _forbidden(self, test: ast.expr, generator: ast.comprehension) -> Facts:
        """Judge ``any(c in x for c in FORBIDDEN)``: none of them is in it."""
        if (
            not isinstance(test, ast.Compare)
            or not isinstance(test.ops[0], ast.In)
            or ast.dump(test.left) != ast.dump(_load(generator.target))
            or self.trail(test.comparators[0]) is None
        ):
            return NOTHING

        values = self._judge._program.project.values
        constant = values.constant(self._frame.module, generator.iter)
        parts = constant.value if constant is not None else None

        if not isinstance(parts, str | list):
            return DOUBT

        texts = [p for p in parts if isinstance(p, str)]
        found = PRINTABLE if {"\r", "\n"} <= set(texts) else DOUBT
        found |= _any(_LINKS.get(x, NOTHING) for x in texts)
        dangers = pattern.HARMFUL.get(self._kind)

        if dangers is not None and dangers <= set(texts):
            return CLEAR

        if self._kind == "path":
            if not {"/", "\\"}.isdisjoint(texts):
                return CLEAR

            if ".." in texts:
                found |= DOTLESS

        return found

    def _rounds(self, loop: ast.For) -> Facts:
        """Judge a loop that looked at the value, or at each part, and came to its end."""
        guards = self._frame.rounds.get(loop, ())
        over = self.trail(loop.iter)
        names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
        found: list[Facts] = []

        for inside, end, until in guards:
            facts = self._judge.facts(
                self._frame, end, self._definition, self._kind, until
            )

            if over is not None:
                for name in names:
                    one = inside.get(name)

                    if one is not None:
                        facts |= self._judge.facts(
                            self._frame, end, one, self._kind, until
                        )

                if facts and _BACKSLASH in over:
                    facts |= STRAIGHT

            found.append(facts)

        return _every(found)

    # -- what a test speaks of

    def trail(self, node: ast.expr, depth: int = 0) -> Trail | None:
        """Return what the value went through on its way into an expression.

        :return: ``None`` if it is not in there.
        """
        if depth > DEPTH:
            return None

        match node:
            case ast.Name():
                return self._trail_of_name(node, depth)
            case ast.Attribute():
                return _then(self.trail(node.value, depth + 1), f".{node.attr}")
            case ast.Subscript():
                return _then(self.trail(node.value, depth + 1), "[]")
            case ast.Call():
                return self._trail_of_call(node, depth)
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self.trail(node.value, depth + 1)
            case ast.BinOp():
                parts = [node.left, node.right]
            case ast.BoolOp():
                # ``x or ""`` is x, as far as a comparison goes.
                found = (self.trail(v, depth + 1) for v in node.values)
                return next((trail for trail in found if trail is not None), None)
            case ast.JoinedStr():
                parts = [
                    v.value for v in node.values if isinstance(v, ast.FormattedValue)
                ]
            case ast.Tuple() | ast.List():
                parts = node.elts
            case ast.IfExp():
                parts = [node.body, node.orelse]
            case _:
                return None

        trails = [self.trail(part, depth + 1) for part in parts]
        steps = [step for trail in trails if trail is not None for step in trail]
        return None if all(x is None for x in trails) else (*steps, "+")

    def _trail_of_name(self, node: ast.Name, depth: int) -> Trail | None:
        known = self._frame.uses.get(node)

        if known is None:
            return None

        return self._trail_of(known, depth)

    def _trail_of(self, known: Definition, depth: int) -> Trail | None:
        if known is self._definition:
            return ()

        if depth > DEPTH:
            return None

        if known.how is How.MERGE:
            if known not in self._merged:
                # Of a loop it is a part of itself.
                self._merged[known] = None
                self._merged[known] = self._first(known, depth)

            return self._merged[known]

        if known.value is None or known.how not in {How.VALUE, How.CONTEXT}:
            return None

        found = self.trail(known.value, depth + 1)
        return _then(found, "[]") if known.path else found

    def _first(self, known: Definition, depth: int) -> Trail | None:
        for one, _ in known.inputs:
            found = self._trail_of(one, depth + 2)

            if found is not None:
                return found

        return None

    def _trail_of_call(self, node: ast.Call, depth: int) -> Trail | None:
        func = node.func
        name = self._name(func)

        if isinstance(func, ast.Attribute):
            found = self.trail(func.value, depth + 1)

            if found is not None:
                return (*found, _method(node, func))

        for argument in (*node.args, *(k.value for k in node.keywords)):
            found = self.trail(argument, depth + 1)

            if found is not None:
                return (*found, name)

        return None

    def _name(self, node: ast.expr) -> str:
        return self._names.name_of(self._frame.module, node) or ""


def _method(node: ast.Call, func: ast.Attribute) -> str:
    first = node.args[0] if node.args else None
    backslash = isinstance(first, ast.Constant) and first.value == "\\"
    return _BACKSLASH if func.attr == "replace" and backslash else f"*.{func.attr}"


def _load(target: ast.expr) -> ast.expr:
    return ast.Name(target.id, ast.Load()) if isinstance(target, ast.Name) else target


#: ``x.replace("\\", "/")``: what is asked of it, is asked of what a browser sees.
_BACKSLASH = "*.replace(backslash)"

#: What the absence of a text says of an address.
_LINKS = {
    "\\": STRAIGHT,
    "//": SINGLE | DOUBT,
    "://": DOUBT,
    ":": SCHEMELESS,
}


def _spoken_of(frame: Frame, test: ast.AST) -> set[Definition]:
    """Return the definitions that an expression is made of, in the same function."""
    found: set[Definition] = set()
    stack: list[ast.AST | Definition] = [
        test.iter if isinstance(test, ast.For) else test
    ]

    if isinstance(test, ast.For):
        for _, end, until in frame.rounds.get(test, ()):
            while end is not None and end is not until:
                stack.append(end.test)
                end = end.parent

    while stack and len(found) < SPOKEN:
        item = stack.pop()

        if not isinstance(item, Definition):
            stack += [
                frame.uses[n]
                for n in ast.walk(item)
                if isinstance(n, ast.Name) and n in frame.uses
            ]
        elif item not in found:
            found.add(item)
            stack += [one for one, _ in item.inputs]

            if item.value is not None:
                stack.append(item.value)

            if item.previous is not None:
                stack.append(item.previous)

    return found


_MATCHES = frozenset({"re.match", "re.fullmatch", "re.search"})


def _then(trail: Trail | None, more: str) -> Trail | None:
    return None if trail is None else (*trail, more)


def _decided(text: str) -> bool:
    """Say whether what begins like this names its host: a lone slash does not."""
    return text != "/" and settled(text)


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
