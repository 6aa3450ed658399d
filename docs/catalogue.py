"""Writes the pages that the catalogue holds: one a control, the settings, the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import asvs
import stopper
from stopper.catalogue.control import Control
from stopper.catalogue.rule import Rule
from stopper.controls import CONTROLS
from stopper.controls.settings import every_setting

PAGES = Path(stopper.__file__).parent / "controls"

#: A link from one control's page to another's, as it stands in the package.
LINK = re.compile(r"\]\(\.\./([a-z]+)/page\.md")

#: Fences are there for the reader; some names are those of files, not of languages.
FENCE = re.compile(r"^```(env|requirements|flaskenv|cfg)$", re.M)


def write(folder: Path) -> None:
    """Write every generated page below ``folder``, and remove those of no control."""
    pages = {f"controls/{c.name}.md": _page(c) for c in CONTROLS}
    pages["controls/index.md"] = _index()
    pages["reference/settings.md"] = _settings()
    pages["reference/rules.md"] = _rules()
    pages["reference/asvs.md"] = asvs.page()

    for stale in (*folder.glob("controls/*.md"), *folder.glob("reference/*.md")):
        if stale.relative_to(folder).as_posix() not in pages:
            stale.unlink()

    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)

        # An untouched file keeps its date, so that Sphinx builds it once.
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def _page(control: Control) -> str:
    text = (PAGES / control.name / "page.md").read_text("utf-8")
    return FENCE.sub("```text", LINK.sub(r"](\1.md", text))


def _index() -> str:
    rows = [
        f"[`{c.name}`]({c.name}.md) | {c.promise} | {_yes(c.guarded)} | {len(c.rules)}"
        for c in CONTROLS
    ]
    toc = "\n".join(c.name for c in CONTROLS)

    return (
        "# Controls\n\n"
        "A control is one promise. The guard keeps it while requests are served; the "
        "audit says where it is broken.\n\n"
        + _table("Control | Promise | Guard | Rules", rows)
        + f"\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )


def _settings() -> str:
    parts = [
        "# Settings\n\n"
        "Each is a key of `app.config`. An unknown `STOPPER_` key, a value of another "
        "type or out of range refuses to start.\n"
    ]
    owner = None

    for name, setting in every_setting():
        if name != owner:
            owner = name
            parts.append(f"## {name or 'Every control'}\n")

        takes = ", ".join(f"`{c!r}`" for c in setting.choices if c != "")
        facts = [
            ("Default", f"`{setting.default!r}`" if setting.default != "" else "empty"),
            ("Unit", setting.unit),
            ("Takes", takes or f"`{type(setting.default).__name__}`"),
            ("At least", "" if setting.minimum is None else str(setting.minimum)),
            ("At most", "" if setting.maximum is None else str(setting.maximum)),
            ("Source", setting.source),
        ]
        lines = "\n".join(f"- {k}: {v}" for k, v in facts if v)
        parts.append(f"### `{setting.key}`\n\n{setting.says}\n\n{lines}\n")

    return "\n".join(parts)


def _rules() -> str:
    parts = [
        "# Rules\n\n"
        "A finding's level is the lower of its rule's severity and its own confidence; "
        "the confidence below is what a finding has unless its check knows more. ASVS "
        "numbers are requirements of OWASP ASVS 5.0.\n"
    ]

    for control in CONTROLS:
        if control.rules:
            rows = [_rule(control, r) for r in control.rules]
            head = "Rule | Severity | Confidence | CWE | ASVS | What it finds"
            parts.append(f"## {control.name}\n\n{_table(head, rows)}")

    return "\n".join(parts)


def _rule(control: Control, rule: Rule) -> str:
    cwe = ", ".join(
        f"[{r.id}]({r.url})" for r in rule.references if r.standard == "CWE"
    )
    return (
        f"[`{rule.name}`](../controls/{control.name}.md#{rule.name})"
        f" | {rule.severity.name.lower()} | {rule.confidence.name.lower()} | {cwe}"
        f" | {', '.join(rule.asvs)} | {_cell(rule.message)}"
    )


def _cell(text: str) -> str:
    # Braces are fields that a check fills in, and a pipe would end the cell.
    return re.sub(r"\{(\w+)\}", r"*\1*", text).replace("|", "\\|").replace("<", "&lt;")


def _table(head: str, rows: Iterable[str]) -> str:
    rule = " | ".join("---" for _ in head.split(" | "))
    return "\n".join(f"| {row} |" for row in (head, rule, *rows)) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
