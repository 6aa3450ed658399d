"""What a function does with an archive before it unpacks it."""

from __future__ import annotations

import ast
import dataclasses
import re

from .assigned import assigned
from .assigned import own
from .index import parent_of
from .nodes import walk
from .site import Site

_LISTS = frozenset({"getmembers", "getnames", "namelist", "infolist"})

_SAFE_FILTERS = frozenset({"data", "tar"})

_JUDGES = re.compile(r"valid|check|verify|ensure|safe|sanit|assert|inspect|test", re.I)


@dataclasses.dataclass(frozen=True, slots=True)
class Archive:
    """An archive that a call unpacks.

    :param call: ``archive.extractall(folder)``.
    """

    call: Site

    @property
    def filtered(self) -> bool:
        """Whether the call itself keeps to what is safe, or to chosen members."""
        given = self.call.argument(-1, "filter")

        if given is not None:
            constant = given.constant
            named = (given.type or "").rpartition(".")[2]
            # A function of the project's own is there to refuse.
            known = constant is None and named != "fully_trusted_filter"
            return known or (constant is not None and constant.value in _SAFE_FILTERS)

        members = self.call.argument(-1, "members")
        all_ = members is not None and _method(members.node) in _LISTS
        return members is not None and not all_

    @property
    def own(self) -> bool:
        """Whether the archive is a file that the app came with."""
        opened = self._opened
        argument = opened.argument(0) if opened is not None else None
        return argument is not None and argument.literal

    @property
    def checked(self) -> bool:
        """Whether the function looks at each member, and something can come of it.

        A bare ``map(check, archive.namelist())`` is lazy: nothing is ever called.
        """
        function = self.call.function

        if function is None:
            return False

        names = self._names
        return any(_checks(node, names) for node in own(function))

    @property
    def _receiver(self) -> ast.expr | None:
        func = getattr(self.call.node, "func", None)
        return func.value if isinstance(func, ast.Attribute) else None

    @property
    def _opened(self) -> Site | None:
        """The call that opened the archive."""
        receiver = self._receiver

        if isinstance(receiver, ast.Call):
            return self.call.at(receiver)

        if isinstance(receiver, ast.Name):
            bound = self.call.at(receiver).bound

            if bound is not None and isinstance(bound[1].node, ast.Call):
                return self.call.at(bound[1].node)

        return None

    @property
    def _names(self) -> frozenset[str]:
        """The names of the archive, of lists of its members, and of what it is in."""
        receiver = self._receiver
        found = {receiver.id} if isinstance(receiver, ast.Name) else set()
        function = self.call.function

        if function is not None:
            for name, items in assigned(function).items():
                for item in items:
                    inside = {n.id for n in walk(item.value) if isinstance(n, ast.Name)}

                    if not inside.isdisjoint(found):
                        found.add(name)

        return frozenset(found)


def _method(node: ast.AST) -> str:
    func = getattr(node, "func", None)
    return func.attr if isinstance(func, ast.Attribute) else ""


def _about(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in walk(node))


def _checks(node: ast.AST, names: frozenset[str]) -> bool:
    if isinstance(node, ast.For | ast.AsyncFor):
        return _about(node.iter, names) and any(map(_decides, node.body))

    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        about = any(_about(g.iter, names) for g in node.generators)
        return about and (any(g.ifs for g in node.generators) or _asked(node))

    if isinstance(node, ast.Call):
        # ``all(map(safe, names))`` runs, ``map(safe, names)`` alone does not.
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = any(_about(a, names) for a in node.args)

        if called in {"all", "any", "list", "tuple", "set"}:
            return given and any(_method_map(a) for a in node.args)

        # ``check_members(archive)``: what it does is seen in its own place.
        alone = isinstance(parent_of(node), ast.Expr) or _in_condition(node)
        return given and alone and bool(_JUDGES.search(called))

    return False


def _method_map(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
        "map",
        "filter",
    }


def _decides(statement: ast.stmt) -> bool:
    """Say whether a loop's body can refuse a member."""
    return any(
        isinstance(n, ast.If | ast.Assert | ast.Raise | ast.IfExp)
        or (isinstance(n, ast.Expr) and _judging(n.value))
        for n in walk(statement)
    )


def _judging(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False

    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
    return bool(_JUDGES.search(called))


def _asked(node: ast.AST) -> bool:
    """Say whether a comprehension's truth is asked for: ``any(... for m in members)``."""
    above = parent_of(node)
    called = getattr(getattr(above, "func", None), "id", "")
    return isinstance(above, ast.Call) and called in {"any", "all"}


def _in_condition(node: ast.AST) -> bool:
    above = parent_of(node)

    while above is not None and not isinstance(above, ast.stmt):
        above = parent_of(above)

    return isinstance(above, ast.If | ast.While | ast.Assert)
