"""What tests do with a passkey."""

from __future__ import annotations

import stopper.testing
from guard.mfa.site import post

LOGIN = "/account/login/passkey"
ADD = "/account/factors/passkey"


def options(client, path=LOGIN):
    return post(client, f"{path}/options").json


def log_in(client, passkey, **client_data):
    sent = passkey.show(options(client), **client_data)
    return post(client, LOGIN, credential=sent)


def row(site, user):
    with site.service.database.reading() as sql:
        (found,) = site.service.factors.credentials.of(sql, user, "passkey")

    return found


def why(site, act):
    with stopper.testing.events(site.app) as found:
        answer = act()

    reasons = [e.details.get("why") or e.name for e in found if e.control == "mfa"]
    return answer.status_code, reasons
