"""What gunicorn serves behind nginx: one app for each way to set the proxies up."""

from __future__ import annotations

import json
import os

from flask import Flask
from flask import request
from flask import url_for

from alone import alone
from stopper import Stopper
from stopper.guard.events import event

#: What each app has in its settings.
SETTINGS = {
    "tcp": {"STOPPER_PROXIES": ["127.0.0.1"]},
    "unix": {"STOPPER_PROXIES": ["unix"]},
    "both": {"STOPPER_PROXIES": ["unix, 127.0.0.0/8"]},
    "none": {},
    "elsewhere": {"STOPPER_PROXIES": ["192.0.2.1"]},
    "two": {"STOPPER_PROXIES": ["unix, 127.0.0.1", "192.0.2.1"]},
    "host": {"STOPPER_PROXIES": ["unix, 127.0.0.1"], "STOPPER_PROXY_HOST": True},
}

_APPS = {}
_EVENTS = {name: [] for name in SETTINGS}


def build(name):
    app = alone(Flask(name, instance_path=os.environ["HOME"]), "transport")
    app.config.update(STOPPER_ORIGIN=os.environ["ORIGINS"].split(), **SETTINGS[name])

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        return {
            "client": request.remote_addr,
            "scheme": request.scheme,
            "url": url_for("echo", _external=True),
            "forwarded": [k for k in request.environ if "FORWARDED" in k],
        }

    def receive(sender, event):
        _EVENTS[name].append(event.as_dict())

    event.connect(receive, sender=app, weak=False)
    Stopper(app)
    return app


def application(environ, start_response):
    # nginx says which; whoever asks gunicorn itself does too.
    name = environ.pop("HTTP_X_WHICH", "none")

    if environ["PATH_INFO"] == "/events":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(_EVENTS[name]).encode()]

    if name not in _APPS:
        _APPS[name] = build(name)

    return _APPS[name](environ, start_response)
