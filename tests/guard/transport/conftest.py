"""A guarded app of one view, what it says of a request, and what happened."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import request
from flask import url_for

from alone import alone
from stopper import Stopper
from stopper.guard.events import event

ORIGIN = "https://shop.example"


@pytest.fixture
def happened():
    """The events so far."""
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


@pytest.fixture
def bare(tmp_path):
    """Return what makes an app without Stopper that says what it sees."""

    def make(**config):
        app = alone(Flask("seen", instance_path=str(tmp_path)), "transport")
        app.config["STOPPER_ORIGIN"] = ORIGIN
        app.config.update(config)

        @app.route("/", methods=["GET", "POST", "PUT", "DELETE"])
        @app.route("/healthz", endpoint="healthz", methods=["GET", "POST"])
        def seen():
            return {
                "client": request.remote_addr,
                "scheme": request.scheme,
                "host": request.host,
                "url": url_for("seen", _external=True),
                "cookies": dict(request.cookies),
            }

        return app

    return make


@pytest.fixture
def make(bare):
    """Return what makes a guarded app."""

    def make_guarded(**config):
        app = bare(**config)
        Stopper(app)
        return app

    return make_guarded


@pytest.fixture
def ask():
    """Return what sends an app a request, as a server would hand it over."""

    def send(app, path="/", url=ORIGIN, method="GET", environ=None, **headers):
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return app.test_client().open(
            path,
            base_url=url,
            method=method,
            headers=named,
            environ_overrides=environ or {},
        )

    return send
