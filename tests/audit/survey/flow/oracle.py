"""Runs a made app with a marker, and tells which of its sinks the marker came to."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import types
import typing as t
import warnings

from werkzeug.http import dump_cookie

from audit.survey.flow.generator import Program

#: What is looked for in a text, whatever its case, and backwards too.
UNIT = "k'7;"

#: Wherever a part of it is taken, at least one unit is in there.
MARKER = "k'7;k'7;,k'7;k'7; k'7;k'7;,k'7; k'7;k'7;"

#: What a value is, besides, where an app compares it.
CONSTANTS = ("red", "12")

Line = tuple[str, int]


class Ran(t.NamedTuple):
    """What happened: where the marker came to, and what went wrong."""

    reached: frozenset[Line]
    called: frozenset[Line]
    errors: frozenset[str]


class _Watch:
    """Stands where a sink stands, and notes what it is given."""

    def __init__(self, files: t.Collection[str]) -> None:
        self._files = files
        self.reached: set[Line] = set()
        self.called: set[Line] = set()

    def __call__(self, text: object) -> str:
        frame = sys._getframe(1)
        line = frame.f_code.co_filename, frame.f_lineno
        self.called.add(line)

        if arrived(str(text)):
            self.reached.add(line)

        return ""


def arrived(text: str) -> bool:
    """Say whether a text holds the marker, or enough of it."""
    folded = text.lower()
    return UNIT in folded or UNIT[::-1] in folded


def run(program: Program) -> Ran:
    """Run an app with every kind of request that it tells apart."""
    watch = _Watch(program.files)
    errors: set[str] = set()

    with _sinks(watch), _folder(), _imported(program) as modules:
        app = modules["app"].app
        twice = 2 if any(n.startswith("global") for n in program.names) else 1

        for values, flags in list(_inputs(program)) * twice:
            try:
                with app.test_request_context(**_request(program, values, flags)):
                    app.preprocess_request()
                    app.dispatch_request()
            except Exception as error:  # it is told
                errors.add(f"{type(error).__name__}: {error}")

    return Ran(frozenset(watch.reached), frozenset(watch.called), frozenset(errors))


def _inputs(program: Program) -> t.Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    names = list(program.sent)
    values = [dict.fromkeys(names, MARKER)]

    for name in program.tested:
        values += [{**values[0], name: constant} for constant in CONSTANTS]

    if len(program.tested) > 1:
        values += [dict.fromkeys(names, constant) for constant in CONSTANTS]

    flags = itertools.product((0, 1), repeat=program.flags)
    yield from itertools.product(values, list(flags))


def _request(
    program: Program, values: dict[str, str], flags: tuple[int, ...]
) -> dict[str, t.Any]:
    query = {f"f{n}": "yes" for n, flag in enumerate(flags) if flag}
    query["x0"] = MARKER
    made: dict[str, t.Any] = {"path": "/r", "method": "POST", "query_string": query}
    headers: list[tuple[str, str]] = []
    cookies: list[str] = []

    for name, way in program.sent.items():
        value = values[name]

        if way == "query":
            query[name] = value
        elif way == "form":
            made.setdefault("data", {})[name] = value
        elif way == "json":
            made.setdefault("json", {})[name] = value
        elif way == "header":
            headers.append((name, value))
        elif way == "cookie":
            cookies.append(dump_cookie(name, value).partition("; ")[0])
        else:
            made["path"] += "/" + value

    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))

    return {**made, "headers": headers}


@contextlib.contextmanager
def _sinks(watch: _Watch) -> t.Iterator[None]:
    before = os.system, os.popen, subprocess.getoutput
    os.system = os.popen = subprocess.getoutput = watch  # type: ignore[assignment]

    try:
        yield
    finally:
        os.system, os.popen, subprocess.getoutput = before


@contextlib.contextmanager
def _folder() -> t.Iterator[None]:
    """Have what an app writes to files vanish with it."""
    before = tempfile.tempdir

    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder

        try:
            yield
        finally:
            tempfile.tempdir = before


@contextlib.contextmanager
def _imported(program: Program) -> t.Iterator[dict[str, types.ModuleType]]:
    """Make modules of an app's files; the first ones are the last to need the others."""
    names = [path.removesuffix(".py").replace("/", ".") for path in program.files]
    made: dict[str, types.ModuleType] = {}

    try:
        for name, (path, text) in reversed(
            list(zip(names, program.files.items(), strict=True))
        ):
            name = name.removesuffix(".__init__")
            module = made[name] = types.ModuleType(name)
            module.__file__ = f"/nonexistent/{path}"
            module.__path__ = []
            above, _, last = name.rpartition(".")

            if above:
                setattr(sys.modules[above], last, module)

            sys.modules[name] = module

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(text, path, "exec"), module.__dict__)

        yield made
    finally:
        for name in made:
            sys.modules.pop(name, None)
