"""Did any commit that a branch still leads to hold a secret?"""

from __future__ import annotations

import ast
import dataclasses
import pathlib
from collections.abc import Iterable
from collections.abc import Iterator

from ....controls.secrets.control import SECRET_IN_HISTORY
from ....controls.secrets.formats import private_keys
from ....controls.secrets.formats import tokens
from ....controls.secrets.policy import credible
from ....controls.secrets.policy import signing_name
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Place
from ...survey.build import is_test
from ...survey.config import entries
from ...survey.deployment import key
from ...survey.deployment import rehearsal
from ...survey.files import SourceFile
from ...survey.git import Blob
from ...survey.kinds import Kind
from ...survey.kinds import kind_of
from ...survey.reading import decode
from ...survey.source import parse
from ...survey.source import SourceError


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """Every version of every file that a branch or tag leads to, read once.

    :param blobs: As :func:`stopper.audit.survey.git.history` yields them.
    """

    blobs: Iterable[Blob]


@check(SECRET_IN_HISTORY, asks=History)
def secret_in_history(history: History) -> Iterator[Finding]:
    """Did a commit hold a secret?"""
    yield from scan_history(history.blobs)


def scan_history(blobs: Iterable[Blob]) -> Iterator[Finding]:
    """Yield a finding for each secret in these versions of files, once a secret.

    :param blobs: The newest first, so that a finding names the newest commit.
    """
    seen: set[tuple[str, int]] = set()

    for blob in blobs:
        if is_test(blob.path) or b"\0" in blob.data[:1024]:
            continue

        text = decode(blob.data)[0]

        for what, subject, start, secret in _secrets(blob.path, text):
            # A hash, so that no secret is kept longer than its own line is.
            known = (blob.path, hash(secret))

            if known in seen:
                continue

            seen.add(known)
            line = text.count("\n", 0, start) + 1
            yield finding(
                SECRET_IN_HISTORY,
                Place(f"{blob.commit[:12]}:{blob.path}", line, 0, line),
                subject,
                what=what,
                commit=blob.commit[:12],
            )


def _secrets(path: str, text: str) -> Iterator[tuple[str, str, int, str]]:
    """Yield what each secret is, its subject, where it starts and the secret itself."""
    for token in tokens(text):
        end = text.find("\n", token.start)
        whole = text[token.start : end if end > 0 else None]
        yield f"A token of {token.issuer}", token.mark, token.start, whole

    for private in private_keys(text):
        if not private.encrypted:
            whole = text[private.start : private.start + 200]
            yield "A private key", private.mark, private.start, whole

    if not rehearsal(path):
        yield from _keys(path, text)


def _keys(path: str, text: str) -> Iterator[tuple[str, str, int, str]]:
    kind = kind_of(tuple(path.split("/")))

    if kind is Kind.PYTHON:
        found = _assigned(path, text) if "SECRET" in text.upper() else ()
    elif kind in (Kind.ENV, Kind.CONFIG, Kind.DEPLOY):
        found = _configured(path, text, kind)
    else:
        return

    for name, line, value in found:
        if signing_name(name) and credible(value):
            start = sum(len(part) + 1 for part in text.split("\n")[: line - 1])
            yield f"A key under {name}", name, start, value


def _configured(path: str, text: str, kind: Kind) -> Iterator[tuple[str, int, str]]:
    file = SourceFile(pathlib.Path(path), path, kind, text)

    for entry in entries(file)[0]:
        if isinstance(entry.value, str) and entry.line:
            yield key(entry), entry.line, entry.value


def _assigned(path: str, text: str) -> Iterator[tuple[str, int, str]]:
    try:
        tree = parse(text, path).tree
    except (SourceError, RecursionError, MemoryError, ValueError):
        return

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                name = _name(target)

                if name and isinstance(node.value.value, str):
                    yield name, node.lineno, node.value.value


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)

    return getattr(target, "id", "") or getattr(target, "attr", "")
