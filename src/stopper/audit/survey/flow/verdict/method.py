"""What methods of a value say of it, by their names."""

from __future__ import annotations

import ast
import re

from . import address
from .facts import any_
from .facts import CLEAR
from .facts import DOUBT
from .facts import every
from .facts import Facts
from .facts import NOTHING
from .facts import PRINTABLE
from .facts import RELATIVE
from .trail import NORMAL
from .trail import SAME
from .trail import Subject
from .trail import Trail

_DIGITS = frozenset({"isdigit", "isnumeric", "isdecimal"})

_LETTERS = frozenset({"isalnum", "isalpha", *_DIGITS})

#: Ask whether something is there, and not what it is.
IDLE = frozenset(  # a list of words
    [
        "exists",
        "isfile",
        "isdir",
        "is_file",
        "is_dir",
        "get",
        "len",
        "isinstance",
        "hasattr",
        "callable",
        "islink",
        "is_symlink",
        "startswith",
        "endswith",
        "count",
        "find",
        "index",
        "lower",
        "upper",
        "strip",
        "query",
        "filter_by",
        "filter",
        "first",
        "one",
        "all",
        "any",
        "print",
        "log",
        "debug",
        "info",
        "warning",
        "error",
        "items",
        "keys",
        "values",
        "append",
        "add",
        "format",
        "join",
        "split",
        # Asks for what the form's own fields require.
        "validate_on_submit",
        "is_submitted",
    ]
)

#: Names of functions that are there to judge.
VALIDATES = re.compile(
    r"valid|check|verif|ensure|safe|sanit|assert|allow|permit|relative|inside|within|"
    r"is_local|trusted|whitelist|blacklist|denied|forbid",
    re.I,
)


def by_method(
    subject: Subject,
    call: ast.Call,
    func: ast.Attribute,
    trail: Trail,
    truth: bool | None,
) -> Facts:
    """Judge ``x.isdigit()`` and ``path.is_relative_to(base)``."""
    method = func.attr
    path = subject.kind == "path"

    if truth and method in _LETTERS and set(trail) <= SAME:
        return CLEAR

    if truth and method == "isprintable" and set(trail) <= SAME:
        return PRINTABLE

    if method == "startswith" and call.args:
        return _starts(subject, func.value, call.args[0], trail, bool(truth))

    if path and method == "is_relative_to" and truth:
        return CLEAR

    # It raises where the path lies elsewhere.
    if path and method == "relative_to" and truth is not False:
        return CLEAR

    if path and method == "is_absolute" and truth is False:
        return RELATIVE

    if truth is not None and method not in IDLE and VALIDATES.search(method):
        return DOUBT

    return NOTHING


def _starts(
    subject: Subject, node: ast.expr, start: ast.expr, trail: Trail, truth: bool
) -> Facts:
    value = subject.constant(start)
    text = value.value if value is not None else None
    # ``startswith(("/", "\\"))`` asks for any of them.
    texts = text if isinstance(text, list) else [text]

    if subject.kind == "path":
        if truth:
            normal = not NORMAL.isdisjoint(subject.names_in(node))
            # ``/srv/files`` is where ``/srv/files-of-others`` begins too.
            return CLEAR if normal else NOTHING

        # Of what lies inside the way from its folder leads nowhere up.
        if ".." in texts and "os.path.relpath" in subject.names_in(node):
            return CLEAR

        return RELATIVE if "/" in texts or "\\" in texts else NOTHING

    if subject.kind in {"redirect", "url", "scheme"}:
        said = (address.starts(text, trail, truth) for text in texts)
        return every(said) if truth else any_(said)

    return NOTHING
