"""One thing that a project depends on."""

from __future__ import annotations

import dataclasses
import re

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

_COMMIT = re.compile(r"@[0-9a-f]{40}\b|#(?:.*&)?(?:sha256|sha384|sha512)=")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_FILE = re.compile(r"/([A-Za-z0-9_.]+?)-\d[^/]*\.(?:whl|tar\.gz|zip)(?:#|$)")
_USER = re.compile(r"//[^/@]*@")

LONGEST = 4096  # characters of one requirement


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a project depends on, at one place.

    :param name: Canonical: ``flask-wtf``. Empty for an address that names none.
    :param specifier: As it is written: ``">=2,<3"``, Poetry's ``"^2.1"``.
    :param pinned: Whether it is one exact version, commit or hashed archive.
    :param hashed: Whether the file says what the archive's digest must be.
    :param url: Where it comes from, if not from an index: an address or a folder,
        without a user or password.
    :param locked: Whether a tool wrote it, with everything that it depends on.
    """

    name: str
    specifier: str
    pinned: bool
    hashed: bool
    url: str | None
    path: str
    line: int
    locked: bool = False


def requirement(
    text: str, path: str, line: int, *, hashed: bool = False
) -> Requirement:
    """Return a requirement as PEP 508 writes it.

    :raises ValueError: If it is none.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        parsed = Pep508(text)
    except InvalidRequirement:
        raise ValueError("no requirement") from None
    name = canonicalize_name(parsed.name)
    if parsed.url:
        return from_url(parsed.url, path, line, name=name, hashed=hashed)
    specifier = str(parsed.specifier)
    return Requirement(name, specifier, exact(specifier), hashed, None, path, line)


def from_url(
    url: str, path: str, line: int, *, name: str = "", hashed: bool = False
) -> Requirement:
    """Return a requirement that an address or a folder stands for."""
    match = _EGG.search(url) or _FILE.search(url)
    name = name or (canonicalize_name(match[1]) if match else "")
    hashed = hashed or bool(re.search(r"#(?:.*&)?sha\d+=", url))
    pinned = bool(_COMMIT.search(url))
    return Requirement(name, "", pinned, hashed, _USER.sub("//", url), path, line)


def exact(specifier: str) -> bool:
    """Whether a specifier allows one version alone."""
    clauses = [clause.strip() for clause in specifier.split(",")]
    return any(c.startswith("==") and not c.endswith(".*") for c in clauses)
