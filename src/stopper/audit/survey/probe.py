"""The app as it answers: evidence of what no source shows."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

if t.TYPE_CHECKING:
    from flask import Flask

#: A path that no app serves, so that its error page is seen too.
MISSING = "/no-such-page-of-stopper-probe"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the live app.

    :param route: The URL rule that was asked, or the path where none matches.
    :param headers: As they came, names in any case; one may stand there twice.
    """

    route: str
    method: str
    status: int
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """Return the header of this name, several joined by commas as HTTP joins them."""
        found = [v for n, v in self.headers if n.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def subject(self) -> str:
        """What a finding calls it: ``"GET /login"``."""
        return f"{self.method} {self.route}"


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """What the live app answered.

    :param failed: The paths whose view raised, each with the name of the error.
    """

    answers: tuple[Answer, ...]
    failed: tuple[tuple[str, str], ...] = ()


def probe(app: Flask, paths: Iterable[str] | None = None) -> Probe:
    """Ask the app through its test client, and return what it answers.

    This runs the app's views: it is for an app that one built, or trusts.

    :param paths: What to GET; every route without arguments, and one that is missing,
        if left out.
    """
    client = app.test_client()
    answers: list[Answer] = []
    failed: list[tuple[str, str]] = []

    for path in _paths(app) if paths is None else paths:
        try:
            response = client.get(path)
        except Exception as e:
            # In testing mode an error of a view comes out here; the others still count.
            failed.append((path, type(e).__name__))
            continue

        headers = tuple((str(n), str(v)) for n, v in response.headers)
        answers.append(Answer(path, "GET", response.status_code, headers))
        response.close()

    return Probe(tuple(answers), tuple(failed))


def _paths(app: Flask) -> Iterator[str]:
    rules = (r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()))
    yield from sorted({r.rule for r in rules if not r.arguments})
    yield MISSING
