"""How a function tells whether an address is one of the app's own."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from .assigned import assigned
from .index import Function
from .nodes import walk

_NAME = re.compile(
    r"(?:safe|valid|validate|allowed|local|internal|trusted|check|same)\w*"
    r"(?:url|uri|redirect|next|target|host|link|domain)"
    r"|(?:url|redirect|next|target|link)\w*(?:safe|valid|allowed|local|ok)\b",
    re.I,
)

#: What knows the whole story by itself.
_SOUND = frozenset({"leads_away", "url_has_allowed_host_and_scheme"})


@dataclasses.dataclass(frozen=True, slots=True)
class Weakness:
    """What a check of addresses does, in words that go on from "it"."""

    does: str
    confidence: Confidence


def decides(function: Function) -> bool:
    """Say whether the function is there to judge an address, by name and by answer."""
    if not _NAME.search(function.name):
        return False

    arguments = (*function.args.posonlyargs, *function.args.args)
    given = [a for a in arguments if a.arg not in {"self", "cls"}]
    returns = [n for n in walk(function) if isinstance(n, ast.Return)]
    return bool(given) and any(_truth(r.value) for r in returns)


def _truth(node: ast.expr | None) -> bool:
    """Say whether what is returned is an answer of yes or no."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)

    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", "") == "startswith"

    return isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)


def weakness(function: Function) -> Weakness | None:
    """Return how addresses of other sites get through, ``None`` if nothing is seen."""
    texts = set(_texts(function))
    words = {
        getattr(n, "attr", getattr(n, "id", ""))
        for n in walk(function)
        if isinstance(n, ast.Attribute | ast.Name)
    }

    # Whoever writes a backslash or two slashes has met them. So has a list of names.
    if any("\\" in t for t in texts) or not _SOUND.isdisjoint(words):
        return None

    parsed = not words.isdisjoint({"netloc", "hostname"})

    if parsed and _joined(function):
        return Weakness("joins the address to its own before it looks", Confidence.HIGH)

    if parsed and "scheme" not in words and not _listed(function):
        return Weakness("looks at the host alone", Confidence.HIGH)

    if parsed or "//" in texts:
        return None

    if _starts(function, "/"):
        return Weakness("looks at the first slash alone", Confidence.HIGH)

    return None


def _joined(function: Function) -> bool:
    """Say whether what is parsed was joined to the site's own address before."""
    joined = {
        name
        for name, items in assigned(function).items()
        if any(map(_joins, (i.value for i in items)))
    }
    return any(
        isinstance(n, ast.Call)
        and getattr(n.func, "attr", getattr(n.func, "id", ""))
        in {"urlparse", "urlsplit"}
        and any(_joins(a) or getattr(a, "id", "") in joined for a in n.args)
        for n in walk(function)
    )


def _joins(node: ast.AST) -> bool:
    func = getattr(node, "func", None)
    return getattr(func, "attr", getattr(func, "id", "")) == "urljoin"


def _texts(function: Function) -> Iterator[str]:
    """Yield the constants of the body, the docstring left out."""
    skip = ast.get_docstring(function, clean=False)

    for node in walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value != skip:
                yield node.value


def _listed(function: Function) -> bool:
    """Say whether the host is asked for in a list."""
    return any(
        isinstance(n, ast.Compare) and isinstance(n.ops[0], ast.In | ast.NotIn)
        for n in walk(function)
    )


def _starts(function: Function, text: str) -> bool:
    return any(
        isinstance(n, ast.Call)
        and getattr(n.func, "attr", "") == "startswith"
        and n.args
        and getattr(n.args[0], "value", None) == text
        for n in walk(function)
    )
