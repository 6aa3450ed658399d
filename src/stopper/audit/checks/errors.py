"""Does an error tell the visitor nothing?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.errors.control import DEBUG_ENABLED
from ...controls.errors.control import EXCEPTION_TO_CLIENT
from ...controls.errors.control import PROPAGATED_EXCEPTIONS
from ...controls.errors.control import PUBLIC_DEVELOPMENT_SERVER
from ...controls.errors.control import TRACEBACK_TO_CLIENT
from ...controls.errors.policy import EVERYWHERE
from ...controls.errors.policy import true
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.appconfig import is_app
from ..survey.deployment import committed
from ..survey.deployment import key
from ..survey.deployment import rehearsal
from ..survey.deployment import where
from ..survey.files import Kind
from ..survey.project import Project
from ..survey.site import Site
from ..survey.values import Constant
from ..survey.values import Environment
from .answers import handlers
from .answers import responders
from .answers import shown
from .secrets.keys import subject

#: Characters of a command that are looked at. A longer one is a program.
LINE = 1000

_DEBUG_RUN = re.compile(r"\bflask\b[^;&|]*[\s\"'](--debug|--debugger)\b(?!=)")
_PUBLIC_RUN = re.compile(
    r"\bflask\b[^;&|]*\brun\b[^;&|]*(--host|-h)[=\s,\"']+(0\.0\.0\.0|\[?::\]?)"
)


@check(DEBUG_ENABLED, asks=Project)
def debug_enabled(project: Project) -> Iterator[Finding]:
    """Is debug mode on where users are?"""
    for call in _runs(project):
        argument = call.argument(2, "debug")

        if argument is not None and (sure := _on(argument)):
            if rehearsal(call.place.path):
                sure = Confidence.LOW

            at = _keyword(call, "debug") or argument
            name = "debug" if at is not argument else argument.written
            where_ = " in `app.run`"
            yield finding(DEBUG_ENABLED, at.place, name, confidence=sure, where=where_)

    for setting in project.settings("DEBUG"):
        if rehearsal(setting.scope):
            continue

        if setting.constant is not None and true(setting.constant.value):
            place, name = setting.target.place, subject(setting)
            low = rehearsal(place.path)
            confidence = Confidence.LOW if low else Confidence.MEDIUM
            yield finding(DEBUG_ENABLED, place, name, confidence=confidence, where="")

    for call in project.calls("werkzeug.debug.DebuggedApplication"):
        evaluates = call.argument(1, "evalex")

        asked = any(
            isinstance(a.node, ast.If) and "debug" in a.at(a.node.test).source.lower()
            for a in call.above()
        )

        if evaluates is not None and not asked and (sure := _on(evaluates)):
            low = rehearsal(call.place.path) or call.module.test
            yield finding(
                DEBUG_ENABLED,
                call.place,
                call.written,
                confidence=Confidence.LOW if low else sure,
                where="",
            )


@check(DEBUG_ENABLED, asks=Project)
def debug_deployed(project: Project) -> Iterator[Finding]:
    """Does a file that says how the app is run turn debug mode on?"""
    for entry in project.entries:
        name = key(entry)
        file = project.files.get(entry.path)

        if file is None:
            continue

        loose = file.kind is Kind.ENV and not committed(project, entry.path)
        low = loose or rehearsal(entry.path)
        confidence = Confidence.LOW if low else Confidence.HIGH
        text = str(entry.value)
        own = name == "DEBUG" and entry.path.endswith((".cfg", ".env"))

        if ((name == "FLASK_DEBUG" or own) and true(entry.value)) or (
            name == "FLASK_ENV" and text.lower() == "development"
        ):
            pass
        elif isinstance(entry.value, str) and _command(entry.key, entry.section):
            if not _DEBUG_RUN.search(text[:LINE]):
                continue
        else:
            continue

        place, written = where(project, entry)

        if "compose" in entry.path or ".flaskenv" in entry.path:
            # Both are what developers use as well.
            confidence = min(confidence, Confidence.MEDIUM)

        said = f" in `{entry.path.rpartition('/')[2]}`"
        yield finding(DEBUG_ENABLED, place, written, confidence=confidence, where=said)


def _command(name: str, section: str) -> bool:
    last = name.rpartition(".")[2]
    return section == "command" or last in {
        "CMD",
        "ENTRYPOINT",
        "command",
        "entrypoint",
        "ExecStart",
    }


def _runs(project: Project) -> Iterator[Site]:
    """Yield every ``app.run(...)``, Socket.IO's too."""
    for call in project.nodes(ast.Call):
        node = call.node
        assert isinstance(node, ast.Call)  # noqa: S101  # by its caller
        func = node.func

        if isinstance(func, ast.Attribute) and func.attr == "run":
            receiver = call.at(func.value)

            if is_app(receiver) or call.name == "flask_socketio.SocketIO.run":
                yield call


def _on(argument: Site) -> Confidence | None:
    """Say how sure it is that an argument is true, ``None`` if it is not."""
    value = argument.value

    if isinstance(value, Constant) and true(value.value):
        return Confidence.MEDIUM if _is_script(argument) else Confidence.HIGH

    if isinstance(value, Environment) and isinstance(value.default, Constant):
        return Confidence.MEDIUM if true(value.default.value) else None

    return None


def _is_script(site: Site) -> bool:
    """Whether this runs only where the file itself is started."""
    return any(
        isinstance(a.node, ast.If) and "__name__" in a.at(a.node.test).source
        for a in site.above()
    )


def _keyword(call: Site, name: str) -> Site | None:
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101  # by its caller
    return next((call.at(k) for k in node.keywords if k.arg == name), None)


@check(PUBLIC_DEVELOPMENT_SERVER, asks=Project)
def public_development_server(project: Project) -> Iterator[Finding]:
    """Does the development server listen on every interface?"""
    for call in _runs(project):
        argument = call.argument(0, "host")
        value = argument.value if argument else None

        if isinstance(value, Environment):
            value = value.default

        if isinstance(value, Constant) and value.value in EVERYWHERE:
            low = rehearsal(call.place.path)
            confidence = Confidence.LOW if low else None
            place, name = call.place, call.written
            yield finding(PUBLIC_DEVELOPMENT_SERVER, place, name, confidence=confidence)

    for entry in project.entries:
        text = entry.value

        if isinstance(text, str) and _command(entry.key, entry.section):
            if _PUBLIC_RUN.search(text[:LINE]):
                place, name = where(project, entry)
                sure = Confidence.LOW if rehearsal(entry.path) else None
                yield finding(PUBLIC_DEVELOPMENT_SERVER, place, name, confidence=sure)


@check(TRACEBACK_TO_CLIENT, asks=Project)
def traceback_to_client(project: Project) -> Iterator[Finding]:
    """Is a traceback part of an answer?"""
    known = responders(project)

    for call in project.calls(
        "traceback.format_exc", "traceback.format_exception", "traceback.format_tb"
    ):
        if call.function in known and shown(call):
            view = f"{call.function.name}()" if call.function else "The app"
            yield finding(TRACEBACK_TO_CLIENT, call.place, call.written, view=view)


@check(EXCEPTION_TO_CLIENT, asks=Project)
def exception_to_client(project: Project) -> Iterator[Finding]:
    """Is the text of an exception part of an answer?"""
    for at, name, view, confidence in handlers(project):
        yield finding(
            EXCEPTION_TO_CLIENT,
            at.place,
            name,
            confidence=confidence,
            view=f"{view}()",
            exception=name,
        )


@check(PROPAGATED_EXCEPTIONS, asks=Project)
def propagated_exceptions(project: Project) -> Iterator[Finding]:
    """Do errors pass the app's own handlers by?"""
    for setting in project.settings("PROPAGATE_EXCEPTIONS"):
        if rehearsal(setting.scope):
            continue

        if setting.constant is not None and true(setting.constant.value):
            place, name = setting.target.place, subject(setting)
            sure = Confidence.LOW if rehearsal(place.path) else None
            yield finding(PROPAGATED_EXCEPTIONS, place, name, confidence=sure)

    for entry in project.configured("PROPAGATE_EXCEPTIONS"):
        if true(entry.value):
            place, name = where(project, entry)
            sure = Confidence.LOW if rehearsal(entry.path) else None
            yield finding(PROPAGATED_EXCEPTIONS, place, name, confidence=sure)
