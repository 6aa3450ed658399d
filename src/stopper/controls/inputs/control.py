"""Inputs: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting

MAX_BODY: Setting[int] = Setting(
    key="STOPPER_MAX_BODY",
    default=16 * 1024 * 1024,
    unit="bytes",
    minimum=1024,
    says="How large the body of a request may be where the app does not say it by Flask's `MAX_CONTENT_LENGTH`, nor the view by `request.max_content_length`.",
    source="OWASP ASVS 5.0, 5.2.1; the example of Flask's documentation",
)

MAX_URL: Setting[int] = Setting(
    key="STOPPER_MAX_URL",
    default=8192,
    unit="bytes",
    minimum=1024,
    says="How long path and query may be together.",
    source="OWASP ASVS 5.0, 4.2.5; RFC 9110, 4.1, which asks servers for at least 8000",
)

MAX_HEADERS: Setting[int] = Setting(
    key="STOPPER_MAX_HEADERS",
    default=32 * 1024,
    unit="bytes",
    minimum=4096,
    says="How long the values of all headers may be together, cookies among them.",
    source="OWASP ASVS 5.0, 4.2.5; the buffers of nginx, 4 times 8 KiB",
)

LOG_INJECTION = Rule(
    name="log-injection",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    message="{subject} writes {origin} into a log as it is.",
    reason="A line end in the value begins a line of its own: whoever reads the log, or the program that does, takes it for one of the app's.",
    mend="Write it with %r, or use a formatter that writes one record a line, such as Stopper's JSON formatter.",
    cwe=(117,),
    asvs=("16.4.1",),
)

MAIL_HEADER_INJECTION = Rule(
    name="mail-header-injection",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} sends a mail in whose headers {origin} stands.",
    reason="A line end in the value begins a header of its own: more recipients, another sender, another text.",
    mend="Make the mail with email.message.EmailMessage, which refuses line ends in headers.",
    cwe=(93,),
    asvs=("1.3.11",),
)

CHOSEN_PATTERN = Rule(
    name="chosen-pattern",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is given a regular expression that is made of {origin}.",
    reason="Some expressions take longer than anyone waits on a short text: (a+)+$ stops a worker for good with one request.",
    mend="Put the value through re.escape, or look for it with in and str.find.",
    cwe=(1333, 400),
    asvs=("1.2.9", "1.3.12"),
)

MASS_ASSIGNMENT = Rule(
    name="mass-assignment",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} sets whatever attributes {origin} names.",
    reason="Whoever writes the request sets also what no form shows: is_admin, balance, owner_id.",
    mend="Take each field by its name, or let a schema say which there are.",
    cwe=(915,),
    asvs=("15.3.3",),
)

INPUTS = Control(
    name="inputs",
    promise="Only data of the declared shape reaches a view.",
    rules=(LOG_INJECTION, MAIL_HEADER_INJECTION, CHOSEN_PATTERN, MASS_ASSIGNMENT),
    settings=(MAX_BODY, MAX_URL, MAX_HEADERS),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
