"""What Chromium sends from here and from elsewhere, and what becomes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask import redirect
from flask import render_template
from flask import request
from flask import session
from playwright.sync_api import Page
from werkzeug.serving import make_server
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Response

from alone import alone
from stopper import Stopper

PAGE = """<!doctype html>
<form method="post" action="{{ url_for('save') }}">
<input name="text" value="a note"><button id="send">Save</button></form>
<form method="post" action="/login"><button id="login">Log in</button></form>
"""


class Quiet(WSGIRequestHandler):
    """Serves without a line in the log for each request."""

    def log_request(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(app: t.Any, port: int = 0) -> Iterator[int]:
    """Serve an app on a port of the loopback address, a free one unless given."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclasses.dataclass
class Shop:
    """A running app, and what reached its view."""

    home: str
    saved: list[dict[str, str | None]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Return what starts the app: it takes notes, and remembers with what they came."""
    with contextlib.ExitStack() as stack:

        def start(without: tuple[str, ...] = (), **settings: t.Any) -> Shop:
            (tmp_path / "templates").mkdir()
            (tmp_path / "templates" / "page.html").write_text(PAGE)
            app = Flask(
                "shop", root_path=str(tmp_path), instance_path=str(tmp_path / "i")
            )
            app.config.update(SECRET_KEY="of this test", TESTING=True)
            app.config.update(settings)
            alone(app, "csrf")
            stopper = Stopper(app)
            stopper.identity(lambda: session.get("user"))
            saved: list[dict[str, str | None]] = []

            @app.get("/")
            def index() -> str:
                return render_template("page.html")

            @app.post("/save")
            def save() -> str:
                headers = request.headers
                saved.append(
                    {
                        "site": headers.get("Sec-Fetch-Site"),
                        "token": request.form.get("csrf_token"),
                        "user": session.get("user"),
                    }
                )
                return "saved"

            @app.post("/login")
            def login() -> Response:
                session["user"] = "ann"
                return redirect("/")

            inner = app.wsgi_app

            def strip(environ: t.Any, start_response: t.Any) -> t.Any:
                # An older browser, or a tool that takes headers away.
                for name in without:
                    environ.pop(name, None)

                return inner(environ, start_response)

            app.wsgi_app = strip  # type: ignore[method-assign]  # as Flask says
            port = stack.enter_context(serving(app))
            return Shop(f"http://localhost:{port}", saved)

        yield start


@pytest.fixture
def stranger() -> Iterator[Callable[[str], int]]:
    """Return what serves one page of a stranger, and gives its port."""
    with contextlib.ExitStack() as stack:

        def serve(text: str) -> int:
            app = Flask("stranger")
            app.add_url_rule("/", "index", lambda: text)
            return stack.enter_context(serving(app))

        yield serve


@pytest.mark.parametrize("without", [(), ("HTTP_SEC_FETCH_SITE",)])
@pytest.mark.parametrize("more", [(), ("HTTP_ORIGIN",)])
def test_a_form_of_the_app_works(start, page: Page, without, more):
    shop = start(without + more)
    page.goto(shop.home)
    page.click("#send")

    assert page.text_content("body") == "saved"
    assert len(shop.saved[0]["token"] or "") == 86


@pytest.mark.parametrize(
    ("host", "site"), [("127.0.0.1", "cross-site"), ("localhost", "same-site")]
)
@pytest.mark.parametrize("without", [(), ("HTTP_SEC_FETCH_SITE",)])
def test_a_form_of_another_origin_is_refused(
    start, stranger, page: Page, host, site, without
):
    shop = start(without)
    page.goto(shop.home)
    page.click("#login")
    port = stranger(
        f'<form method="post" action="{shop.home}/save"><button id="go">Win</button>'
    )
    page.goto(f"http://{host}:{port}/")

    with page.expect_response(f"{shop.home}/save") as caught:
        page.click("#go")

    sent = caught.value.request.all_headers()
    assert caught.value.status == 403
    assert sent["sec-fetch-site"] == site
    assert shop.saved == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_script_of_another_origin_is_refused(start, stranger, page: Page, host):
    shop = start()
    page.goto(shop.home)
    page.click("#login")
    page.goto(f"http://{host}:{stranger('<p>hello</p>')}/")
    page.evaluate(
        """home => fetch(home + "/save", {method: "POST", mode: "no-cors",
           credentials: "include", body: new URLSearchParams({text: "x"})})""",
        shop.home,
    )

    assert shop.saved == []


def test_a_sandboxed_frame_is_refused(start, stranger, page: Page, happened):
    shop = start(("HTTP_SEC_FETCH_SITE",))
    page.goto(shop.home)
    page.click("#login")
    text = f"<form method=post action={shop.home}/save></form>"
    script = "<script>document.forms[0].submit()</script>"
    port = stranger(
        f'<iframe sandbox="allow-scripts allow-forms" srcdoc="{text}{script}"></iframe>'
    )

    with page.expect_console_message(lambda m: "403" in m.text):
        page.goto(f"http://localhost:{port}/")

    assert [e.name for e in happened] == ["missing-token"]
    assert "hides its Origin" in happened[0].message
    assert shop.saved == []


def test_what_the_browser_sends_by_itself_is_nobody_s_to_act_with(
    tmp_path: Path, stranger, page: Page
):
    """Everyone reads the route, and a password that the browser keeps is no cookie."""
    app = Flask("open", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="of this test", TESTING=True)
    stopper = Stopper(alone(app, "csrf", "cors"))
    acted: list[str | None] = []

    @app.get("/")
    def index() -> Response | str:
        if request.authorization is None:
            return Response("who?", 401, {"WWW-Authenticate": "Basic"})

        return "hello"

    @app.post("/open")
    @stopper.cors("*")
    def act() -> str:
        acted.append(request.authorization and request.authorization.username)
        return "done"

    with serving(app) as port:
        page.goto(f"http://ann:secret@localhost:{port}/")
        action = f"http://localhost:{port}/open"
        other = stranger(f'<form method="post" action="{action}"><button id="go">Win')
        page.goto(f"http://127.0.0.1:{other}/")

        with page.expect_response(action) as caught:
            page.click("#go")

        assert caught.value.request.all_headers()["authorization"]
        assert (caught.value.status, acted) == (403, [])


def test_a_stranger_logs_nobody_in(start, stranger, page: Page):
    shop = start()
    port = stranger(
        f'<form method="post" action="{shop.home}/login"><button id="go">Win</button>'
    )
    page.goto(f"http://localhost:{port}/")
    page.click("#go")
    page.goto(shop.home)
    page.click("#send")

    assert shop.saved[0]["user"] is None


def test_a_script_of_the_app_needs_nothing(start, page: Page):
    shop = start()
    page.goto(shop.home)
    status = page.evaluate("""fetch("/save", {method: "POST"}).then(r => r.status)""")

    assert status == 200


def test_a_form_is_sent_by_a_script_with_its_token(start, page: Page):
    shop = start(("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"))
    page.goto(shop.home)
    status = page.evaluate(
        """fetch("/save", {method: "POST", body: new FormData(document.forms[0])})
           .then(r => r.status)"""
    )

    assert status == 200


def test_back_and_again(start, page: Page):
    shop = start(("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"))
    page.goto(shop.home)

    with page.expect_navigation():
        page.click("#send")

    page.go_back()

    with page.expect_navigation():
        page.click("#send")

    assert page.text_content("body") == "saved"
    assert len(shop.saved) == 2


def test_two_tabs_share_a_secret(start, page: Page):
    shop = start(("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"))
    page.goto(shop.home)
    other = page.context.new_page()
    other.goto(shop.home)
    page.click("#send")
    other.click("#send")

    assert len(shop.saved) == 2


def test_a_tab_from_before_the_login_still_works(start, page: Page):
    shop = start()
    page.goto(shop.home)
    other = page.context.new_page()
    other.goto(shop.home)
    other.click("#login")
    page.click("#send")

    assert shop.saved[0]["user"] == "ann"
    assert shop.saved[0]["site"] == "same-origin"


def test_without_the_header_that_tab_is_asked_to_load_its_page_again(start, page: Page):
    shop = start(("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"))
    page.goto(shop.home)
    other = page.context.new_page()
    other.goto(shop.home)
    other.click("#login")
    page.click("#send")
    assert "Load the page again" in (page.text_content("body") or "")

    page.go_back()
    page.reload()
    page.click("#send")
    assert page.text_content("body") == "saved"
