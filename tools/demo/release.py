"""A published release with a published hole: fetched, checked and unpacked, never run."""

from __future__ import annotations

import dataclasses
import hashlib
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from pathlib import PurePosixPath

#: Seconds that the download may take.
PATIENCE = 120

#: What an archive may hold. The one that is fetched has 85 members and 466 KiB.
MOST_MEMBERS = 2_000
MOST_BYTES = 20 * 1024 * 1024


class RefusedError(Exception):
    """Something that was fetched is not what it should be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Release:
    """A published release with a published hole.

    :param sha256: Of its wheel. Another file of this name is not looked at.
    :param place: The file in which the hole is.
    :param rule: What the audit calls such a hole.
    """

    name: str
    version: str
    sha256: str
    advisory: str
    says: str
    place: str
    rule: str


#: What the demo audits.
WHOOGLE = Release(
    name="whoogle-search",
    version="0.7.1",
    sha256="3acf617019e423928faad87a9b72405a0be233fa18a424f364f6db10ac465e5c",
    advisory="CVE-2022-25303",
    says="a search that is no address comes back in an error page, which prints it "
    "with |safe: whoever sends the link runs script in the reader's browser "
    "(reflected XSS, mended in 0.7.2)",
    place="app/templates/error.html",
    rule="safe-filter",
)


def fetch(release: Release, folder: Path) -> Path | None:
    """Return the wheel of a release, ``None`` if it cannot be had.

    A wheel, never a source package: pip runs code of those to learn their names.

    :raises RefusedError: If it is not the file that is pinned here.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    command += ["--dest", str(folder), f"{release.name}=={release.version}"]

    try:
        subprocess.run(
            # Its settings and its environment hold here as ever.
            command,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None

    (wheel,) = folder.glob("*.whl")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()

    if found != release.sha256:
        raise RefusedError(
            f"{wheel.name} has the hash {found}, which is not the pinned one."
        )

    return wheel


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a wheel into ``folder``, and nowhere else.

    :raises RefusedError: If a member would be put elsewhere, is no plain file, or if it
        all is too much.
    """
    room = MOST_BYTES

    with zipfile.ZipFile(archive) as zipped:
        members = zipped.infolist()

        if len(members) > MOST_MEMBERS:
            raise RefusedError(f"{archive.name} holds {len(members)} files.")

        for member in members:
            path = folder / _inside(member)

            if member.is_dir():
                continue

            path.parent.mkdir(parents=True, exist_ok=True)

            # What the archive says of its sizes is not asked.
            with zipped.open(member) as source, path.open("xb") as target:
                data = source.read(room + 1)
                room -= len(data)

                if room < 0:
                    raise RefusedError(
                        f"{archive.name} is more than {MOST_BYTES} bytes."
                    )

                target.write(data)


def _inside(member: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    odd = "\\" in member.filename or ":" in member.filename

    if path.is_absolute() or ".." in path.parts or odd:
        raise RefusedError(f"A file of it would be put at {member.filename!r}.")

    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RefusedError(f"{member.filename!r} is no plain file.")

    return path
