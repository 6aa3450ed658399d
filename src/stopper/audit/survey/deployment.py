"""Which files say how the app runs for real, and where in them a key stands."""

from __future__ import annotations

import re

from ..finding import Place
from .config import Entry
from .project import Project

_REHEARSAL = re.compile(
    r"(^|[._/-])(dev|devel|develop|development|debug|local|tests?|testing|testdata|testlib|testutils|examples?|samples?"
    r"|templates?|dist|ci|docs?|demo|e2e|fixtures?|\.github|circleci|gitlab|codecov|cirun|\.devcontainer|\.vscode)([._/-]|$)",
    re.I,
)

_SPECIMEN = re.compile(
    r"(^|[._/-])(examples?|samples?|templates?|dist|skel(eton)?)([._/-]|$)", re.I
)

_PRODUCTION = re.compile(
    r"(^|[._/-])(prod|production|deploy|deployment|live|release|k8s|kubernetes|helm)([._/-]|$)",
    re.I,
)

_WORD = re.compile(r"[\w.-]+")


def rehearsal(name: str) -> bool:
    """Whether a file or a configuration is for developers, tests or readers alone."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("_", ".")
    return bool(_REHEARSAL.search(words)) and not _PRODUCTION.search(words)


def specimen(name: str) -> bool:
    """Whether a file is there to be copied and filled in: ``.env.example``."""
    return bool(_SPECIMEN.search(name.replace("_", ".")))


def production(name: str) -> bool:
    """Whether a file says by its name that it is for the app that users see."""
    return bool(_PRODUCTION.search(name.replace("_", ".")))


def committed(project: Project, path: str) -> bool | None:
    """Whether git keeps a file, ``None`` where there is no repository to ask."""
    return None if project.tracked is None else path in project.tracked


def key(entry: Entry) -> str:
    """Return an entry's own key, without what it stands under."""
    return entry.key.rpartition(".")[2]


def where(project: Project, entry: Entry) -> tuple[Place, str]:
    """Return the place of an entry, and its key as it stands there."""
    place = Place(entry.path, entry.line, 0, entry.line)
    line = project.line(place)
    names = (entry.key, key(entry), *reversed(entry.key.split(".")))

    for name in (*names, *entry.section.split(".")):
        if name and name in line:
            return place, name

    word = _WORD.search(line)
    return place, word[0] if word else key(entry)
