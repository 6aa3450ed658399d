"""The page of keys in Chromium, without a script, as axe and a reader see it."""

from __future__ import annotations

import pathlib
import re

import axe_core_python
import pytest
from flask import Flask

from guard.csrf.test_browser import serving
from stopper import current_key
from stopper import Stopper
from stopper.accounts import Accounts
from stopper.guard.accounts import login
from stopper.guard.apikeys.wishes import Wish
from stopper.guard.tables import schema
from stopper.guard.tables.engine import engine_of

AXE = pathlib.Path(axe_core_python.__file__).parent / "axe.min.js"


@pytest.fixture
def context_options():
    # axe is put into the page by hand, and the page's own policy lets no script in.
    return {"bypass_csp": True, "viewport": {"width": 390, "height": 900}}


@pytest.fixture
def home(tmp_path):
    app = Flask("keys", instance_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="a key for these tests alone",
        TESTING=True,
        STOPPER_APIKEY_SCOPES={
            "notes:read": "Read your notes",
            "notes:write": "Change your notes",
        },
    )
    stopper = Stopper(app)
    engine = engine_of(f"sqlite:///{tmp_path}/accounts.sqlite", "", "the database")
    schema.upgrade(engine)
    Accounts(app, engine=engine, mail=bool)
    service = app.extensions["stopper.accounts"]

    with service.database.writing() as sql:
        facts = {"address": "ann@a.example", "address_key": "ann@a.example"}
        sql.add(service.tables.user(id="ann", created_at=1.0, **facts))

    @app.post("/in")
    @stopper.csrf.exempt
    @stopper.public
    def log_in():
        login.begin("ann", service.now, ["password"])
        return "in"

    @app.get("/start")
    @stopper.public
    def start():
        return '<form method="post" action="/in"><button>In</button></form>'

    app.get("/api")(stopper.apikey("notes:read")(lambda: current_key.user))

    with serving(app) as port:
        yield f"http://localhost:{port}", service.apikeys

    service.apikeys.checks.uses.wait()
    service.database.engine.dispose()
    engine.dispose()


def violations(page):
    """What axe finds wrong with the page that is shown."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run()")
    return [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_key_is_made_replaced_and_revoked(page, home, scheme, tmp_path):
    address, keys = home
    page.emulate_media(color_scheme=scheme)
    keys.make("ann", Wish("an old job", ("notes:read",), networks="192.0.2.0/24"))
    page.goto(f"{address}/start")
    page.click("button")
    page.goto(f"{address}/account/keys")

    assert violations(page) == []

    page.fill("#days", "400")
    page.fill("#label", "backup")
    page.check("text=Read your notes")
    page.click("text=Make the key")

    assert "1 to 90 days" in page.inner_text("#days-error")
    assert page.is_checked("#scope-1")
    assert violations(page) == []

    page.fill("#days", "7")
    page.click("text=Make the key")
    key = page.input_value("#key")

    assert re.fullmatch(r"stp_\w+", key)
    assert violations(page) == []

    answer = page.request.get(
        f"{address}/api", headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.text() == "ann"

    page.click("text=To your keys")
    page.screenshot(path=str(tmp_path / f"keys-{scheme}.png"), full_page=True)
    page.click("[aria-label='Replace backup']")

    assert page.input_value("#key") != key

    page.click("text=To your keys")
    page.locator("[aria-label='Revoke backup']").last.click()

    assert violations(page) == []
    assert [row.state(keys._house.clock()) for row in keys.listed("ann")].count(
        "revoked"
    ) == 1
