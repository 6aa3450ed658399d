"""From folders to a :class:`Project`: everything is read before anything is judged."""

from __future__ import annotations

import contextlib
import gc
import pathlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from ...catalogue.error import ReadError
from .config import entries
from .config import Entry
from .files import collect
from .files import Collected
from .files import Kind
from .files import SourceFile
from .git import tracked
from .module import Module
from .note import Note
from .project import Project
from .requirements import requirements
from .source import parse
from .template import Template

Progress = Callable[[int, int, str], None]

#: How many of the folders around the audited one may be part of its packages' names.
ABOVE = 4


def build(
    paths: Sequence[pathlib.Path],
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
) -> Project:
    """Read the project under ``paths``. Nothing of it is imported or run.

    :param exclude: Shell patterns of shown names that are left out.
    :param progress: Called with how many files are done, of how many, and the next.
    :raises ReadError: If a path does not exist.
    """
    collected = collect(paths, exclude)

    with _uncollected():
        return assemble(collected, progress)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking the growing trees again and again.

    Trees are held until the end, so it would find nothing, at a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()

    try:
        yield
    finally:
        if was_on:
            gc.enable()


def assemble(collected: Collected, progress: Progress | None = None) -> Project:
    """Return the project that these files make."""
    notes = list(collected.notes)
    modules: list[Module] = []
    templates: list[Template] = []
    said: list[Entry] = []
    packages = _packages(collected.files)
    prefix = _outside(collected.root)

    for done, file in enumerate(collected.files):
        if progress is not None:
            progress(done, len(collected.files), file.name)

        if file.kind is Kind.PYTHON:
            module = _module(file, packages, prefix, notes)

            if module is not None:
                modules.append(module)
        elif file.kind is Kind.TEMPLATE:
            templates.append(_template(file))
        else:
            found, more = entries(file)
            said += found
            notes += more

    wanted, more = requirements(collected.root, collected.files)
    index, more_still = tracked(collected.root)
    return Project(
        files={file.name: file for file in collected.files},
        modules=tuple(modules),
        templates=tuple(templates),
        entries=tuple(said),
        requirements=tuple(wanted),
        tracked=index,
        notes=(*notes, *more, *more_still),
        skipped=collected.skipped,
        above=_above(collected.root, prefix),
    )


def is_test(name: str) -> bool:
    """Whether a file belongs to a test suite, by what everyone calls such files."""
    *folders, file = name.split("/")
    named = file.startswith("test_") or file.endswith(("_test.py", "_tests.py"))
    inside = any(f in {"test", "tests", "testing"} for f in folders)
    return named or inside or file in {"conftest.py", "tests.py"}


def _packages(files: Iterable[SourceFile]) -> frozenset[str]:
    """Return the folders that hold an ``__init__.py``."""
    return frozenset(
        f.name.rpartition("/")[0]
        for f in files
        if f.name.rpartition("/")[2] == "__init__.py"
    )


def _module(
    file: SourceFile, packages: frozenset[str], prefix: str, notes: list[Note]
) -> Module | None:
    try:
        parsed = parse(file.text, file.name)
    except ReadError as error:
        name = getattr(error, "name", "") or "unreadable"
        line = getattr(error, "line", 0)
        notes.append(Note(name, file.name, line, str(error)))
        return None

    notes += parsed.notes
    name, root = dotted(file.name, packages, prefix)
    module = Module(
        path=file.name,
        name=name,
        root=root,
        text=file.text,
        tree=parsed.tree,
        package=file.name.rpartition("/")[2] == "__init__.py",
        test=is_test(file.name),
        siblings=parsed.siblings,
    )
    # The walk belongs to reading: all of it is over before anything is judged.
    _ = module.index
    return module


def dotted(name: str, packages: frozenset[str], prefix: str = "") -> tuple[str, str]:
    """Return a file's full dotted name, and that of the folder it is imported from.

    The first is its whole path, so that no two are the same. The second is the folder
    above the outermost package of an unbroken line of packages, for a script its own.

    :param prefix: The packages in which the audited folder itself lies.
    """
    parts = name.removesuffix(".py").removesuffix(".pyw").split("/")
    folders = parts[:-1]
    start = len(folders)

    while start > 0 and "/".join(folders[:start]) in packages:
        start -= 1

    inside = start == 0 and bool(prefix)
    kept = parts[:-1] if parts[-1] == "__init__" else parts
    outer = [prefix] if prefix else []
    full = ".".join([*outer, *kept]) or "__init__"
    return full, "" if inside else ".".join([*outer, *folders[:start]])


def _outside(root: pathlib.Path) -> str:
    """Return the dotted name of the package that the audited folder itself is."""
    parts: list[str] = []

    while (root / "__init__.py").is_file() and root.name:
        parts.insert(0, root.name)
        root = root.parent

    return ".".join(parts)


def _above(root: pathlib.Path, prefix: str) -> tuple[str, ...]:
    """Return the names of the folders around the outermost package, and its own."""
    parts = root.parts
    inside = len(prefix.split(".")) if prefix else 0
    return parts[len(parts) - inside - ABOVE : len(parts) - inside]


def _template(file: SourceFile) -> Template:
    _, found, name = file.name.rpartition("templates/")
    return Template(
        path=file.name,
        name=name if found else file.name,
        text=file.text,
        test=is_test(file.name),
    )
