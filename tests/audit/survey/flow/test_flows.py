"""What is told of a flow, and of what could not be followed to its end."""

from __future__ import annotations

import ast
import textwrap

from projects import project
from stopper.audit.checks.commands import shell_command
from stopper.audit.survey.flow.flows import flows
from stopper.audit.survey.flow.flows import not_followed

TEXT = """
from flask import Flask, request
app = Flask(__name__)

@app.get("/")
def view():
    x = request.args["x"]
{body}
    return open(x).read()
"""


def followed(body):
    lines = "\n".join(f"    {line}" for line in body)
    made = project({"app.py": TEXT.format(body=lines)})
    module = made.modules[0]
    (call,) = (
        c
        for c in module.index.nodes(ast.Call)
        if isinstance(c.func, ast.Name) and c.func.id == "open"
    )
    asked = flows(made)
    found = asked.into(made.site(module, call.args[0]), "path")
    return found, not_followed(asked.cut)


def test_a_long_way_is_followed():
    found, notes = followed(["x = x + 'a'"] * 300)
    assert [flow.name for flow in found] == ["flask.request.args"]
    assert notes == ()


def test_a_way_that_is_too_long_is_said_to_be():
    # A project cannot silence its auditor by a thousand lines that change nothing.
    found, notes = followed(["if request.args.get('y'):", "    x = x + 'a'"] * 6000)
    assert found == ()
    (note,) = notes
    assert (note.name, note.path) == ("not-followed", "app.py")
    assert note.line == 12008


def test_a_step_names_a_call_as_it_is_written():
    code = """
        import os
        from flask import Flask, request
        app = Flask(__name__)

        class Job:
            def __init__(self, line):
                self.line = line

            def __str__(self):
                return self.line

        def start(line):
            os.system(line)

        STARTERS = {"now": start}

        class Jobs:
            def of(self, line):
                return self.last(
                    line)

            def last(self, line):
                return line

        jobs = Jobs()

        @app.get("/")
        def view():
            job = Job(request.args["a"])
            begin = STARTERS["now"]
            begin(jobs
                .of(f"{job}"))
    """
    lines = textwrap.dedent(code).split("\n")
    (finding,) = shell_command.run(project({"app.py": code}))
    told = [(lines[s.place.line - 1].strip(), s.message) for s in finding.steps]
    assert told == [
        ('job = Job(request.args["a"])', "The request's value comes in here."),
        ('job = Job(request.args["a"])', "`Job` is called with it, as `line`."),
        ("self.line = line", "It is kept as `self.line`."),
        ('job = Job(request.args["a"])', "`Job`, by `__str__`, gives it back."),
        ('job = Job(request.args["a"])', "`job` is made of it."),
        ('.of(f"{job}"))', "`of` is called with it, as `line`."),
        ("return self.last(", "`last` is called with it, as `line`."),
        ("return self.last(", "`last` gives it back."),
        ('.of(f"{job}"))', "`of` gives it back."),
        ("begin(jobs", "`begin`, that is `start`, is called with it, as `line`."),
    ]
