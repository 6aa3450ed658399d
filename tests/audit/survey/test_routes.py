"""Every way in which Flask and its company declare a view is known."""

import pytest

from projects import project

FLASK = "from flask import Flask, Blueprint\napp = Flask(__name__)\n"


def routes(source):
    made = project({"app.py": source})
    return {(r.rule, r.methods, r.name) for r in made.routes}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@app.route('/a')\ndef a(): ...", ("/a", ("GET",), "a")),
        ("@app.post('/a')\ndef a(): ...", ("/a", ("POST",), "a")),
        (
            "@app.route('/a', methods=['GET', 'post'])\ndef a(): ...",
            ("/a", ("GET", "POST"), "a"),
        ),
        (
            "bp = Blueprint('b', __name__)\n@bp.get('/a')\nasync def a(): ...",
            ("/a", ("GET",), "a"),
        ),
        (
            "def a(): ...\napp.add_url_rule('/a', view_func=a, methods=['POST'])",
            ("/a", ("POST",), "a"),
        ),
        (
            "def a(): ...\napp.route('/a', methods=['POST'])(a)",
            ("/a", ("POST",), "a"),
        ),
        (
            "from flask.views import MethodView\nclass V(MethodView):\n"
            "    def post(self): ...\napp.add_url_rule('/a', view_func=V.as_view('v'))",
            ("/a", ("POST",), "post"),
        ),
        (
            "from flask.views import MethodView\nclass V(MethodView):\n"
            "    def get(self): ...\nv = V.as_view('v')\napp.add_url_rule('/a', view_func=v)",
            ("/a", ("GET",), "get"),
        ),
        (
            "from flask_restful import Api, Resource\napi = Api(app)\n"
            "class R(Resource):\n    def delete(self): ...\napi.add_resource(R, '/a')",
            ("/a", ("DELETE",), "delete"),
        ),
        (
            "from flask_restx import Namespace, Resource\nns = Namespace('n')\n"
            "@ns.route('/a')\nclass R(Resource):\n    def put(self): ...",
            ("/a", ("PUT",), "put"),
        ),
        (
            "from flask_appbuilder import BaseView, expose\nclass V(BaseView):\n"
            "    @expose('/a')\n    def a(self): ...",
            ("/a", ("GET",), "a"),
        ),
        (
            "from flask_smorest import Blueprint as B\nfrom flask.views import MethodView\n"
            "b = B('b', __name__)\n@b.route('/a')\nclass V(MethodView):\n    def patch(self): ...",
            ("/a", ("PATCH",), "patch"),
        ),
        (
            "from apiflask import APIFlask\napi = APIFlask(__name__)\n"
            "@api.delete('/a')\ndef a(): ...",
            ("/a", ("DELETE",), "a"),
        ),
        (
            "def create():\n    app = Flask('x')\n    @app.route('/a')\n"
            "    def a(): ...\n    return app",
            ("/a", ("GET",), "a"),
        ),
    ],
)
def test_a_view_is_known(source, expected):
    assert routes(FLASK + source) == {expected}


@pytest.mark.parametrize(
    "source",
    [
        "import requests\nrequests.get('/a')",
        "from mock import patch\n@patch.get('thing')\ndef a(): ...",
        "cache = {}\n@cache.get('key')\ndef a(): ...",
    ],
)
def test_what_only_looks_like_a_view_is_none(source):
    assert routes(source) == set()


def test_a_blueprint_of_another_module_is_one_family():
    made = project(
        {
            "bp.py": "from flask import Blueprint\nbp = Blueprint('b', __name__)",
            "app.py": "from bp import bp\n@bp.post('/a')\ndef a(): ...",
        }
    )

    assert [(r.rule, r.methods) for r in made.routes] == [("/a", ("POST",))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "from flask_login import login_required\ndef a(): ...\n"
            "app.add_url_rule('/a', view_func=login_required(a), methods=['POST'])",
            {("/a", ("POST",), "a")},
        ),
        (
            "def a(): ...\ndef b(): ...\nfor rule, view in [('/a', a), ('/b', b)]:\n"
            "    app.add_url_rule(rule, view_func=view)",
            {("/a", ("GET",), "a"), ("/b", ("GET",), "b")},
        ),
        (
            "class Handler:\n    def _process(self): ...\n"
            "app.add_url_rule('/a', 'a', Handler, methods=('GET', 'POST'))",
            {("/a", ("GET", "POST"), "_process")},
        ),
        (
            "class Handler:\n    def _process_GET(self): ...\n"
            "    def _process_POST(self): ...\napp.add_url_rule('/a', 'a', Handler)",
            {("/a", ("GET",), "_process_GET"), ("/a", ("POST",), "_process_POST")},
        ),
        (
            "from flask.views import View\nclass V(View):\n    methods = ['POST']\n"
            "    def dispatch_request(self): ...\n"
            "app.add_url_rule('/a', view_func=V.as_view('v'))",
            {("/a", ("POST",), "dispatch_request")},
        ),
        (
            "from flask.views import MethodView\nclass Base(MethodView):\n"
            "    def get(self): ...\n    def dispatch_request(self): ...\n"
            "class V(Base):\n    def post(self): ...\n"
            "app.add_url_rule('/a', view_func=V.as_view('v'))",
            {("/a", ("GET",), "get"), ("/a", ("POST",), "post")},
        ),
        (
            "from flask_restful import Api, Resource\napi = Api(app)\n"
            "class R(Resource):\n    def get(self): ...\n"
            "class S(Resource):\n    def put(self): ...\n"
            "ROWS = [(R, '/r'), (S, '/s')]\nfor row in ROWS:\n    api.add_resource(*row)",
            {("/r", ("GET",), "get"), ("/s", ("PUT",), "put")},
        ),
    ],
)
def test_a_view_is_known_however_it_is_handed_over(source, expected):
    assert routes(FLASK + source) == expected
