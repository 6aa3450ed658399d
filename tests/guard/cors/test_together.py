"""With every control on, a named page acts with cookies, and no other one."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import session

from stopper import Stopper

BASE = "https://shop.example"
APP = "https://app.example"
EVIL = "https://evil.example"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
def visitor(tmp_path):
    app = Flask(__name__, instance_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="0123456789abcdef" * 4,
        STOPPER_ORIGIN=BASE,
        STOPPER_STORE="memory:",
    )
    stopper = Stopper(app)
    mark = stopper.cors(APP, headers="Content-Type", credentials=True)
    owes = {"owes": 3}
    app.add_url_rule("/in", "in", lambda: session.update(who="ada") or "in")
    app.add_url_rule("/notes", "notes", mark(lambda: owes), methods=["POST"])
    app.add_url_rule("/other", "other", lambda: owes, methods=["POST"])

    for name in ("in", "notes", "other"):
        stopper.public(app.view_functions[name])

    client = app.test_client()
    client.get("/in", base_url=BASE)
    return client


def post(visitor, path, origin):
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    answer = visitor.post(path, base_url=BASE, headers=headers, json={})
    return answer.status_code, answer.headers.get(ALLOW)


def test_a_named_page_acts_where_it_is_named_and_nowhere_else(visitor):
    assert post(visitor, "/notes", APP) == (200, APP)
    assert post(visitor, "/notes", EVIL) == (403, None)
    assert post(visitor, "/other", APP) == (403, None)


def test_a_preflight_passes_every_control(visitor):
    headers = {
        "Origin": APP,
        "Sec-Fetch-Site": "cross-site",
        "Access-Control-Request-Method": "POST",
    }
    answer = visitor.options("/notes", base_url=BASE, headers=headers)

    assert (answer.status_code, answer.headers[ALLOW]) == (204, APP)
