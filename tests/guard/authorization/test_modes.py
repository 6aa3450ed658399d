"""The modes are about what nobody declared; what the app requires holds in each."""

from __future__ import annotations

import pytest

from stopper.testing import events

REPORT = {
    "STOPPER_AUTHORIZATION_MODE": "report",
    "STOPPER_REPORT_UNTIL": "2999-01-01",
}


def build(make, **settings):
    shop = make(**settings)
    shop.app.add_url_rule("/forgotten", "forgotten", lambda: "seen")
    return shop


def test_on_trial_an_undeclared_view_is_called_and_reported(make):
    shop = build(make, **REPORT)

    with events(shop.app) as found:
        assert shop.status("/forgotten") == 200

    assert found.reported == ["undeclared-routes", "undeclared"]


@pytest.mark.parametrize("mode", [REPORT, {"STOPPER_AUTHORIZATION_MODE": "off"}])
def test_what_is_required_holds_in_each_mode(make, mode):
    shop = build(make, **mode)
    shop.app.add_url_rule("/mine", "mine", shop.stopper.requires()(lambda: "seen"))

    assert shop.status("/mine") == 401
    assert shop.status("/mine", "1") == 200
    assert shop.status("/forgotten") == 200


def test_it_holds_where_every_control_is_off(make):
    shop = build(make, STOPPER_MODE="off", STOPPER_AUTHORIZATION_MODE="off")
    shop.app.add_url_rule("/mine", "mine", shop.stopper.requires()(lambda: "seen"))

    assert shop.status("/mine") == 401


def test_off_an_undeclared_view_is_nobodys_business(make):
    shop = build(make, STOPPER_AUTHORIZATION_MODE="off")

    with events(shop.app) as found:
        assert shop.status("/forgotten") == 200

    assert found == []
