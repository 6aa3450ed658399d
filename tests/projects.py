"""Projects that tests make of a few lines, without a folder."""

from __future__ import annotations

import pathlib
import textwrap
import types

from stopper.audit.run import audit
from stopper.audit.survey.build import assemble
from stopper.audit.survey.files import Collected
from stopper.audit.survey.files import SourceFile
from stopper.audit.survey.kinds import Kind
from stopper.audit.survey.kinds import kind_of
from stopper.audit.survey.project import Project

#: A folder that is not there, so that nothing around the tests is read.
ROOT = pathlib.Path("/nonexistent/project")


def project(files: dict[str, str]) -> Project:
    """Return the project that these files make; a name maps to its text."""
    made = tuple(
        SourceFile(
            ROOT / name,
            name,
            kind_of(tuple(name.split("/"))) or Kind.OTHER,
            textwrap.dedent(text),
        )
        for name, text in sorted(files.items())
    )
    return assemble(Collected(ROOT, made, (), types.MappingProxyType({})))


def found(files: dict[str, str]) -> set[tuple[str, str, int]]:
    """Return rule, file and line of everything that every check finds."""
    result = audit([project(files)])
    assert result.failures == ()
    return {(f.rule.name, f.place.path, f.place.line) for f in result.findings}
