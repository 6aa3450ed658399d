"""Goes back from where a value does harm to all that may have given it."""

from __future__ import annotations

import ast
import collections
import dataclasses
import re
import typing as t
from collections.abc import Iterator

from ..index import FUNCTIONS
from ..index import parent_of
from ..links import placed
from ..module import Module
from ..parameters import argument_of
from ..parameters import open_parameters
from ..parameters import typed
from ..pieces import settled
from ..pieces import text_pieces
from ..pieces import UNKNOWN
from ..scope import Binds
from . import pattern
from .call import arguments_of
from .call import Call
from .call import Callee
from .call import Calls
from .call import decorated
from .call import Entry
from .call import is_method
from .calls import given
from .calls import outside
from .change import key
from .change import number
from .decided import constant_of
from .decided import Unknown
from .decided import value_of
from .flow import Flow
from .flow import Hop
from .flow import Origin
from .frame import ANY
from .frame import arguments
from .frame import Definition
from .frame import DEPTH
from .frame import EACH
from .frame import Frame
from .frame import Guard
from .frame import How
from .frame import Path
from .heap import owner_of
from .heap import Store
from .judge import enough
from .judge import Judge
from .judge import NOTHING
from .program import Program
from .sources import keyed
from .sources import Sources

#: How many places one search looks at before it gives up.
SPOTS = 12_000

#: How many calls a search goes into without having come out of them.
CALLS = 8

#: How often a search goes into a function out of itself, where parameters change places.
AGAIN = 1

#: How many doubts a flow may have: with more it is no flow.
DOUBTS = 2

#: How many doubts and places a search has of the kinds that are asked about at very many
#: places and do less harm.
LIGHT = {
    "log": (0, 300),
    "attribute": (1, 1_000),
    "attribute-set": (1, 1_000),
    "format": (1, 1_000),
}

#: How many ways to one place are told apart by the tests on them.
WAYS = 4

#: How many callers, stores or implementations are followed of each.
FAN = 60

_REQUEST = "flask.request."

_HARMLESS = frozenset(
    f"{_REQUEST}{name}"
    for name in (
        "blueprint",
        "blueprints",
        "content_length",
        "endpoint",
        "environ",
        "is_json",
        "is_secure",
        "max_content_length",
        "method",
        "remote_addr",
        "remote_user",
        "routing_exception",
        "scheme",
        "server",
        "url_rule",
    )
)

#: Methods that look something up: what they give is not what they are asked with.
_LOOKS_UP = frozenset({"get", "pop", "setdefault", "getlist"})

#: What a request has of which a part is the stranger's value.
_WHOLES = frozenset(
    {
        *("args", "cookies", "environ", "files", "form", "headers", "json", "values"),
        *("get_json", "get_json()", "view_args"),
    }
)

_NUMBERS = frozenset("bcdeEfFgGnoxX%")

#: Methods by which a schema reads what it is given.
_PARSES = frozenset(
    {"load", "loads", "model_validate", "model_validate_json", "parse_obj", "parse_raw"}
)

#: Kinds of harm that the beginning of a text decides.
HEADS = frozenset({"redirect", "url"})

#: Kinds of harm that only the end of a line does.
LINES = frozenset({"header", "log", "mail"})


_Nodes = tuple[ast.Call, ...]


@dataclasses.dataclass(eq=False, slots=True)
class Spot:
    """One place that a search came to.

    :param thing: An expression, or a definition of a name.
    :param path: Which part of it is asked for.
    :param guards: Tests that were passed between here and there, in this function.
    :param calls: The calls that were gone into, the innermost last.
    :param hop: What there is to tell of the step that led here.
    """

    frame: Frame
    thing: ast.expr | Definition
    path: Path
    guards: frozenset[Guard]
    calls: Calls
    doubts: int
    before: Spot | None
    hop: Hop | None = None


class Search:
    """One search: from one expression, for one kind of harm.

    :param clears: Names of functions that make a value harmless for this kind, and
        attributes, ``".stem"``.
    """

    def __init__(
        self,
        program: Program,
        judge: Judge,
        sources: Sources,
        kind: str,
        clears: frozenset[str],
    ) -> None:
        self._program = program
        self._sources = sources
        self._judge = judge
        self._project = program.project
        self._names = program.names
        self._kind = kind
        self._clears = clears
        self._passes = program.project.models.named("passes")
        self._empty = program.project.models.named("clears")
        self._head = kind in HEADS
        self._doubts, self._spots = LIGHT.get(kind, (DOUBTS, SPOTS))
        #: By the calls that were gone into: the tests and doubts with which they were,
        #: and where they were gone out of again.
        self._ways: dict[_Nodes, list[tuple[frozenset[Guard], int]]] = {}
        self._returns: dict[_Nodes, list[tuple[Spot, Definition]]] = {}
        #: Calls that are not written as such: of a property, of ``__str__``.
        self._implied: dict[tuple[ast.AST, ast.AST], ast.Call] = {}
        self._queues: list[collections.deque[Spot]] = [
            collections.deque() for _ in range(DOUBTS + 1)
        ]
        self._seen: dict[tuple[t.Any, ...], list[frozenset[Guard]]] = {}
        #: Whether the search was broken off.
        self.cut = False

    def run(self, module: Module, node: ast.expr) -> Iterator[Flow]:
        """Yield the flows that end in an expression, the surest and shortest first."""
        frame = self._program.around(module, node)
        guard = _guard_at(frame, node)

        if not frame.reached(node):
            return

        self._put(Spot(frame, node, (), _more(frozenset(), guard), (), 0, None))
        steps = 0

        for doubts in range(self._doubts + 1):
            queue = self._queues[doubts]

            while queue:
                spot = queue.popleft()
                steps += 1

                if steps > self._spots:
                    self.cut = True
                    return

                yield from self._look(spot)

    def _put(self, spot: Spot) -> None:
        if spot.doubts > self._doubts:
            return

        mark = (spot.thing, spot.path, _nodes(spot.calls))
        known = self._seen.get(mark)

        if known is None:
            self._seen[mark] = [spot.guards]
        elif any(before <= spot.guards for before in known):
            # Who came with fewer tests behind them saw all that there is to see.
            return
        elif len(known) < WAYS:
            known.append(spot.guards)
        else:
            spot.guards = frozenset()
            known.append(spot.guards)

        self._queues[spot.doubts].append(spot)

    def _go(
        self,
        spot: Spot,
        thing: ast.expr | Definition,
        path: Path | None = None,
        *,
        doubts: int = 0,
        hop: Hop | None = None,
        guards: frozenset[Guard] | None = None,
    ) -> None:
        """Go on to something in the same function."""
        self._put(
            Spot(
                spot.frame,
                thing,
                spot.path if path is None else path[:DEPTH],
                spot.guards if guards is None else guards,
                spot.calls,
                spot.doubts + doubts,
                spot,
                hop,
            )
        )

    def _jump(
        self,
        spot: Spot,
        frame: Frame,
        thing: ast.expr | Definition,
        path: Path,
        calls: tuple[t.Any, ...],
        hop: Hop | None,
        *,
        guards: frozenset[Guard] = frozenset(),
        doubts: int = 0,
    ) -> None:
        """Go on in another function."""
        self._put(
            Spot(
                frame,
                thing,
                path[:DEPTH],
                guards,
                calls,
                spot.doubts + doubts,
                spot,
                hop,
            )
        )

    # -- what was found

    def _found(
        self,
        spot: Spot,
        origin: Origin,
        name: str,
        node: ast.AST,
        *,
        segment: bool = False,
    ) -> Flow:
        hops: list[Hop] = []
        at: Spot | None = spot

        while at is not None:
            if at.hop is not None:
                hops.append(at.hop)

            at = at.before

        module = spot.frame.module
        words = (
            "The request's value comes in here."
            if origin is Origin.REQUEST
            else f"`{name}` is what the function is given."
        )
        first = Hop(module, node, words)
        return Flow(
            origin,
            name,
            module,
            node,
            (first, *hops),
            segment,
            spot.doubts,
            path=spot.path,
        )

    # -- expressions

    def _look(self, spot: Spot) -> Iterator[Flow]:
        thing = spot.thing

        if isinstance(thing, Definition):
            yield from self._definition(spot, thing)
            return

        match thing:
            case ast.Name():
                yield from self._name(spot, thing)
            case ast.Attribute():
                yield from self._attribute(spot, thing)
            case ast.Subscript():
                yield from self._subscript(spot, thing)
            case ast.Call():
                yield from self._call(spot, thing)
            case _:
                self._parts(spot, thing)

    def _parts(self, spot: Spot, node: ast.expr) -> None:
        """Go on to what an expression is made of."""
        path = spot.path

        match node:
            case ast.JoinedStr() | ast.BinOp():
                self._text(spot, node)
            case ast.BoolOp():
                self._each(spot, node.values)
            case ast.IfExp():
                self._each(spot, [node.body, node.orelse])
            case ast.Tuple() | ast.List():
                self._elements(spot, node.elts)
            case ast.Set():
                for element in node.elts:
                    self._go(spot, element, path[1:])
            case ast.Dict():
                # Answered as a whole, it goes out as JSON.
                if path or self._kind != "html":
                    self._pairs(spot, node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._go(spot, node.elt, path[1:] if _is_item(path) else path)
            case ast.DictComp():
                if path[:1] != (EACH,):
                    self._go(spot, node.value, path[1:] if _is_item(path) else path)

                if not path or path[0] == EACH:
                    self._go(spot, node.key, path[1:])
            case ast.Lambda() if not path:
                # Whoever gets it may call it.
                frame = self._program.frame(spot.frame.module, node)

                for back in frame.given:
                    self._jump(spot, frame, back.value, (), (), None)
            case ast.Starred() | ast.Await() | ast.NamedExpr():
                self._go(spot, node.value)
            case ast.FormattedValue():
                quoted = self._kind in LINES and node.conversion in _QUOTES

                if not quoted and not _numeric_format(node.format_spec):
                    self._go(spot, node.value)
            case ast.UnaryOp() if not isinstance(node.op, ast.Not):
                self._go(spot, node.operand)
            case _:
                pass

    def _each(self, spot: Spot, nodes: t.Sequence[ast.expr]) -> None:
        for node in nodes:
            guards = _more(spot.guards, _guard_at(spot.frame, node))
            self._go(spot, node, guards=guards)

    def _elements(self, spot: Spot, nodes: t.Sequence[ast.expr]) -> None:
        path = spot.path

        if not _is_item(path):
            for node in nodes:
                self._go(spot, node, ())

            return

        nodes = _flat(nodes)
        starred = any(isinstance(n, ast.Starred) for n in nodes)
        wanted = (f"[{len(nodes) + (number(path[0]) or 0)}]", ANY, EACH, path[0])

        for place, node in enumerate(nodes):
            if isinstance(node, ast.Starred):
                self._go(spot, node.value, (ANY, *path[1:]))
            elif starred or f"[{place}]" in wanted or path[0] in (ANY, EACH):
                self._go(spot, node, path[1:])

    def _pairs(self, spot: Spot, node: ast.Dict) -> None:
        path = spot.path
        pairs = list(zip(node.keys, node.values, strict=True))

        # The last of a key counts.
        for name, value in reversed(pairs):
            if name is None:
                self._go(spot, value)

                if path and isinstance(value, ast.Dict) and _has(value, path[0]):
                    return
            elif not path:
                self._go(spot, value, ())
                self._go(spot, name, ())
            elif path[0] == EACH:
                self._go(spot, name, path[1:])
            else:
                wanted = self._key(spot.frame, name)

                if _matches(path[0], wanted):
                    self._go(spot, value, path[1:])

                if path[0] == wanted != ANY:
                    return

    def _text(self, spot: Spot, node: ast.expr) -> None:
        """Go on to the pieces of a text; of an address, to those that decide its host."""
        pieces = text_pieces(node) if self._head else None

        if pieces is not None:
            self._pieces(spot, pieces)
        elif isinstance(node, ast.JoinedStr):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    self._go(spot, value, ())
        elif isinstance(node, ast.BinOp):
            self._operands(spot, node)

    def _operands(self, spot: Spot, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            self._percent(spot, node)
            return

        if isinstance(node.op, ast.Add | ast.Mod | ast.Div | ast.BitOr | ast.Mult):
            # ``[a] + [b]`` keeps what is in it apart, and so does ``one | other``.
            path = spot.path if isinstance(node.op, ast.Add | ast.BitOr) else ()
            self._overloaded(spot, node)
            self._go(spot, node.left, path)
            self._go(spot, node.right, _shifted(path))

    def _overloaded(self, spot: Spot, node: ast.BinOp) -> None:
        """Go into ``__add__`` of the project's own classes."""
        name = f"__{type(node.op).__name__.lower()}__"

        if self._program.has_method(name):
            self._dunder(spot, node.left, name, node, [node.right])

    def _percent(self, spot: Spot, node: ast.BinOp) -> None:
        pieces = text_pieces(self._unquoted(node) if self._kind in LINES else node)

        if pieces is None:
            self._go(spot, node.right, ())
            return

        for piece in pieces:
            if isinstance(piece, ast.expr):
                self._go(spot, piece, ())

    def _unquoted(self, node: ast.BinOp) -> ast.BinOp:
        """Return ``"%r" % x`` as what takes only a number: it writes line ends out."""
        text = t.cast(ast.Constant, node.left).value
        plain = re.sub(r"%[ra]", "%d", text) if isinstance(text, str) else text
        return ast.BinOp(ast.Constant(plain), node.op, node.right)

    def _pieces(self, spot: Spot, pieces: list[str | ast.expr]) -> None:
        text = ""

        for piece in pieces:
            if isinstance(piece, str):
                text += piece
                continue

            constant = self._project.values.constant(spot.frame.module, piece)

            if constant is not None:
                text += str(constant.value)
                continue

            if settled(text):
                return

            self._go(spot, piece, ())
            text += UNKNOWN

    # -- names, attributes, items

    def _name(self, spot: Spot, node: ast.Name) -> Iterator[Flow]:
        known = spot.frame.uses.get(node)
        guards = _more(spot.guards, spot.frame.guards.get(node))
        part = spot.path[0] if spot.path else ""

        if part[:1] == "." and self._is_request(spot, node):
            source = _REQUEST + part[1:]

            if source not in _HARMLESS:
                yield from self._source(spot, node, source)

            return

        # What is read where nothing ever comes by has no value.
        if known is None:
            return

        self._go(spot, known, guards=guards)

        if known.how is not How.OUTER:
            self._inside(spot, spot.frame, node.id)

    def _is_request(self, spot: Spot, node: ast.Name) -> bool:
        name = self._names.name_of(spot.frame.module, node)
        return name == _REQUEST[:-1]

    def _inside(self, spot: Spot, frame: Frame, name: str) -> None:
        """Go to what functions inside of another one put into its names."""
        if isinstance(frame.node, ast.Module | ast.ClassDef):
            return

        for inner, made in self._program.inside(frame).get(name, ())[:FAN]:
            if inner is not spot.frame or made is not spot.thing:
                self._jump(spot, inner, made, spot.path, (), None)

    def _attribute(self, spot: Spot, node: ast.Attribute) -> Iterator[Flow]:
        if f".{node.attr}" in self._clears and self._is_path(spot, node.value):
            return

        name = self._names.name_of(spot.frame.module, node) or ""
        source = self._source_of(spot, node, name)

        if source is not None:
            if source not in _HARMLESS:
                yield from self._source(spot, node, source)

            return

        if name == f"flask.g.{node.attr}":
            self._kept(spot, node, f".{node.attr}", "flask.g")
            return

        if name.startswith("flask.session."):
            return

        if self._property(spot, node, name):
            return

        self._go(spot, node.value, (f".{node.attr}", *spot.path))
        self._of_module(spot, node)

    def _of_module(self, spot: Spot, node: ast.Attribute) -> None:
        """Go to what another module's name holds: ``settings.folder``."""
        found = self._program.member(spot.frame.module, node)

        if found is None:
            return

        home, binding = found
        frame = self._program.frame(home, home.tree)
        name = getattr(binding.at, "id", node.attr)

        for made in frame.defined.get(name, ()):
            if made.node is binding.at or made.how in _CHANGED:
                self._jump(spot, frame, made, spot.path, (), None)

        if binding.node is not None:
            self._put_into(spot, name, binding.node)

    def _is_path(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether an object's attributes are those of a path, or may be."""
        name = self._names.name_of(spot.frame.module, node)

        if name is None or self._sources.named(name):
            return name is None

        return self._names.definition(name) is None

    def _property(self, spot: Spot, node: ast.Attribute, name: str) -> bool:
        """Go into a property's function, if this is one."""
        found = self._names.definition(name) if name else None

        if found is None or not isinstance(found[1], FUNCTIONS):
            return False

        if not any(_decorates(d, "property") for d in found[1].decorator_list):
            return False

        call = self._implicit(node, found[1], [])
        self._enter(spot, call, Callee(found[0], found[1], True, node.value))
        holder = parent_of(found[1])

        # What is set where there is a setter comes back in some way.
        return not any(
            isinstance(item, FUNCTIONS) and decorated(item, "setter")
            for item in getattr(holder, "body", ())
        )

    def _implicit(
        self, node: ast.expr, function: ast.AST, args: list[ast.expr]
    ) -> ast.Call:
        """Return the call that is made though none is written."""
        call = self._implied.get((node, function))

        if call is None:
            call = placed(ast.Call(func=node, args=args, keywords=[]), node)
            self._implied[node, function] = call

        return call

    def _dunder(
        self,
        spot: Spot,
        node: ast.expr,
        name: str,
        place: ast.expr,
        args: list[ast.expr],
        path: Path | None = None,
    ) -> bool:
        """Go into a method that Python calls of an object; say if there is one."""
        if not self._program.has_method(name):
            return False

        found = False

        for owner in self._program.types.of(spot.frame.module, node):
            method = self._program.method(*owner, name)

            if method is not None:
                found = True
                call = self._implicit(place, method[1], args)
                self._enter(spot, call, Callee(*method, True, node), path=path)

        return found

    def _subscript(self, spot: Spot, node: ast.Subscript) -> Iterator[Flow]:
        name = self._names.name_of(spot.frame.module, node) or ""
        source = self._source_of(spot, node, name)

        if source is not None:
            if source not in _HARMLESS:
                yield from self._source(spot, node, source)

            return

        base = self._names.name_of(spot.frame.module, node.value) or ""

        if base in {"flask.session", "flask.g"}:
            self._kept(spot, node, self._key(spot.frame, node.slice), base)
            return

        if isinstance(node.slice, ast.Slice):
            self._sliced(spot, node, node.slice)
        elif not self._dunder(spot, node.value, "__getitem__", node, [node.slice]):
            wanted = self._key(spot.frame, node.slice)
            self._go(spot, node.value, (wanted, *spot.path))

            # A part of a text is text of the same stranger.
            if not spot.path:
                self._go(spot, node.value, (), doubts=0) if self._is_text(
                    spot, node.value
                ) else None

    def _sliced(self, spot: Spot, node: ast.Subscript, part: ast.Slice) -> None:
        """Go on to what is sliced: its items stand elsewhere."""
        path = spot.path
        wanted = number(path[0]) if path else None
        first = number(key(part.lower)) if part.lower is not None else 0

        if wanted is None or part.step is not None:
            self._go(spot, node.value)
        elif first is None or first < 0 or wanted < 0:
            open_ = wanted < 0 and part.upper is None
            self._go(spot, node.value, path if open_ else (ANY, *path[1:]))
        else:
            self._go(spot, node.value, (f"[{first + wanted}]", *path[1:]))

    def _key(self, frame: Frame, node: ast.expr) -> str:
        """Return which item a subscript names, also by a name for it."""
        if isinstance(node, ast.Name | ast.Attribute):
            try:
                found = value_of(node, lambda n: self._constant(frame, n))
            except (Unknown, TypeError, ValueError, ArithmeticError, LookupError):
                return ANY

            return f"[{found}]" if isinstance(found, str | int) else ANY

        return key(node)

    def _constant(self, frame: Frame, node: ast.expr) -> t.Any:
        known = frame.uses.get(node)

        if known is None or known.how is How.OUTER:
            return self._program.constant(frame.module, node)

        value = constant_of(known)

        if value is None or isinstance(value, ast.List):
            raise Unknown

        return value_of(value, lambda n: self._constant(frame, n))

    def _is_text(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether an item of this is a part of a text: ``x.split("/")[0]``."""
        return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            *("split", "rsplit", "partition", "rpartition", "splitlines"),
            *("splitext", "match", "groups"),
        }

    def _source_of(self, spot: Spot, node: ast.expr, name: str) -> str | None:
        """Return which source an expression names by itself.

        What goes through a name of its own is followed: it may have been tested.
        """
        source = _source(name)

        if source is None:
            return None

        base = node

        while isinstance(base, ast.Attribute | ast.Subscript | ast.Call):
            base = base.func if isinstance(base, ast.Call) else base.value

        if not isinstance(base, ast.Name):
            return source

        named = self._names.name_of(spot.frame.module, base) or ""
        held = named.startswith(_REQUEST) and named[len(_REQUEST) :] not in _WHOLES
        return None if held else source

    def _source(self, spot: Spot, node: ast.expr, name: str) -> Iterator[Flow]:
        if self._tested(spot, node):
            return

        yield self._found(spot, Origin.REQUEST, name, node)

    def _tested(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether the same expression was tested against a list before."""
        text = spot.frame.module.segment(node)

        for guard in spot.guards:
            current: Guard | None = guard

            while current is not None:
                test = current.test

                if (
                    current.truth is True
                    and isinstance(test, ast.Compare)
                    and isinstance(test.ops[0], ast.In | ast.Eq)
                    and not isinstance(test.comparators[0], ast.Constant)
                    and spot.frame.module.segment(test.left) == text
                ):
                    return True

                current = current.parent

        return False

    # -- calls

    def _call(self, spot: Spot, node: ast.Call) -> Iterator[Flow]:
        module = spot.frame.module
        name = self._names.name_of(module, node.func) or ""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""

        if name in self._clears or self._converted(module, node):
            return

        # Of lists it makes a longer one.
        if name in self._empty and not (name == "builtins.sum" and node.args[1:]):
            return

        brought = self._sources.given(module, node, spot.path)

        if brought is not None:
            yield self._found(spot, Origin.REQUEST, brought, node)
            return

        if self._kind in LINES and method in {"replace", "splitlines"}:
            if method == "splitlines" or _ends_lines(node):
                return

        source = self._source_of(spot, node, name)

        if source is not None:
            if source not in _HARMLESS:
                yield from self._source(spot, node, source)

            return

        if isinstance(node.func, ast.Attribute):
            base = self._names.name_of(module, node.func.value) or ""

            if base in {"flask.session", "flask.g"}:
                if method in {"get", "pop", "setdefault"} and node.args:
                    named = key(node.args[0])
                    wanted = f".{named[1:-1]}" if base == "flask.g" else named
                    self._kept(spot, node, wanted, base)
                    self._go_all(spot, node.args[1:])

                return

            if method == "keys" and not node.args:
                self._go(spot, node.func.value, (EACH, *spot.path[1:]))
                return

            # Of a request that goes by another name.
            if method in _READS:
                self._go(spot, node.func.value, (f".{method}",))

        callees = self._program.callees(module, node)
        sure = [c for c in callees if c.sure]

        if sure:
            self._own(spot, node, sure)
            return

        definition = self._names.definition(name)

        if (
            definition is not None
            and isinstance(definition[1], ast.ClassDef)
            and not self._program.is_object(module, node.func)
        ):
            self._made(spot, node, definition[0], definition[1], None)
            return

        if self._validated(spot, node, method):
            return

        if not name or name not in self._passes:
            found = self._program.functions.of(spot.frame, node.func, spot.calls)

            for callee in found:
                self._enter(spot, node, callee)

            if found or self._called_object(spot, node):
                return

        if self._library(spot, node, name, method):
            return

        if f"*.{method}" in self._empty:
            return

        for callee in callees:
            self._enter(spot, node, callee, doubts=1)

        self._unknown(spot, node, name, method)

    def _called_object(self, spot: Spot, node: ast.Call) -> bool:
        """Go into ``__call__``, if an object of the project is called."""
        return self._dunder(spot, node.func, "__call__", node, node.args)

    def _converted(self, module: Module, node: ast.Call) -> bool:
        return any(k.arg == "type" for k in node.keywords) and self._sources.typed(
            module, node
        )

    def _own(self, spot: Spot, node: ast.Call, callees: list[Callee]) -> None:
        """Go into functions of the project; what a class makes has attributes."""
        for callee in callees[:FAN]:
            if callee.name == "__init__" and callee.receiver is None:
                holder = parent_of(callee.node)

                if isinstance(holder, ast.ClassDef):
                    self._made(spot, node, callee.module, holder, callee)
            else:
                self._enter(spot, node, callee)

    def _made(
        self,
        spot: Spot,
        node: ast.Call,
        module: Module,
        holder: ast.ClassDef,
        init: Callee | None,
    ) -> None:
        """Go on to what an object was made of."""
        path = spot.path
        maker = self._method(module, holder, "__new__")

        if maker is not None:
            self._enter(spot, node, Callee(*maker, True))

        # The class that was called may be below the one that has the ``__init__``.
        found = self._program.definition(spot.frame.module, node.func)

        if found is not None and isinstance(found[1], ast.ClassDef):
            module, holder = found[0], found[1]

        if path and path[0].startswith("."):
            schema = self._sources.schema(spot.frame.module, node)

            if schema is not None and self._sources.held(*schema, path[0]):
                return

            self._attribute_of(spot, module, holder, path, node, init)

            # A dataclass, or a row of a table, is given its attributes by name.
            if init is None:
                self._fields(spot, node, self._program.fields(module, holder), path)
        elif _is_item(path) and self._got(spot, node, module, holder):
            return
        elif _is_item(path) and init is None:
            fields = self._program.fields(module, holder)
            place = number(path[0])
            known = place is not None and -len(fields) <= place < len(fields)
            names = [fields[place]] if known else fields  # type: ignore[index]

            for name in names:
                self._fields(spot, node, fields, (f".{name}", *path[1:]))

            if not fields:
                self._go_all(spot, [*node.args, *(k.value for k in node.keywords)])
        elif not self._text_of(spot, node, module, holder):
            if init is None or self._is_exception(module, holder):
                self._go_all(spot, [*node.args, *(k.value for k in node.keywords)], ())

    def _fields(
        self, spot: Spot, node: ast.Call, fields: t.Sequence[str], path: Path
    ) -> None:
        """Go on to what an attribute was given as, by name or by place."""
        wanted = path[0][1:]

        for k in node.keywords:
            if k.arg == wanted:
                hop = self._hop(spot, k.value, f"It is given as `{k.arg}`.")
                self._go(spot, k.value, path[1:], hop=hop)
            elif k.arg is None:
                self._go(spot, k.value, keyed(path))

        for place, value in enumerate(node.args):
            if isinstance(value, ast.Starred):
                self._go(spot, value.value, (ANY, *path[1:]))
            elif place < len(fields) and fields[place] == wanted:
                hop = self._hop(spot, value, f"It is given as `{wanted}`.")
                self._go(spot, value, path[1:], hop=hop)

    def _got(
        self, spot: Spot, node: ast.Call, module: Module, holder: ast.ClassDef
    ) -> bool:
        """Go into what gives an object's items, if its class says it."""
        names = (
            ("__iter__", "__getitem__") if spot.path[0] == EACH else ("__getitem__",)
        )

        for name in names:
            method = self._method(module, holder, name)

            if method is not None:
                call = self._implicit(node, method[1], [])
                path = spot.path[1:] if name == "__getitem__" else None
                self._enter(spot, call, Callee(*method, True, node), path=path)
                return True

        return False

    def _text_of(
        self, spot: Spot, node: ast.Call, module: Module, holder: ast.ClassDef
    ) -> bool:
        """Go into what makes a text of an object, if its class says it."""
        if spot.path:
            return False

        text = self._method(module, holder, "__str__")
        text = text or self._method(module, holder, "__repr__")

        if text is None:
            return False

        self._enter(spot, self._implicit(node, text[1], []), Callee(*text, True, node))
        return True

    def _is_exception(self, module: Module, holder: ast.ClassDef) -> bool:
        bases = self._names.bases(module, holder)
        return any(b.endswith(("Exception", "Error")) for b in bases)

    def _validated(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go on to what a schema was given to read, unless it takes only numbers there."""
        if not isinstance(node.func, ast.Attribute) or method not in _PARSES:
            return False

        found = self._sources.schema(spot.frame.module, node.func.value)

        if found is None:
            return False

        if not (spot.path and self._sources.held(*found, spot.path[0])):
            for argument in node.args[:1]:
                self._go(spot, argument, keyed(spot.path))

        return True

    def _method(
        self, module: Module, holder: ast.ClassDef, name: str
    ) -> tuple[t.Any, t.Any] | None:
        return self._program.method(module, holder, name)

    def _into(
        self, spot: Spot, node: ast.Call, callee: Callee, guards: frozenset[Guard]
    ) -> Calls:
        """Return the calls that were gone into, and one more.

        What is found inside is found once: who comes later with other tests behind
        him goes out again where the first one did.
        """
        # Tests of anything else say nothing of what the call was given.
        kept = [g for g in guards if self._judge.concerns(spot.frame, g, node)]
        guards = frozenset(kept)
        calls = (*spot.calls, Entry(spot.frame, node, callee, guards))
        mark = _nodes(calls)
        ways = self._ways.setdefault(mark, [])

        if not any(before <= guards for before, _ in ways):
            guards = guards if len(ways) < WAYS else frozenset()
            ways.append((guards, spot.doubts))

            for back, known in self._returns.get(mark, ()):
                self._out(back, known, guards, spot.doubts)

        return calls

    def _enter(
        self,
        spot: Spot,
        node: ast.Call,
        callee: Callee,
        *,
        doubts: int = 0,
        path: Path | None = None,
    ) -> None:
        """Go to what a function gives back.

        :param path: Which part of it is asked for, where it is not the spot's.
        """
        inside = [entry.callee.node for entry in spot.calls]
        again = inside.count(callee.node)

        if again and (again > AGAIN or not _swaps(node, callee)):
            return

        if len(inside) >= CALLS:
            return

        frame = self._program.frame(callee.module, callee.node)
        outer = _more(spot.guards, spot.frame.guards.get(node))
        calls = self._into(spot, node, callee, outer)
        hop = self._hop(spot, node, f"`{callee.name}` gives it back.")
        asked = spot.path if path is None else path

        for back in frame.given:
            # Of a generator each item is one; a context manager has but one.
            inner = asked[1:] if back.element and _is_item(asked) else asked
            guards = _more(frozenset(), back.guard)
            self._jump(
                spot, frame, back.value, inner, calls, hop, guards=guards, doubts=doubts
            )

    def _library(self, spot: Spot, node: ast.Call, name: str, method: str) -> bool:
        """Go on to what a function passes on of which the models know; say if one did."""
        path = spot.path
        given_ = [*node.args, *(k.value for k in node.keywords)]

        if name == "builtins.getattr" and len(node.args) > 1:
            named = node.args[1]

            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                self._go(spot, node.args[0], (f".{named.value}", *path))
                self._go_all(spot, node.args[2:])
                return True

        if name == "builtins.dict":
            if path or self._kind != "html":
                self._dict(spot, node)

            return True

        if name in {"builtins.map", "builtins.filter"} and len(node.args) > 1:
            self._mapped(spot, node, name)
            return True

        if self._built(spot, node, name) or self._regex(spot, node, name):
            return True

        if name in self._passes:
            inner = path if name in _KEEPS else ()

            for argument in given_:
                self._go(spot, argument, inner)

            return True

        if name == "functools.partial":
            return True

        if not isinstance(node.func, ast.Attribute):
            return False

        if f"*.{method}" not in self._passes:
            return False

        self._passed(spot, node, node.func, method)
        return True

    def _mapped(self, spot: Spot, node: ast.Call, name: str) -> None:
        """Go into the function that is run over the items, or on to the items."""
        path = spot.path
        function = node.args[0]
        found = self._program.functions.of(spot.frame, function, spot.calls)

        if name == "builtins.filter" or not found:
            self._go(spot, node.args[1], (EACH, *path[1:]) if path else (EACH,))
            return

        for callee in found:
            inner = callee._replace(shift=1, each=True)
            self._enter(spot, node, inner, path=path[1:] if _is_item(path) else path)

    def _built(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the parts that a builtin puts together; say if it was one."""
        path = spot.path

        if name == "builtins.zip":
            place = number(path[1]) if len(path) > 1 else None
            known = place is not None and 0 <= place < len(node.args)
            nodes = [node.args[place]] if known else node.args  # type: ignore[index]
            self._go_all(spot, nodes, (EACH, *path[2:]))
        elif name == "builtins.enumerate":
            if path[1:2] != ("[0]",):
                self._go_all(spot, node.args[:1], (EACH, *path[2:]))
        elif name in {"builtins.next", "builtins.min", "builtins.max"}:
            several = name != "builtins.next" and len(node.args) > 1
            self._go_all(spot, node.args[:1], path if several else (EACH, *path))
            self._go_all(spot, node.args[1:])
        elif name in {"builtins.sum", "itertools.chain", "functools.reduce"}:
            first = 1 if name == "functools.reduce" else 0
            more = (EACH, *path) if name == "builtins.sum" else (EACH, *path[1:])
            self._go_all(spot, node.args[first:], _shifted(more))
        elif name in _ORDERS:
            self._go_all(spot, node.args[:1], (EACH, *path[1:]) if path else (EACH,))
        elif name == "builtins.vars" and node.args and _is_item(path):
            self._go(spot, node.args[0], (f".{path[0][1:-1]}", *path[1:]))
        elif name == "types.SimpleNamespace" and path:
            self._fields(spot, node, (), path)
        elif name == "dataclasses.replace" and path and node.args:
            named = {f".{k.arg}" for k in node.keywords}
            self._fields(spot, ast.Call(node.func, [], node.keywords), (), path)
            self._go_all(spot, node.args[:1] if path[0] not in named else [])
        elif name == "dataclasses.asdict" and node.args and _is_item(path):
            self._go(spot, node.args[0], (f".{path[0][1:-1]}", *path[1:]))
        elif name.startswith("builtins.") and name.endswith(_EXCEPTIONS):
            self._go_all(spot, node.args, path[2:] if path[:1] == (".args",) else ())
        else:
            fields = self._program.tuple_fields(spot.frame.module, node.func)

            if not fields or not path:
                return False

            wanted = path[0]
            place = number(wanted)

            if place is not None and -len(fields) <= place < len(fields):
                wanted = f".{fields[place]}"

            self._fields(spot, node, fields, (wanted, *path[1:]))

        return True

    def _regex(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the text that a regular expression is used on; say if one is."""
        args = node.args

        if name not in _REGEX or len(args) < 2:
            return False

        if name not in {"re.sub", "re.subn"}:
            self._go(spot, args[1], ())
            return True

        for callee in self._program.functions.of(spot.frame, args[1], spot.calls):
            self._enter(spot, node, callee._replace(given=(), shift=2), path=())

        self._go(spot, args[1], ())

        for text in args[2:3]:
            if not self._removes(spot, args[0]):
                self._go(spot, text, ())

        return True

    def _removes(self, spot: Spot, regex: ast.expr) -> bool:
        """Say whether a pattern takes out all that does harm."""
        value = self._project.values.constant(spot.frame.module, regex)
        text = value.value if value is not None else None
        return isinstance(text, str) and pattern.removes(text, self._kind)

    def _dict(self, spot: Spot, node: ast.Call) -> None:
        path = spot.path

        for argument in node.args:
            self._go(spot, argument)

            # Of pairs.
            if _is_item(path) and path[0] != EACH:
                self._go(spot, argument, (EACH, "[1]", *path[1:]))

        for k in node.keywords:
            if k.arg is None:
                self._go(spot, k.value)
            elif not path or _matches(path[0], f"[{k.arg}]"):
                self._go(spot, k.value, path[1:])

    def _passed(
        self, spot: Spot, node: ast.Call, func: ast.Attribute, method: str
    ) -> None:
        """Go on to the object of a method, and to what it is given."""
        path = spot.path
        pieces = text_pieces(node) if self._head else None

        if pieces is not None:
            self._pieces(spot, pieces)
            return

        if method in _LOOKS_UP:
            wanted = self._key(spot.frame, node.args[0]) if node.args else ANY
            wanted = "[-1]" if method == "pop" and not node.args else wanted
            self._go(spot, func.value, (wanted, *path))
            self._go_all(spot, [*node.args[1:], *(k.value for k in node.keywords)])
            return

        if method in {"items", "values"}:
            if _is_item(path):
                rest = path[1:]

                if method == "items" and rest[:1] == ("[0]",):
                    self._go(spot, func.value, (EACH,))
                    return

                rest = rest[1:] if method == "items" and _is_item(rest) else rest
                self._go(spot, func.value, (ANY, *rest))
            else:
                self._go(spot, func.value, path)

            return

        if method == "join":
            self._go(spot, func.value, ())
            self._go_all(spot, node.args, (EACH,))
            return

        if method == "copy":
            self._go(spot, func.value)
            return

        self._go(spot, func.value, ())
        self._go_all(spot, [*node.args, *(k.value for k in node.keywords)], ())

    def _unknown(self, spot: Spot, node: ast.Call, name: str, method: str) -> None:
        """Go on to what a function nobody knows is given: it may pass it on.

        A method more likely gives something of its object than of its arguments.
        """
        if isinstance(node.func, ast.Attribute):
            self._go(spot, node.func.value, (), doubts=1)

        for argument in (*node.args, *(k.value for k in node.keywords)):
            self._go(spot, argument, (), doubts=1)

    def _go_all(
        self, spot: Spot, nodes: t.Iterable[ast.expr], path: Path | None = None
    ) -> None:
        for node in nodes:
            self._go(spot, node, path)

    # -- definitions

    def _definition(self, spot: Spot, known: Definition) -> Iterator[Flow]:
        facts = NOTHING

        for guard in spot.guards:
            facts |= self._judge.facts(spot.frame, guard, known, self._kind)

        if enough(facts, self._kind):
            return

        if facts:
            # From here on there is a doubt; the tests have had their say.
            spot = dataclasses.replace(spot, doubts=spot.doubts + 1)

            if spot.doubts > DOUBTS:
                return

        path = spot.path

        match known.how:
            case How.PARAMETER:
                yield from self._parameter(spot, known)
            case How.VALUE:
                assert known.value is not None  # noqa: S101  # by How
                hop = self._made_of(spot, known)
                inner = _behind(path, known.shift) if known.shift else path
                self._go(spot, known.value, (*known.path, *inner), hop=hop)

                if known.path and not path:
                    self._whole(spot, known, hop)
            case How.ELEMENT:
                assert known.value is not None  # noqa: S101  # by How
                hop = self._made_of(spot, known)
                self._go(spot, known.value, (EACH, *known.path, *path), hop=hop)
            case How.CONTEXT:
                assert known.value is not None  # noqa: S101  # by How
                hop = self._made_of(spot, known)
                inner = (*known.path, *path)
                made = known.value

                if not self._dunder(spot, made, "__enter__", made, [], inner):
                    self._go(spot, made, inner, hop=hop)
            case How.MERGE:
                for one, passed in known.inputs:
                    self._go(spot, one, guards=_more(spot.guards, passed))
            case How.CHANGE:
                self._changed(spot, known)
            case How.ADDED:
                assert known.previous is not None  # noqa: S101  # by How
                assert known.value is not None  # noqa: S101  # by How

                if not (self._head and not spot.path):
                    hop = self._made_of(spot, known)
                    self._go(spot, known.value, _shifted(path), hop=hop)

                self._go(spot, known.previous)
            case How.PASSED:
                self._handed(spot, known)
            case How.CAUGHT:
                self._caught(spot, known)
            case How.OUTER:
                self._outer(spot, known)
            case _:
                pass

    def _whole(self, spot: Spot, known: Definition, hop: Hop | None) -> None:
        """Take a part of what is taken apart for a part of a text."""
        if isinstance(known.value, ast.Call) and self._is_text(spot, known.value):
            self._go(spot, known.value, (), hop=hop)

    def _changed(self, spot: Spot, known: Definition) -> None:
        assert known.previous is not None  # noqa: S101  # by How
        keys, path = known.keys, spot.path
        shared = min(len(keys), len(path))

        if all(_matches(a, b) for a, b in zip(keys, path, strict=False)):
            hop = self._made_of(spot, known)

            if known.value is not None:
                inner = (*known.path, *path[shared:])
                self._go(spot, known.value, inner, hop=hop)

            # A key may be a stranger's as well.
            if path[:1] == (EACH,) and isinstance(known.node, ast.Subscript):
                self._go(spot, known.node.slice, (), hop=hop)

            # What was there before is gone, if it is known to be the same part.
            known_parts = (*keys, *path[:shared])

            if not known.weak and len(path) >= len(keys):
                if ANY not in known_parts and EACH not in known_parts:
                    return

            # The last one is the one that was put there last.
            if path[:1] == ("[-1]",) and len(keys) == 1 and known.last:
                return

        if (
            known.shuffles
            and len(path) > len(keys)
            and number(path[len(keys)]) is not None
        ):
            path = (*path[: len(keys)], ANY, *path[len(keys) + 1 :])

        self._go(spot, known.previous, path)

    def _handed(self, spot: Spot, known: Definition) -> None:
        """Go to what a function did to what it was given, and to what it was before."""
        assert known.previous is not None  # noqa: S101  # by How
        assert known.parameter is not None  # noqa: S101  # by How
        self._go(spot, known.previous)
        module, node, name, bound = known.parameter
        frame = self._program.frame(module, node)
        call = t.cast(ast.Call, known.value)

        if len(spot.calls) >= CALLS:
            return

        calls = self._into(spot, call, Callee(module, node, bound), spot.guards)
        hop = self._hop(spot, call, f"`{node.name}` changes `{known.name}`.")

        for made in frame.defined.get(name, ()):
            if made.how in {How.CHANGE, How.PASSED}:
                self._jump(spot, frame, made, spot.path, calls, hop)

    def _caught(self, spot: Spot, known: Definition) -> None:
        """Go to what an exception was raised with."""
        module = spot.frame.module

        for statement in known.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    self._go(spot, node.exc)
                elif isinstance(node, ast.Call) and len(spot.calls) < CALLS:
                    for callee in self._program.callees(module, node)[:FAN]:
                        if callee.sure:
                            self._thrown(spot, node, callee)

    def _thrown(self, spot: Spot, node: ast.Call, callee: Callee) -> None:
        frame = self._program.frame(callee.module, callee.node)
        calls = self._into(spot, node, callee, spot.guards)
        hop = self._hop(spot, node, f"`{callee.name}` raises it.")

        for given_ in frame.raised:
            guards = _more(frozenset(), given_.guard)
            self._jump(spot, frame, given_.value, spot.path, calls, hop, guards=guards)

    def _parameter(self, spot: Spot, known: Definition) -> Iterator[Flow]:
        function = known.frame.node
        path = spot.path
        name = known.name

        if spot.calls:
            self._back(spot, known)
            return

        if isinstance(function, ast.Lambda):
            for call in self._program.callers(function)[:FAN]:
                self._from_caller(spot, known, call)

            self._default(spot, known)
            return

        if not isinstance(function, FUNCTIONS):
            return

        views = open_parameters(self._project)
        open_ = views.get(function, {})

        if name in open_:
            node = argument_of(function, name)
            yield self._found(
                spot, Origin.REQUEST, name, node, segment=open_[name] and not path
            )
            return

        handed = self._sources.parameter(known.frame.module, function, name, path)

        if handed is not None:
            if handed:
                node = argument_of(function, name)
                yield self._found(spot, Origin.REQUEST, name, node)

            return

        first = next(iter(known.frame.parameters), None)

        if name == first and is_method(function):
            holder = parent_of(function)

            if path and path[0].startswith(".") and isinstance(holder, ast.ClassDef):
                self._attribute_of(spot, known.frame.module, holder, path, None, None)

            return

        callers = self._program.callers(function)

        for call in callers[:FAN]:
            self._from_caller(spot, known, call)

        self._default(spot, known)

        if not callers and function not in views and not typed(function):
            node = argument_of(function, name)
            yield self._found(spot, Origin.CALLER, name, node)

    def _from_caller(self, spot: Spot, known: Definition, call: Call) -> None:
        frame = self._program.around(call.module, call.node)
        doubts = 0 if call.sure else 1
        name = getattr(known.frame.node, "name", "lambda")
        words = f"`{name}` is called with it, as `{known.name}`."
        hop = Hop(call.module, call.node, words)

        if not frame.reached(call.node):
            return

        for node, path in arguments_of(call, known, spot.path):
            guard = frame.guards.get(call.node)
            self._jump(
                spot,
                frame,
                node,
                path,
                (),
                hop,
                guards=_more(frozenset(), guard),
                doubts=doubts,
            )

    def _back(self, spot: Spot, known: Definition) -> None:
        """Go back to the call that was gone into, to what it gives for the parameter."""
        if known.frame.node is not spot.calls[-1].callee.node:
            return

        mark = _nodes(spot.calls)
        self._returns.setdefault(mark, []).append((spot, known))

        # A closure's call is not one that was gone into.
        alone = [(spot.calls[-1].guards, spot.doubts)]

        for guards, doubts in tuple(self._ways.get(mark, alone)):
            self._out(spot, known, guards, doubts)

    def _out(
        self, spot: Spot, known: Definition, guards: frozenset[Guard], doubts: int
    ) -> None:
        """Go out of a call, with the tests that were passed where it is made."""
        entry = spot.calls[-1]
        frame, node, callee, _ = entry
        calls = spot.calls[:-1]

        if doubts > spot.doubts:
            spot = dataclasses.replace(spot, doubts=doubts)

        first = next(iter(known.frame.parameters), None)

        if callee.bound and known.name == first and is_method(callee.node):
            receiver = callee.receiver

            if receiver is not None:
                around = self._program.around(frame.module, receiver)
                inner = calls if around is frame else ()
                self._jump(
                    spot, around, receiver, spot.path, inner, None, guards=guards
                )

            return

        words = f"`{callee.name}` is called with it, as `{known.name}`."
        hop = Hop(frame.module, node, words)
        found = False

        for argument, path in given(entry, known, spot.path):
            found = True
            around = frame

            # What was bound beforehand may have been so elsewhere.
            if callee.given:
                around = self._program.around(frame.module, argument)

            inner = calls if around is frame else ()
            self._jump(spot, around, argument, path, inner, hop, guards=guards)

        if not found:
            self._default(spot, known, calls)

    def _default(self, spot: Spot, known: Definition, calls: Calls = ()) -> None:
        """Go to a parameter's default."""
        args = t.cast(t.Any, known.frame.node).args
        positional = [*args.posonlyargs, *args.args]
        pairs = list(
            zip(
                positional[len(positional) - len(args.defaults) :],
                args.defaults,
                strict=True,
            )
        )
        pairs += [
            (a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d
        ]

        for argument, default in pairs:
            if argument.arg == known.name and not isinstance(default, ast.Constant):
                frame = self._program.around(known.frame.module, known.frame.node)
                inner = outside(spot.calls, frame) if spot.calls else calls
                self._jump(spot, frame, default, spot.path, inner, None)

            # A list that is a default is the same one at every call.
            if argument.arg == known.name and isinstance(default, ast.List | ast.Dict):
                for made in known.frame.defined.get(known.name, ()):
                    if made.how is How.CHANGE:
                        self._jump(spot, known.frame, made, spot.path, (), None)

    def _outer(self, spot: Spot, known: Definition) -> None:
        """Go to what a name is outside of the function."""
        node = known.node

        if not isinstance(node, ast.Name):
            return

        module = spot.frame.module

        for home, binding in self._names.reaching(module, node)[:FAN]:
            at = binding.at or binding.node

            if at is None:
                continue

            if binding.how is Binds.PARAMETER:
                frame = self._closed(home, at)

                if frame is not None and node.id in frame.parameters:
                    made = frame.parameters[node.id]
                    calls = outside(spot.calls, frame)
                    self._jump(spot, frame, made, spot.path, calls, None)

                continue

            frame = self._program.around(home, at)
            name = getattr(at, "id", node.id)

            # When a function inside of another one runs, is not to be seen.
            late = not isinstance(frame.node, ast.Module | ast.ClassDef)

            for made in frame.defined.get(name, ()):
                if late or made.node is at or made.how in _CHANGED:
                    calls = outside(spot.calls, frame)
                    self._jump(spot, frame, made, spot.path, calls, None)

            self._inside(spot, frame, name)

        self._elsewhere(spot, node)

    def _closed(self, module: Module, at: ast.AST) -> Frame | None:
        """Return the function that has a parameter, seen from one inside of it."""
        above: ast.AST | None = at

        while above is not None and not isinstance(above, (*FUNCTIONS, ast.Lambda)):
            above = parent_of(above)

        return None if above is None else self._program.frame(module, above)

    def _elsewhere(self, spot: Spot, node: ast.Name) -> None:
        """Go to where other functions put something into what a module's name holds."""
        mine = self._names.bound(spot.frame.module, node)

        if mine is None or mine[1].node is None:
            return

        self._put_into(spot, getattr(mine[1].at, "id", node.id), mine[1].node)

    def _put_into(self, spot: Spot, name: str, bound: ast.AST) -> None:
        """Go to all that is put into what a module's name holds, by whatever name."""
        if not spot.path:
            return

        for base in (name, f".{name}", *self._program.aliases(name)):
            for store in self._program.heap.inside(base)[:FAN]:
                if _matches(store.key, spot.path[0]):
                    if self._program.bound_to(store.module, store.base) is bound:
                        self._from_store(spot, store, spot.path[1:])

    # -- what is kept

    def _kept(self, spot: Spot, node: ast.expr, wanted: str, base: str) -> None:
        """Go to where something was put into ``g`` or the session."""
        heap = self._program.heap
        found = heap.items(wanted) if wanted[0] == "[" else heap.named(wanted)

        for store in found[:FAN]:
            if self._names.name_of(store.module, store.base) == base:
                self._from_store(spot, store, spot.path)

        # ``g.items.append(x)``, where ``g.items`` is asked for.
        if spot.path:
            for store in heap.inside(wanted)[:FAN]:
                holder = getattr(store.base, "value", None)

                if _matches(store.key, spot.path[0]) and holder is not None:
                    if self._names.name_of(store.module, holder) == base:
                        self._from_store(spot, store, spot.path[1:])

    def _attribute_of(
        self,
        spot: Spot,
        module: Module,
        holder: ast.ClassDef,
        path: Path,
        call: ast.Call | None,
        init: Callee | None,
    ) -> None:
        """Go to where an attribute of a class's objects is set.

        :param call: The call that made the object, where it is known.
        """
        wanted = path[0]
        line = self._names.lineage(module, holder)
        classes = {node for _, node in line}

        for store in self._program.heap.named(wanted):
            owner = owner_of(store.base)

            if owner not in classes and not self._is_instance(store, holder):
                continue

            frame = self._program.around(store.module, store.node)

            # What happens to an object where it is made, its names tell.
            if owner not in classes and call is not None and frame is spot.frame:
                continue

            calls: Calls = ()

            if call is not None and init is not None and frame.node is init.node:
                calls = self._into(spot, call, init, spot.guards)

                if len(calls) > CALLS:
                    calls = ()

            self._from_store(spot, store, path[1:], calls)

        # ``self.items.append(x)``, where ``self.items`` is asked for.
        for store in self._program.heap.inside(wanted) if path[1:] else ():
            owner = owner_of(getattr(store.base, "value", store.base))

            if owner in classes and _matches(store.key, path[1]):
                self._from_store(spot, store, path[2:])

        if call is None and self._method(module, holder, "__init__") is None:
            self._by_fields(spot, module, holder, path)

        self._of_class(spot, line, wanted[1:], path[1:])
        other = self._method(module, holder, "__getattr__")

        if other is not None:
            frame = self._program.frame(*other)

            for back in frame.given:
                self._jump(spot, frame, back.value, path[1:], (), None)

    def _by_fields(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> None:
        """Go to what objects of a class without an ``__init__`` are made of."""
        fields = self._program.fields(module, holder)

        for call in self._program.makers(holder)[:FAN]:
            frame = self._program.around(call.module, call.node)
            at = dataclasses.replace(spot, frame=frame, calls=(), guards=frozenset())
            self._fields(at, call.node, fields, path)

    def _is_instance(self, store: Store, holder: ast.ClassDef) -> bool:
        """Say whether something outside of a class's methods sets its attribute."""
        value = store.base

        if not isinstance(value, ast.Name) or value.id in {"self", "cls"}:
            return False

        found = self._program.definition(store.module, value)
        return found is not None and found[1] is holder

    def _of_class(
        self,
        spot: Spot,
        line: list[tuple[Module, ast.ClassDef]],
        name: str,
        path: Path,
    ) -> None:
        """Go to what a class's body says of an attribute, or to its property."""
        for module, node in line:
            for item in node.body:
                if isinstance(item, FUNCTIONS) and item.name == name:
                    if any(_decorates(d, "property") for d in item.decorator_list):
                        frame = self._program.frame(module, item)

                        for given in frame.given:
                            self._jump(spot, frame, given.value, path, (), None)

                    return

                if isinstance(item, ast.Assign) and any(
                    isinstance(x, ast.Name) and x.id == name for x in item.targets
                ):
                    frame = self._program.around(module, item)
                    self._jump(spot, frame, item.value, path, (), None)
                    return

    def _from_store(
        self, spot: Spot, store: Store, path: Path, calls: Calls = ()
    ) -> None:
        frame = self._program.around(store.module, store.node)
        written = store.module.source(store.node, 60)
        hop = Hop(store.module, store.node, f"It is kept as `{written}`.")
        guard = _guard_at(frame, store.value)
        self._jump(
            spot,
            frame,
            store.value,
            (*store.path, *path),
            calls,
            hop,
            guards=_more(frozenset(), guard),
        )

    # -- words

    def _made_of(self, spot: Spot, known: Definition) -> Hop | None:
        node = known.node

        if node is None or not hasattr(node, "lineno"):
            return None

        return Hop(spot.frame.module, node, f"`{known.name}` is made of it.")

    def _hop(self, spot: Spot, node: ast.AST, words: str) -> Hop:
        return Hop(spot.frame.module, node, words)


#: What gives a container that has the items of its argument.
_KEEPS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "dict")) | {
    "copy.copy",
    "copy.deepcopy",
}


_REGEX = frozenset(
    f"re.{name}"
    for name in ("match", "search", "fullmatch", "findall", "split", "sub", "subn")
)

_CHANGED = frozenset({How.CHANGE, How.ADDED, How.PASSED})

_READS = frozenset({"get_json", "get_data"})

#: What gives the items in another order.
_ORDERS = frozenset(
    f"builtins.{name}" for name in ("sorted", "reversed", "set", "frozenset", "iter")
)

_EXCEPTIONS = ("Exception", "Error", "Warning", "KeyboardInterrupt")


def _source(name: str) -> str | None:
    """Return ``flask.request.args`` of ``flask.request.args[].x``, ``None`` of others."""
    if not name.startswith(_REQUEST) or "()" in name:
        return None

    return _REQUEST + re.split(r"[.\[(]", name[len(_REQUEST) :])[0]


def _swaps(node: ast.Call, callee: Callee) -> bool:
    """Say whether a function that calls itself gives its parameters other places."""
    names = [a.arg for a in arguments(callee.node)][int(callee.bound) :]

    for name, argument in zip(names, node.args, strict=False):
        used = {n.id for n in ast.walk(argument) if isinstance(n, ast.Name)}

        if not used.isdisjoint({*names} - {name}):
            return True

    return any(
        isinstance(k.value, ast.Name) and k.arg != k.value.id for k in node.keywords
    )


def _nodes(calls: Calls) -> _Nodes:
    return tuple([entry.node for entry in calls])


def _more(guards: frozenset[Guard], guard: Guard | None) -> frozenset[Guard]:
    """Return the tests that were passed, and those of one more way."""
    return guards if guard is None or guard in guards else guards | {guard}


def _guard_at(frame: Frame, node: ast.AST) -> Guard | None:
    """Return the tests that were passed where an expression is evaluated."""
    found = (frame.guards[n] for n in ast.walk(node) if n in frame.guards)
    return frame.guards.get(node) or next(found, None)


def _is_item(path: Path) -> bool:
    return bool(path) and path[0].startswith("[")


def _matches(one: str, other: str) -> bool:
    """Say whether two parts of a value may be the same one."""
    if one == other:
        return True

    if not (one.startswith("[") and other.startswith("[")):
        return False

    if ANY in (one, other):
        return True

    if EACH in (one, other):
        # Going over a mapping gives its keys: what is kept by a name is none.
        return number(other if one == EACH else one) is not None

    # From the end or from the beginning, of who knows how many.
    return one.startswith("[-") is not other.startswith("[-")


def _flat(nodes: t.Sequence[ast.expr]) -> list[ast.expr]:
    """Return the items of a display, of ``*[a, b]`` within it each one."""
    found: list[ast.expr] = []

    for node in nodes:
        inner = node.value if isinstance(node, ast.Starred) else None
        found += inner.elts if isinstance(inner, ast.List | ast.Tuple) else [node]

    return found


def _shifted(path: Path) -> Path:
    """Return which part it is of what was put behind something of unknown length."""
    if path and number(path[0]) is not None and not path[0].startswith("[-"):
        return (ANY, *path[1:])

    return path


def _behind(path: Path, shift: int) -> Path:
    """Return which part it is of the whole, of whose rest a part is asked for."""
    place = number(path[0]) if path else None

    if place is None or place < 0:
        return path

    return (f"[{place + shift}]", *path[1:])


def _has(node: ast.Dict, part: str) -> bool:
    return any(name is not None and key(name) == part for name in node.keys)


#: ``{x!r}`` and ``{x!a}``, by their letters.
_QUOTES = frozenset({114, 97})


def _ends_lines(node: ast.Call) -> bool:
    """Say whether ``replace`` takes line ends out."""
    first = node.args[0] if node.args else None
    text = first.value if isinstance(first, ast.Constant) else ""
    return isinstance(text, str) and "\n" in text


def _numeric_format(spec: ast.expr | None) -> bool:
    if not isinstance(spec, ast.JoinedStr) or len(spec.values) != 1:
        return False

    value = spec.values[0]
    text = value.value if isinstance(value, ast.Constant) else ""
    return isinstance(text, str) and text[-1:] in _NUMBERS


def _decorates(node: ast.expr, name: str) -> bool:
    found = getattr(node, "id", getattr(node, "attr", ""))
    return found == name or (found.endswith(f"_{name}") and name == "property")
