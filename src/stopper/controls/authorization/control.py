"""Authorization: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

GUARD_ABOVE_ROUTE = Rule(
    name="guard-above-route",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="@{subject} stands above the route, so it guards nothing when {view} is requested.",
    reason="A decorator changes what is below it. The route was registered with the bare "
    "view before this one ran, so anyone gets in.",
    mend="Put the route decorator first, on top, and the guard right below it.",
    cwe=(862, 306),
    asvs=("8.2.1", "8.3.1"),
)

UNGUARDED_SIBLING = Rule(
    name="unguarded-sibling",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} has no guard, but all {count} of its siblings have @{guard}.",
    reason="A guard that is written once per view is forgotten once. What the siblings "
    "protect can be had here without it.",
    mend="Give it the same guard, or guard the blueprint as a whole; if it is public on "
    "purpose, say so with an allow comment.",
    cwe=(862, 306),
    asvs=("8.2.1", "8.3.1"),
)

AUTHORIZATION = Control(
    name="authorization",
    promise="What is not allowed is refused.",
    rules=(GUARD_ABOVE_ROUTE, UNGUARDED_SIBLING),
)
