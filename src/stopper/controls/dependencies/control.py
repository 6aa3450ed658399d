"""Dependencies: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

UNPINNED_REQUIREMENTS = Rule(
    name="unpinned-requirements",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    message="{count} of the requirements here name no exact version, `{subject}` for one.",
    reason="What runs tomorrow is then another program than the one that was tested, and "
    "a release that someone has taken over is installed without anyone's decision.",
    mend="Let a tool write a lock file with hashes (`pip-compile --generate-hashes`, "
    "`uv lock`, `poetry lock`) and install from it.",
    cwe=(1357, 829),
    asvs=("15.2.4",),
)

UNHASHED_REQUIREMENTS = Rule(
    name="unhashed-requirements",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    message="The versions here are exact, but no hash says what they must contain, "
    "`{subject}` for one.",
    reason="An index, a mirror or a proxy that has been taken over can send another file "
    "under the same version.",
    mend="Add hashes with `pip-compile --generate-hashes` or `uv export`, and install "
    "with `--require-hashes`.",
    cwe=(494, 353),
    asvs=("15.2.4",),
)

DEAD_DEPENDENCY = Rule(
    name="dead-dependency",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="`{subject}` had its last release in {last}. Today one takes {instead}.",
    reason="Nobody mends a hole that is found in it, and it does not follow what browsers "
    "and Flask change.",
    mend="Move to what the message names, or take the code into your own and keep it.",
    cwe=(1104,),
    asvs=("15.2.1",),
)

VULNERABLE_VERSION = Rule(
    name="vulnerable-version",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` as it is required here has {holes}: {what}. {fixed} has none of these.",
    reason="The hole and how to use it are public; scanners look for it by version.",
    mend="Take the release that the message names, or a newer one.",
    cwe=(1395, 1104),
    asvs=("15.2.1",),
)

DEPENDENCIES = Control(
    name="dependencies",
    promise="No known hole is shipped.",
    rules=(
        UNPINNED_REQUIREMENTS,
        UNHASHED_REQUIREMENTS,
        DEAD_DEPENDENCY,
        VULNERABLE_VERSION,
    ),
)
