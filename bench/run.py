"""What the guard costs a request, and how fast the audit reads.

Ratios hold from machine to machine, microseconds do not: the bare app and the guarded one
take turns in one process, and the table shows the median of the rounds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask import render_template
from rich.console import Console
from rich.table import Table

from stopper import Stopper

ROUNDS = 15
REQUESTS = 300
MODULES = 200

PAGE = """<!doctype html><title>{{ title }}</title>
<script>let loaded = true</script>
<ul>{% for i in range(20) %}<li>{{ i }}: {{ title }}</li>{% endfor %}</ul>
"""

MODULE = '''"""Notes, part {n}."""

import sqlite3

from flask import Blueprint
from flask import redirect
from flask import request

bp = Blueprint("part{n}", __name__)


def query(text, *values):
    with sqlite3.connect("notes.db") as connection:
        return connection.execute(text, values).fetchall()


@bp.route("/{n}/<int:id>")
def show(id):
    rows = query("select title, body from note where id = ?", id)
    return {{"title": rows[0][0], "body": rows[0][1]}}


@bp.post("/{n}/search")
def search():
    words = request.form["words"].split()
    found = [query("select id from note where body like ?", f"%{{w}}%") for w in words]
    return {{"found": sorted(row[0] for rows in found for row in rows)}}


@bp.post("/{n}/raw")
def raw():
    rows = query("select id from note where title = '" + request.form["title"] + "'")
    return redirect(f"/{n}/{{rows[0][0]}}")
'''


def make(folder: str) -> Flask:
    """Return an app with one JSON route and one page."""
    app = Flask(__name__, template_folder=folder)
    app.add_url_rule("/json", view_func=lambda: {"a": 1}, endpoint="json")
    app.add_url_rule(
        "/page", view_func=lambda: render_template("page.html", title="Notes")
    )
    return app


def asks(app: Flask, path: str) -> Callable[[], float]:
    """Return a function that times a row of requests, in microseconds each."""
    client = app.test_client()

    def ask() -> float:
        begin = time.perf_counter()

        for _ in range(REQUESTS):
            response = client.get(path, base_url="https://localhost")
            assert response.status_code == 200
            response.close()

        return (time.perf_counter() - begin) / REQUESTS * 1e6

    return ask


def requests(table: Table) -> None:
    """Measure bare against guarded."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "page.html").write_text(PAGE, "utf-8")
        bare = make(folder)
        guarded = make(folder)
        Stopper(guarded)

        for path in ("/json", "/page"):
            first, second = asks(bare, path), asks(guarded, path)
            first(), second()
            pairs = [(first(), second()) for _ in range(ROUNDS)]
            table.add_row(
                path,
                f"{statistics.median(a for a, _ in pairs):.0f}",
                f"{statistics.median(b for _, b in pairs):.0f}",
                f"{statistics.median(b / a for a, b in pairs):.2f}",
            )


def audit() -> tuple[int, float]:
    """Return the lines of a generated project and the seconds of its audit."""
    command = Path(sys.executable).with_name("stopper")

    with tempfile.TemporaryDirectory() as folder:
        for n in range(MODULES):
            Path(folder, f"part{n}.py").write_text(MODULE.format(n=n), "utf-8")

        begin = time.perf_counter()
        result = subprocess.run(
            [command, "audit", folder, "--format", "json"],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begin

    # Python itself ends with 1 too when something is missing.
    if result.returncode not in (0, 1) or not result.stdout.startswith("{"):
        raise SystemExit(f"bench: stopper audit did not run: {result.stderr[-500:]}")

    return MODULES * MODULE.count("\n"), seconds


def main() -> None:
    """Measure both and print them."""
    table = Table("request", "bare, µs", "guarded, µs", "ratio", title="The guard")
    requests(table)
    Console().print(table)
    lines, seconds = audit()
    print(
        f"The audit: {lines} lines in {seconds:.1f} s, {lines / seconds:.0f} a second"
    )


if __name__ == "__main__":
    main()
