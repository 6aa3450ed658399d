"""What a browser takes an answer for: the attack works, and the audit sees the hole."""

from __future__ import annotations

import pytest

from bare import client
from bare import rules

PICTURE = """
import io
from flask import Flask, request, send_file
app = Flask(__name__)
TYPES = {"png": "image/png"}

@app.get("/")
def view():
    body = io.BytesIO(b"<script>alert(1)</script>")
    return send_file(body, mimetype=EXPRESSION)
"""


def test_a_picture_becomes_a_page_by_its_type():
    source = PICTURE.replace("EXPRESSION", "request.args['type']")
    answer = client(source).get("/", query_string={"type": "text/html"})
    assert answer.mimetype == "text/html"
    assert "chosen-content-type" in rules(source)


def test_a_type_out_of_a_table_is_one_of_it_and_is_silent():
    source = PICTURE.replace(
        "EXPRESSION", "TYPES.get(request.args['type'], 'image/png')"
    )
    answer = client(source).get("/", query_string={"type": "text/html"})
    assert answer.mimetype == "image/png"
    assert "chosen-content-type" not in rules(source)


PAGE = """
from flask import Flask, make_response, request
from markupsafe import escape
app = Flask(__name__)

def titled(title):
    return "<h1>" + title + "</h1>"

@app.get("/")
def view():
    return EXPRESSION
"""

SCRIPT = {"name": "<script>alert(1)</script>"}


@pytest.mark.parametrize(
    "expression",
    [
        'request.args["name"]',
        'titled(request.args["name"])',
        'make_response("Hello " + request.args["name"])',
    ],
)
def test_a_tag_in_an_answer_is_a_tag_of_the_page(expression):
    source = PAGE.replace("EXPRESSION", expression)
    answer = client(source).get("/", query_string=SCRIPT)
    assert answer.mimetype == "text/html"
    assert SCRIPT["name"] in answer.text
    assert "html-from-value" in rules(source)


@pytest.mark.parametrize(
    "expression",
    ['titled(escape(request.args["name"]))', '{"name": request.args["name"]}'],
)
def test_what_is_escaped_or_no_page_is_silent(expression):
    source = PAGE.replace("EXPRESSION", expression)
    answer = client(source).get("/", query_string=SCRIPT)
    assert answer.mimetype != "text/html" or SCRIPT["name"] not in answer.text
    assert "html-from-value" not in rules(source)
