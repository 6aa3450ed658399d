"""Who renders which template, and so what each template is given."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator
from collections.abc import Mapping

from ...index import FUNCTIONS
from ...index import parent_of
from ...links import placed
from ...module import Module
from ...names import Names
from ...project import Project
from ...scope import Binds
from ..call import arguments_of
from ..call import Call
from ..call import Callee
from ..call import Calls
from ..call import Entry
from ..frame import Body
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from ..heap import Heap
from ..heap import owner_of

#: What renders the template that its first argument names.
_RENDER = (
    "flask.render_template",
    "flask.stream_template",
    "flask.templating.render_template",
    "flask.templating.stream_template",
)

#: What gives a template, and what is asked of it then.
_GETS = ("get_template", "select_template", "get_or_select_template")
_PRINTS = frozenset({"render", "stream", "generate"})

_ENDINGS = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".xhtml", ".svg")

#: How many functions may hand on the name of a template.
DEPTH = 4

#: How many calls, or values of one name, are looked at.
FAN = 200

#: The name of a template, and the calls in which it is this one.
Name = tuple[str, Calls]


class Knowledge(t.Protocol):
    """What there has to be known to tell who renders what."""

    @property
    def project(self) -> Project:
        """The project."""

    @property
    def names(self) -> Names:
        """What names stand for."""

    @property
    def heap(self) -> Heap:
        """Every place where something is kept."""

    def subclasses(self, node: ast.ClassDef) -> list[tuple[Module, ast.ClassDef]]:
        """Return the classes below a class."""

    def frame(self, module: Module, node: Body) -> Frame:
        """Return a function as the flow sees it."""

    def around(self, module: Module, node: ast.AST) -> Frame:
        """Return the function in which a node is evaluated."""


class Renders:
    """Finds the calls that render templates.

    :param callers: The calls of each function.
    """

    def __init__(
        self, program: Knowledge, callers: Mapping[ast.AST, list[Call]]
    ) -> None:
        self._program = program
        self._project = program.project
        self._pages = program.project.pages
        self._callers = callers
        #: The calls that are known to say which template is rendered.
        self._known: set[ast.AST] = set()

    def rows(self) -> Iterator[tuple[ast.AST, Call]]:
        """Yield the functions that templates are written as, each with a call of it."""
        if not self._pages.pages:
            return

        for site in self._project.calls(*_RENDER):
            node = t.cast(ast.Call, site.node)
            named = site.argument(0, "template_name_or_list")

            if named is not None and not site.module.test:
                name = t.cast(ast.expr, named.node)
                yield from self._of(site.module, node, name)

        for site in self._project.called(*_GETS):
            if not site.module.test:
                yield from self._got(site.module, t.cast(ast.Call, site.node))

        for module in self._project.code:
            if not module.test:
                yield from self._guessed(module)

    def _of(
        self, module: Module, node: ast.Call, named: ast.expr
    ) -> Iterator[tuple[ast.AST, Call]]:
        """Yield the templates that a call renders, by the expression that names them."""
        frame = self._program.around(module, node)

        for name, inside in self._names(frame, named, 0):
            self._known.add(node)
            self._known.update(entry.node for entry in inside)

            for page in self._pages.called(name):
                yield page.function, Call(module, node, False, inside=inside)

    def _got(self, module: Module, node: ast.Call) -> Iterator[tuple[ast.AST, Call]]:
        """Yield what ``env.get_template(name).render(...)`` renders."""
        for render in self._rendering(module, node):
            for named in node.args[:1]:
                made = _poured(render, ast.Dict, ast.Name, ast.Call)
                yield from self._of(module, made, named)
                self._known.add(render)
                self._known.add(node)

    def _rendering(self, module: Module, node: ast.Call) -> Iterator[ast.Call]:
        above = parent_of(node)

        if isinstance(above, ast.Attribute):
            asked = parent_of(above)

            if isinstance(asked, ast.Call) and above.attr in _PRINTS:
                yield asked

            return

        if not isinstance(above, ast.Assign):
            return

        kept = {ast.unparse(target) for target in above.targets}
        frame = self._program.around(module, node)

        for call in module.index.nodes(ast.Call):
            func = call.func

            if isinstance(func, ast.Attribute) and func.attr in _PRINTS:
                simple = isinstance(func.value, ast.Name | ast.Attribute)

                if simple and ast.unparse(func.value) in kept:
                    attribute = isinstance(func.value, ast.Attribute)

                    if attribute or self._program.around(module, call) is frame:
                        yield call

    def _guessed(self, module: Module) -> Iterator[tuple[ast.AST, Call]]:
        """Yield what is likely rendered: a call of anything that names a template."""
        for node in module.index.nodes(ast.Call):
            for argument in (*node.args[:3], *(k.value for k in node.keywords)):
                name = argument.value if isinstance(argument, ast.Constant) else None

                if isinstance(name, str) and name.lower().endswith(_ENDINGS):
                    if node not in self._known and self._may_render(module, node):
                        row = Call(module, _poured(node, ast.Dict), False, False)

                        for page in self._pages.called(name):
                            yield page.function, row

    def _may_render(self, module: Module, node: ast.Call) -> bool:
        """Say whether a call is not one of which it is known that it renders nothing."""
        names = self._program.names
        name = names.name_of(module, node.func)
        known = not names.unknown(name) and names.definition(name) is None
        return not known or "render" in (name or "").rpartition(".")[2]

    # -- what a template is called

    def _names(self, frame: Frame, node: ast.expr, depth: int) -> Iterator[Name]:
        """Yield the templates that an expression may name."""
        if depth > DEPTH:
            return

        match node:
            case ast.Constant():
                if isinstance(node.value, str):
                    yield node.value, ()
            case ast.List() | ast.Tuple():
                for element in node.elts:
                    yield from self._names(frame, element, depth + 1)
            case ast.IfExp():
                yield from self._names(frame, node.body, depth + 1)
                yield from self._names(frame, node.orelse, depth + 1)
            case ast.BoolOp():
                for value in node.values:
                    yield from self._names(frame, value, depth + 1)
            case ast.Name():
                known = frame.uses.get(node)

                if known is not None:
                    yield from self._defined(frame, node, known, depth)
            case ast.Attribute():
                yield from self._attribute(frame, node, depth)
            case _:
                yield from self._constant(frame, node)

    def _constant(self, frame: Frame, node: ast.expr) -> Iterator[Name]:
        found = self._project.values.constant(frame.module, node)

        if found is not None and isinstance(found.value, str):
            yield found.value, ()

    def _defined(
        self, frame: Frame, node: ast.Name, known: Definition, depth: int
    ) -> Iterator[Name]:
        if known.how is How.PARAMETER:
            yield from self._parameter(known, depth)
        elif known.how is How.VALUE and known.value is not None and not known.path:
            yield from self._names(frame, known.value, depth + 1)
        elif known.how is How.MERGE:
            for one, _ in known.inputs[:FAN]:
                yield from self._defined(frame, node, one, depth + 1)
        elif known.how is How.OUTER:
            for home, binding in self._program.names.reaching(frame.module, node)[:4]:
                if binding.how is Binds.ASSIGNMENT and isinstance(
                    binding.node, ast.expr
                ):
                    around = self._program.around(home, binding.node)
                    yield from self._names(around, binding.node, depth + 1)

    def _parameter(self, known: Definition, depth: int) -> Iterator[Name]:
        """Yield what a function is given that hands the name on, with who gives it."""
        function = known.frame.node

        if depth > DEPTH or not isinstance(function, FUNCTIONS):
            return

        for call in self._callers.get(function, ())[:FAN]:
            around = self._program.around(call.module, call.node)
            func = call.node.func
            receiver = func.value if isinstance(func, ast.Attribute) else None
            callee = Callee(
                known.frame.module, function, call.bound, receiver, shift=call.shift
            )
            entry = Entry(around, call.node, callee, frozenset())

            for argument, path in arguments_of(call, known):
                if not path:
                    for name, outer in self._names(around, argument, depth + 1):
                        yield name, (*outer, entry)

    def _attribute(
        self, frame: Frame, node: ast.Attribute, depth: int
    ) -> Iterator[Name]:
        """Yield what ``self.template`` is, in its class and those around it."""
        if not isinstance(node.value, ast.Name):
            return

        above: ast.AST | None = node

        while above is not None and not isinstance(above, ast.ClassDef):
            above = parent_of(above)

        if above is None:
            yield from self._constant(frame, node)
            return

        for module, value in self._kept(frame.module, above, node.attr):
            around = self._program.around(module, value)
            yield from self._names(around, value, depth + 2)

    def _kept(
        self, module: Module, holder: ast.ClassDef, name: str
    ) -> Iterator[tuple[Module, ast.expr]]:
        """Yield what an attribute is set to, in a class and in those it is related to."""
        related = [
            *self._program.names.lineage(module, holder),
            *self._program.subclasses(holder),
        ]
        classes = {node for _, node in related}

        for store in self._program.heap.named(f".{name}")[:FAN]:
            if owner_of(store.base) in classes:
                yield store.module, store.value

        for home, owner in related:
            for item in owner.body:
                if isinstance(item, ast.Assign) and any(
                    isinstance(x, ast.Name) and x.id == name for x in item.targets
                ):
                    yield home, item.value


def _poured(node: ast.Call, *kinds: type[ast.expr]) -> ast.Call:
    """Return a call that is given by name what it is given in a dictionary.

    :param kinds: What may be one.
    """
    given = [a for a in node.args if isinstance(a, kinds)]

    if not given:
        return node

    poured = [ast.keyword(None, a) for a in given]
    made = ast.Call(func=node.func, args=[], keywords=[*node.keywords, *poured])
    return placed(made, node)
