"""The report for a person at a terminal."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ..finding import Exposure
from ..summary import Report
from ..summary import Reported
from ..survey.note import Note
from .printable import clipped
from .printable import printable

#: Notes that are printed one by one; the rest is a number.
NOTES = 20

#: Places of one rule that are printed; the rest is a number. The other formats have all.
PLACES = 100

#: A message that quotes more than this of a file is cut.
LONGEST = 600  # characters

#: Libraries that are named; the rest is a number.
LIBRARIES = 40

#: Below this, findings are counted in the summary and not printed.
SHOWN = Severity.LOW


#: Who can bring a finding about, where that is known.
WHO: Mapping[Exposure, str] = {
    Exposure.ANYONE: "Anyone can send it: nothing on the way asks who is there.",
    Exposure.LOGIN: "Only who is logged in can send it.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Style:
    """How the report looks.

    :param colour: Whether the terminal takes colours.
    :param width: In columns.
    :param quiet: Whether only the findings and the last line are printed.
    """

    colour: bool = False
    width: int = 80
    quiet: bool = False

    def paint(self, text: str, *codes: int) -> str:
        """Return ``text`` in the colours with these SGR codes."""
        if not self.colour:
            return text

        return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m"

    def level(self, level: Severity) -> str:
        """Return the name of a level in its colour."""
        return self.paint(level.name.lower(), *_COLOURS[level])

    def fill(self, text: str, indent: str) -> Iterator[str]:
        """Yield a paragraph, line by line."""
        yield from textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )


_COLOURS: Mapping[Severity, tuple[int, ...]] = {
    Severity.HIGH: (1, 31),
    Severity.MEDIUM: (1, 33),
    Severity.LOW: (36,),
    Severity.NOTE: (2,),
}


def render(report: Report, style: Style | None = None) -> Iterator[str]:
    """Yield the report, line by line."""
    style = style or Style()
    groups = _groups(r for r in report.findings if r.finding.level >= SHOWN)

    for rule, found in groups:
        yield from _group(rule, found, style)
        yield ""

    if not style.quiet:
        yield from _table(report, style)
        yield from _beside(report, style)
        yield from _notes(report.notes, style)

    for failure in report.failures:
        yield style.paint("failed", 1, 31) + f"  {printable(failure.message)}"

    yield _last(report, style)


def _groups(found: Iterable[Reported]) -> list[tuple[Rule, list[Reported]]]:
    """Return findings by rule, what matters most first."""
    groups: dict[str, list[Reported]] = {}

    for reported in found:
        groups.setdefault(reported.finding.rule.name, []).append(reported)

    def order(group: Sequence[Reported]) -> tuple[int, int, str]:
        rule = group[0].finding.rule
        return -max(r.finding.level for r in group), -rule.severity, rule.name

    return [(g[0].finding.rule, g) for g in sorted(groups.values(), key=order)]


def _group(rule: Rule, found: Sequence[Reported], style: Style) -> Iterator[str]:
    level = max(r.finding.level for r in found)
    heading = f"{style.level(level)}  {style.paint(rule.name, 1)}  {found[0].control}"
    yield heading
    yield from style.fill(rule.reason, "  ")
    yield from style.fill(f"Mend: {rule.mend}", "  ")
    ids = ", ".join(f"CWE-{number}" for number in rule.cwe)
    yield style.paint(f"  {ids}; stopper explain {rule.name}", 2)

    for reported in found[:PLACES]:
        yield ""
        yield from _place(reported, level, style)

    if len(found) > PLACES:
        yield ""
        yield f"  and {_count(len(found) - PLACES, 'place')} more; --format json has all."


def _place(reported: Reported, most: Severity, style: Style) -> Iterator[str]:
    found = reported.finding
    place = found.place
    where = ":".join(str(p) for p in (place.path, place.line, place.column) if p)
    mark = "" if found.level == most else f"  {found.level.name.lower()}"
    yield "  " + style.paint(printable(where), 1) + style.paint(mark, 2)
    code = printable(reported.code.strip())

    if code:
        yield style.paint("    | ", 2) + clipped(code, style.width - 6)

    yield from style.fill(clipped(printable(found.message), LONGEST), "    ")

    if found.exposure in WHO:
        yield from style.fill(WHO[found.exposure], "    ")

    for step in found.steps:
        at = ":".join(str(p) for p in (step.place.path, step.place.line) if p)
        said = f"- {printable(at)}: {clipped(printable(step.message), LONGEST)}"
        yield from style.fill(said, "    ")

    if found.others:
        more = (way[0].place for way in found.others if way)
        places = ", ".join(printable(f"{p.path}:{p.line}") for p in more)
        yield from style.fill(f"- It comes in elsewhere too: {places}", "    ")


def _table(report: Report, style: Style) -> Iterator[str]:
    """Yield how many findings each rule has at each level."""
    if not report.findings:
        return

    rows: dict[str, list[int]] = {}

    for reported in report.findings:
        found = reported.finding
        rows.setdefault(found.rule.name, [0, 0, 0, 0])[found.level] += 1

    names = sorted(rows, key=lambda n: ([-c for c in reversed(rows[n])], n))
    width = max(len("in all"), *map(len, names))
    head = "".join(f"{level.name.lower():>8}" for level in reversed(Severity))
    yield style.paint(f"{'':{width}}{head}", 1)

    for name in names:
        yield f"{name:{width}}{_cells(rows[name])}"

    sums = [sum(row[level] for row in rows.values()) for level in Severity]
    yield style.paint(f"{'in all':{width}}{_cells(sums)}", 1)
    yield ""


def _cells(counts: Sequence[int]) -> str:
    return "".join(f"{count or '.':>8}" for count in reversed(counts))


def _beside(report: Report, style: Style) -> Iterator[str]:
    """Yield what was found and is not printed, and what was not looked at."""
    allowed: dict[str, int] = {}

    for reported in report.allowed:
        name = reported.finding.rule.name
        allowed[name] = allowed.get(name, 0) + 1

    rows = (
        ("Allowed by comments", _counts(allowed)),
        ("Ignored by an option", _counts(report.ignored)),
        ("Ignored by the project", _counts(report.ignored_by_project)),
        ("In tests, not shown", _counts(report.in_tests)),
        ("Options of the project", "; ".join(report.project_options)),
        ("Not obeyed", _counts({f"# {k}": n for k, n in report.foreign.items()})),
        ("Not read", _counts(report.skipped)),
        ("Not modelled", _some(report.unmodelled)),
    )

    printed = False

    for name, text in rows:
        if text:
            printed = True
            lines = textwrap.wrap(
                printable(text), style.width - 24, break_on_hyphens=False
            )
            yield f"{name:22}  {lines[0]}"
            yield from (f"{'':22}  {line}" for line in lines[1:])

    if printed:
        yield ""


def _some(names: Sequence[str]) -> str:
    rest = len(names) - LIBRARIES
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(names[:LIBRARIES]) + more


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def _notes(notes: Sequence[Note], style: Style) -> Iterator[str]:
    for note in notes[:NOTES]:
        where = ":".join(str(p) for p in (note.path, note.line) if p)
        text = f"note  {printable(where)}: {printable(note.message)}"
        lines = textwrap.wrap(
            text, style.width, subsequent_indent="      ", break_on_hyphens=False
        )
        yield from (style.paint(line, 2) for line in lines)

    if len(notes) > NOTES:
        yield style.paint(f"note  and {len(notes) - NOTES:,} more.", 2)

    if notes:
        yield ""


def _last(report: Report, style: Style) -> str:
    failing = sum(1 for _ in report.failing)
    read = f"{_count(report.files, 'file')}, {_count(report.lines, 'line')}"
    rules = _count(len(report.rules), "rule")
    cost = f"{read}, {rules}, {report.seconds:.1f} s."

    if report.failures:
        return style.paint("The audit is not whole.", 1, 31) + f" {cost}"

    if failing:
        return style.paint(f"{_count(failing, 'finding')} to mend.", 1, 31) + f" {cost}"

    return style.paint("Nothing to mend.", 1, 32) + f" {cost}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
