"""Sessions: the promise and its rules."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from .policy import LONGEST
from .policy import USER_KEYS

COOKIE_WITHOUT_FLAGS = Rule(
    name="cookie-without-flags",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="The cookie is set without {missing}.",
    reason="Without Secure it travels over plain HTTP, where anyone on the way reads it.",
    mend='Set it with `secure=True, httponly=True, samesite="Lax"`; only a cookie that '
    "scripts must read goes without `httponly`.",
    cwe=(614, 319),
    asvs=("3.3.1",),
)

COOKIE_WITHOUT_HTTPONLY = Rule(
    name="cookie-without-httponly",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="The cookie is set without {missing}.",
    reason="An injected script reads it and sends it away.",
    mend="Set it with `httponly=True`; only a cookie that scripts must read goes without.",
    cwe=(1004,),
    asvs=("3.3.4",),
)

COOKIE_WITHOUT_SAMESITE = Rule(
    name="cookie-without-samesite",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="The cookie is set without {missing}.",
    reason="Other sites send requests with it in browsers that do not take it for Lax.",
    mend='Set it with `samesite="Lax"`, or "Strict" where no link leads to what it is for.',
    cwe=(1275, 352),
    asvs=("3.3.2",),
)

WEAK_SESSION_COOKIE = Rule(
    name="weak-session-cookie",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is {value}, so {what}.",
    reason="The session cookie is who the visitor is: whoever gets it, or can have it "
    "sent, acts as that person.",
    mend="Set `SESSION_COOKIE_SECURE = True`, and `REMEMBER_COOKIE_SECURE` with "
    "Flask-Login.",
    cwe=(614, 319),
    asvs=("3.3.1",),
)

SESSION_COOKIE_WITHOUT_HTTPONLY = Rule(
    name="session-cookie-without-httponly",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is {value}, so {what}.",
    reason="The session cookie is who the visitor is: a script that reads it acts as that "
    "person, from anywhere.",
    mend="Leave `SESSION_COOKIE_HTTPONLY` as it is: Flask's default is True.",
    cwe=(1004,),
    asvs=("3.3.4",),
)

SESSION_COOKIE_WITHOUT_SAMESITE = Rule(
    name="session-cookie-without-samesite",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`{subject}` is {value}, so {what}.",
    reason="What another site makes the browser send is done in the name of whoever is "
    "logged in.",
    mend='Set `SESSION_COOKIE_SAMESITE = "Lax"`.',
    cwe=(1275, 352),
    asvs=("3.3.2",),
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
    mend="Keep it on the server: `Stopper(app)` keeps the whole session there.",
    cwe=(315, 312, 539),
    asvs=("14.3.3",),
)


COOKIE_OUTLIVES_LOGOUT = Rule(
    name="cookie-outlives-logout",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="`{subject}` logs out, and a copy of the cookie still logs in.",
    reason="Flask keeps the whole session in the cookie and nothing on the server. A "
    "logout asks the browser to forget it; whoever copied it before, from a log, a "
    "backup or a shared machine, goes on using it until it expires.",
    mend="Keep sessions on the server: `Stopper(app)` does, and ends them at the logout.",
    cwe=(613,),
    asvs=("7.4.1",),
)


def takeover_ends(config: Mapping[str, object]) -> float:
    """Return when cookies of Flask's own sessions are taken over no more, 0.0 if never were."""
    text = SESSION_TAKEOVER_UNTIL.read(config)

    if not text:
        return 0.0

    day = datetime.datetime.fromisoformat(text)
    return day.replace(tzinfo=datetime.UTC).timestamp()


def _complain_of_day(text: str) -> str | None:
    try:
        datetime.date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return "takes a day as YYYY-MM-DD"

    return None if len(text) in (0, 10) else "takes a day as YYYY-MM-DD"


def _complain_of_names(names: tuple[str, ...]) -> str | None:
    if all(isinstance(name, str) and name for name in names) and names:
        return None

    return "takes the names of keys of the session: ('user_id',)"


SESSION_IDLE: Setting[int] = Setting(
    key="STOPPER_SESSION_IDLE",
    default=3600,
    unit="seconds",
    minimum=60,
    maximum=LONGEST,
    says="After how long without a request a session ends.",
    source="NIST SP 800-63B-4, 2.2.3: at most an hour of inactivity at AAL2",
)

SESSION_LIFETIME: Setting[int] = Setting(
    key="STOPPER_SESSION_LIFETIME",
    default=24 * 3600,
    unit="seconds",
    minimum=60,
    maximum=LONGEST,
    says="After how long a session ends, however much it is used.",
    source="NIST SP 800-63B-4, 2.2.3: at most 24 hours at AAL2",
)

SESSION_ROTATE: Setting[int] = Setting(
    key="STOPPER_SESSION_ROTATE",
    default=3600,
    unit="seconds",
    minimum=60,
    maximum=LONGEST,
    says="How old the id in the cookie may become before it is replaced by a new one.",
    source="OWASP Session Management Cheat Sheet, renewal time-out; an hour bounds what a copied cookie is worth",
)

SESSION_USER_KEYS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_SESSION_USER_KEYS",
    default=USER_KEYS,
    says="Under which keys of the session the app says who is logged in. A change of one is a login or a logout, and the session gets a new id.",
    source="the key of Flask-Login, then those that applications use most",
    complain=_complain_of_names,
)

SESSION_TAKEOVER_UNTIL: Setting[str] = Setting(
    key="STOPPER_SESSION_TAKEOVER_UNTIL",
    default="",
    says="The day, YYYY-MM-DD, until which cookies of Flask's own sessions are taken over, so that nobody is logged out by the change; empty to take over none.",
    source="a copied cookie of the old kind works as long as it is taken over",
    complain=_complain_of_day,
)

REQUEST_IN_SESSION = Rule(
    name="request-in-session",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is set to, or named by, {origin}.",
    reason="What stands in the session counts as checked, and the rest of the app believes it. A value that the visitor chose says who they are, or what they may do.",
    mend="Write into the session what the server found out itself: the id of the row that the password matched, under a name of your own.",
    cwe=(501,),
    asvs=("2.2.2",),
)

SESSIONS = Control(
    name="sessions",
    promise="A stolen or old cookie is worth little.",
    rules=(
        COOKIE_WITHOUT_FLAGS,
        COOKIE_WITHOUT_HTTPONLY,
        COOKIE_WITHOUT_SAMESITE,
        WEAK_SESSION_COOKIE,
        SESSION_COOKIE_WITHOUT_HTTPONLY,
        SESSION_COOKIE_WITHOUT_SAMESITE,
        SESSION_COOKIE_NEVER_SECURE,
        UNBOUNDED_SESSION,
        SECRET_IN_SESSION,
        COOKIE_OUTLIVES_LOGOUT,
        REQUEST_IN_SESSION,
    ),
    settings=(
        SESSION_IDLE,
        SESSION_LIFETIME,
        SESSION_ROTATE,
        SESSION_USER_KEYS,
        SESSION_TAKEOVER_UNTIL,
    ),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
