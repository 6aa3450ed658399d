"""A file of environment variables, in which a few are set and all else is kept."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..catalogue.error import ReadError

#: What ``app.config.from_prefixed_env()`` puts in front of a key.
PREFIX = "FLASK_"

_LINE = re.compile(r"(?P<export>[ \t]*(?:export[ \t]+)?)(?P<name>[A-Za-z_]\w*)[ \t]*=")

#: What can stand between single quotes in every dialect of such files.
_PLAIN = re.compile(r"[^'\\\x00-\x1f\x7f]*\Z")


def updated(text: str, values: Mapping[str, str]) -> str:
    """Return the text with these variables set.

    :param values: By the name of the key in ``app.config``. Where a line sets it under
        its own name, that line is changed; otherwise it gets the prefix of Flask.
    :raises ReadError: If a variable is set twice, its value goes on on the next line, or
        a value cannot be written in such a file.
    """
    lines = text.splitlines(keepends=True)
    # One name of the pair says how the app reads the other one too.
    prefix = _prefix(lines, values)

    for key, value in values.items():
        if not _PLAIN.match(value):
            raise ReadError(f"cannot hold {key}: it has quotes or control characters.")

        name = f"{prefix}{key}"
        places = [n for n, line in enumerate(lines) if _name(line) == name]

        if len(places) > 1:
            raise ReadError(f"sets {name} more than once.")

        if places:
            lines[places[0]] = _changed(lines[places[0]], name, value)
            continue

        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"

        lines.append(f"{name}='{value}'\n")

    return "".join(lines)


def _prefix(lines: list[str], values: Mapping[str, str]) -> str:
    names = {_name(line) for line in lines}
    plain = names & set(values)
    ours = names & {f"{PREFIX}{key}" for key in values}

    if plain and ours:
        raise ReadError(f"sets both {min(plain)} and {min(ours)}.")

    return "" if plain else PREFIX


def _name(line: str) -> str:
    found = _LINE.match(line)
    return found["name"] if found else ""


def _changed(line: str, name: str, value: str) -> str:
    found = _LINE.match(line)
    rest = line[found.end() :].strip() if found else ""

    # An open quote goes on on the next line.
    if rest[:1] in ("'", '"') and rest.count(rest[0]) < 2:
        raise ReadError(f"holds a {name} of several lines.")

    return f"{found['export'] if found else ''}{name}='{value}'\n"


def write(path: Path, text: str) -> None:
    """Write the file whole or not at all; a new one is readable by its owner alone.

    A file that is there keeps its mode, and a link goes on to lead to it.

    :raises OSError: If it cannot be written.
    """
    real = Path(os.path.realpath(path))
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o600
    # mkstemp makes a file that nobody else can open, so the key is never readable.
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")

    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())

        os.chmod(name, mode)
        os.replace(name, real)
    except BaseException:
        os.unlink(name)
        raise
