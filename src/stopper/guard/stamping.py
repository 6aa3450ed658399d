"""Puts nonces and tokens into the app's own template files, when they are compiled."""

from __future__ import annotations

import typing as t

from flask import Flask
from jinja2 import BytecodeCache
from jinja2 import Environment
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from ..controls.csrf.control import CSRF
from ..controls.headers.control import HEADERS
from ..controls.templates.jinja import Syntax
from ..controls.templates.stamp import stamp
from .csrf.fields import csrf_token
from .csrf.fields import STAMPED as FIELD
from .csrf.fields import token_field
from .headers.loaders import is_own_file
from .headers.nonces import csp_nonce
from .headers.nonces import STAMPED as NONCE
from .headers.nonces import stamped_nonce

#: Changes whenever templates come out differently, so that code which another version
#: compiled, and a cache on disk kept, is not taken for ours.
VERSION = "stopper-stamps-3"


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
        environment.bytecode_cache = Versioned(cache, _version(app))

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
        environment.globals[NONCE] = stamped_nonce
        # Flask-WTF's own, if it was there first.
        environment.globals.setdefault("csrf_token", csrf_token)
        environment.globals[FIELD] = token_field

    def preprocess(
        self, source: str, name: str | None, filename: str | None = None
    ) -> str:
        """Return the source with nonces and tokens, or as it is."""
        nonce, token = _at_work(self.app)

        if name is None or not (nonce or token):
            return source

        if not is_own_file(self.app, self.environment, filename, source):
            return source

        syntax = Syntax.of(self.environment)
        return stamp(source, name, nonce=nonce, token=token, syntax=syntax).text


def _at_work(app: Flask) -> tuple[str, str]:
    """Return what stamped tags and forms call; empty for what is off."""
    general = app.config.get(MODE.key)
    nonce = (app.config.get(HEADERS.mode.key) or general) != Mode.OFF
    token = (app.config.get(CSRF.mode.key) or general) != Mode.OFF
    return NONCE if nonce else "", FIELD if token else ""


def _version(app: Flask) -> str:
    nonce, token = _at_work(app)
    return f"{VERSION}:{nonce}:{token}"


def _extension_for(app: Flask) -> type[Stamping]:
    return type("Stamping", (Stamping,), {"app": app, "__module__": __name__})


class Versioned(BytecodeCache):
    """A cache of compiled templates that knows ours from those without stamps."""

    def __init__(self, inner: BytecodeCache, version: str) -> None:
        self._inner = inner
        self._version = version

    def get_source_checksum(self, source: str) -> str:
        """Return the checksum of the source and of what is done to it."""
        return f"{self._version}:{self._inner.get_source_checksum(source)}"

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
