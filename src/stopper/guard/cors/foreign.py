"""What Flask-Cors does in an app: whom it lets read with cookies."""

from __future__ import annotations

import re
import sys
import typing as t
from collections.abc import Iterator

from flask import Flask

from ...controls.cors.policy import any_origin
from ...controls.cors.policy import is_pattern

#: No one's origin: whoever lets it in lets in everyone.
_STRANGER = "https://nobody-at-all.invalid"


class FlaskCors:
    """The options that Flask-Cors was given, for the app and for single views.

    :param app: One whose views and hooks are all there.
    """

    def __init__(self, app: Flask) -> None:
        self._options: tuple[tuple[list[t.Any], bool], ...] = ()

        if "flask_cors" in sys.modules:
            self._options = tuple(_options(app))

    @property
    def at_work(self) -> bool:
        """Whether it is set up in this app."""
        return bool(self._options)

    @property
    def lets_everyone(self) -> bool:
        """Whether it sends any origin back and lets cookies along."""
        return any(c and _lets(o, _STRANGER) for o, c in self._options)

    def lets(self, origin: str) -> bool:
        """Say whether it names this origin, and not every other one with it."""
        return any(
            c and _lets(o, origin) and not _lets(o, _STRANGER) for o, c in self._options
        )


def _options(app: Flask) -> Iterator[tuple[list[t.Any], bool]]:
    for functions in app.after_request_funcs.values():
        for function in functions:
            for _, options in _held(function, "resources", "extension") or ():
                yield _read(options)

    for view in app.view_functions.values():
        given = _held(view, "_options", "decorator")

        if given is not None:
            core = sys.modules["flask_cors.core"]
            yield _read(core.get_cors_options(app, given))


def _held(function: object, name: str, module: str) -> t.Any:
    """Return a variable of one of its functions, which keep their options nowhere else."""
    code = getattr(function, "__code__", None)
    scope = getattr(function, "__globals__", {})

    if code is None or scope.get("__name__") != f"flask_cors.{module}":
        return None

    if name not in code.co_freevars:
        return None

    cells = function.__closure__  # type: ignore[attr-defined]  # it has __code__
    return cells[code.co_freevars.index(name)].cell_contents


def _read(options: t.Any) -> tuple[list[t.Any], bool]:
    # Until its version 6.0.2 the options are a dict.
    if isinstance(options, dict):
        origins, credentials = options.get("origins"), options["supports_credentials"]
    else:
        origins, credentials = options.origins, options.supports_credentials

    listed = [origins] if isinstance(origins, str | re.Pattern) else list(origins or ())
    return listed, bool(credentials)


def _lets(origins: list[t.Any], origin: str) -> bool:
    return any(_fits(pattern, origin) for pattern in origins)


def _fits(pattern: t.Any, origin: str) -> bool:
    if isinstance(pattern, str):
        if any_origin(pattern):
            return True

        if not is_pattern(pattern):
            return pattern.lower() == origin.lower()

    return (
        re.match(pattern, origin, 0 if isinstance(pattern, re.Pattern) else re.I)
        is not None
    )
