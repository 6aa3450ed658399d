"""Is nothing hidden from the audit without a reason?"""

from __future__ import annotations

from collections.abc import Iterator

from ...controls.audit.control import ALLOW_WITHOUT_REASON
from ...controls.audit.control import OBSOLETE_ALLOW
from ...controls.audit.control import UNKNOWN_ALLOW
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Place
from ..survey.allows import Allows
from ..survey.comments import Allow


def _place(comment: Allow) -> Place:
    return Place(comment.path, comment.line, comment.column, comment.line)


@check(ALLOW_WITHOUT_REASON, asks=Allows)
def allow_without_reason(allows: Allows) -> Iterator[Finding]:
    """Does a comment hide a finding without saying why?"""
    for comment in allows.comments:
        if comment.rules and not comment.reason:
            yield finding(ALLOW_WITHOUT_REASON, _place(comment), comment.written)


@check(UNKNOWN_ALLOW, asks=Allows)
def unknown_allow(allows: Allows) -> Iterator[Finding]:
    """Does a comment allow what has no such name?"""
    for comment in allows.comments:
        for name in comment.rules or (comment.written,):
            if name not in allows.known:
                yield finding(UNKNOWN_ALLOW, _place(comment), name)


@check(OBSOLETE_ALLOW, asks=Allows)
def obsolete_allow(allows: Allows) -> Iterator[Finding]:
    """Does a comment allow what is not found there?"""
    for comment in allows.comments:
        for name in comment.rules:
            if name in allows.asked and (comment, name) not in allows.used:
                yield finding(OBSOLETE_ALLOW, _place(comment), name)
