"""``rules`` and ``explain``: what the audit looks for, and why."""

from __future__ import annotations

import difflib
import json as json_
import os
import sys
import textwrap
import typing as t
from collections.abc import Iterator

import click

from . import Refusal

if t.TYPE_CHECKING:
    from ..catalogue.control import Control
    from ..catalogue.rule import Rule

#: Wider text than this is hard to read.
WIDEST = 100  # columns


def _refuse(name: str, known: list[str], what: str) -> t.NoReturn:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else " `stopper rules` lists them."
    shown = name.encode("unicode_escape").decode("ascii")[:100]
    raise Refusal(f"{shown} is no {what}.{hint}")


@click.command(epilog="Example: stopper rules secrets")
@click.argument("control", required=False)
@click.option(
    "-f",
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the list is written.",
)
def rules(control: str | None, format: str) -> None:
    """List the rules of every control, or of one.

    The level is what a finding has unless its check knows more: the lower of the
    rule's severity and confidence.
    """
    from ..controls import CONTROLS

    chosen = [c for c in CONTROLS if control in (None, c.name)]

    if not chosen:
        _refuse(control or "", [c.name for c in CONTROLS], "control")

    if format == "json":
        rows = [_row(c, rule) for c in chosen for rule in c.rules]
        click.echo(json_.dumps(rows, indent=2))
        return

    for line in _list(chosen):
        click.echo(line)


def _row(control: Control, rule: Rule) -> dict[str, t.Any]:
    return {
        "rule": rule.name,
        "control": control.name,
        "severity": rule.severity.name.lower(),
        "confidence": rule.confidence.name.lower(),
        "message": rule.message,
        "reason": rule.reason,
        "mend": rule.mend,
        "cwe": list(rule.cwe),
        "asvs": list(rule.asvs),
    }


def _list(controls: list[Control]) -> Iterator[str]:
    width = max((len(r.name) for c in controls for r in c.rules), default=0)

    for control in controls:
        if not control.rules:
            continue

        yield f"{click.style(control.name, bold=True)}  {control.promise}"

        for rule in control.rules:
            level = type(rule.severity)(min(rule.severity, rule.confidence))
            ids = ", ".join(f"CWE-{number}" for number in rule.cwe[:2])
            yield f"  {rule.name:{width}}  {level.name.lower():6}  {ids}"

        yield ""

    yield "`stopper explain RULE` says why, and what to write instead."


@click.command(
    epilog="\b\nExamples:\n  stopper explain open-redirect\n"
    "  stopper explain app/views.py:42 app"
)
@click.argument("name", metavar="RULE|CONTROL|FINDING")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True))
def explain(name: str, paths: tuple[str, ...]) -> None:
    """Say why a rule matters, with examples, and what to write instead.

    The name of a control gives its whole page. A finding is named by its place, as the
    report writes it, or by its fingerprint: the project under the PATHs, this folder if
    there is none, is audited for it, and the value's way is told step by step.
    """
    from ..controls import CONTROLS
    from .story import names_finding
    from .story import story

    rules = {r.name: (c, r) for c in CONTROLS for r in c.rules}
    controls = {c.name: c for c in CONTROLS}

    if name in rules:
        _show(_rule(*rules[name]))
    elif name in controls:
        _show(_control(controls[name]))
    elif names_finding(name):
        _show(story(name, paths))
    else:
        _refuse(name, [*rules, *controls], "rule and no control")


def _rule(control: Control, rule: Rule) -> str:
    """Return what there is to say about a rule, as Markdown."""
    from ..controls.page import section

    facts = (
        f"A rule of `{control.name}`: {control.promise} "
        f"Severity {rule.severity.name.lower()}, "
        f"confidence {rule.confidence.name.lower()}."
    )
    allow = f"```text\n# stopper: allow[{rule.name}] the reason\n```"
    parts = (
        f"# {rule.name}",
        facts,
        rule.reason,
        f"**Mend:** {rule.mend}",
        section(control.name, rule.name),
        "## Where it does no harm",
        "Say so on the line, or alone on the line above:",
        allow,
        "## References",
        "\n".join(_reference(str(r), r.url) for r in rule.references),
    )
    return "\n\n".join(filter(None, parts))


def _reference(name: str, url: str) -> str:
    return f"- {name}{': ' if url else ''}{url}"


def _control(control: Control) -> str:
    from ..controls.page import page

    return page(control.name) or f"# {control.name}\n\n{control.promise}"


def _show(markdown: str) -> None:
    """Print Markdown, rendered where somebody looks at it."""
    if not sys.stdout.isatty():
        for line in _plain(markdown):
            click.echo(line)

        return

    from rich.console import Console
    from rich.markdown import Markdown

    colour = not os.environ.get("NO_COLOR")
    console = Console(no_color=not colour, highlight=False)
    width = min(console.width, WIDEST)
    console.print(
        Markdown(markdown, code_theme="ansi_dark", hyperlinks=False), width=width
    )


def _plain(markdown: str) -> Iterator[str]:
    """Yield Markdown at 80 columns; blocks of code stay as they are."""
    paragraph: list[str] = []
    fence = False

    for line in (*markdown.split("\n"), ""):
        special = fence or not line.strip() or line.startswith(("```", "#", "-", "|"))

        if special and paragraph:
            text = " ".join(paragraph)
            yield from textwrap.wrap(
                text, 80, break_long_words=False, break_on_hyphens=False
            )
            paragraph = []

        if line.startswith("```"):
            fence = not fence

        if special:
            yield line
        else:
            paragraph.append(line.strip())
