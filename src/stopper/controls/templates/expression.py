"""What an expression in a template is made of, as Jinja's own parser sees it."""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from collections.abc import Iterator

from jinja2 import Environment
from jinja2 import nodes
from jinja2 import TemplateSyntaxError

from ...catalogue.error import ReadError

NodeT = t.TypeVar("NodeT", bound=nodes.Node)

_ENVIRONMENT = Environment()  # noqa: S701 - parses only, never renders


_TRANSLATES = ("_", "gettext", "ngettext", "pgettext", "npgettext")


@dataclasses.dataclass(frozen=True, slots=True)
class Operand:
    """One value that an expression may print: a side of ``~``, ``or`` or ``if``.

    :param filters: Over this value, in the order in which they run.
    :param constant: Whether it is made of literals alone, what its filters take included.
    :param call: The dotted name of the function called, empty if it is no call.
    :param arguments: The arguments of that call that are literal texts.
    :param names: The names of variables and functions in it, each once.
    :param formatted: Whether ``.format`` put it into a text of the template's own.
    """

    filters: tuple[str, ...]
    constant: bool
    call: str
    arguments: tuple[str, ...]
    names: tuple[str, ...]
    formatted: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Expression:
    """What stands between the braces.

    :param filters: Over the whole of it, in the order in which they run.
    :param names: The names of variables and functions in it, each once.
    :param constant: Whether it is made of literals alone.
    :param calls: The dotted names of every function called in it.
    :param operands: The values that it may print.
    :param marked: Each value that ``|safe`` stands behind, also as an argument.
    :param tree: All of it, as Jinja's own parser sees it.
    """

    text: str
    filters: tuple[str, ...]
    names: tuple[str, ...]
    constant: bool
    calls: tuple[str, ...]
    operands: tuple[Operand, ...]
    marked: tuple[Operand, ...]
    tree: nodes.Node | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def call(self) -> str:
        """The function whose result is printed, filters aside; empty if none is."""
        return self.operands[0].call if len(self.operands) == 1 else ""


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return what ``text`` is made of.

    :raises ReadError: If it is no expression of Jinja's.
    """
    try:
        tree = _ENVIRONMENT.parse("{{" + text + "\n}}")
        body = tree.body
        output = body[0] if len(body) == 1 else None

        if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
            raise ReadError("It is not one expression.")

        return _expression(text.strip(), output.nodes[0])
    except TemplateSyntaxError as error:
        raise ReadError(error.message or "It is no expression.") from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        # A number of thousands of digits is a ValueError.
        raise ReadError("It is nested too deeply, or too long.") from None


def _expression(text: str, node: nodes.Node) -> Expression:
    filters, _ = _unfiltered(node)
    return Expression(
        text=text,
        filters=filters,
        names=_names(node),
        constant=_constant(node),
        calls=tuple(dict.fromkeys(filter(None, map(_call, _all(node, nodes.Call))))),
        operands=tuple(_operands(node, ())),
        marked=tuple(
            operand
            for m in _all(node, nodes.Filter)
            if m.name == "safe" and m.node is not None
            for operand in _operands(m.node, ())
        ),
        tree=node,
    )


def _all(node: nodes.Node, kind: type[NodeT]) -> Iterator[NodeT]:
    # find_all leaves out the node itself.
    if isinstance(node, kind):
        yield node

    yield from node.find_all(kind)


def _unfiltered(node: nodes.Node) -> tuple[tuple[str, ...], nodes.Node]:
    filters: list[str] = []

    while isinstance(node, nodes.Filter) and node.node is not None:
        filters.append(node.name)
        node = node.node

    return tuple(reversed(filters)), node


def _literal(node: nodes.Node) -> bool:
    """Whether the filters over this value take literals alone."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        rest = (node.dyn_args, node.dyn_kwargs)
        taken = [*node.args, *(k.value for k in node.kwargs), *filter(None, rest)]

        if not all(map(_constant, taken)):
            return False

        node = node.node

    return True


def _operands(node: nodes.Node, outer: tuple[str, ...]) -> Iterator[Operand]:
    literal = _literal(node)

    for operand in _inner_operands(node, outer):
        # ``"%s"|format(x)`` is a text of the template's own, and prints what x says.
        yield operand if literal else dataclasses.replace(operand, constant=False)


def _inner_operands(node: nodes.Node, outer: tuple[str, ...]) -> Iterator[Operand]:
    filters, inner = _unfiltered(node)
    filters = (*filters, *outer)

    if isinstance(inner, nodes.CondExpr):
        yield from _operands(inner.expr1, filters)

        if inner.expr2 is not None:
            yield from _operands(inner.expr2, filters)
    elif isinstance(inner, nodes.Or | nodes.And | nodes.Add):
        yield from _operands(inner.left, filters)
        yield from _operands(inner.right, filters)
    elif isinstance(inner, nodes.Concat):
        for part in inner.nodes:
            yield from _operands(part, filters)
    elif isinstance(inner, nodes.Call) and _formats(inner):
        for value in (*inner.args, *(k.value for k in inner.kwargs)):
            for operand in _operands(value, filters):
                yield dataclasses.replace(operand, formatted=True)
    else:
        yield _operand(node, outer)


def _formats(call: nodes.Call) -> bool:
    """Whether this is ``"text".format(…)``, of a text that may be a translation."""
    if not isinstance(call.node, nodes.Getattr) or call.node.attr != "format":
        return False

    text = call.node.node
    translated = isinstance(text, nodes.Call) and _call(text) in _TRANSLATES
    constant = isinstance(text, nodes.Const) or (translated and _texts(text))
    return constant and call.dyn_args is None and call.dyn_kwargs is None


def _texts(call: nodes.Node) -> bool:
    return isinstance(call, nodes.Call) and isinstance(
        call.args[0] if call.args else None, nodes.Const
    )


def _operand(node: nodes.Node, outer: tuple[str, ...]) -> Operand:
    filters, inner = _unfiltered(node)
    call = _call(inner) if isinstance(inner, nodes.Call) else ""
    arguments = inner.args if isinstance(inner, nodes.Call) else []
    return Operand(
        filters=(*filters, *outer),
        constant=_constant(inner),
        call=call,
        arguments=tuple(
            a.value
            for a in arguments
            if isinstance(a, nodes.Const) and isinstance(a.value, str)
        ),
        names=_names(node),
    )


def _call(call: nodes.Call) -> str:
    parts: list[str] = []
    node: nodes.Node = call.node

    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node

    if isinstance(node, nodes.Name):
        parts.append(node.name)
    elif parts:
        # What a call or a subscript returned: ``f(x).g`` is ``.g``.
        parts.append("")

    return ".".join(reversed(parts))


def _names(node: nodes.Node) -> tuple[str, ...]:
    own = [node.name] if isinstance(node, nodes.Name) else []
    return tuple(dict.fromkeys([*own, *(n.name for n in node.find_all(nodes.Name))]))


def _constant(node: nodes.Node) -> bool:
    return not _names(node)
