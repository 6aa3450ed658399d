"""Is a stolen or old cookie worth little?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.errors.policy import true
from ....controls.sessions.control import COOKIE_OUTLIVES_LOGOUT
from ....controls.sessions.control import COOKIE_WITHOUT_FLAGS
from ....controls.sessions.control import SECRET_IN_SESSION
from ....controls.sessions.control import SESSION_COOKIE_NEVER_SECURE
from ....controls.sessions.control import UNBOUNDED_SESSION
from ....controls.sessions.control import WEAK_SESSION_COOKIE
from ....controls.sessions.policy import LONGEST
from ....controls.sessions.policy import secret
from ....controls.sessions.policy import weak
from ....controls.sessions.policy import WEAKNESSES
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.deployment import rehearsal
from ...survey.deployment import where
from ...survey.guarded import guarded
from ...survey.project import Project
from ...survey.site import Site
from ...survey.whole import app_of
from ...survey.whole import keeps_sessions
from ...survey.whole import whole
from ..secrets.keys import subject

_VALUABLE = re.compile(r"sess|token|auth|remember|jwt|(^|_)sid$|login|user", re.I)
_FOR_SCRIPTS = re.compile(r"csrf|xsrf|theme|lang|locale|consent|tz|timezone", re.I)

_FLAGS = (("secure", 6), ("httponly", 7), ("samesite", 8))
_WRITTEN = {"secure": "Secure", "httponly": "HttpOnly", "samesite": "SameSite"}


@check(COOKIE_WITHOUT_FLAGS, asks=Project)
def cookie_without_flags(project: Project) -> Iterator[Finding]:
    """Is a cookie set without Secure, HttpOnly or SameSite?"""
    if "flask" not in project.imported:
        return

    for call in project.nodes(ast.Call):
        node = call.node
        assert isinstance(node, ast.Call)  # noqa: S101  # by its caller
        func = node.func

        if not isinstance(func, ast.Attribute) or func.attr != "set_cookie":
            continue

        # A handler that sets its own cookies is another framework's.
        if isinstance(func.value, ast.Name) and func.value.id == "self":
            continue

        # A jar takes a cookie that is made already.
        if call.argument(1, "value") is None or call.open_ended or _deletes(call):
            continue

        key = call.argument(0, "key")
        constant = key.constant if key else None
        name = str(constant.value) if constant else ""
        missing = [w for w, p in _FLAGS if not _given(call, w, p)]

        if _FOR_SCRIPTS.search(name):
            missing = [word for word in missing if word != "httponly"]

        if missing:
            valuable = bool(_VALUABLE.search(name)) and not _FOR_SCRIPTS.search(name)
            yield finding(
                COOKIE_WITHOUT_FLAGS,
                call.place,
                call.written,
                confidence=Confidence.MEDIUM if valuable else Confidence.LOW,
                missing=_listed([_WRITTEN[word] for word in missing]),
            )


def _given(call: Site, word: str, position: int) -> bool:
    argument = call.argument(position, word)
    constant = argument.constant if argument else None
    return argument is not None and (constant is None or bool(constant.value))


def _deletes(call: Site) -> bool:
    for position, word in ((2, "max_age"), (3, "expires")):
        argument = call.argument(position, word)
        constant = argument.constant if argument else None

        if constant is not None and constant.value == 0:
            return True

    return False


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@check(WEAK_SESSION_COOKIE, asks=Project)
def weak_session_cookie(project: Project) -> Iterator[Finding]:
    """Is a protection of the session cookie switched off?"""
    for setting in project.settings(*WEAKNESSES):
        constant = setting.constant
        at = setting.target

        if constant is None or not weak(setting.key, constant.value):
            continue

        if rehearsal(setting.scope):
            continue

        yield finding(
            WEAK_SESSION_COOKIE,
            at.place,
            subject(setting),
            confidence=_sure(project, setting.key, constant.value, at.place.path),
            value=repr(constant.value),
            what=WEAKNESSES[setting.key],
        )

    for key, what in WEAKNESSES.items():
        for entry in project.configured(key):
            if weak(key, entry.value):
                place, name = where(project, entry)
                confidence = _sure(project, key, entry.value, entry.path)
                yield finding(
                    WEAK_SESSION_COOKIE,
                    place,
                    name,
                    confidence=confidence,
                    value=repr(entry.value),
                    what=what,
                )


def _sure(project: Project, key: str, value: object, path: str) -> Confidence:
    """Say how likely it is that users meet this very value."""
    if rehearsal(path):
        return Confidence.LOW

    for setting in project.settings(key):
        constant = setting.constant

        if constant is not None and not weak(key, constant.value):
            return Confidence.LOW

    # Flask's own default, written out.
    return Confidence.LOW if value is None else Confidence.MEDIUM


@check(SESSION_COOKIE_NEVER_SECURE, asks=Project)
def session_cookie_never_secure(project: Project) -> Iterator[Finding]:
    """Does a whole app with sessions never set SESSION_COOKIE_SECURE?"""
    said = [*project.settings("SESSION_COOKIE_SECURE")]
    told = [*project.configured("SESSION_COOKIE_SECURE")]
    keeper = {"flask_talisman", "flask_sslify"} & project.imported

    if guarded(project, "sessions"):
        return

    if not (said or told or keeper) and whole(project) and keeps_sessions(project):
        app = app_of(project)

        if app is not None:
            yield finding(SESSION_COOKIE_NEVER_SECURE, app.place, app.written)


#: What keeps sessions on the server, or asks it at every request.
_SERVER_SIDE = frozenset({"flask_session", "flask_kvsession", "flask_paranoid"})

_LOGOUT = re.compile(r"(log|sign)_?(out|off)", re.I)
_LOGOUTS = ("flask.session.clear", "flask.session.pop", "flask_login.logout_user")


@check(COOKIE_OUTLIVES_LOGOUT, asks=Project)
def cookie_outlives_logout(project: Project) -> Iterator[Finding]:
    """Does a logout only ask the browser to forget its cookie?"""
    if project.imported & _SERVER_SIDE or guarded(project, "sessions"):
        return

    if any("session_interface" in file.text for file in project.files.values()):
        return

    logouts = [call for call in project.calls(*_LOGOUTS) if _logs_out(call)]
    # The whole app has one kind of session, so the first one stands for all.
    first = min(
        logouts, key=lambda call: (call.place.path, call.place.line), default=None
    )

    if first is not None:
        yield finding(COOKIE_OUTLIVES_LOGOUT, first.place, first.written)


def _logs_out(call: Site) -> bool:
    function = call.function
    named = function is not None and bool(_LOGOUT.search(function.name))
    return named and not call.module.test


@check(UNBOUNDED_SESSION, asks=Project)
def unbounded_session(project: Project) -> Iterator[Finding]:
    """May a session last for longer than anyone decided?"""
    for setting in project.settings(
        "PERMANENT_SESSION_LIFETIME", "REMEMBER_COOKIE_DURATION"
    ):
        seconds = _seconds(setting.site)

        if seconds is not None and seconds > LONGEST:
            days = int(seconds // 86400)
            place, name = setting.target.place, subject(setting)
            yield finding(UNBOUNDED_SESSION, place, name, days=f"{days:,}")

    for entry in project.configured("PERMANENT_SESSION_LIFETIME"):
        value = entry.value
        number = int(value) if isinstance(value, str) and value.isdigit() else value

        if isinstance(number, int | float) and number > LONGEST:
            place, name = where(project, entry)
            said = f"{int(number // 86400):,}"
            yield finding(UNBOUNDED_SESSION, place, name, days=said)


_UNITS = {"days": 86400, "seconds": 1, "minutes": 60, "hours": 3600, "weeks": 604800}


def _seconds(site: Site) -> float | None:
    """Return how long a number of seconds or a ``timedelta(...)`` is."""
    constant = site.constant

    if constant is not None:
        value = constant.value
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number else None

    if not isinstance(site.node, ast.Call) or site.name != "datetime.timedelta":
        return None

    total = 0.0

    for position, unit in enumerate(("days", "seconds")):
        total += _number(site.argument(position)) * _UNITS[unit]

    for unit, argument in site.keywords.items():
        total += _number(argument) * _UNITS.get(unit, 0)

    return total


def _number(site: Site | None) -> float:
    constant = site.constant if site else None
    known = constant is not None and isinstance(constant.value, int | float)
    return float(constant.value) if constant and known else 0.0


@check(SECRET_IN_SESSION, asks=Project)
def secret_in_session(project: Project) -> Iterator[Finding]:
    """Does the session cookie, which can be read, hold a secret?"""
    if project.imported & {
        "flask_session",
        "flask_kvsession",
        "flask_paranoid_session",
    }:
        return

    for assign in project.nodes(ast.Assign):
        node = assign.node
        assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller

        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                continue

            key = assign.at(target.slice).constant
            held = assign.at(target.value).type == "flask.session"

            if held and key and isinstance(key.value, str) and secret(key.value):
                value = assign.at(node.value).constant

                # A flag such as ``session["otp"] = True`` tells nothing.
                if value is not None and (
                    value.value is None or true(value.value) or not value.value
                ):
                    continue

                own = key.value.lower().endswith("token")
                place = assign.at(target).place
                name = key.value if key.value in project.line(place) else "session"
                yield finding(
                    SECRET_IN_SESSION,
                    place,
                    name,
                    confidence=Confidence.LOW if own else None,
                )
