"""Is a stolen or old cookie worth little?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....catalogue.rule import Rule
from ....controls.errors.policy import true
from ....controls.sessions.control import COOKIE_OUTLIVES_LOGOUT
from ....controls.sessions.control import SECRET_IN_SESSION
from ....controls.sessions.control import SESSION_COOKIE_NEVER_SECURE
from ....controls.sessions.control import SESSION_COOKIE_WITHOUT_HTTPONLY
from ....controls.sessions.control import SESSION_COOKIE_WITHOUT_SAMESITE
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


@check(WEAK_SESSION_COOKIE, asks=Project)
def weak_session_cookie(project: Project) -> Iterator[Finding]:
    """Is the session cookie sent over plain HTTP by a setting?"""
    yield from _weak(project, "SECURE", WEAK_SESSION_COOKIE)


@check(SESSION_COOKIE_WITHOUT_HTTPONLY, asks=Project)
def session_cookie_without_httponly(project: Project) -> Iterator[Finding]:
    """Is the session cookie shown to scripts by a setting?"""
    yield from _weak(project, "HTTPONLY", SESSION_COOKIE_WITHOUT_HTTPONLY)


@check(SESSION_COOKIE_WITHOUT_SAMESITE, asks=Project)
def session_cookie_without_samesite(project: Project) -> Iterator[Finding]:
    """Is the session cookie sent with other sites' requests by a setting?"""
    yield from _weak(project, "SAMESITE", SESSION_COOKIE_WITHOUT_SAMESITE)


def _weak(project: Project, flag: str, rule: Rule) -> Iterator[Finding]:
    """Yield where a flag of the cookies that log in is switched off."""
    weaknesses = {k: what for k, what in WEAKNESSES.items() if k.endswith(flag)}

    for setting in project.settings(*weaknesses):
        constant = setting.constant
        at = setting.target

        if constant is None or not weak(setting.key, constant.value):
            continue

        if rehearsal(setting.scope):
            continue

        yield finding(
            rule,
            at.place,
            subject(setting),
            confidence=_sure(project, setting.key, constant.value, at.place.path),
            value=repr(constant.value),
            what=weaknesses[setting.key],
        )

    for key, what in weaknesses.items():
        for entry in project.configured(key):
            if weak(key, entry.value):
                place, name = where(project, entry)
                confidence = _sure(project, key, entry.value, entry.path)
                yield finding(
                    rule,
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
        seconds = duration(setting.site)

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


def duration(site: Site) -> float | None:
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
