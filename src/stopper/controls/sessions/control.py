"""Sessions: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

COOKIE_WITHOUT_FLAGS = Rule(
    name="cookie-without-flags",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="The cookie is set without {missing}.",
    reason="Without Secure it travels over plain HTTP, without HttpOnly an injected script "
    "reads it, and without SameSite other sites send requests with it.",
    mend='Set it with `secure=True, httponly=True, samesite="Lax"`; only a cookie that '
    "scripts must read goes without `httponly`.",
    cwe=(614, 1004, 1275),
    asvs=("3.3.1", "3.3.2", "3.3.4"),
)

WEAK_SESSION_COOKIE = Rule(
    name="weak-session-cookie",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is {value}, so {what}.",
    reason="The session cookie is who the visitor is: whoever gets it, or can have it "
    "sent, acts as that person.",
    mend='Set `SESSION_COOKIE_SECURE = True` and `SESSION_COOKIE_SAMESITE = "Lax"`, and '
    "leave `SESSION_COOKIE_HTTPONLY` as it is.",
    cwe=(614, 1004, 1275),
    asvs=("3.3.1", "3.3.2", "3.3.4"),
)

SESSION_COOKIE_NEVER_SECURE = Rule(
    name="session-cookie-never-secure",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="The app has sessions, and nothing sets `SESSION_COOKIE_SECURE`.",
    reason="Flask's default sends the session cookie over plain HTTP too, where anyone "
    "on the way reads it.",
    mend="Set `SESSION_COOKIE_SECURE = True` for production.",
    cwe=(614,),
    asvs=("3.3.1",),
)

UNBOUNDED_SESSION = Rule(
    name="unbounded-session",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="`{subject}` lets a session last {days} days.",
    reason="Flask's sessions cannot be revoked: a copied cookie works as long as this "
    "says, and each visit starts the time anew.",
    mend="Days or weeks are enough; ask for the password again before what matters.",
    cwe=(613,),
    asvs=("7.3.1", "7.3.2"),
)

SECRET_IN_SESSION = Rule(
    name="secret-in-session",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="`{subject}` is kept in the session, which the visitor can read.",
    reason="Flask signs the session cookie and does not encrypt it: its content is "
    "base64 in the browser, in backups and in every log of cookies.",
    mend="Keep it on the server under the user's id, or use a server-side session.",
    cwe=(312, 315, 539),
    asvs=("14.3.3",),
)

SESSIONS = Control(
    name="sessions",
    promise="A stolen or old cookie is worth little.",
    rules=(
        COOKIE_WITHOUT_FLAGS,
        WEAK_SESSION_COOKIE,
        SESSION_COOKIE_NEVER_SECURE,
        UNBOUNDED_SESSION,
        SECRET_IN_SESSION,
    ),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
