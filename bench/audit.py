"""How fast the audit reads."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODULES = 200

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


def measured() -> tuple[int, float]:
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


def show() -> None:
    """Measure and print."""
    lines, seconds = measured()
    rate = lines / seconds
    print(f"The audit: {lines} lines in {seconds:.1f} s, {rate:.0f} a second")
