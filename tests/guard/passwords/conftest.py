"""Passwords of an app, with a clock that stands and a list of what happened."""

from __future__ import annotations

import types

import pytest
from flask import Flask

from stopper.guard.events import event
from stopper.guard.house import House
from stopper.guard.identity import Identity
from stopper.guard.passwords.passwords import Passwords

#: As cheap as the floor allows, where it matters not.
CHEAP = {"STOPPER_PASSWORD_MEMORY": 7168, "STOPPER_PASSWORD_PASSES": 5}


@pytest.fixture
def clock():
    return types.SimpleNamespace(now=1_800_000_000.0)


@pytest.fixture
def made(tmp_path, clock):
    """Make the passwords of an app with these settings."""

    def made(**config):
        app = Flask("harbour", instance_path=str(tmp_path))
        app.testing = True
        app.config.update({"STOPPER_ORIGIN": "https://boats.example", **config})
        return Passwords(House(app, object(), Identity(), lambda: clock.now))

    return made


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)
