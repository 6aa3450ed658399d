"""Reads what becomes of the requirements of OWASP ASVS 5.0, and writes the page of it."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from stopper.controls import CONTROLS

DATA = Path(__file__).with_name("asvs.toml")

CHAPTERS = {
    "6": "Authentication",
    "7": "Sessions",
    "8": "Authorization",
    "9": "Tokens that say all themselves",
    "10": "OAuth and OpenID Connect",
}

STATES = {
    "kept": "kept",
    "helper": "kept with a helper",
    "audited": "audited",
    "yours": "yours",
    "out": "out of reach",
}

HEAD = """\
# ASVS 5.0

What becomes of each requirement of the chapters V6 to V10 of the
[OWASP Application Security Verification Standard 5.0](https://owasp.org/www-project-application-security-verification-standard/),
which has their text. It is about [accounts](../controls/accounts.md) of Stopper with the
settings that a row names and the defaults for all others, as the app's tests and yours
can hold it to; the tests are those of Stopper's own sources.

| | |
|---|---|
| kept | without code of the app |
| kept with a helper | where the app uses what the row names |
| audited | nothing keeps it at run time, and `stopper audit` says where it is broken |
| yours | it is up to the app, or to the business |
| out of reach | it is about something that Stopper is not |

"""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One requirement, and what becomes of it.

    :param id: ``"6.2.4"``.
    :param status: One of ``STATES``.
    :param why: What is left of it, empty if nothing is.
    :param tests: What shows it: ``"tests/guard/test_x.py::test_y"``.
    :param rules: Those of the audit that look for it, beside those that name it.
    """

    id: str
    status: str
    how: str
    why: str = ""
    tests: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def rows(path: Path = DATA) -> list[Row]:
    """Return every row, in the order of the standard."""
    return sorted(_read(path), key=lambda row: [int(n) for n in row.id.split(".")])


def _read(path: Path) -> Iterator[Row]:
    data = tomllib.loads(path.read_text("utf-8"))

    # What several share is written down once.
    for shared in data.pop("many").values():
        for number in shared.pop("ids"):
            yield Row(number, **shared)

    for number, said in data.items():
        tests, rules = tuple(said.pop("tests")), tuple(said.pop("rules", ()))
        yield Row(number, **said, tests=tests, rules=rules)


def rules_of(row: Row) -> list[str]:
    """Return the names of the audit's rules that look for what breaks a requirement."""
    named = [r.name for c in CONTROLS for r in c.rules if row.id in r.asvs]
    return sorted({*named, *row.rules})


def page() -> str:
    """Return the page, in Markdown."""
    found, parts = rows(), [HEAD]

    for chapter, title in CHAPTERS.items():
        mine = [row for row in found if row.id.partition(".")[0] == chapter]
        parts.append(f"## V{chapter} {title}\n\n{''.join(_lines(mine))}\n")

    return "\n".join(parts)


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    yield "| Requirement | State | How, and what is left | Shown by |\n|---|---|---|---|\n"

    for row in rows:
        text = f"{row.how} *Left:* {row.why}" if row.why else row.how
        shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
        links = ", ".join(_link(name) for name in rules_of(row))
        audit = f"{'<br>' if shown else ''}audit: {links}" if links else ""
        yield f"| {row.id} | {STATES[row.status]} | {text} | {shown}{audit} |\n"


def _link(name: str) -> str:
    control = next(c.name for c in CONTROLS if name in {r.name for r in c.rules})
    return f"[`{name}`](../controls/{control}.md#{name})"
