"""Which of the app's own files are read because a report names them."""

from __future__ import annotations

import pytest
from flask import Blueprint
from flask import Flask

from stopper.cli.csp import MOST_BYTES
from stopper.cli.csp import text_of


@pytest.fixture
def app(tmp_path):
    for folder in ("static", "shop"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "app.js").write_text(f"// {folder}")

    (tmp_path / "secret.js").write_text("// secret")
    (tmp_path / "static" / "big.js").write_bytes(b" " * (MOST_BYTES + 1))
    app = Flask("csp", root_path=str(tmp_path))
    shop = Blueprint(
        "shop",
        "csp",
        root_path=str(tmp_path),
        static_folder="shop",
        static_url_path="/of-the-shop",
    )
    app.register_blueprint(shop)
    app.add_url_rule("/view/<path:filename>", "view", lambda filename: filename)
    return app


def test_a_static_file_of_the_app_and_of_a_blueprint_is_read(app):
    assert text_of(app, "/static/app.js") == "// static"
    assert text_of(app, "/of-the-shop/app.js") == "// shop"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.js",
        "/static/..%2fsecret.js",
        "/static//secret.js",
        "/static/none.js",
        "/static/",
        "/static/big.js",
        "/static/a\0b.js",
        "/view/app.js",
        "/none",
        "",
        "//evil.example/static/app.js",
    ],
)
def test_nothing_else_is(app, path):
    assert text_of(app, path) is None
