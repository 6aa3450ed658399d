"""Is a password hashed before it is stored?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.passwords.rules import PLAINTEXT_PASSWORD
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import flows
from ...survey.flow.flows import Put
from ...survey.project import Project
from ...survey.said import ends
from ...survey.site import Site

#: Columns of a password that people log in with. That of a mail server is another one.
_COLUMN = re.compile(
    r"(?:user_?|login_?|hashed_?|encrypted_?|enc_?|crypted_?)?"
    r"(?:password|passwd|pwd|passphrase|pass_?word|pass)_?(?:hash|digest|hashed)?|pw_?hash",
    re.I,
)

_USERS = re.compile(
    r"user|account|member|admin|person|people|customer|student|teacher|staff|employee"
    r"|author|player|patient|doctor|login|auth",
    re.I,
)

#: What a column, a class or a function says of itself that hashes what it is given.
_HASHES = re.compile(r"hash|crypt|PasswordType|argon|validates|scrypt|pbkdf", re.I)

_INSERTS = ("insert_one", "insert", "insert_many", "update_one", "set")


@check(PLAINTEXT_PASSWORD, asks=Project)
def plaintext_password(project: Project) -> Iterator[Finding]:
    """Is a password hashed before it is stored?"""
    told = set()

    for put in flows(project).puts(_wanted):
        if put.holder is not None and (_hashed_inside(put) or _by_any_name(put)):
            continue

        at = project.site(put.module, put.node)
        value = project.site(put.module, put.value)
        flow = _typed(project, value, put.path)

        if flow is not None and at.place not in told:
            told.add(at.place)
            yield _found(at, value, flow, f"`{put.table}.{put.column}`")

    for key, value in _documents(project):
        flow = _typed(project, value, ())

        if flow is not None and key.place not in told:
            told.add(key.place)
            yield _found(key, value, flow, "a collection")


def _wanted(table: str, column: str) -> bool:
    return bool(_COLUMN.fullmatch(column) and _USERS.search(table))


def _typed(project: Project, value: Site, path: tuple[str, ...]) -> Flow | None:
    """Return the flow of what was typed as a password and reaches this as it was."""
    found = flows(project).into(value, "password", path=path)
    return next((flow for flow in found if _as_typed(flow)), None)


def _as_typed(flow: Flow) -> bool:
    # Of this kind nothing is guessed, so what a function may make of it is no flow.
    hashed = any(_HASHES.search(hop.words) for hop in flow.hops)
    return flow.origin is Origin.REQUEST and not hashed


def _hashed_inside(put: Put) -> bool:
    """Say whether the class itself hashes what its column is given."""
    assert put.holder is not None  # noqa: S101  # by its caller
    module, holder = put.holder

    for item in holder.body:
        text = module.segment(item)

        if put.column not in text:
            continue

        if isinstance(item, ast.FunctionDef) and _HASHES.search(text):
            # The method that stores what is asked about is no such function.
            if not _inside(put.node, item):
                return True
        elif isinstance(item, ast.Assign | ast.AnnAssign):
            declared = item.value if item.value is not None else item
            types = module.segment(declared)

            if re.search(r"PasswordType|Hash\w*Type|Encrypted|Password\(", types):
                return True

    return False


def _by_any_name(put: Put) -> bool:
    """Say whether a base class gives all columns their values, whatever they are called.

    What was done to one of them before cannot be told from what was done to the others.
    """
    func = getattr(put.node, "func", None)
    name = getattr(func, "id", getattr(func, "attr", ""))
    return bool(put.path) and name in {"cls", "setattr", "update", "create"}


def _inside(node: ast.AST, function: ast.FunctionDef) -> bool:
    return any(inner is node for inner in ast.walk(function))


def _documents(project: Project) -> Iterator[tuple[Site, Site]]:
    """Yield the passwords in documents that are put into a collection of users."""
    for call in project.called(*_INSERTS[:3]):
        func = t.cast(ast.Call, call.node).func
        given = call.argument(0)

        if not isinstance(func, ast.Attribute) or given is None or call.module.test:
            continue

        node = given.bound[1].node if given.bound else given.node
        home = given.bound[0] if given.bound else given.module

        if isinstance(node, ast.Dict) and _USERS.search(call.module.source(func.value)):
            for key, value in zip(node.keys, node.values, strict=True):
                word = key.value if isinstance(key, ast.Constant) else ""

                if (
                    key is not None
                    and isinstance(word, str)
                    and _COLUMN.fullmatch(word)
                ):
                    yield call.elsewhere(home, key), call.elsewhere(home, value)


def _found(at: Site, value: Site, flow: Flow, column: str) -> Finding:
    name = next(ends(at.node), "") or at.written
    return finding(
        PLAINTEXT_PASSWORD,
        at.place,
        at.written if name not in at.written else name,
        confidence=flow.confidence,
        steps=flow.steps,
        origin=f"`{flow.name}`",
        column=column,
    )
