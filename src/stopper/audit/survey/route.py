"""One way from a URL to a function."""

from __future__ import annotations

import ast
import dataclasses

from ..finding import Place
from .index import FUNCTIONS
from .site import Site

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")

#: Methods that may change something, as RFC 9110, section 9.2.1 has it.
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One way from a URL to a function.

    :param rule: The URL rule without its blueprint's prefix, ``"/notes/<int:id>"``;
        empty where it is not a constant.
    :param methods: In capitals, sorted.
    :param view: The function, or the method of a class, that answers.
    :param family: What its siblings share: the blueprint or app as written, with its
        module, or the class.
    :param declared: The decorator or the call that makes it a route.
    :param decorators: Every decorator of the view, outermost first.
    :param position: Where ``declared`` stands among ``decorators``, -1 if it does not.
    """

    rule: str
    methods: tuple[str, ...]
    view: Site
    family: str
    declared: Site
    decorators: tuple[Site, ...]
    position: int = -1
    holder: Site | None = None

    @property
    def name(self) -> str:
        """The view's own name."""
        return getattr(self.view.node, "name", "")

    @property
    def place(self) -> Place:
        """Where the view's ``def`` stands."""
        return self.view.place

    @property
    def inner(self) -> tuple[Site, ...]:
        """The decorators that are in force when the route is requested."""
        return self.decorators[self.position + 1 :]


def rule_of(call: Site) -> str:
    """Return the URL rule that a decorator or a call names, empty where it is unknown."""
    argument = call.argument(0, "rule") or call.argument(-1, "url")
    return text_of(argument)


def text_of(site: Site | None) -> str:
    """Return the text that an expression is, empty where it is none."""
    constant = site.constant if site else None
    return constant.value if constant and isinstance(constant.value, str) else ""


def methods_of(
    named: Site | None, default: tuple[str, ...] = ("GET",)
) -> tuple[str, ...]:
    """Return the methods in a list of their names."""
    constant = named.constant if named else None

    if constant is None or not isinstance(constant.value, list):
        return default if named is None else _members(named) or ("GET", "POST")

    return tuple(sorted({str(m).upper() for m in constant.value}))


def _members(named: Site) -> tuple[str, ...]:
    """Return the methods in a list of members, ``[HTTPMethod.GET]``, if it is one."""
    listed = named.node

    if not isinstance(listed, ast.List | ast.Tuple | ast.Set):
        return ()

    names = [e.attr if isinstance(e, ast.Attribute) else "" for e in listed.elts]
    known = all(name.lower() in VERBS for name in names)
    return tuple(sorted({name.upper() for name in names})) if known else ()


def family_of(declared: Site) -> str:
    """Return what the siblings of a route share: the object that it is declared on."""
    node = declared.node
    func = node.func if isinstance(node, ast.Call) else node

    if isinstance(func, ast.Attribute):
        return f"{declared.module.name}:{declared.module.source(func.value)}"

    holder = holder_of(declared)
    owner = getattr(holder.node, "name", "") if holder else ""
    return f"{declared.module.name}:{owner}"


def holder_of(site: Site) -> Site | None:
    """Return the class of which a function is a method."""
    for above in site.above():
        if isinstance(above.node, ast.ClassDef):
            return above

        if isinstance(above.node, FUNCTIONS) and site.node not in (
            above.node.decorator_list
        ):
            return None

    return None
