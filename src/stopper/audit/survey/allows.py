"""The allow comments of a project, together with what came of them."""

from __future__ import annotations

import dataclasses

from .comments import Allow


@dataclasses.dataclass(frozen=True, slots=True)
class Allows:
    """Every allow comment, and which of their names hid a finding.

    :param used: Pairs of a comment and one of its names.
    :param known: Every name of a rule or a control that a comment may hold.
    :param asked: The names whose checks ran: only of these can one say that they hide
        nothing.
    """

    comments: tuple[Allow, ...]
    used: frozenset[tuple[Allow, str]]
    known: frozenset[str]
    asked: frozenset[str]
