"""One attack, three witnesses: it works on the bare app, the audit finds it, the guard stops it."""

from __future__ import annotations

import contextlib
import json
import threading

import pytest
from flask import Flask
from flask import make_response
from flask import render_template
from flask import request
from werkzeug.serving import make_server

from alone import alone
from bare import client
from bare import rules as found_in
from stopper import Stopper
from stopper.audit.run import audit
from stopper.audit.survey.probe import probe
from stopper.cli.flask import group

#: What gets past one forgotten escape.
EVIL = "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>"


@contextlib.contextmanager
def serving(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()

    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build(tmp_path, guarded, **config):
    """Return an app with one forgotten escape, and a script of its own."""
    (tmp_path / "templates").mkdir(exist_ok=True)
    (tmp_path / "static").mkdir(exist_ok=True)
    (tmp_path / "static" / "own.js").write_text("window.file = 1")
    (tmp_path / "templates" / "index.html").write_text(
        "<title>app</title><link rel=icon href=data:,>"
        "<style>p { color: rgb(1, 2, 3) }</style><p id=p>{{ q|safe }}</p>"
        "<script>window.inline = 1</script>"
        "<script src=\"{{ url_for('static', filename='own.js') }}\"></script>"
    )
    app = Flask(
        "attacked", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    alone(app, "headers")
    app.config.update(config)
    app.add_url_rule(
        "/",
        "index",
        lambda: render_template("index.html", q=request.args.get("q", "")),
    )

    def login():
        response = make_response("in")
        response.set_cookie("session", "secret")
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    app.add_url_rule("/login", "login", login)

    if guarded:
        Stopper(app)

    return app


def rules(app):
    result = audit([probe(app)])
    assert result.failures == ()
    return {f.rule.name for f in result.findings}


both = pytest.mark.parametrize("guarded", [False, True], ids=["bare", "guarded"])


@both
def test_an_injected_script_runs_where_the_audit_says_so(tmp_path, page, guarded):
    app = build(tmp_path, guarded)

    with serving(app) as base:
        page.goto(f"{base}/?q={EVIL}")
        page.wait_for_function("window.inline")
        stolen = page.evaluate("window.stolen")

    assert stolen == (None if guarded else 1)
    assert ("missing-csp" in rules(app)) is not guarded


def test_the_app_s_own_scripts_and_styles_work_without_one_violation(
    tmp_path, page, console
):
    with serving(build(tmp_path, guarded=True)) as base:
        page.goto(f"{base}/")
        found = page.evaluate("[window.inline, window.file, getComputedStyle(p).color]")

    assert found == [1, 1, "rgb(1, 2, 3)"]
    assert console == []


ADDED = {
    "a value without quotes": "<script id={{ q }}>window.inline = 1</script>",
    "a block between attributes": "{% extends 'base.html' %}"
    '{% block attributes %}src="{{ q|trim }}"{% endblock %}',
}


@both
@pytest.mark.parametrize("template", ADDED.values(), ids=ADDED)
def test_a_value_gives_a_script_its_address(tmp_path, page, guarded, template):
    app = build(tmp_path, guarded)
    (tmp_path / "templates" / "index.html").write_text(template)
    (tmp_path / "templates" / "base.html").write_text(
        "<script {% block attributes %}{% endblock %}></script>"
    )
    stranger = Flask("stranger")
    script = ("window.stolen = 1", {"Content-Type": "text/javascript"})
    stranger.add_url_rule("/", "index", lambda: script)

    with serving(app) as base, serving(stranger) as other:
        source = other.replace("127.0.0.1", "localhost")
        q = f"{source}/" if "trim" in template else f"a src={source}/"
        page.goto(f"{base}/?q={q}")
        stolen = page.evaluate("window.stolen")

    assert stolen == (None if guarded else 1)


def evil(tmp_path, body):
    """Return another site, whose page holds ``body``."""
    app = Flask("evil", root_path=str(tmp_path), instance_path=str(tmp_path))
    alone(app, "headers")
    app.add_url_rule("/", "index", lambda: body)
    return app


@both
def test_a_page_is_framed_where_the_audit_says_so(tmp_path, page, guarded):
    app = build(tmp_path, guarded)

    with (
        serving(app) as base,
        serving(evil(tmp_path, f"<iframe src='{base}/'></iframe>")) as other,
    ):
        page.goto(other)
        frame = page.query_selector("iframe").content_frame()
        shown = frame.evaluate("document.title")

    assert (shown == "app") is not guarded
    assert ("framable-page" in rules(app)) is not guarded


@both
def test_data_is_run_as_a_script_where_the_audit_says_so(tmp_path, page, guarded):
    app = build(tmp_path, guarded)
    notes = ("window.sniffed = 1", {"Content-Type": "text/plain"})
    app.add_url_rule("/notes.txt", "notes", lambda: notes)

    with (
        serving(app) as base,
        serving(evil(tmp_path, f"<script src='{base}/notes.txt'></script>")) as other,
    ):
        page.goto(other)
        sniffed = page.evaluate("window.sniffed")

    assert sniffed == (None if guarded else 1)
    assert ("sniffable-response" in rules(app)) is not guarded


@both
@pytest.mark.parametrize(
    "named", ["image/png, text/html", "font/a,text/html", "image/png;,TEXT/HTML"]
)
def test_a_picture_that_is_a_page_as_well_runs_its_script(
    tmp_path, page, guarded, named
):
    """What an upload calls itself, and the app sends on."""
    app = build(tmp_path, guarded)
    app.add_url_rule("/upload", "upload", lambda: (EVIL, {"Content-Type": named}))

    with serving(app) as base:
        page.goto(f"{base}/upload")
        ran = page.evaluate("window.stolen")

    assert ran == (None if guarded else 1)


@both
def test_a_shared_cache_keeps_a_cookie_where_the_audit_says_so(tmp_path, guarded):
    app = build(tmp_path, guarded)
    response = app.test_client().get("/login")
    # RFC 9111, 3: what a shared cache may store and give to the next visitor.
    stores = "public" in response.headers["Cache-Control"]

    assert "secret" in response.headers["Set-Cookie"]
    assert stores is not guarded
    assert ("cacheable-cookie" in rules(app)) is not guarded


def test_the_audit_finds_nothing_on_a_guarded_app(tmp_path):
    assert rules(build(tmp_path, guarded=True)) == set()


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("Content-Security-Policy", "script-src 'unsafe-inline'", "weak-csp"),
        ("Content-Security-Policy", "img-src 'self'", "weak-csp"),
        ("Referrer-Policy", "unsafe-url", "leaky-referrer"),
        ("X-XSS-Protection", "1; mode=block", "xss-filter-on"),
    ],
)
def test_the_audit_finds_a_header_that_is_worse_than_none(
    tmp_path, header, value, rule
):
    app = build(tmp_path, guarded=False)
    app.after_request(lambda r: r.headers.set(header, value) or r)

    assert rule in rules(app)


def test_a_policy_that_allows_inline_script_stops_no_injection(tmp_path, page):
    app = build(tmp_path, guarded=False)
    weak = "script-src 'self' 'unsafe-inline'; object-src 'none'"
    app.after_request(lambda r: r.headers.set("Content-Security-Policy", weak) or r)

    with serving(app) as base:
        page.goto(f"{base}/?q={EVIL}")
        assert page.evaluate("window.stolen") == 1

    assert "weak-csp" in rules(app)


def test_a_browser_s_report_arrives(tmp_path, page):
    from stopper.guard.events import event

    arrived = threading.Event()
    found = []

    def receive(sender, event):
        found.append(event)
        arrived.set()

    app = build(tmp_path, guarded=True)

    with event.connected_to(receive), serving(app) as base:
        page.goto(f"{base}/?q=<script>window.stolen = 's3cret'</script>")
        assert arrived.wait(20)

    assert (found[0].name, found[0].details["page"]) == ("csp-violation", "/")
    assert "s3cret" not in str(found)


def test_a_page_out_of_the_browser_s_cache_still_runs_its_script(
    tmp_path, page, console
):
    app = build(tmp_path, guarded=True)

    @app.after_request
    def conditional(response):
        if request.path == "/":
            response.set_etag("same")
            response.headers["Cache-Control"] = "no-cache"
            response.make_conditional(request)

        return response

    with serving(app) as base:
        page.goto(f"{base}/")
        answers = []
        page.on("response", lambda r: answers.append(r))
        page.goto("about:blank")
        page.goto(f"{base}/")
        assert page.evaluate("[window.inline, window.file]") == [1, 1]

    assert console == []


def test_report_mode_stops_nothing_in_a_browser(tmp_path, page):
    app = build(
        tmp_path, True, STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31"
    )

    with serving(app) as base:
        page.goto(f"{base}/?q={EVIL}")
        assert page.evaluate("window.stolen") == 1


LEARNING = """<title>t</title>
<link rel=icon href=data:,>
<p style="color: red" id=p>text</p>
<b onclick="window.clicked = 1" id=b>click</b>
<img src="https://cdn.invalid/x.png">
<script src="{{ url_for('static', filename='app.js') }}"></script>
"""


def test_a_browser_s_reports_become_a_policy_with_the_lines_behind_it(tmp_path, page):
    """A page in report mode breaks in nothing, and tells what enforcing would break."""
    from stopper.guard.events import event

    app = build(
        tmp_path, True, STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31"
    )
    (tmp_path / "templates" / "page.html").write_text(LEARNING)
    (tmp_path / "templates" / "other.html").write_text("<i onclick='x()'>")
    (tmp_path / "static" / "app.js").write_text(
        "// talks to another server\nfetch('https://api.invalid/notes').catch(() => 0)\n"
    )
    app.add_url_rule("/page", "page", lambda: render_template("page.html"))
    wanted = {"style-src-attr", "script-src-attr", "img-src", "connect-src"}
    arrived = threading.Event()
    found = set()

    def receive(sender, event):
        found.add(event.details.get("directive"))

        if wanted <= found:
            arrived.set()

    with event.connected_to(receive), serving(app) as base:
        page.goto(f"{base}/page")
        page.click("#b")
        assert page.evaluate("window.clicked") == 1
        assert arrived.wait(30), found

    app.cli.add_command(group, "stopper")
    said = app.test_cli_runner().invoke(args=["stopper", "csp", "--json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.output)
    places = {
        r["report"]["directive"]: (r["places"], r["proven"]) for r in told["reports"]
    }

    assert places == {
        "style-src-attr": (["page.html:3"], False),
        "script-src-attr": (["page.html:4"], False),
        "img-src": (["page.html:5"], False),
        "connect-src": (["/static/app.js:2"], True),
    }
    assert "connect-src 'self' https://api.invalid;" in told["proposed"]
    assert "img-src 'self' data: https://cdn.invalid;" in told["proposed"]


COOKIE = """
from flask import Flask, make_response, request
app = Flask(__name__)

@app.get("/")
def view():
    answer = make_response("done")
    STATEMENT
    return answer
"""

ATTRIBUTES = {"lang": "de; Domain=example.com; Max-Age=999999"}


def test_a_semicolon_adds_attributes_to_a_cookie_that_is_written_by_hand():
    statement = """answer.headers["Set-Cookie"] = f"lang={request.args['lang']}\""""
    source = COOKIE.replace("STATEMENT", statement)
    cookie = client(source).get("/", query_string=ATTRIBUTES).headers["Set-Cookie"]
    assert "; Domain=example.com" in cookie
    assert "header-injection" in found_in(source)


def test_a_cookie_that_flask_writes_keeps_its_attributes_and_is_silent():
    source = COOKIE.replace(
        "STATEMENT", 'answer.set_cookie("lang", request.args["lang"])'
    )
    cookie = client(source).get("/", query_string=ATTRIBUTES).headers["Set-Cookie"]
    assert "; Domain=" not in cookie
    assert "header-injection" not in found_in(source)
