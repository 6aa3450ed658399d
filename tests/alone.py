"""An app in which one control is at work, and the others are off."""

from __future__ import annotations

from flask import Flask

from stopper.catalogue.mode import Mode
from stopper.controls import CONTROLS


def alone(app: Flask, *controls: str) -> Flask:
    """Turn every control off but these and those that have no such mode.

    ``STOPPER_MODE`` stays as it is, so these follow it. One that cannot be turned off
    does nothing in an app that does not ask for it.
    """
    app.config.update(
        {
            control.mode.key: "off"
            for control in CONTROLS
            if Mode.OFF in control.modes and control.name not in controls
        }
    )
    return app
