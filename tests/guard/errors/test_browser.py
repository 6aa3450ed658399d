"""The built-in page in a real browser: under the policy, in the dark, on a phone."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from werkzeug.serving import make_server

from alone import alone
from stopper import Stopper


@pytest.fixture
def address(tmp_path):
    app = Flask("boats", instance_path=str(tmp_path))
    alone(app, "errors", "headers")
    app.add_url_rule("/fail", "fail", lambda: 1 / 0)
    Stopper(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_has_its_style_under_the_policy(page, console, address):
    page.goto(f"{address}/fail")

    assert page.inner_text("h1") == "Internal Server Error"
    assert page.evaluate("getComputedStyle(document.body).display") == "grid"
    assert [line for line in console if "Security Policy" in line] == []


def test_the_page_is_dark_where_the_visitor_wants_it_dark(page, address):
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"{address}/missing")
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")

    assert (light, page.evaluate(ground)) == ("rgb(255, 255, 255)", "rgb(21, 24, 27)")


def test_the_page_fits_a_phone(page, address):
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(f"{address}/fail")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
