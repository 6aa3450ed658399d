"""Nothing that the guard makes is drawn from a generator that can be computed."""

from __future__ import annotations

import ast
from pathlib import Path

import stopper.guard

FOLDER = Path(stopper.guard.__file__).parent

#: When this process first cleans up, which is worth nothing to anybody.
KNOWN = {"upkeep.py": ["random"], "accounts/housekeeping.py": ["random"]}

WEAK = {"random", "numpy", "uuid.uuid1"}


def weak(path: Path) -> list[str]:
    """Return what a module imports of generators that are not for secrets."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [
        a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    ]
    found += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    found += [
        f"uuid.{n.attr}"
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute)
        and isinstance(n.value, ast.Name)
        and n.value.id == "uuid"
    ]
    return [name for name in found if name.partition(".")[0] in WEAK or name in WEAK]


def test_only_secrets_and_the_kernel_make_secrets():
    found = {p.relative_to(FOLDER).as_posix(): weak(p) for p in FOLDER.rglob("*.py")}

    assert {name: names for name, names in found.items() if names} == KNOWN
