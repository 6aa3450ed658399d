"""What the flow analysis says of small sources."""

from __future__ import annotations

import re
import textwrap

from projects import project
from stopper.audit.checks.commands import shell_command
from stopper.audit.finding import Finding

HEAD = """\
import os
import re
from flask import Flask, abort, current_app, g, request, session
app = Flask(__name__)
"""


def told(files: dict[str, str]) -> set[str]:
    """Return the comments of the lines where a stranger's value is said to come to."""
    files = {name: textwrap.dedent(text) for name, text in files.items()}
    found = set()

    for finding in shell_command.run(project(files)):
        if finding.steps:
            line = files[finding.place.path].split("\n")[finding.place.line - 1]
            found.add(line.partition("# ")[2] or line.strip())

    return found


def reaches(body: str, defs: str = "") -> bool:
    """Say whether ``x``, which a stranger gives, comes to the ``os.system`` of a view.

    :param defs: What stands in the module beside the view.
    """
    lines = ["x = request.args['x']", *textwrap.dedent(body).strip().split("\n")]
    view = "\n".join(f"    {line}" for line in lines)
    text = f"{HEAD}{textwrap.dedent(defs)}\n@app.get('/')\ndef view():\n{view}\n"
    return bool(told({"app.py": text}))


def between(head: str, write: str, read: str) -> list[Finding]:
    """Return what is found where one view runs what another one wrote, which has ``x``."""
    lines = {"write": ['x = request.form["x"]'], "read": ['number = request.args["n"]']}
    lines["write"] += textwrap.dedent(write).split("\n")
    lines["read"] += textwrap.dedent(read).split("\n")
    views = "".join(
        f"\n@app.route('/{name}')\ndef {name}():\n"
        + "".join(f"    {line}\n" for line in body)
        for name, body in lines.items()
    )
    text = HEAD + head + views
    found = [f for f in shell_command.run(project({"app.py": text})) if f.steps]

    for step in (step for f in found for step in f.steps):
        if named := re.search("`([^`]+)`", step.message):
            assert named[1] in text.split("\n")[step.place.line - 1]

    return found
