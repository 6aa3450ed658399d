"""Which other sites may read the answers."""

from __future__ import annotations

import pytest

from projects import found
from stopper.controls.cors.policy import loose

APP = "from flask import Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask(__name__)\n"

NAMES = {
    "any-origin",
    "any-origin-with-credentials",
    "loose-origin-pattern",
    "reflected-origin",
}


def rules(text):
    return {(rule, line) for rule, _, line in found({"app.py": text}) if rule in NAMES}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("CORS(app)", "any-origin"),
        ('CORS(app, origins="*")', "any-origin"),
        ('CORS(app, resources={r"/api/*": {}})', "any-origin"),
        ('CORS(app, resources=r"/api/*")', "any-origin"),
        ('CORS(app, resources={r"/api/*": {"origins": "*"}})', "any-origin"),
        ("CORS().init_app(app)", "any-origin"),
        ("CORS(app, supports_credentials=True)", "any-origin-with-credentials"),
        (
            'CORS(app, origins=[".*"], supports_credentials=True)',
            "any-origin-with-credentials",
        ),
        (
            'CORS(app, resources={"/*": {"origins": "*", "supports_credentials": True}})',
            "any-origin-with-credentials",
        ),
        ('CORS(app, origins=r"https://.*\\.club\\.org")', "loose-origin-pattern"),
        ('CORS(app, origins=[r"^https://.*club.org$"])', "loose-origin-pattern"),
    ],
)
def test_what_lets_strangers_in_is_found(line, rule):
    assert rules(f"{APP}{line}\n") == {(rule, 4)}


@pytest.mark.parametrize(
    "line",
    [
        'CORS(app, origins=["https://app.club.org"])',
        "CORS(app, origins=ORIGINS, supports_credentials=True)",
        'CORS(app, resources={"/*": {"origins": ["https://app.club.org"]}})',
        "CORS(app, **settings)",
        r'CORS(app, origins=[r"^https://[a-z.]+\.club\.org$"])',
    ],
)
def test_named_origins_are_left_alone(line):
    assert rules(f"{APP}{line}\n") == set()


def test_origins_that_are_configured_are_left_alone():
    text = f'{APP}app.config["CORS_ORIGINS"] = ["https://app.club.org"]\nCORS(app)\n'

    assert rules(text) == set()


def test_origins_that_were_given_before_are_left_alone():
    text = f'{APP}cors = CORS(origins=["https://app.club.org"])\ncors.init_app(app)\n'

    assert rules(text) == set()


HOOK = "from flask import request\n\ndef allow(response):\n{body}"


@pytest.mark.parametrize(
    "body",
    [
        '    response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]\n',
        '    response.headers["access-control-allow-origin"] = request.origin\n',
        '    response.headers.add("Access-Control-Allow-Origin", request.environ.get("HTTP_ORIGIN"))\n',
        '    return {"Access-Control-Allow-Origin": request.headers.get("Origin", "*")}\n',
    ],
)
def test_an_origin_that_comes_back_is_found(body):
    assert rules(HOOK.format(body=body)) == {("reflected-origin", 4)}


def test_an_origin_that_comes_back_through_a_name_is_found():
    body = (
        '    origin = request.headers.get("Origin")\n'
        "    if origin:\n"
        '        response.headers["Access-Control-Allow-Origin"] = origin\n'
    )

    assert rules(HOOK.format(body=body)) == {("reflected-origin", 6)}


@pytest.mark.parametrize(
    "body",
    [
        '    origin = request.headers.get("Origin")\n'
        "    if origin in ORIGINS:\n"
        '        response.headers["Access-Control-Allow-Origin"] = origin\n',
        '    origin = request.headers.get("Origin")\n'
        "    if origin not in ORIGINS:\n        return response\n"
        '    response.headers["Access-Control-Allow-Origin"] = origin\n',
        '    if is_ours(request.headers.get("Origin")):\n'
        '        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")\n',
        '    response.headers["Access-Control-Allow-Origin"] = "https://app.club.org"\n',
    ],
)
def test_an_origin_that_is_judged_first_is_left_alone(body):
    assert rules(HOOK.format(body=body)) == set()


@pytest.mark.parametrize(
    ("pattern", "is_loose"),
    [
        (r"^https://club\.org$", False),
        (r"https://[\w.-]+\.club\.org\Z", False),
        (r"^https://.*\.club\.org", True),
        (r"^https://club.org$", True),
        (r"https?://club\.org/?", True),
    ],
)
def test_a_pattern_is_judged(pattern, is_loose):
    assert (loose(pattern) is not None) == is_loose
