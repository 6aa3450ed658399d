"""HTTPS, and whose word about the request is believed."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit

APP = 'from flask import Flask, session\napp = Flask(__name__)\nsession["user"]\n'


def rules(files, name):
    return {(file, line) for rule, file, line in found(files) if rule == name}


def test_one_note_stands_at_the_app_itself():
    files = {
        "bin/migrate.py": "from flask import Flask\napp = Flask(__name__)\n",
        "club/app.py": APP,
    }

    assert rules(files, "https-not-enforced") == {("club/app.py", 2)}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("nginx.conf", "server { listen 443 ssl; ssl_certificate a.pem; }\n"),
        ("more.py", 'headers["Strict-Transport-Security"] = "max-age=31536000"\n'),
        ("more.py", "from flask_talisman import Talisman\nTalisman(app)\n"),
        ("more.py", "if not request.is_secure: redirect(url)\n"),
    ],
)
def test_whoever_thinks_of_it_is_left_alone(file, text):
    assert rules({"app.py": APP, file: text}, "https-not-enforced") == set()


def test_a_lone_file_is_not_judged():
    assert rules({"app.py": APP}, "https-not-enforced") == set()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (
            "x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1",
            "believes every forwarded header",
        ),
        ("x_for=5", "believes 5 proxies in a row"),
        ("1, 1, 1", "believes X-Forwarded-Host"),
    ],
)
def test_what_proxyfix_believes_is_named(arguments, what):
    text = (
        "from werkzeug.middleware.proxy_fix import ProxyFix\n"
        f"app.wsgi_app = ProxyFix(app.wsgi_app, {arguments})\n"
    )
    messages = [f.message for f in audit([project({"app.py": text})]).findings]

    assert messages == [f"ProxyFix {what}."]


@pytest.mark.parametrize(
    "arguments", ["", ", x_for=1, x_proto=1", ", x_for=HOPS", ", **hops"]
)
def test_a_modest_proxyfix_is_left_alone(arguments):
    text = (
        "from werkzeug.middleware.proxy_fix import ProxyFix\n"
        f"app.wsgi_app = ProxyFix(app.wsgi_app{arguments})\n"
    )

    assert rules({"app.py": text}, "trusted-forwarding") == set()


@pytest.mark.parametrize(("scheme", "is_found"), [("http", True), ("https", False)])
def test_the_scheme_of_links_is_judged(scheme, is_found):
    files = {"deploy/app.cfg": f'PREFERRED_URL_SCHEME = "{scheme}"\n'}

    assert bool(rules(files, "plain-url-scheme")) == is_found


@pytest.mark.parametrize(
    ("setting", "enforced"),
    [
        ("", True),
        ('app.config["STOPPER_TRANSPORT_MODE"] = "report"\n', False),
        ('app.config["STOPPER_MODE"] = "off"\n', False),
    ],
)
def test_the_guard_leads_to_https_where_it_is_enforced(setting, enforced):
    more = f"from stopper import Stopper\n{setting}Stopper(app)\n"
    found_rules = rules({"app.py": APP, "more.py": more}, "https-not-enforced")

    assert (found_rules == set()) is enforced
