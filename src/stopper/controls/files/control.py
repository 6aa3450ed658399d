"""Files: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

PATH_TRAVERSAL = Rule(
    name="path-traversal",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} opens a path that is made of {origin}.",
    reason="With ../ or an absolute path a visitor reads, overwrites or deletes any file that the app can: its configuration, its keys, its database.",
    mend="Use send_from_directory(folder, name), or werkzeug.utils.safe_join(folder, name) and refuse None; for a name to store under, make one up.",
    cwe=(22, 23, 73),
    asvs=("5.3.2",),
)

OPEN_DIRECTORY = Rule(
    name="open-directory",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} serves every file of {directory!r}, not a folder made for it.",
    reason="The names are kept inside that folder, but in it lie the source, the configuration, the keys.",
    mend="Serve a folder that holds nothing else, by its full path.",
    cwe=(552, 22),
    asvs=("5.3.2",),
)

UNCHECKED_ARCHIVE = Rule(
    name="unchecked-archive",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} writes files where the archive says, and nothing looked at its names.",
    reason="A member called ../../app.py, or a link that leads out followed by a file through it, overwrites what the app can write.",
    mend="Pass filter='data' to tarfile, or look at every member before the first is written: its resolved path, its kind, its size.",
    cwe=(22, 23, 59, 409),
    asvs=("5.3.3", "5.2.3"),
)

FILES = Control(
    name="files",
    promise="A request never names a path outside its folder",
    rules=(PATH_TRAVERSAL, OPEN_DIRECTORY, UNCHECKED_ARCHIVE),
)
