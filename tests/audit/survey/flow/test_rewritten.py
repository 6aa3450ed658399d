"""Code that is written in another way and does the same has the same findings."""

from __future__ import annotations

import re

import pytest

from audit.survey.flow.generator import Generator
from audit.survey.flow.told import told

SEEDS = [str(number) for number in range(5_000, 5_040)]

SINK = re.compile(
    r"^( *)(os\.system|os\.popen|subprocess\.getoutput)\((.*)\)( *# .*)?$"
)


def lines(files, change):
    """Put one or more lines for each."""
    return {
        name: "\n".join(line for old in text.split("\n") for line in change(old))
        for name, text in files.items()
    }


def renamed(files):
    names = re.compile(r"\b(?:[abcdehlmoqv]|Box|Data|fill|make|deco|THE|TABLE)\d+\b")
    return {n: names.sub(r"other_\g<0>", t) for n, t in files.items()}


def request_by_another_name(files):
    return {
        name: re.sub(r"\brequest\b", "req", text).replace(
            "import abort, current_app, g, req,",
            "import abort, current_app, g, request as req,",
        )
        for name, text in files.items()
    }


def sink_by_another_name(files):
    return {
        name: "from os import system as run_it\n"
        + text.replace("os.system(", "run_it(")
        for name, text in files.items()
    }


def sink_assigned_to_a_name(files):
    def change(line):
        found = SINK.match(line)

        if not found:
            return [line]

        indent, sink, value, tag = found.groups()
        return [f"{indent}run_it = {sink}", f"{indent}run_it({value}){tag or ''}"]

    return lines(files, change)


def value_through_a_name(files):
    def change(line):
        found = SINK.match(line)

        if not found:
            return [line]

        indent, sink, value, tag = found.groups()
        return [f"{indent}what_runs = {value}", f"{indent}{sink}(what_runs){tag or ''}"]

    return lines(files, change)


def value_through_a_function(files):
    changed = lines(files, lambda line: [SINK.sub(r"\1\2(same_value(\3))\4", line)])
    same = "\n\ndef same_value(value):\n    return value\n"
    return {name: text + same for name, text in changed.items()}


def sink_in_a_function_of_its_own(files):
    """Of several sinks in one function each needs its own, to be told apart."""
    made = []

    def change(line):
        found = SINK.match(line)

        if not found:
            return [line]

        indent, sink, value, tag = found.groups()
        made.append(
            f"\n\ndef runs_{len(made)}(command):\n    {sink}(command){tag or ''}\n"
        )
        return [f"{indent}runs_{len(made) - 1}({value})"]

    changed = {}

    for name, text in files.items():
        made_before = len(made)
        changed[name] = lines({name: text}, change)[name] + "".join(made[made_before:])

    return changed


def unrelated_code_between(files):
    def change(line):
        found = SINK.match(line)
        return [f"{found[1]}print(len('unrelated'))", line] if found else [line]

    return lines(files, change)


def file_moved(files):
    if "helpers.py" not in files:
        return files

    moved = {n: re.sub(r"\bhelpers\b", "parts.inner", t) for n, t in files.items()}
    text = moved.pop("helpers.py")
    return {**moved, "parts/__init__.py": "", "parts/inner.py": text}


@pytest.mark.parametrize(
    "rewrite",
    [
        renamed,
        request_by_another_name,
        sink_by_another_name,
        sink_assigned_to_a_name,
        value_through_a_name,
        value_through_a_function,
        sink_in_a_function_of_its_own,
        unrelated_code_between,
        file_moved,
    ],
)
def test_what_does_the_same_has_the_same_findings(rewrite):
    for seed in SEEDS:
        files = tagged(Generator(seed).program().files)
        assert told(rewrite(files)) == told(files), seed


def test_what_stands_elsewhere_or_in_another_order_has_the_same_findings():
    for seed in SEEDS:
        files = tagged(Generator(seed).program().files)
        moved = tagged(Generator(seed, moved=1).program().files)
        assert told(moved) == told(files), seed


def tagged(files):
    """Give the sinks of constructs, which have no number, their own line as one."""

    def change(line):
        found = SINK.match(line)
        tag = re.sub(r"\W+|\d+", " ", line)
        return [f"{line}  # {tag.strip()}"] if found and not found[4] else [line]

    return lines(files, change)
