"""Uploads: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

CLIENT_FILE_NAME = Rule(
    name="client-file-name",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="A file is saved under the name that the visitor gave it.",
    reason="The name may be `../../app.py`, an absolute path or another user's file: the "
    "visitor chooses what is overwritten.",
    mend="Save it under a name of your own, `secrets.token_hex()` with an extension from "
    "a list, and keep the visitor's name in the database; `secure_filename` at least.",
    cwe=(22, 434),
    asvs=("5.3.2",),
)

UPLOAD_IN_STATIC = Rule(
    name="upload-in-static",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="A file of a visitor is saved in a folder that is served as it is.",
    reason="What lies there is sent with the type that its name says, from your own "
    "origin: an uploaded page or SVG runs script in your visitors' sessions.",
    mend="Keep uploads outside the static folder, and send them by a view with "
    "`as_attachment=True`.",
    cwe=(434, 79),
    asvs=("5.3.1", "3.2.1"),
)

UNBOUNDED_UPLOAD = Rule(
    name="unbounded-upload",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="The app takes files, and nothing sets `MAX_CONTENT_LENGTH`.",
    reason="One request may then fill the disk, for Flask itself has no limit.",
    mend='Set `app.config["MAX_CONTENT_LENGTH"]`, 16 * 1024 * 1024 for instance.',
    cwe=(770, 400),
    asvs=("5.2.1",),
)

LOOSE_EXTENSION_CHECK = Rule(
    name="loose-extension-check",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="The extension is looked for anywhere in the file's name.",
    reason="`picture.png.html` has `.png` in it too, and is a page.",
    mend="Compare what follows the last dot, in small letters, with a list of what is "
    "taken.",
    cwe=(434, 646),
    asvs=("5.2.2",),
)

UPLOADS = Control(
    name="uploads",
    promise="A file is what it claims, stays where it is put, and cannot run.",
    rules=(
        CLIENT_FILE_NAME,
        UPLOAD_IN_STATIC,
        UNBOUNDED_UPLOAD,
        LOOSE_EXTENSION_CHECK,
    ),
)
