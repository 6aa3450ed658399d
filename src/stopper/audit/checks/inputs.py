"""Does what a request brings keep the shape that the place has where it goes?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.inputs.control import CHOSEN_PATTERN
from ...controls.inputs.control import LOG_INJECTION
from ...controls.inputs.control import MAIL_HEADER_INJECTION
from ...controls.inputs.control import MASS_ASSIGNMENT
from ..check import check
from ..finding import Finding
from ..survey.flow.flow import Flow
from ..survey.flow.flow import Origin
from ..survey.flow.flows import best
from ..survey.flow.flows import flows
from ..survey.pieces import text_pieces
from ..survey.project import Project
from ..survey.site import Site
from .ends import affixed
from .ends import ended
from .ends import ends

#: No line end reaches the app in these: the server refuses it, or it comes quoted.
_ONE_LINE = frozenset(
    f"flask.request.{name}"
    for name in (
        *("accept_mimetypes", "authorization", "base_url", "content_type", "cookies"),
        *("full_path", "headers", "host", "host_url", "mimetype", "origin"),
        *("query_string", "referrer", "root_url", "url", "url_root", "user_agent"),
    )
)

_QUERY = re.compile(r"\bquery\b")

_LOGGER = re.compile(r"(?:^|[._])log(?:ger|ging)?$", re.I)

_HOLES = re.compile(r"%(?:\(\w+\))?[-+ #0]*[\d*]*(?:\.[\d*]+)?([a-zA-Z%])")


@check(LOG_INJECTION, asks=Project)
def log_injection(project: Project) -> Iterator[Finding]:
    """Does every line of a log begin with the app's own words?"""
    clears = project.models.named("line-cleaner")

    for call in logging_calls(project):
        for argument in _written(call):
            flow = _lines(project, argument, "log", clears)

            # What functions that nobody knows make of it is mostly something else.
            if flow is not None and not flow.doubts:
                yield ended(LOG_INJECTION, call, flow, Confidence.LOW)
                break


def logging_calls(project: Project) -> Iterator[Site]:
    """Yield every call that writes a line into a log."""
    for found in project.sinks("log"):
        yield found.call

    for call in project.calls(*sorted(project.models.named("log-method"))):
        func = t.cast(ast.Attribute, t.cast(ast.Call, call.node).func)

        if call.args and _LOGGER.search(call.module.source(func.value)):
            yield call


def _written(call: Site) -> Iterator[Site]:
    """Yield what a logging call writes as it is: ``%r`` and numbers are not."""
    first, *rest = call.args
    constant = call.at(first).constant
    pattern = constant.value if constant is not None else None

    if not isinstance(pattern, str):
        # ``log(level, message)`` of loggers has the pattern second.
        yield from map(call.at, call.args)
        return

    holes = [m[1] for m in _HOLES.finditer(pattern) if m[1] != "%"]

    for number, argument in enumerate(rest):
        if number >= len(holes) or holes[number] == "s":
            yield call.at(argument)


def _lines(
    project: Project, text: Site, kind: str, clears: frozenset[str]
) -> Flow | None:
    """Return the flow of a value that may hold a line end."""
    if text.literal:
        return None

    found = flows(project).into(text, kind, clears)
    asked = (f for f in found if f.origin is Origin.REQUEST)
    return best(f for f in asked if f.name not in _ONE_LINE)


@check(MAIL_HEADER_INJECTION, asks=Project)
def mail_header_injection(project: Project) -> Iterator[Finding]:
    """Are a mail's headers written by something that refuses line ends?"""
    clears = project.models.named("line-cleaner")

    for found in project.sinks("mail"):
        for part in _head(found.argument):
            flow = _lines(project, part, "mail", clears)

            if flow is not None:
                yield ended(MAIL_HEADER_INJECTION, found.call, flow)
                break


def _head(text: Site) -> Iterator[Site]:
    """Yield what is put into a mail before the empty line that ends its headers."""
    node = text.node

    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "encode":
        node = t.cast(ast.Attribute, node.func).value

    home = text.at(node)

    if isinstance(node, ast.Name) and home.bound is not None:
        module, binding = home.bound

        if module is home.module and binding.node is not None:
            node = binding.node

    for piece in text_pieces(node) or ():
        if isinstance(piece, ast.expr):
            yield home.at(piece)
        elif re.search(r"\r?\n\r?\n", piece):
            return


@check(CHOSEN_PATTERN, asks=Project)
def chosen_pattern(project: Project) -> Iterator[Finding]:
    """Are regular expressions the app's own?"""
    clears = project.models.named("pattern-cleaner")
    yield from ends(project, CHOSEN_PATTERN, "pattern", clears)


@check(MASS_ASSIGNMENT, asks=Project)
def mass_assignment(project: Project) -> Iterator[Finding]:
    """Does the app say which attributes a request sets?"""
    yield from ends(project, MASS_ASSIGNMENT, "attribute-set", named=affixed)

    for call in project.called("update"):
        if call.args and _updates_attributes(call):
            yield from _whole(project, call, call.args[0])

    for call in project.nodes(ast.Call):
        spread = [k.value for k in t.cast(ast.Call, call.node).keywords if not k.arg]

        if spread and _makes_row(project, call):
            yield from _whole(project, call, spread[0])

    for call in project.calls(*sorted(project.models.named("row-update"))):
        func = t.cast(ast.Attribute, t.cast(ast.Call, call.node).func)

        if call.args and _QUERY.search(call.module.source(func.value)):
            yield from _whole(project, call, call.args[0])


def _updates_attributes(call: Site) -> bool:
    """Say whether this is ``x.__dict__.update(...)`` or ``vars(x).update(...)``."""
    func = t.cast(ast.Call, call.node).func
    holder = func.value if isinstance(func, ast.Attribute) else None

    if isinstance(holder, ast.Attribute):
        return holder.attr == "__dict__"

    return isinstance(holder, ast.Call) and call.at(holder).name == "builtins.vars"


def _makes_row(project: Project, call: Site) -> bool:
    """Say whether a call makes a row of a table: the columns are its keywords."""
    bases = project.models.named("table-class")
    known = call.names.definition(call.name)

    if known is None or not isinstance(known[1], ast.ClassDef):
        return False

    return not bases.isdisjoint(call.names.bases(known[0], known[1]))


def _whole(project: Project, call: Site, given: ast.expr) -> Iterator[Finding]:
    # A dictionary that is written out has the keys that the app chose.
    if isinstance(given, ast.Dict | ast.DictComp):
        return

    flow = flows(project).first(call.at(given), "attribute-set")

    # What a schema made of it has the fields of the schema.
    if flow is not None and not flow.doubts:
        yield ended(MASS_ASSIGNMENT, call, flow)
