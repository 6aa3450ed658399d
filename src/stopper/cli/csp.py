"""``flask stopper csp``: what the templates need, and the policy that follows."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import sqlite3
import typing as t
from collections.abc import Iterator

import click
from flask import current_app
from flask import Flask
from jinja2 import TemplateError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException
from werkzeug.security import safe_join

from ..controls.headers import csp
from ..controls.headers.archive import Archive
from ..controls.headers.archive import FILE
from ..controls.headers.archive import Kept
from ..controls.headers.behind import Behind
from ..controls.headers.behind import behind
from ..controls.headers.need import OWN_FRAME
from ..controls.headers.needs import Evidence
from ..controls.headers.needs import Need
from ..controls.headers.needs import needs
from ..controls.headers.needs import proposal
from ..controls.headers.report import clean
from ..controls.templates.jinja import Syntax
from ..guard.headers.caching import is_static
from ..guard.headers.lines import Settings
from ..guard.headers.loaders import file_loaders
from ..guard.headers.marks import NONE
from ..guard.headers.pages import BREAKING

#: A longer script is not read, in bytes.
MOST_BYTES = 4 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Overview:
    """What the command shows.

    :param behind: The lines of the app behind each of the reports.
    :param unread: Templates that cannot be read, each with the reason.
    """

    needs: tuple[Need, ...]
    reports: tuple[Kept, ...]
    behind: tuple[Behind, ...]
    policy: csp.Policy
    proposed: csp.Policy
    evidence: tuple[Evidence, ...]
    unread: tuple[str, ...]


def overview(app: Flask) -> Overview:
    """Read the app's templates, without rendering one, and the reports that came.

    :raises SettingError: If a setting takes no such value.
    """
    settings = Settings(app.config)
    unread: list[str] = []
    found = tuple(
        need
        for name, source in _sources(app, unread)
        for need in needs(source, name, syntax=Syntax.of(app.jinja_env))
    )
    reports, pages = _reports(app, settings.report_keep, unread)
    lines = tuple(
        behind(
            kept.report,
            found,
            pages.get(kept.report.route, frozenset()),
            functools.partial(text_of, app),
        )
        for kept in reports
    )
    policy = settings.policy(NONE)
    pairs = list(zip(reports, lines, strict=True))
    proposed, evidence = proposal(policy, found, pairs)
    return Overview(found, reports, lines, policy, proposed, evidence, tuple(unread))


def _sources(app: Flask, unread: list[str]) -> Iterator[tuple[str, str]]:
    seen = set()

    for loader in file_loaders(app):
        for name in loader.list_templates():
            if name in seen:
                continue

            seen.add(name)

            try:
                source, _, _ = loader.get_source(app.jinja_env, name)
            except (TemplateError, OSError, UnicodeError) as e:
                unread.append(f"{clean(name)}: {type(e).__name__}")
            else:
                yield name, source


def _reports(
    app: Flask, most: int, unread: list[str]
) -> tuple[tuple[Kept, ...], dict[str, frozenset[str]]]:
    archive = Archive(pathlib.Path(app.instance_path) / FILE, most)

    try:
        return archive.read(), archive.pages()
    except (sqlite3.Error, TypeError, ValueError) as e:
        unread.append(f"{FILE}: {type(e).__name__}")
        return (), {}


def text_of(app: Flask, path: str) -> str | None:
    """Return the text of the app's static file at a path, ``None`` if there is none.

    The path stands in a report, which anyone may have sent.
    """
    try:
        endpoint, values = app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RoutingException):
        return None

    owner = app.blueprints.get(endpoint.rpartition(".")[0], app)
    folder, name = owner.static_folder, values.get("filename")

    if not folder or not isinstance(name, str) or not is_static(app, endpoint):
        return None

    file = safe_join(folder, name)

    try:
        if file is None or os.path.getsize(file) > MOST_BYTES:
            return None

        return pathlib.Path(file).read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None


def show(as_json: bool) -> None:
    """Print the overview of the current app."""
    found = overview(current_app)

    if as_json:
        click.echo(json.dumps(_plain(found), indent=2))
        return

    for line in _lines(found):
        click.echo(line)


def _plain(found: Overview) -> dict[str, t.Any]:
    return {
        "needs": [dataclasses.asdict(n) for n in found.needs],
        "reports": [
            {**dataclasses.asdict(k), **dataclasses.asdict(b)}
            for k, b in zip(found.reports, found.behind, strict=True)
        ],
        "policy": csp.text(found.policy),
        "proposed": csp.text(found.proposed),
        "evidence": [dataclasses.asdict(e) for e in found.evidence],
        "unread": list(found.unread),
    }


def _lines(found: Overview) -> Iterator[str]:
    third = [n for n in found.needs if n.kind == "third-party"]
    frames = [n for n in found.needs if n.kind == OWN_FRAME]
    inline = [n for n in found.needs if n.kind not in ("third-party", OWN_FRAME)]
    yield from _section("Inline code", [_inline(n) for n in inline])
    yield from _section("Third parties", [_third(n) for n in third])
    yield from _section("Frames of the app's own", [_frame(n) for n in frames])
    yield from _section("Reports", _reported(found))
    yield from _section("Not read", list(found.unread))
    yield from _section(
        "Policy, where neither a view nor an extension sets its own",
        [csp.text(found.policy)],
    )
    proposed = [f"{e.directive} {e.source}: {clean(e.because)}" for e in found.evidence]

    if not proposed:
        yield (
            "Nothing is proposed: "
            + (
                "no line of the app proves what was reported."
                if found.reports
                else "the policy allows what the templates load."
            )
        )
        return

    yield from _section("Proposed", [csp.text(found.proposed), *proposed])
    changed = {
        name: list(sources)
        for name, sources in found.proposed.items()
        if found.policy.get(name) != sources
    }
    yield "Nothing is applied. To take all of it:"
    yield f"  STOPPER_CSP = {changed!r}"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)
        yield ""


def _inline(need: Need) -> str:
    # Only these keep a page in report; the others go without a nonce and are blocked.
    effect = "keeps its pages in report" if need.kind in BREAKING else "gets no nonce"
    return (
        f"{clean(need.template)}:{need.line}: {need.kind} {clean(need.text)} ({effect})"
    )


def _third(need: Need) -> str:
    integrity = {True: ", integrity", False: ", no integrity", None: ""}
    return (
        f"{clean(need.template)}:{need.line}: {need.directive} {need.source} "
        f"{need.text} (owner {need.owner}{integrity[need.integrity]})"
    )


def _frame(need: Need) -> str:
    return (
        f"{clean(need.template)}:{need.line}: {need.text} "
        "(@stopper.headers.frame(\"'self'\") goes on the view that it shows)"
    )


def _reported(found: Overview) -> list[str]:
    pairs = zip(found.reports, found.behind, strict=True)
    return [_report(kept, lines) for kept, lines in pairs]


def _report(kept: Kept, lines: Behind) -> str:
    found = kept.report
    who = "logged in" if kept.trusted else "anyone"
    place = f" from {found.source}:{found.line}" if found.source else ""
    said = clean(f"{found.route}: {found.directive} {found.blocked}{place}")
    why = clean(", ".join(lines.places)) or "no line of the app is known"
    return f"{said}, {kept.times} ×, {who}; behind it: {why}"
