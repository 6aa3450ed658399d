"""Errors: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

DEBUG_ENABLED = Rule(
    name="debug-enabled",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` turns debug mode on{where}.",
    reason="In debug mode an error opens Werkzeug's debugger, which runs any Python that "
    "the visitor types once its PIN is guessed or read, and shows source and variables "
    "to everyone.",
    mend="Leave it out, and say `flask run --debug` on the machine where you write code.",
    cwe=(489, 94, 215),
    asvs=("13.4.2",),
)

PUBLIC_DEVELOPMENT_SERVER = Rule(
    name="public-development-server",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="The development server listens on every network interface.",
    reason="It is built for one developer: it has no limits, and whoever is on the same "
    "network reaches it, with the debugger if that is on.",
    mend="Serve the app with a production server such as gunicorn, and keep `127.0.0.1` "
    "for `app.run`.",
    cwe=(1327, 668),
    asvs=("13.4.2",),
)

TRACEBACK_TO_CLIENT = Rule(
    name="traceback-to-client",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{view} sends a traceback to the visitor.",
    reason="A traceback shows paths, versions, queries and often values: a map for the "
    "next attack.",
    mend="Log it with `current_app.logger.exception(...)`, and answer with a plain error.",
    cwe=(209, 497),
    asvs=("16.5.1",),
)

EXCEPTION_TO_CLIENT = Rule(
    name="exception-to-client",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="{view} sends the text of `{exception}` to the visitor.",
    reason="Nobody wrote an exception's text for visitors: a database names its tables "
    "in it, a client library its addresses, and some repeat the visitor's own markup.",
    mend="Log the exception, and answer with words of your own.",
    cwe=(209,),
    asvs=("16.5.1",),
)

PROPAGATED_EXCEPTIONS = Rule(
    name="propagated-exceptions",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="`{subject}` is true, so no error becomes the app's own 500 page.",
    reason="An exception reaches the server instead of the 500 page, and some servers "
    "print what reaches them.",
    mend="Leave it unset: Flask turns it on by itself in tests and in debug mode.",
    cwe=(756, 209),
    asvs=("16.5.1",),
)

ERRORS = Control(
    name="errors",
    promise="An error tells the developer everything and the visitor nothing.",
    rules=(
        DEBUG_ENABLED,
        PUBLIC_DEVELOPMENT_SERVER,
        TRACEBACK_TO_CLIENT,
        EXCEPTION_TO_CLIENT,
        PROPAGATED_EXCEPTIONS,
    ),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
