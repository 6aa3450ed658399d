"""Which functions run before each request, of the app or of one blueprint."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from .index import FUNCTIONS
from .site import Site

_NAMES = frozenset({"before_request", "before_app_request"})


@dataclasses.dataclass(frozen=True, slots=True)
class Hook:
    """A function that runs before each request.

    :param function: The function.
    :param family: What it runs for: the blueprint or app as written, with its module.
    :param whole: Whether it runs for every request of the app.
    """

    function: Site
    family: str
    whole: bool


def hooks(at: Site) -> Iterator[Hook]:
    """Yield every hook that one module declares, as a decorator or by a call."""
    for function in at.module.index.functions():
        for decorator in function.decorator_list:
            func = decorator.func if isinstance(decorator, ast.Call) else decorator

            if isinstance(func, ast.Attribute) and func.attr in _NAMES:
                yield _hook(at, func, at.at(function))

    for call in at.module.index.nodes(ast.Call):
        func = call.func

        if isinstance(func, ast.Attribute) and func.attr in _NAMES and call.args:
            known = at.names.definition(at.at(call.args[0]).name)

            if known is not None and isinstance(known[1], FUNCTIONS):
                named = at.elsewhere(known[0], known[1])
                yield _hook(at, func, named)


def _hook(at: Site, func: ast.Attribute, function: Site) -> Hook:
    owner = at.module.source(func.value)
    kind = at.at(func.value).type or ""
    app = kind.endswith("Flask") or owner.rpartition(".")[2] in {"app", "application"}
    # A class of blueprints that hooks itself guards all that are made of it.
    every = func.attr == "before_app_request" or owner == "self"
    whole = app or every
    return Hook(function, f"{at.module.name}:{owner}", whole)
