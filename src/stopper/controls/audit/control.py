"""The audit's own promise: its rules. The first three are raised by the runner."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

ALLOW_WITHOUT_REASON = Rule(
    name="allow-without-reason",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="`{subject}` hides a finding and gives no reason.",
    reason="Whoever reads the line next year cannot tell a decision from a shortcut, so "
    "nobody dares to remove it and the hole behind it stays.",
    mend="Write after the bracket why the finding does no harm here.",
    cwe=(1059,),
    asvs=(),
)

UNKNOWN_ALLOW = Rule(
    name="unknown-allow",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="`{subject}` is allowed here, but no rule or control has that name.",
    reason="A misspelt name allows nothing: the finding it was meant for is still "
    "reported, or comes back unseen when the line moves.",
    mend="Take the name from the report or from `stopper rules`.",
    cwe=(1116,),
    asvs=(),
)

OBSOLETE_ALLOW = Rule(
    name="obsolete-allow",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    message="`{subject}` is allowed here, but is not found here any more.",
    reason="What hides nothing today hides the next finding on that line, which nobody "
    "has judged.",
    mend="Remove the comment.",
    cwe=(1164,),
    asvs=(),
)

REPORT_IN_PRODUCTION = Rule(
    name="report-in-production",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is `{mode}`, so {what} in production.",
    reason="`report` is a trial that lets every attack through and writes it down, and "
    "`off` does not even write. Both are easily forgotten once the app runs.",
    mend="Set it to `enforce`. While a trial lasts, keep the end date in "
    "`STOPPER_REPORT_UNTIL` and this line out of what production reads.",
    cwe=(693,),
    asvs=(),
)

AUDIT = Control(
    name="audit",
    promise="Nothing is hidden from the audit.",
    rules=(
        ALLOW_WITHOUT_REASON,
        UNKNOWN_ALLOW,
        OBSOLETE_ALLOW,
        REPORT_IN_PRODUCTION,
    ),
)
