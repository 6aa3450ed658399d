"""An app with one view that changes something, and the csrf control alone."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask import render_template
from flask import request

from alone import alone
from stopper import Stopper
from stopper.catalogue.event import Event
from stopper.guard.events import event

#: Where the app is reached.
HOME = "https://shop.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the app's templates."""
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


@pytest.fixture
def make(tmp_path: Path, folder: Path) -> Callable[..., Flask]:
    """Return what makes an app: POST to any address gives ``done``, GET a template."""

    def make(*controls: str, **settings: t.Any) -> Flask:
        app = Flask(
            "shop", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
        )
        app.secret_key = "of this test alone"
        app.config["STOPPER_ORIGIN"] = HOME
        alone(app, "csrf", *controls)
        app.config.update(settings)

        @app.route("/<path:name>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
        def page(name: str) -> str:
            return render_template(name) if request.method == "GET" else "done"

        @app.post("/raw")
        def raw() -> bytes:
            return request.stream.read()

        @app.post("/data")
        def data() -> bytes:
            return request.get_data()

        return app

    return make


@pytest.fixture
def app(make: Callable[..., Flask]) -> Flask:
    app = make()
    Stopper(app)
    return app


@pytest.fixture
def happened() -> Iterator[list[Event]]:
    """The events of the test so far."""
    found: list[Event] = []

    def receive(sender: object, event: Event) -> None:
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)
