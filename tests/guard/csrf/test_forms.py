"""Forms of template files hold a token, and a visitor who got one a secret for it."""

from __future__ import annotations

import re
import threading

import jinja2
import pytest
from flask import Blueprint
from flask import Flask
from flask import render_template
from flask import render_template_string
from flask import stream_template

from guard.csrf.conftest import HOME
from stopper import Stopper
from stopper.guard.csrf.fields import csrf_token

FORM = '<form method="post"></form>'
FOUND = re.compile(r'name="csrf_token" value="([\w-]{86})"')


def get(app, address="/page.html", client=None, **kwargs):
    client = client or app.test_client()
    return client.get(address, base_url=HOME, **kwargs)


def test_a_form_of_a_file_holds_a_token_and_each_another(app, folder):
    (folder / "page.html").write_text(FORM * 3)

    assert len(set(FOUND.findall(get(app).text))) == 3


def test_a_form_of_a_blueprint_s_file_holds_one(make, tmp_path):
    (tmp_path / "admin").mkdir()
    (tmp_path / "admin/admin.html").write_text(FORM)
    app = make()
    app.register_blueprint(
        Blueprint("admin", __name__, template_folder=str(tmp_path / "admin"))
    )
    Stopper(app)

    assert FOUND.search(get(app, "/admin.html").text)


def test_a_form_in_an_imported_macro_and_an_include_holds_one(app, folder):
    (folder / "m.html").write_text(f"{{% macro m() %}}{FORM}{{% endmacro %}}")
    (folder / "i.html").write_text(FORM)
    (folder / "page.html").write_text(
        '{% import "m.html" as m %}{{ m.m() }}{% include "i.html" %}'
    )

    assert len(FOUND.findall(get(app).text)) == 2


def test_a_form_in_a_string_holds_none_unless_it_asks(make):
    app = make()
    Stopper(app)
    asks = '<input name="csrf_token" value="{{ csrf_token() }}">'
    app.add_url_rule("/s", "s", lambda: render_template_string(FORM + asks))

    assert len(FOUND.findall(get(app, "/s").text)) == 1


@pytest.mark.parametrize(
    ("action", "holds"),
    [
        ("{{ url_for('page', name='a') }}", True),
        ("{{ url_for('page', name='a', _external=True) }}", True),
        ("{{ request.path }}", True),
        ("{{ request.args.to }}", True),
        ("{{ request.args.to }}?to=//evil.example", True),
    ],
)
def test_an_action_is_judged_when_it_is_printed(app, folder, action, holds):
    (folder / "page.html").write_text(f'<form method="post" action="{action}">')

    assert bool(FOUND.search(get(app).text)) is holds


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "/%5Cevil.example", "https://evil.example", "%09//evil.example"],
)
def test_a_visitor_s_value_does_not_carry_the_token_away(app, folder, to):
    (folder / "page.html").write_text(
        '<form method="post" action="{{ request.args.to }}"></form>'
    )
    page = get(app, f"/page.html?to={to}")

    assert "evil.example" in page.text
    assert "csrf_token" not in page.text
    assert "Set-Cookie" not in page.headers


def test_the_secret_is_given_once(app, folder):
    (folder / "page.html").write_text(FORM)
    client = app.test_client()
    first, second = get(app, client=client), get(app, client=client)

    assert first.headers["Set-Cookie"].endswith(
        "; Path=/; Secure; HttpOnly; SameSite=Lax"
    )
    assert re.match(r"__Host-csrf=[\w-]{43};", first.headers["Set-Cookie"])
    assert "Set-Cookie" not in second.headers
    assert first.headers["Vary"] == second.headers["Vary"] == "Cookie"


def test_a_page_without_a_form_gives_none(app, folder):
    (folder / "page.html").write_text("<p>hello</p>")
    page = get(app)

    assert "Set-Cookie" not in page.headers
    assert "Vary" not in page.headers


def test_a_page_with_a_token_is_kept_out_of_caches(make, folder):
    (folder / "page.html").write_text(FORM)
    app = make("headers")
    Stopper(app)

    @app.after_request
    def cached(response):
        response.cache_control.public = True
        response.cache_control.max_age = 600
        return response

    assert get(app).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("http://localhost", "csrf"),
        ("http://127.0.0.1:5000", "csrf"),
        ("https://localhost", "__Host-csrf"),
        ("http://shop.example", "__Host-csrf"),
    ],
)
def test_the_cookie_on_a_developer_s_machine(make, folder, base, name):
    (folder / "page.html").write_text(FORM)
    app = make(DEBUG=True, STOPPER_ORIGIN="")
    Stopper(app)
    cookie = app.test_client().get("/page.html", base_url=base).headers["Set-Cookie"]

    assert cookie.partition("=")[0] == name
    assert ("Secure" in cookie) is (name != "csrf")


def test_a_streamed_page_gives_the_secret_before_its_form(make, folder):
    (folder / "page.html").write_text("<p>" + "x" * 10_000 + "</p>" + FORM)
    app = make()
    Stopper(app)
    app.add_url_rule("/streamed", "streamed", lambda: stream_template("page.html"))
    client = app.test_client()
    page = get(app, "/streamed", client)
    token = FOUND.search(page.text)[1]

    assert "__Host-csrf" in page.headers["Set-Cookie"]
    assert client.post("/a", data={"csrf_token": token}, base_url=HOME).text == "done"


def test_a_mail_holds_no_token(app, folder):
    (folder / "mail.html").write_text(FORM)
    assert FOUND.search(get(app, "/mail.html").text)

    with app.app_context():
        assert render_template("mail.html") == FORM

    with app.app_context(), pytest.raises(RuntimeError, match="outside of a request"):
        csrf_token()


def test_an_app_s_own_function_goes_first(make, folder):
    (folder / "page.html").write_text(
        '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}">'
    )
    app = make()
    Stopper(app)
    app.context_processor(lambda: {"csrf_token": lambda: "its own"})

    assert 'value="its own"' in get(app).text


@pytest.mark.parametrize("off", ["csrf", "headers"])
def test_a_warm_bytecode_cache_does_not_mix_what_is_on(make, folder, tmp_path, off):
    (folder / "page.html").write_text(f"<script>let a = 1</script>{FORM}")
    (tmp_path / "cache").mkdir()

    def page(**settings):
        app = make("headers", **settings)
        app.jinja_env.bytecode_cache = jinja2.FileSystemBytecodeCache(
            str(tmp_path / "cache")
        )
        Stopper(app)
        text = get(app).text
        return "nonce=" in text, "csrf_token" in text

    assert page() == (True, True)
    mode = {f"STOPPER_{off.upper()}_MODE": "off"}
    assert page(**mode) == (off != "headers", off != "csrf")
    assert page() == (True, True)


def test_threads_of_one_request_agree_on_the_secret(make, folder):
    app = make()
    Stopper(app)
    found = set()

    @app.get("/threads")
    def threads():
        from flask import copy_current_request_context

        from stopper.guard import passage

        guard = app.extensions["stopper.csrf"]

        def ask():
            found.add(guard._secrets.given(passage.current(guard.house.owner)))

        copies = [copy_current_request_context(ask) for _ in range(8)]
        workers = [threading.Thread(target=c) for c in copies]
        [w.start() for w in workers]
        [w.join() for w in workers]
        return "done"

    get(app, "/threads")
    assert len(found) == 1


def test_a_token_of_a_view(make):
    app = make()
    stopper = Stopper(app)
    app.add_url_rule("/token", "token", lambda: stopper.csrf.token())
    client = app.test_client()
    token = get(app, "/token", client).text

    headers = {"X-CSRFToken": token}
    assert client.post("/a", headers=headers, base_url=HOME).text == "done"


# One form each


@pytest.fixture
def strict(make, folder):
    (folder / "page.html").write_text(
        FORM
        + '<form method="post" action="/save?x=1"></form>'
        + '<form method="post" action="{{ url_for("page", name="ä b") }}"></form>'
        + '<meta content="{{ csrf_token("/put", "put") }}">'
    )
    app = make(STOPPER_CSRF_PER_FORM=True)
    Stopper(app)
    client = app.test_client()
    text = get(app, client=client).text
    return client, re.findall(r'(?:value|content)="([\w-]{86})"', text)


@pytest.mark.parametrize(
    ("address", "method"),
    [("/page.html", "POST"), ("/save", "POST"), ("/ä b", "POST"), ("/put", "PUT")],
)
def test_a_token_holds_for_its_form_alone(strict, address, method):
    client, tokens = strict
    found = [
        client.open(
            address, method=method, headers={"X-CSRFToken": token}, base_url=HOME
        ).status_code
        for token in tokens
    ]
    which = ["/page.html", "/save", "/ä b", "/put"].index(address)

    assert found == [200 if n == which else 403 for n in range(4)]


def test_a_form_below_a_mount_point_has_its_token(make, folder):
    (folder / "page.html").write_text(
        '<form method="post" action="{{ url_for("page", name="save") }}"></form>'
    )
    app = make(STOPPER_CSRF_PER_FORM=True)
    Stopper(app)
    client = app.test_client()
    page = client.get("/page.html", base_url=f"{HOME}/shop")
    assert 'action="/shop/save"' in page.text

    form = {"csrf_token": FOUND.search(page.text)[1]}
    assert client.post("/save", data=form, base_url=f"{HOME}/shop").text == "done"


def test_the_dictionary_of_another_app_is_left_alone(app):
    assert "_stopper_token_field" not in Flask("other").jinja_env.globals
