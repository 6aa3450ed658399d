"""Inputs: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
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

INPUTS = Control(
    name="inputs",
    promise="Only data of the declared shape reaches a view.",
    rules=(),
    settings=(MAX_BODY, MAX_URL, MAX_HEADERS),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
