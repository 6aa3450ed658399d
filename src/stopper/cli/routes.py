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
from ..controls.authorization.control import AUTHORIZATION
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

    @property
    def undeclared(self) -> bool:
        """Whether nothing says who may ask, by one of the methods at least."""
        from ..guard.authorization.table import UNDECLARED

        says = self.declared.get(AUTHORIZATION.name, ())
        return any(text.endswith(UNDECLARED) for text in says)

    @property
    def marked(self) -> bool:
        """Whether anything was declared."""
        return bool(self.declared.keys() - {AUTHORIZATION.name}) or (
            AUTHORIZATION.name in self.declared and not self.undeclared
        )


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


def show(as_json: bool, declared: bool, undeclared: bool = False) -> None:
    """Print the routes of the current app.

    :param declared: Only those for which something was declared.
    :param undeclared: Only those of which nothing says who may ask. The command ends
        with 1 if there are any.
    """
    found = routes(current_app, walk().guards)
    missing = [r for r in found if r.undeclared]
    marked = [r for r in found if r.marked]
    chosen = missing if undeclared else marked if declared else found

    if as_json:
        click.echo(json.dumps([dataclasses.asdict(r) for r in chosen], indent=2))
    else:
        for route in chosen:
            for line in _lines(route):
                click.echo(line)

        says = f"{len(found)} routes, {len(marked)} with a declaration"
        more = f", and {len(missing)} of which nothing says who may ask"
        click.echo(f"{says}{more if missing else ''}.", err=True)

    if undeclared and missing:
        raise SystemExit(1)


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
