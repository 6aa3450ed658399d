"""Are secrets compared in a time that says nothing?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.cryptography.control import TIMING_COMPARISON
from ....controls.cryptography.policy import confirmation
from ....controls.cryptography.policy import Secrecy
from ....controls.cryptography.policy import secrecy
from ....controls.cryptography.policy import words
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.said import ends
from ...survey.site import Site

#: Methods whose arguments are conditions for the database, not for Python.
_QUERIES = frozenset(
    [
        "and_",
        "delete",
        "filter",
        "having",
        "join",
        "not_",
        "on",
        "or_",
        "outerjoin",
        "where",
        "when",
        "update_where",
        "case",
    ]
)


#: Digests are mostly of files, codes of programmes, and many a session is a meeting:
#: to compare one of these names gives nothing away.
_PUBLIC = (
    *("digest", "hash", "salt", "code", "session_id", "sessionid"),
    # What the other side is told, to answer with it.
    *("nonce", "challenge"),
)

#: A value of everyone's that stands where there is no secret, or a name for a case.
_STANDS_IN = re.compile(
    r"(?:^|_)(?:default|dummy|placeholder|sentinel|fake|example|sample|missing|unset|empty"
    r"|failed|failure|redacted|masked?|hidden|unchanged|insecure|changeme)(?:_|$)"
)

#: What answers a question: ``should_be_secret``.
_ASKS = re.compile(
    r"(?:is|has|should|needs|uses?|with|allow|require|check|verify|validate)_"
)


@check(TIMING_COMPARISON, asks=Project)
def timing_comparison(project: Project) -> Iterator[Finding]:
    """Are keys, tokens and signatures compared by compare_digest?"""
    for site in project.nodes(ast.Compare):
        node = site.node

        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            continue

        if not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue

        left, right = site.at(node.left), site.at(node.comparators[0])
        confidence = _confidence(project, left, right)

        if confidence is not None and not (_queried(site) or _asserted(site)):
            operator = "==" if isinstance(node.ops[0], ast.Eq) else "!="
            shown = max((left, right), key=_telling)
            yield finding(
                TIMING_COMPARISON,
                site.place,
                shown.written,
                confidence=confidence,
                operator=operator,
            )


def _confidence(project: Project, left: Site, right: Site) -> Confidence | None:
    both = (left, right)

    if any(map(_plain, both)):
        return None

    named = [w for side in both for w in ends(side.node)]

    if any(confirmation(w) or _STANDS_IN.search(words(w)) for w in named):
        return None

    # ``self.key == other.key``: two objects of one kind, not a stranger and a secret.
    if _equality(left.node, right.node):
        return None

    levels = sorted(map(_secrecy, both))

    if levels[1] is Secrecy.NONE:
        return None

    # Who sent both sides learns nothing: ``password != password_again``.
    sent = [_sent(project, side) for side in both]

    if all(sent):
        return None

    if levels[1] is Secrecy.SURE:
        return Confidence.MEDIUM

    # ``token == other`` is a parser's, unless a stranger sent one side.
    asked = any(sent)

    if levels[0] is Secrecy.NONE and (not asked or "key" in named):
        return None

    return Confidence.MEDIUM if asked else None


def _secrecy(site: Site) -> Secrecy:
    node = site.node

    if isinstance(node, ast.Call):
        name = site.name or ""

        # ``hmac.new(...).hexdigest()``; a bare hash may be that of a file.
        if name.startswith("hmac.new()"):
            return Secrecy.SURE

        if name.startswith("hashlib.") or name.rpartition(".")[2] in {"len", "type"}:
            return Secrecy.NONE

    named = [
        w
        for w in ends(node)
        if not (w.lower().endswith(_PUBLIC) or _ASKS.match(words(w)))
    ]
    return max(map(secrecy, named), default=Secrecy.NONE)


def _telling(site: Site) -> tuple[Secrecy, bool]:
    """Rank a side by how well it says what is compared."""
    return _secrecy(site), isinstance(site.node, ast.Name | ast.Attribute)


def _equality(left: ast.AST, right: ast.AST) -> bool:
    if not isinstance(left, ast.Attribute) or not isinstance(right, ast.Attribute):
        return False

    roots = {getattr(left.value, "id", ""), getattr(right.value, "id", "")}
    return left.attr == right.attr and "self" in roots


def _plain(site: Site) -> bool:
    """Say whether a side is a value that everyone may know."""
    node = site.node

    if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set):
        return True

    if isinstance(node, ast.UnaryOp | ast.Lambda | ast.Compare | ast.JoinedStr):
        return True

    # ``User.api_key == key`` becomes SQL, ``Kind.PASSWORD`` is one of a few names.
    if isinstance(node, ast.Attribute) and _of_class(node):
        return True

    # ``AccessChallenge`` is a class or one of a few answers.
    if _class_like(getattr(node, "attr", getattr(node, "id", ""))):
        return True

    if isinstance(node, ast.Call) and site.name in {"builtins.bool", "builtins.len"}:
        return True

    constant = site.constant

    # A constant under a secret's name is a secret all the same.
    return constant is not None and (
        not isinstance(constant.value, str | bytes)
        or _secrecy(site) is not Secrecy.SURE
    )


def _of_class(node: ast.Attribute) -> bool:
    last = node.attr
    root: ast.expr = node

    while isinstance(root, ast.Attribute):
        root = root.value

    if not isinstance(root, ast.Name):
        return False

    # ``Config.API_KEY`` is the key itself.
    settings = root.id.lower().endswith(("config", "settings", "conf"))
    # ``RESPONSE.CHALLENGE`` is one of a list of cases.
    listed = root.id.isupper() and last.isupper()
    return (root.id == "cls" or _class_like(root.id) or listed) and not settings


def _class_like(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()


def _sent(project: Project, side: Site) -> bool:
    """Say whether a side is surely the request's: a row that it asks for is not."""
    flow = flows(project).first(side, "comparison")
    return flow is not None and not flow.doubts


def _asserted(site: Site) -> bool:
    """Say whether the program tests itself: no stranger's value is in an ``assert``."""
    return any(isinstance(above.node, ast.Assert) for above in site.above())


def _queried(site: Site) -> bool:
    """Say whether the comparison is handed to a query."""
    for above in site.above():
        if isinstance(above.node, ast.stmt):
            return False

        func = getattr(above.node, "func", None)
        called = getattr(func, "attr", getattr(func, "id", ""))

        if called in _QUERIES:
            return True

    return False
