"""Apps without Stopper, made of their source: what an attack is shown on."""

from __future__ import annotations

import textwrap

from flask import Flask
from flask.testing import FlaskClient

from projects import found


def client(source: str, **names: object) -> FlaskClient:
    """Return a client of the ``app`` that ``source`` makes.

    :param names: What the source finds already there: a folder, a database.
    """
    return app(source, **names).test_client()


def app(source: str, **names: object) -> Flask:
    """Return the ``app`` that ``source`` makes."""
    namespace: dict[str, object] = {"__name__": "bare", **names}
    exec(compile(textwrap.dedent(source), "bare.py", "exec"), namespace)
    return namespace["app"]  # type: ignore[return-value]  # by its source


def rules(source: str) -> set[str]:
    """Return the rules that the audit finds broken in ``source``."""
    return {rule for rule, _, _ in found({"bare.py": source})}
