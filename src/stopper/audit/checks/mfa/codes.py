"""Does a code count once, and for no longer than it must?"""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....controls.guests import on
from ....controls.mfa.rules import TOTP_WIDE_WINDOW
from ....controls.mfa.rules import TOTP_WITHOUT_REPLAY_CHECK
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site
from ..secrets.keys import subject
from ..uncommented import uncommented

#: Steps before and after the present one that RFC 6238 leaves for slow clocks.
STEPS = 1

#: Seconds of one step, where nobody says another number.
STEP = 30

#: What remembers the last code, or the step that it was of.
_REMEMBERS = re.compile(
    r"(?:last|used|prev(?:ious)?|recent|consumed|seen|spent)_(?:\w+_)?(?:t?otp|code|counter"
    r"|timecode|token|step|tick)s?\b|(?:t?otp|timecode|counter|code)s?_?(?:last|used|seen"
    r"|consumed)\b|\w*replay\w*\(|verify_and_get_timecode",
    re.I,
)

#: Modules that have to do with codes at all.
_ABOUT = re.compile(r"otp|mfa|2fa|two_?factor", re.I)

#: What everybody calls the object that makes codes.
_NAMED = re.compile(r"(?:^|[._])totp$", re.I)

#: Whoever sets a factor up types a code that nobody can use: he is logged in.
_SETS_UP = re.compile(
    r"set_?up|enabl|enrol|regist|configur|activat|confirm|add_|_add", re.I
)

_FACTOR = "SECURITY_TWO_FACTOR"
_COUNTER = "set_last_counter"


@check(TOTP_WITHOUT_REPLAY_CHECK, asks=Project)
def totp_without_replay_check(project: Project) -> Iterator[Finding]:
    """Does a code count once?"""
    calls = [c for c in _verified(project) if not (c.module.test or _sets_up(c))]

    if calls and not _remembers(project):
        for call in calls:
            yield finding(TOTP_WITHOUT_REPLAY_CHECK, call.place, call.written)

    for call in project.calls(*sorted(project.models.named("totp-match"))):
        given = call.argument(-1, "last_counter")

        if given is None and not (call.open_ended or call.module.test):
            yield finding(TOTP_WITHOUT_REPLAY_CHECK, call.place, call.written)

    yield from _by_extension(project)


def _verified(project: Project) -> Iterator[Site]:
    """Yield where pyotp is asked whether a code is right."""
    yield from project.calls(*sorted(project.models.named("totp-verify")))

    for call in project.called("verify") if "pyotp" in project.imported else ():
        func = t.cast(ast.Call, call.node).func

        # Whose type is not known, but whose name says what it is.
        if isinstance(func, ast.Attribute) and call.at(func.value).type is None:
            if _NAMED.search(call.module.source(func.value)):
                yield call


def _sets_up(call: Site) -> bool:
    function = call.function
    return function is not None and bool(_SETS_UP.search(function.name))


def _remembers(project: Project) -> bool:
    return any(
        _REMEMBERS.search(uncommented(module.text))
        for module in project.modules
        if not module.test and _ABOUT.search(module.text)
    )


def _by_extension(project: Project) -> Iterator[Finding]:
    """Yield where Flask-Security asks for codes, and its hooks that remember are empty."""
    if "flask_security" not in project.imported or "stopper" in project.imported:
        return

    if any(node.name == _COUNTER for _, node in project.functions()):
        return

    for setting in project.settings(_FACTOR):
        constant = setting.constant

        if (
            constant is not None
            and on(constant.value)
            and not setting.target.module.test
        ):
            place, name = setting.target.place, subject(setting)
            yield finding(TOTP_WITHOUT_REPLAY_CHECK, place, name)


@check(TOTP_WIDE_WINDOW, asks=Project)
def totp_wide_window(project: Project) -> Iterator[Finding]:
    """Does a code count for no longer than it must?"""
    for found in project.sinks("totp-window"):
        steps = _number(found.argument)

        if steps is not None and steps > STEPS and not found.call.module.test:
            yield _wide(found.call, steps)

    for found in project.sinks("totp-seconds"):
        seconds = _number(found.argument)

        if seconds is not None and seconds > STEPS * STEP * 2:
            if not found.call.module.test:
                yield _wide(found.call, seconds // STEP)


def _wide(call: Site, steps: int) -> Finding:
    return finding(TOTP_WIDE_WINDOW, call.place, call.written, count=2 * steps + 1)


def _number(site: Site) -> int | None:
    constant = site.constant
    value = constant.value if constant is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
