"""Findings of values that end where they do harm."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ..finding import Finding
from ..finding import finding
from ..survey.flow.flow import Flow
from ..survey.flow.flows import flows
from ..survey.pieces import text_pieces
from ..survey.project import Project
from ..survey.site import Site

_NONE: frozenset[str] = frozenset()


def ends(
    project: Project,
    rule: Rule,
    kind: str,
    clears: frozenset[str] = _NONE,
    most: Confidence = Confidence.HIGH,
    *,
    named: Callable[[Site], bool] | None = None,
    harmless: Callable[[Site], bool] | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each sink of a kind in which a value of a request ends.

    :param clears: Names of functions after which it does no harm.
    :param most: The most that a finding is worth.
    :param named: Says of an argument whether it can name little: with a beginning of the
        app's own, say.
    :param harmless: Says of a sink's call whether it does no harm where it stands.
    """
    for found in project.sinks(kind):
        if harmless is not None and harmless(found.call):
            continue

        flow = flows(project).first(found.argument, kind, clears)

        if flow is not None:
            little = named is not None and named(found.argument)
            worth = Confidence.LOW if little else most
            yield ended(rule, found.call, flow, min(worth, found.sink.confidence))


def ended(
    rule: Rule, at: Site, flow: Flow, most: Confidence = Confidence.HIGH, name: str = ""
) -> Finding:
    """Return the finding of one flow.

    :param name: What the finding is about, where it is not what ``at`` calls.
    """
    return finding(
        rule,
        at.place,
        name or at.written,
        confidence=min(flow.confidence, most),
        steps=flow.steps,
        others=flow.ways,
        origin=f"`{flow.name}`",
    )


def affixed(name: Site) -> bool:
    """Say whether a name begins or ends with a text of the app's own."""
    pieces = _pieces(name)
    return any(isinstance(p, str) and p for p in (pieces[0], pieces[-1]))


def packaged(name: Site) -> bool:
    """Say whether a module is one of a package that the app names: ``f"plugins.{x}"``."""
    first = _pieces(name)[0]
    return isinstance(first, str) and "." in first.lstrip(".")


def _pieces(name: Site) -> Sequence[str | ast.expr]:
    node = name.node

    if isinstance(node, ast.Name) and name.bound is not None:
        node = name.bound[1].node or node

    return text_pieces(node) or [""]


def led(
    rule: Rule,
    at: Site,
    origin: str,
    confidence: Confidence | None = None,
    flow: Flow | None = None,
) -> Finding:
    """Return the finding of what leads to a call, by a flow where one is seen.

    :param origin: What it is made of, in the words of the message.
    :param confidence: That of the flow, unless it is given.
    """
    if confidence is None and flow is not None:
        confidence = flow.confidence

    return finding(
        rule,
        at.place,
        at.written,
        confidence=confidence,
        steps=flow.steps if flow else (),
        others=flow.ways if flow else (),
        origin=origin,
    )


def given(rule: Rule, at: Site, confidence: Confidence = Confidence.LOW) -> Finding:
    """Return the finding of what a caller gives of whom nothing is known."""
    words = "what the function is given"
    return finding(rule, at.place, at.written, confidence=confidence, origin=words)


def unseen(rule: Rule, at: Site, typed: Flow | None) -> Finding:
    """Return the finding of a text of which no stranger is seen to give a part.

    :param typed: The flow of what is typed at a command line, if it is that.
    """
    origin = "what is typed at a command line" if typed else "more than constants"
    return finding(
        rule,
        at.place,
        at.written,
        confidence=Confidence.LOW,
        steps=typed.steps if typed else (),
        origin=origin,
    )
