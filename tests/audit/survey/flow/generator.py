"""Makes small Flask apps of random flows; what becomes of a value, running them tells."""

from __future__ import annotations

import dataclasses
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent

#: What every module of a made app begins with.
PRELUDE = """\
import base64, collections, contextlib, dataclasses, enum, functools, hashlib, io
import itertools, json, operator, os, re, shlex, sqlite3, string, subprocess, tempfile
import textwrap, types, typing, urllib.parse, uuid
import markupsafe
from flask import abort, current_app, g, request, session
"""

#: How many questions of which the answer is open one app may ask.
FLAGS = 5

#: How often one app may store a value.
STORES = 1

#: How deep blocks and functions are put into each other.
DEPTH = 3

MODULES = ("app", "helpers", "lib.tools")

#: How a value comes in: the way it is sent, and how it is read.
SOURCES = (
    ("query", 'request.args["{0}"]'),
    ("query", 'request.args.get("{0}", "")'),
    ("query", 'request.args.getlist("{0}")[0]'),
    ("query", 'request.args.to_dict()["{0}"]'),
    ("query", 'request.values.get("{0}", "")'),
    ("form", 'request.form["{0}"]'),
    ("form", 'request.form.get("{0}", default="")'),
    ("json", 'request.json["{0}"]'),
    ("json", 'request.get_json()["{0}"]'),
    ("json", '(request.get_json(silent=True) or {{}}).get("{0}", "")'),
    ("header", 'request.headers["{0}"]'),
    ("header", 'request.headers.get("{0}", "")'),
    ("cookie", 'request.cookies["{0}"]'),
    ("cookie", 'request.cookies.get("{0}", "")'),
    ("path", "{0}"),
    ("path", 'request.view_args["{0}"]'),
)

SINKS = (
    "os.system({})",
    'os.system(f"run {{{}}}")',
    'os.popen("run " + str({}))',
    "subprocess.getoutput({})",
)


@dataclasses.dataclass(frozen=True)
class Template:
    """One construct.

    :param body: Statements that make ``$w`` of ``$v``, with ``$d`` beside it.
    :param defs: What stands in a module for it.
    """

    name: str
    body: str
    defs: str

    @property
    def nests(self) -> bool:
        return "BLOCK" in self.body or "BLOCK" in self.defs

    @property
    def stores(self) -> bool:
        return self.name.startswith("stored")


@dataclasses.dataclass
class Program:
    """A made app: its files, and what it takes to reach every part of it."""

    seed: str
    files: dict[str, str]
    #: Of each value that comes in, the way it is sent.
    sent: dict[str, str]
    #: What comes in and is compared with constants.
    tested: tuple[str, ...]
    flags: int
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(f"# {n}\n{t}" for n, t in self.files.items())


@dataclasses.dataclass
class Scope:
    """Where statements are put: the names that hold text there."""

    module: int
    names: list[str]
    raw: tuple[str, ...] = ()
    depth: int = 0

    def inner(self) -> Scope:
        return dataclasses.replace(self, names=list(self.names), depth=self.depth + 1)


def templates() -> tuple[Template, ...]:
    """Return every construct."""
    found = []

    for path in sorted((HERE / "templates").glob("*.txt")):
        for part in path.read_text().split("--- ")[1:]:
            name, _, rest = part.partition("\n")
            body, _, defs = rest.partition("===\n")
            found.append(Template(name, body.rstrip(), defs.rstrip()))

    return tuple(found)


TEMPLATES = templates()

#: What stands where nothing else fits.
PLAIN = next(t for t in TEMPLATES if t.name == "assigned")


class Generator:
    """Makes one app.

    :param steps: How many statements its view has.
    :param only: The constructs to choose from.
    :param moved: Apps that differ in this alone do the same: what stands in which
        module, in which order, and how it is imported is another.
    """

    def __init__(
        self,
        seed: str,
        steps: int = 6,
        only: tuple[Template, ...] = TEMPLATES,
        moved: int = 0,
    ) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._places = random.Random(f"{seed} {moved}")
        self._steps = steps
        self._only = only
        self._count = 0
        self._flags = 0
        self._stores = 0
        self._used: list[str] = []
        self._sinks = 0
        self._tested: set[str] = set()
        self._modules = MODULES[: self._places.choice((1, 1, 2, 3))]
        self._chunks: list[list[str]] = [[] for _ in self._modules]
        self._imports: list[dict[str, None]] = [{} for _ in self._modules]

    def program(self) -> Program:
        sources = self._sources()
        names = [f"s{n}" for n in range(len(sources))]
        scope = Scope(0, [*names, "c0"], tuple(names))
        lines = [f"s{n} = {text}" for n, (_, text) in enumerate(sources)]
        lines.append('c0 = "constant"')

        for _ in range(self._steps):
            lines += self._statement(scope)

            if self._random.random() < 0.25:
                lines += self._sink(scope)

        last = self._sink(scope, scope.names[-1])
        lines += [*last, *self._sink(scope), 'return "done"']
        return Program(
            self._seed,
            self._files(lines, [way for way, _ in sources]),
            {f"k{n}": way for n, (way, _) in enumerate(sources)},
            tuple(sorted(self._tested)),
            self._flags,
            tuple(self._used),
        )

    def _sources(self) -> list[tuple[str, str]]:
        choose = self._random.choice
        first = choose(SOURCES)
        found = [first]

        if self._random.random() < 0.4:
            second = choose(SOURCES)
            bodies = {first[0], second[0]} - {"json", "form"}

            if bodies or first[0] == second[0]:
                found.append(second)

        return [(way, text.format(f"k{n}")) for n, (way, text) in enumerate(found)]

    # -- files

    def _files(self, lines: list[str], ways: list[str]) -> dict[str, str]:
        files = {}
        view = self._view(lines, ways)

        for number, name in enumerate(self._modules):
            chunks = self._chunks[number]
            self._places.shuffle(chunks)
            head = [PRELUDE, *self._imports[number]]

            if number == 0:
                head += ["from flask import Flask", "app = Flask(__name__)"]
                head += ['app.secret_key = "not one"']
                chunks.insert(self._places.randint(0, len(chunks)), view)

            path = name.replace(".", "/") + ".py"
            files[path] = "\n".join(head) + "\n\n" + "\n\n".join(chunks) + "\n"

        if "lib.tools" in self._modules:
            files["lib/__init__.py"] = ""

        return files

    def _view(self, lines: list[str], ways: list[str]) -> str:
        parts = [f"k{n}" for n, way in enumerate(ways) if way == "path"]
        rule = "/r" + "".join(f"/<{part}>" for part in parts)
        head = f'@app.route("{rule}", methods=["GET", "POST"])\n'
        return head + f"def view({', '.join(parts)}):\n" + _indented(lines)

    # -- statements

    def _statement(self, scope: Scope) -> list[str]:
        fitting = [t for t in self._only if self._fits(t, scope)]
        return self._filled(self._random.choice(fitting or [PLAIN]), scope)

    def _fits(self, template: Template, scope: Scope) -> bool:
        questions = (template.body + template.defs).count("$c")

        if questions and self._flags + questions > FLAGS:
            return False

        if template.nests and scope.depth >= DEPTH:
            return False

        # Each store is a doubt, and too many of them are no flow.
        if template.stores and self._stores >= STORES:
            return False

        return "$raw" not in template.body or bool(scope.raw)

    def _filled(self, template: Template, scope: Scope) -> list[str]:
        self._count += 1
        self._used.append(template.name)
        self._stores += template.stores
        number = str(self._count)
        text = template.body

        if template.defs:
            text = self._defined(template, scope, number)

        value = self._value(scope)
        words = {
            "v": value,
            "d": self._other(scope, value),
            "n": number,
            "raw": self._random.choice(scope.raw) if scope.raw else "",
            "w": self._result(scope, number) if "$w" in text else "",
        }

        if "$raw" in text:
            self._tested.add(words["raw"].replace("s", "k"))

        lines = self._lines(text, words, scope)

        if words["w"] and words["w"] not in scope.names:
            scope.names.append(words["w"])

        return lines

    def _lines(self, text: str, words: dict[str, str], scope: Scope) -> list[str]:
        found: list[str] = []

        for line in text.split("\n"):
            bare = line.lstrip()
            indent = line[: len(line) - len(bare)]

            if bare.startswith("BLOCK"):
                inner = scope.inner()
                inner.names += [_put(n, words) for n in bare.split()[1:]]
                found += [indent + x for x in self._block(inner)]
            else:
                found.append(indent + self._asked(_put(bare, words)))

        return found

    def _block(self, scope: Scope) -> list[str]:
        lines: list[str] = []

        for _ in range(self._random.choice((1, 1, 2))):
            lines += self._statement(scope)

        if self._random.random() < 0.2:
            lines += self._sink(scope)

        return lines

    def _asked(self, line: str) -> str:
        """Put in questions of which the answer is open."""
        while "$c" in line:
            line = line.replace("$c", f'request.args.get("f{self._flags}")', 1)
            self._flags += 1

        return line

    def _value(self, scope: Scope) -> str:
        # What came last is taken most often, so that chains come to be.
        if self._random.random() < 0.5:
            return scope.names[-1]

        return self._random.choice(scope.names)

    def _other(self, scope: Scope, value: str) -> str:
        others = [name for name in scope.names if name != value]

        if not others or self._random.random() < 0.5:
            return '"k"'

        return self._random.choice(others)

    def _result(self, scope: Scope, number: str) -> str:
        bound = [n for n in scope.names if n not in scope.raw]

        if bound and self._random.random() < (0.6 if scope.depth else 0.2):
            return self._random.choice(bound)

        return f"v{number}"

    def _sink(self, scope: Scope, name: str = "") -> list[str]:
        name = name or self._random.choice(scope.names)
        self._sinks += 1
        return [f"{self._random.choice(SINKS).format(name)}  # sink {self._sinks}"]

    # -- what stands in a module

    def _defined(self, template: Template, scope: Scope, number: str) -> str:
        """Put a template's definitions into a module; return how they are spoken of."""
        module = self._places.randrange(scope.module, len(self._modules))
        lines: list[str] = []
        inner = Scope(module, [], (), scope.depth)

        for line in template.defs.split("\n"):
            bare = line.lstrip()
            indent = line[: len(line) - len(bare)]

            if bare.startswith("BLOCK"):
                inner = Scope(module, bare.split()[1:], (), scope.depth + 1)
                inner.names = [_put(name, {"n": number}) for name in inner.names]
                lines += [indent + x for x in self._block(inner)]
                continue

            if "$r" in bare:
                bare = bare.replace("$r", self._random.choice(inner.names))

            lines.append(indent + self._asked(_put(bare, {"n": number})))

        self._chunks[module].append("\n".join(lines))
        return self._spoken(template.body, scope.module, module, number)

    def _spoken(self, body: str, here: int, there: int, number: str) -> str:
        style = self._places.randrange(4)
        home = self._modules[there]

        def name(match: re.Match[str]) -> str:
            bare = match[1].replace("$n", number)

            if here == there:
                return bare

            if style == 0:
                self._imports[here][f"from {home} import {bare}"] = None
                return bare

            if style == 1:
                line = f"from {home} import {bare} as other_{bare}"
                self._imports[here][line] = None
                return f"other_{bare}"

            alias = home if style == 2 else f"module_{there}"
            line = f"import {home}" if style == 2 else f"import {home} as {alias}"
            self._imports[here][line] = None
            return f"{alias}.{bare}"

        return re.sub(r"@(\w+(?:\$n)?)", name, body)


def _put(text: str, words: dict[str, str]) -> str:
    """Put words for their names; a dollar that is written twice is one."""

    def word(match: re.Match[str]) -> str:
        return "$" if match[1] == "$" else words[match[1]]

    return re.sub(r"\$(\$|raw|[vdnw](?![a-z]))", word, text)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)
