"""A nonce is put on what the app wrote, and on nothing else."""

from __future__ import annotations

import secrets

import jinja2
import pytest
from flask import Blueprint
from flask import Flask
from flask import render_template
from flask import render_template_string
from flask import Response
from flask import stream_template

from alone import alone
from stopper import Stopper
from stopper.guard.events import event

SCRIPT = "<script>let a = 1</script>"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


@pytest.fixture
def app(tmp_path, folder):
    app = Flask(
        "nonces", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    alone(app, "headers")
    app.add_url_rule("/<path:name>", "page", lambda name: render_template(name))
    return app


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def with_own_policy(value):
    def put(response):
        response.headers["Content-Security-Policy"] = value
        return response

    return put


def policy(response):
    return response.headers.get("Content-Security-Policy", "")


def reported(response):
    return response.headers.get("Content-Security-Policy-Report-Only", "")


def nonce(response):
    return policy(response).partition("'nonce-")[2].partition("'")[0]


def test_a_script_of_a_template_file_gets_the_nonce_of_the_policy(app, folder):
    (folder / "page.html").write_text(SCRIPT + "<style>p {}</style>")
    Stopper(app)
    response = app.test_client().get("/page.html")
    n = nonce(response)

    assert response.text == (
        f'<script nonce="{n}">let a = 1</script><style nonce="{n}">p {{}}</style>'
    )


def test_every_request_has_a_nonce_of_its_own(app, folder):
    (folder / "page.html").write_text(SCRIPT)
    Stopper(app)
    client = app.test_client()

    assert nonce(client.get("/page.html")) != nonce(client.get("/page.html"))


def test_a_string_template_gets_none(app):
    app.add_url_rule("/s", "s", lambda: render_template_string(SCRIPT))
    Stopper(app)

    assert app.test_client().get("/s").text == SCRIPT


def test_a_string_that_extends_a_file_gets_none_for_its_own_script(app, folder):
    (folder / "base.html").write_text(SCRIPT + "{% block b %}{% endblock %}")
    text = "{% extends 'base.html' %}{% block b %}<script>evil()</script>{% endblock %}"
    app.add_url_rule("/s", "s", lambda: render_template_string(text))
    Stopper(app)
    response = app.test_client().get("/s")

    assert "<script>evil()</script>" in response.text
    assert f'<script nonce="{nonce(response)}">let a' in response.text


@pytest.mark.parametrize(
    "loader",
    [
        jinja2.DictLoader({"page.html": SCRIPT}),
        jinja2.FunctionLoader(lambda name: SCRIPT),
    ],
    ids=["dict", "function"],
)
def test_a_template_that_is_no_file_gets_none(app, loader):
    app.jinja_loader = loader
    Stopper(app)

    assert app.test_client().get("/page.html").text == SCRIPT


def test_a_loader_that_claims_the_name_of_a_file_gets_none(app, folder):
    path = folder / "page.html"
    path.write_text("<p>harmless</p>")
    claims = jinja2.FunctionLoader(lambda name: (SCRIPT, str(path), lambda: True))
    files = jinja2.FileSystemLoader(folder)
    app.jinja_loader = jinja2.ChoiceLoader([claims, files])
    Stopper(app)

    assert app.test_client().get("/page.html").text == SCRIPT


def test_a_subclass_of_a_file_loader_that_changes_the_text_gets_none(app, folder):
    (folder / "page.html").write_text("<p>harmless</p>")

    class Database(jinja2.FileSystemLoader):
        def get_source(self, environment, name):
            _, path, fresh = super().get_source(environment, name)
            return SCRIPT, path, fresh

    app.jinja_loader = Database(folder)
    Stopper(app)

    assert app.test_client().get("/page.html").text == SCRIPT


def test_a_file_outside_of_the_template_folders_gets_none(app, tmp_path):
    upload = tmp_path / "upload.html"
    upload.write_text(SCRIPT)
    loader = jinja2.FunctionLoader(lambda name: (SCRIPT, str(upload), lambda: True))
    app.jinja_loader = jinja2.ChoiceLoader(
        [jinja2.FileSystemLoader("templates"), loader]
    )
    Stopper(app)

    assert app.test_client().get("/upload.html").text == SCRIPT


def test_a_blueprint_s_template_gets_its_nonce(app, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.html").write_text(SCRIPT)
    shop = Blueprint("shop", "shop", root_path=str(tmp_path), template_folder="shop")
    app.register_blueprint(shop)
    Stopper(app)
    response = app.test_client().get("/cart.html")

    assert f'nonce="{nonce(response)}"' in response.text


def test_a_loader_behind_a_prefix_is_a_file_loader(app, tmp_path, folder):
    (folder / "page.html").write_text(SCRIPT)
    files = jinja2.FileSystemLoader(folder)
    app.jinja_loader = jinja2.PrefixLoader({"ours": files})
    Stopper(app)
    response = app.test_client().get("/ours/page.html")

    assert f'nonce="{nonce(response)}"' in response.text


def test_a_macro_imported_without_context_has_the_nonce(app, folder):
    (folder / "m.html").write_text(
        "{% macro m() %}<script>1</script><i nonce={{ csp_nonce() }}>{% endmacro %}"
    )
    (folder / "page.html").write_text("{% from 'm.html' import m %}{{ m() }}")
    Stopper(app)
    client = app.test_client()
    client.get("/page.html")
    response = client.get("/page.html")
    n = nonce(response)

    assert response.text == f'<script nonce="{n}">1</script><i nonce={n}>'


def test_a_warm_bytecode_cache_does_not_serve_pages_without_nonces(
    app, folder, tmp_path
):
    (folder / "page.html").write_text(SCRIPT)
    cache = tmp_path / "cache"
    cache.mkdir()
    app.jinja_options = {"bytecode_cache": jinja2.FileSystemBytecodeCache(str(cache))}

    assert app.test_client().get("/page.html").text == SCRIPT

    again = Flask("nonces", root_path=app.root_path, instance_path=str(tmp_path / "i"))
    alone(again, "headers")
    again.jinja_options = {"bytecode_cache": jinja2.FileSystemBytecodeCache(str(cache))}
    again.add_url_rule("/<path:name>", "page", lambda name: render_template(name))
    Stopper(again)
    responses = [again.test_client().get("/page.html") for _ in range(2)]

    assert [f'nonce="{nonce(r)}"' in r.text for r in responses] == [True, True]


def test_a_template_compiled_before_stopper_came_is_compiled_again(app, folder):
    (folder / "page.html").write_text(SCRIPT)

    with app.app_context():
        assert render_template("page.html") == SCRIPT

    Stopper(app)
    response = app.test_client().get("/page.html")

    assert f'nonce="{nonce(response)}"' in response.text


def test_options_of_jinja_that_are_replaced_later_do_not_lose_the_nonces(app, folder):
    (folder / "page.html").write_text(SCRIPT)
    Stopper(app)
    app.jinja_options = {"trim_blocks": True}
    response = app.test_client().get("/page.html")

    assert f'nonce="{nonce(response)}"' in response.text


def test_another_app_of_the_process_is_not_stamped(app, folder, tmp_path):
    (folder / "page.html").write_text(SCRIPT)
    Stopper(app)
    app.test_client().get("/page.html")
    bare = Flask("bare", root_path=str(tmp_path), instance_path=str(tmp_path / "i"))
    alone(bare, "headers")
    bare.add_url_rule("/", "index", lambda: render_template("page.html"))

    assert bare.test_client().get("/").text == SCRIPT


def test_a_mail_rendered_in_a_worker_has_an_empty_nonce(app, folder):
    (folder / "mail.html").write_text(SCRIPT)
    Stopper(app)

    with app.app_context():
        assert render_template("mail.html") == '<script nonce="">let a = 1</script>'


def test_csp_nonce_outside_of_a_request_is_a_clear_error(app, folder):
    (folder / "mail.html").write_text("{{ csp_nonce() }}")
    Stopper(app)

    with app.app_context(), pytest.raises(RuntimeError, match="outside of a request"):
        render_template("mail.html")


def test_off_stamps_nothing(app, folder):
    (folder / "page.html").write_text(SCRIPT)
    app.config["STOPPER_HEADERS_MODE"] = "off"
    Stopper(app)

    assert app.test_client().get("/page.html").text == SCRIPT


@pytest.mark.parametrize(
    "text",
    [
        '<b onclick="go()">',
        '<b style="color: red">',
        '<a href="javascript:go()">',
    ],
)
def test_a_page_with_inline_code_stays_in_report(app, folder, happened, text):
    (folder / "base.html").write_text(text + "{% block b %}{% endblock %}")
    (folder / "page.html").write_text("{% extends 'base.html' %}")
    Stopper(app)
    client = app.test_client()
    client.get("/page.html")
    response = client.get("/page.html")

    assert "'strict-dynamic'" in reported(response)
    assert policy(response) == (
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert [e.name for e in happened] == ["inline-code"]


def test_inline_code_under_a_policy_of_the_app_is_no_event(app, folder, happened):
    (folder / "page.html").write_text('<b onclick="go()">')
    app.after_request(with_own_policy("default-src 'none'"))
    Stopper(app)

    app.test_client().get("/page.html")

    assert happened == []


def test_strict_enforces_it_all_the_same(app, folder):
    (folder / "page.html").write_text('<b onclick="go()">')
    app.config["STOPPER_CSP_STRICT"] = True
    Stopper(app)

    assert "'strict-dynamic'" in policy(app.test_client().get("/page.html"))


def test_a_page_without_it_is_enforced_beside_one_with_it(app, folder):
    (folder / "bad.html").write_text('<b onclick="go()">')
    (folder / "good.html").write_text("<b>")
    Stopper(app)
    client = app.test_client()

    assert not nonce(client.get("/bad.html"))
    assert nonce(client.get("/good.html"))


def test_an_include_that_a_value_names_is_seen(app, folder):
    (folder / "bad.html").write_text('<b onclick="go()">')
    (folder / "page.html").write_text("{% include ['x', 'ba' ~ 'd.html'] %}")
    Stopper(app)

    assert reported(app.test_client().get("/page.html"))


def test_a_streamed_page_is_judged_with_its_parents(app, folder):
    (folder / "bad.html").write_text('<b onclick="go()">')
    (folder / "page.html").write_text("{% extends 'bad.html' %}")
    app.add_url_rule("/s", "s", lambda: Response(stream_template("page.html")))
    Stopper(app)

    assert reported(app.test_client().get("/s"))


def test_inline_code_of_a_string_template_lets_no_page_off(app):
    app.add_url_rule("/s", "s", lambda: render_template_string('<b onclick="go()">'))
    Stopper(app)

    assert nonce(app.test_client().get("/s"))


def test_an_overlay_of_the_environment_still_loads_by_its_own_rules(app, folder):
    (folder / "page.html").write_text("{{ v }}")

    def page():
        overlay = app.jinja_env.overlay(autoescape=False)
        return overlay.get_template("page.html").render(v="<i>")

    app.add_url_rule("/o", "o", page)
    Stopper(app)

    assert app.test_client().get("/o").text == "<i>"


def test_a_nonce_of_another_request_is_noticed(app, folder, happened):
    (folder / "page.html").write_text(SCRIPT)
    kept = []

    def cached():
        kept.append(kept[0] if kept else render_template("page.html"))
        return kept[-1]

    app.add_url_rule("/cached", "cached", cached)
    Stopper(app)
    client = app.test_client()
    client.get("/cached")

    assert happened == []

    client.get("/cached")
    client.get("/cached")

    assert [(e.name, e.route) for e in happened] == [("stale-nonce", "/cached")]


def test_a_nonce_that_the_app_makes_for_its_own_policy_is_no_event(
    app, folder, happened
):
    own = secrets.token_urlsafe(16)
    (folder / "page.html").write_text(f'<script nonce="{own}">let a = 1</script>')
    app.after_request(with_own_policy(f"script-src 'nonce-{own}'; object-src 'none'"))
    Stopper(app)

    app.test_client().get("/page.html")

    assert [e.name for e in happened if e.name == "stale-nonce"] == []


def test_with_hashes_a_cached_page_is_allowed(app, folder, happened):
    (folder / "page.html").write_text(SCRIPT + "<style>p {}</style>")
    app.config["STOPPER_CSP_INLINE"] = "hash"
    kept = []

    def cached():
        kept.append(kept[0] if kept else render_template("page.html"))
        return kept[-1]

    app.add_url_rule("/cached", "cached", cached)
    Stopper(app)
    client = app.test_client()
    policies = [policy(client.get("/cached")) for _ in range(2)]

    # printf 'let a = 1' | openssl dgst -sha256 -binary | base64
    expected = "'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"
    assert [expected in p for p in policies] == [True, True]
    assert ["'strict-dynamic'" in p for p in policies] == [False, False]
    assert happened == []


def test_a_page_in_a_changed_syntax_is_stamped(app, folder):
    (folder / "page.html").write_text(SCRIPT + "<% if true %>[[ 1 ]]<% endif %>")
    app.jinja_options = {
        "variable_start_string": "[[",
        "variable_end_string": "]]",
        "block_start_string": "<%",
        "block_end_string": "%>",
    }
    Stopper(app)
    response = app.test_client().get("/page.html")

    assert response.text == f'<script nonce="{nonce(response)}">let a = 1</script>1'


def test_a_template_of_an_installed_package_gets_its_nonce(app, tmp_path, monkeypatch):
    package = tmp_path / "widgets_of_this_test"
    (package / "templates").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "templates" / "page.html").write_text(SCRIPT)
    monkeypatch.syspath_prepend(str(tmp_path))
    app.jinja_loader = jinja2.PackageLoader("widgets_of_this_test")
    Stopper(app)
    response = app.test_client().get("/page.html")

    assert f'nonce="{nonce(response)}"' in response.text


def test_a_template_that_changes_is_judged_again_while_developing(app, folder):
    page = folder / "page.html"
    page.write_text('<b onclick="go()">')
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    Stopper(app)
    client = app.test_client()

    assert not nonce(client.get("/page.html"))

    page.write_text("<b>mended</b>")
    later = page.stat().st_mtime + 10
    import os

    os.utime(page, (later, later))

    assert nonce(client.get("/page.html"))
