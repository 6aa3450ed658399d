"""What keeps an app with accounts from starting."""

from __future__ import annotations

import pytest
from flask import Flask

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.catalogue.error import StartError


def app_with(tmp_path, **config):
    app = Flask("club", instance_path=str(tmp_path))
    app.secret_key = "for these tests alone, and long enough"
    app.config.update(PROPAGATE_EXCEPTIONS=True, STOPPER_TRANSPORT_MODE="off", **config)
    Stopper(app)
    Accounts(app, mail=lambda message: None)
    return app


def test_links_of_mails_need_an_origin(tmp_path):
    with pytest.raises(StartError, match="STOPPER_ORIGIN"):
        app_with(tmp_path).test_client().get("/")


def test_with_an_origin_it_starts(tmp_path):
    app = app_with(tmp_path, STOPPER_ORIGIN="https://notes.example")

    assert app.test_client().get("/account/login").status_code == 200


@pytest.mark.parametrize("mode", ["off", "report"])
def test_what_other_sites_send_has_to_be_refused(tmp_path, mode):
    app = app_with(
        tmp_path,
        STOPPER_ORIGIN="https://notes.example",
        STOPPER_CSRF_MODE=mode,
        STOPPER_REPORT_UNTIL="2999-01-01",
    )

    with pytest.raises(StartError, match="STOPPER_CSRF_MODE"):
        app.test_client().get("/")
