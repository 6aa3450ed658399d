"""Puts nonces on the scripts and styles of the app's own template files."""

from __future__ import annotations

import typing as t

from flask import current_app
from flask import Flask
from jinja2 import BytecodeCache
from jinja2 import Environment
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from ...catalogue.mode import MODE
from ...catalogue.mode import Mode
from ...controls.headers.control import HEADERS
from ...controls.templates.jinja import Syntax
from ...controls.templates.stamp import stamp
from .. import passage
from .loaders import is_own_file

#: What the stamped tags call; the views' templates call ``csp_nonce()``.
STAMPED = "_stopper_nonce"

#: Changes whenever templates come out differently, so that code which another version
#: compiled, and a cache on disk kept, is not taken for ours.
VERSION = "stopper-nonces-1"


def csp_nonce() -> str:
    """Return the nonce of the current request's page, for a tag's nonce attribute.

    :raises RuntimeError: Outside of a request.
    """
    found = passage.current(current_app.extensions["stopper"]) if current_app else None

    if found is None:
        raise RuntimeError(
            "csp_nonce() was called outside of a request. A nonce belongs to the "
            "answer of one request; a mail or a file has none."
        )

    return found.nonce


def _stopper_nonce() -> str:
    # Mails are rendered from template files too, and in a worker without a request.
    found = passage.current(current_app.extensions["stopper"]) if current_app else None
    return found.nonce if found else ""


def install(app: Flask) -> None:
    """Have the app's templates stamped, before its environment is made if possible."""
    extension = _extension_for(app)

    if "jinja_env" in app.__dict__:
        settle(app)
        return

    given = app.jinja_options
    extensions = [*given.get("extensions", ()), extension]
    # The dictionary belongs to the class: another app must not get our extension.
    app.jinja_options = {**given, "extensions": extensions}


def settle(app: Flask) -> None:
    """Make sure of the environment as it is when the first request comes.

    Options may have been replaced since, a cache of compiled templates added, and
    templates compiled that nobody stamped.
    """
    environment = app.jinja_env
    extensions = environment.extensions.values()

    if not any(isinstance(e, Stamping) for e in extensions):
        environment.add_extension(_extension_for(app))

    cache = environment.bytecode_cache

    if cache is not None and not isinstance(cache, Versioned):
        environment.bytecode_cache = Versioned(cache)

    if environment.cache is not None:
        environment.cache.clear()


class Stamping(Extension):
    """Stamps each template that is a file of the app, when it is compiled."""

    #: First of all: what another extension makes of the text is no file of the app.
    priority = -1000
    app: t.ClassVar[Flask]

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        # Globals, for a context processor's names are unknown inside imported macros.
        # An app that has its own csp_nonce sends its own policy with it.
        environment.globals.setdefault("csp_nonce", csp_nonce)
        environment.globals[STAMPED] = _stopper_nonce

    def preprocess(
        self, source: str, name: str | None, filename: str | None = None
    ) -> str:
        """Return the source with nonces, or as it is."""
        if name is None or _off(self.app):
            return source

        if not is_own_file(self.app, self.environment, filename, source):
            return source

        syntax = Syntax.of(self.environment)
        return stamp(source, name, nonce=STAMPED, syntax=syntax).text


def _off(app: Flask) -> bool:
    mode = app.config.get(HEADERS.mode.key) or app.config.get(MODE.key)
    return bool(mode == Mode.OFF)


def _extension_for(app: Flask) -> type[Stamping]:
    return type("Stamping", (Stamping,), {"app": app, "__module__": __name__})


class Versioned(BytecodeCache):
    """A cache of compiled templates that knows ours from those without nonces."""

    def __init__(self, inner: BytecodeCache) -> None:
        self._inner = inner

    def get_source_checksum(self, source: str) -> str:
        """Return the checksum of the source and of what is done to it."""
        return f"{VERSION}:{self._inner.get_source_checksum(source)}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the key of the template."""
        return self._inner.get_cache_key(name, filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what was compiled before."""
        self._inner.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._inner.dump_bytecode(bucket)

    def clear(self) -> None:
        """Forget everything."""
        self._inner.clear()
