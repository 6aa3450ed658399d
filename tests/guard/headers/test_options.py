"""What is sent only where a setting asks for it: Trusted Types, Clear-Site-Data."""

from __future__ import annotations

import contextlib
import threading

import pytest
from flask import Flask
from flask import render_template
from flask import session
from werkzeug.serving import make_server

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError

PAGE = """<title>t</title><link rel=icon href=data:,><p id=p></p><script>
try { p.innerHTML = '<b>text</b>'; window.plain = 1 } catch { window.plain = 0 }
try {
  const made = trustedTypes.createPolicy('clean', {createHTML: x => x});
  p.innerHTML = made.createHTML('<b>made</b>'); window.made = 1
} catch { window.made = 0 }
</script>"""


def build(tmp_path, *controls, **config):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    app = Flask(
        "options", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    app.secret_key = "for this test alone, and long enough"
    app.testing = True
    app.config.update(config)
    alone(app, "headers", *controls)
    Stopper(app)
    app.add_url_rule("/", "index", lambda: render_template("page.html"))
    return app


@contextlib.contextmanager
def serving(app):
    """Serve the app, and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_a_browser(app, page):
    """Return whether a plain text, and one that a policy made, became markup."""
    with serving(app) as base:
        page.goto(f"{base}/")
        return page.evaluate("[window.plain, window.made]")


@pytest.mark.parametrize(
    ("setting", "happens"),
    [(False, [1, 1]), (True, [0, 0]), (("clean",), [0, 1]), (("other",), [0, 0])],
)
def test_text_becomes_markup_where_the_setting_lets_it(
    tmp_path, page, setting, happens
):
    app = build(tmp_path, STOPPER_TRUSTED_TYPES=setting)

    assert in_a_browser(app, page) == happens


def test_in_report_mode_trusted_types_stop_nothing(tmp_path, page):
    app = build(
        tmp_path,
        STOPPER_TRUSTED_TYPES=True,
        STOPPER_MODE="report",
        STOPPER_REPORT_UNTIL="9999-12-31",
    )

    assert in_a_browser(app, page) == [1, 1]


@pytest.mark.parametrize("wrong", ["dompurify", ("a b",), ("a;b",), (1,), ("'none'",)])
def test_what_is_no_name_of_a_policy_is_refused(tmp_path, wrong):
    with pytest.raises(SettingError, match="STOPPER_TRUSTED_TYPES"):
        build(tmp_path, STOPPER_TRUSTED_TYPES=wrong)


def with_a_login(app):
    @app.get("/in")
    def come():
        session["user"] = "ann"
        return "in"

    @app.get("/out")
    def go():
        session.clear()
        return "out"


def logging_out(app):
    with_a_login(app)
    client = app.test_client()
    client.get("/in", base_url="https://localhost")
    return [
        client.get(path, base_url="https://localhost").headers.get("Clear-Site-Data")
        for path in ("/", "/out", "/out")
    ]


def test_the_answer_that_ends_a_session_clears_the_storage(tmp_path):
    app = build(tmp_path, "sessions", STOPPER_CLEAR_ON_LOGOUT=True)

    assert logging_out(app) == [None, '"storage"', None]


@pytest.mark.parametrize(("clears", "left"), [(True, None), (False, "kept")])
def test_a_browser_forgets_what_scripts_kept(tmp_path, page, clears, left):
    app = build(tmp_path, "sessions", STOPPER_CLEAR_ON_LOGOUT=clears)
    with_a_login(app)

    with serving(app) as base:
        page.goto(f"{base}/in")
        page.evaluate("localStorage.setItem('draft', 'kept')")
        page.goto(f"{base}/out")
        page.goto(f"{base}/")
        assert page.evaluate("localStorage.getItem('draft')") == left


def test_nothing_is_cleared_by_default(tmp_path):
    assert logging_out(build(tmp_path, "sessions")) == [None, None, None]


def test_a_browser_keeps_its_storage_in_report_mode(tmp_path):
    app = build(
        tmp_path,
        "sessions",
        STOPPER_CLEAR_ON_LOGOUT=True,
        STOPPER_HEADERS_MODE="report",
        STOPPER_REPORT_UNTIL="9999-12-31",
    )

    assert logging_out(app) == [None, None, None]
