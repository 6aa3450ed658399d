"""``flask stopper routes``: every route, and what was declared for it."""

from __future__ import annotations

import dataclasses
import json
import textwrap
import typing as t
from collections.abc import Iterator

import click
from flask import current_app
from flask import Flask
from werkzeug.routing import Rule

from ..audit.report.printable import printable
from .guarded import walk

if t.TYPE_CHECKING:
    from ..guard.base import Guard

#: Columns of a terminal that nobody made wider.
WIDTH = 80

#: Methods that Flask answers by itself, or as it does GET.
_IMPLIED = frozenset({"HEAD", "OPTIONS"})


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One rule of the app's URL map.

    :param declared: What each control was told, by the control's name. Where it holds
        for some of the methods only, their names stand in front of it.
    """

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    declared: dict[str, tuple[str, ...]]


def routes(app: Flask, guards: tuple[Guard, ...]) -> list[Route]:
    """Return every route of the app, by rule and methods."""
    found = [_route(app, rule, guards) for rule in app.url_map.iter_rules()]
    return sorted(found, key=lambda r: (r.rule, r.methods, r.endpoint))


def _route(app: Flask, rule: Rule, guards: tuple[Guard, ...]) -> Route:
    shown = sorted((rule.methods or set()) - _IMPLIED)
    methods = tuple(shown) or tuple(sorted(rule.methods or ()))
    view = app.view_functions.get(rule.endpoint)
    declared = {g.control.name: tuple(_said(g, rule, view, methods)) for g in guards}
    return Route(
        str(rule), methods, rule.endpoint, {k: v for k, v in declared.items() if v}
    )


def _said(
    guard: Guard, rule: Rule, view: object, methods: tuple[str, ...]
) -> Iterator[str]:
    by_text: dict[str, list[str]] = {}

    for method in methods:
        for text in guard.declared(rule, view, method):
            by_text.setdefault(text, []).append(method)

    for text, those in by_text.items():
        yield text if len(those) == len(methods) else f"{' '.join(those)}: {text}"


def show(as_json: bool, declared: bool) -> None:
    """Print the routes of the current app.

    :param declared: Only those for which something was declared.
    """
    guards = walk().guards
    found = routes(current_app, guards)
    chosen = [r for r in found if r.declared or not declared]

    if as_json:
        click.echo(json.dumps([dataclasses.asdict(r) for r in chosen], indent=2))
        return

    for route in chosen:
        for line in _lines(route):
            click.echo(line)

    marked = sum(bool(r.declared) for r in found)
    click.echo(f"{len(found)} routes, {marked} with a declaration.", err=True)


def _lines(route: Route) -> Iterator[str]:
    rule, endpoint = printable(route.rule), printable(route.endpoint)
    head = f"{','.join(route.methods):<8} {rule}"

    if len(head) + len(endpoint) + 2 <= WIDTH:
        yield f"{head}  {endpoint:>{WIDTH - len(head) - 2}}"
    else:
        yield head
        yield f"{endpoint:>{WIDTH}}"

    for control, texts in route.declared.items():
        yield from textwrap.wrap(
            printable(f"{control}: {'; '.join(texts)}"),
            WIDTH,
            initial_indent=" " * 9,
            subsequent_indent=" " * 11,
            break_long_words=False,
            break_on_hyphens=False,
        )
