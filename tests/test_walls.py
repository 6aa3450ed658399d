"""Who may import whom. A wall that no test holds up is a drawing of a wall."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import stopper

ROOT = Path(stopper.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

#: part -> what it may import of this package, besides itself.
MAY = {
    "catalogue": set(),
    "controls": {"catalogue"},
    "guard": {"controls", "catalogue", "__init__"},
    "audit": {"controls", "catalogue", "__init__"},
    "cli": {"audit", "guard", "controls", "catalogue", "__init__"},
    "accounts": {"guard", "controls"},
    "testing": {"guard", "controls", "catalogue", "__init__"},
    "__init__": {"guard"},
}

#: part of audit -> what it may import of that wing, besides itself. The checks and the
#: attacks ask what was read; what was read never asks back.
MAY_IN_AUDIT = {
    "survey": {"finding"},
    "finding": set(),
    "check": {"finding"},
    "checks": {"survey", "check", "finding"},
    "attack": {"survey", "finding"},
    "report": {"survey", "finding", "checks", "check", "run", "summary"},
}

#: What a control's policy may not know: it is asked by both wings.
IMPURE = {"flask", "werkzeug", "ast", "libcst", "os", "socket", "subprocess"}

#: Wings, and libraries that are slow to load or know more than they should.
READERS = {"libcst", "dulwich", "rich"}


def name(path):
    """Return the dotted name of a module of the package, without the package's own."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def is_module(parts):
    return (ROOT.joinpath(*parts).with_suffix(".py")).exists() or (
        ROOT.joinpath(*parts, "__init__.py")
    ).exists()


def targets(path, node):
    """Yield the modules of this package that one import statement loads."""
    if isinstance(node, ast.Import):
        for a in node.names:
            first, *rest = a.name.split(".")
            if first == "stopper":
                yield tuple(rest) or ("__init__",)
        return

    module = tuple((node.module or "").split(".")) if node.module else ()

    if node.level:
        here = path.relative_to(ROOT).parts[:-1]
        module = (*here[: len(here) - node.level + 1], *module)
    elif module[:1] == ("stopper",):
        module = module[1:]
    else:
        return

    for a in node.names:
        deeper = (*module, a.name)
        yield deeper if is_module(deeper) else module or ("__init__",)


def statements(path, lazy):
    """Yield the imports of a module, with those inside functions if ``lazy``."""
    stack = [ast.parse(path.read_text("utf-8"))]

    while stack:
        node = stack.pop()

        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            stack.extend(ast.iter_child_nodes(node))


def imported(path, lazy=True):
    """Return what a module imports of this package, as dotted names in parts."""
    return {t for node in statements(path, lazy) for t in targets(path, node)}


def shown(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_imports_run_downward(path):
    part = name(path)[0]

    assert {target[0] for target in imported(path)} - {part} <= MAY[part]


@pytest.mark.parametrize(
    "path", [p for p in MODULES if name(p)[:1] == ("audit",)], ids=shown
)
def test_the_checks_ask_the_survey_and_never_back(path):
    part = name(path)[1:2]
    inside = {target[1] for target in imported(path) if target[0] == "audit"} - {*part}

    # run.py and __init__.py put the parts together, so they may know them all.
    assert inside <= MAY_IN_AUDIT.get("".join(part), inside)


@pytest.mark.parametrize("path", sorted(ROOT.glob("controls/*/policy.py")), ids=shown)
def test_a_policy_is_pure(path):
    nodes = list(statements(path, lazy=True))
    names = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]

    assert {n.partition(".")[0] for n in names} & IMPURE == set()


@pytest.mark.parametrize(
    "path", [p for p in MODULES if name(p)[0] == "catalogue"], ids=shown
)
def test_the_catalogue_needs_the_standard_library_alone(path):
    nodes = list(statements(path, lazy=True))
    names = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]

    assert {n.partition(".")[0] for n in names} <= sys.stdlib_module_names


def graph():
    """Return which module imports which.

    Left out is what is lazy on purpose: the face of the package, which resolves its
    names when they are asked for, and the commands, which load a wing when they run.
    """
    edges = {}

    for path in MODULES:
        part = name(path)[0]
        here = ".".join(name(path))

        if part == "__init__":
            edges[here] = set()
        else:
            found = imported(path, lazy=part != "cli")
            edges[here] = {".".join(target) for target in found} - {here}

    return edges


def test_no_import_goes_in_a_circle():
    try:
        order = list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])), pytrace=False)

    assert "catalogue.setting" in order


@pytest.mark.parametrize(
    ("imports", "never"),
    [
        ("stopper", {"stopper.guard", "stopper.audit", "stopper.cli", "flask"}),
        ("stopper.cli", {"stopper.guard", "stopper.audit", *READERS}),
        ("stopper.cli.flask", {"stopper.guard", "stopper.audit", *READERS}),
        ("stopper.audit.run", {"stopper.guard", "flask"}),
        ("stopper.guard.stopper", {"stopper.audit", "stopper.cli", *READERS}),
        ("stopper.controls", {"stopper.audit", "stopper.guard", "flask"}),
    ],
)
def test_a_wing_is_not_loaded_by_the_other(imports, never):
    code = f"import sys, {imports}; print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert never & set(loaded.split()) == set()


def test_the_face_offers_what_it_lists():
    missing = [n for n in stopper.__all__ if not hasattr(stopper, n)]

    assert missing == []


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_every_module_says_why_it_exists(path):
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))

    assert said
    assert said.splitlines()[0].endswith((".", "?"))


def test_no_module_is_called_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "core", "manager", "misc", "common"}

    assert {part for path in MODULES for part in name(path)} & vague == set()
