"""Secrets in source, configuration and history."""

from __future__ import annotations

import dataclasses

import pytest

from projects import found
from projects import project
from stopper.audit.checks.secrets import History
from stopper.audit.checks.secrets import scan_history
from stopper.audit.run import audit
from stopper.audit.survey.git import Blob
from stopper.catalogue.rule import Confidence

KEY = "4f1c9a7e2b8d4c6f"
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def secrets(files, tracked=None):
    evidence = dataclasses.replace(project(files), tracked=tracked)
    result = audit([evidence])
    assert result.failures == ()
    return [
        (f.rule.name, f.place.path, f.place.line, f.confidence) for f in result.findings
    ]


def test_a_constant_of_another_module_is_shown_where_it_stands():
    files = {
        "club/__init__.py": "",
        "club/names.py": f'COLOUR = "red"\nKEY = "{KEY}"\n',
        "club/app.py": "from flask import Flask\nfrom .names import KEY\n"
        "app = Flask(__name__)\napp.secret_key = KEY\n",
    }
    [finding] = [
        f
        for f in audit([project(files)]).findings
        if f.rule.name == "hardcoded-secret-key"
    ]

    assert (finding.place.path, finding.place.line) == ("club/app.py", 4)
    assert [(s.place.path, s.place.line) for s in finding.steps] == [
        ("club/names.py", 2)
    ]


@pytest.mark.parametrize(
    "line",
    [
        f'app.config["SECRET_KEY"] = "{KEY}"',
        f'app.config["SECRET_KEY"] = b"{KEY}"',
        f'app.config.update(dict(SECRET_KEY="{KEY}"))',
        f'app.config.update({{"SECRET_KEY": "{KEY}"}})',
        f'app.config.setdefault("SECRET_KEY", "{KEY}")',
        f'app.secret_key = "{KEY}".encode()',
        'app.secret_key = "dev"',
    ],
)
def test_a_key_is_found_however_it_is_set(line):
    text = f"from flask import Flask\napp = Flask(__name__)\n{line}\n"

    assert found({"app.py": text}) == {("hardcoded-secret-key", "app.py", 3)}


@pytest.mark.parametrize(
    "line",
    [
        'app.secret_key = os.environ["SECRET_KEY"]',
        "app.secret_key = secrets.token_hex()",
        "app.secret_key = None",
        'app.secret_key = "{{ secret_key }}"',
        "app.secret_key = open(path).read()",
    ],
)
def test_a_key_from_elsewhere_is_left_alone(line):
    text = (
        f"import os, secrets\nfrom flask import Flask\napp = Flask(__name__)\n{line}\n"
    )
    rules = {rule for rule, _, _ in found({"app.py": text})}

    assert "hardcoded-secret-key" not in rules


@pytest.mark.parametrize(
    "value",
    [
        f'os.getenv("SECRET_KEY", "{KEY}")',
        f'os.environ.get("COOKIE_SECRET", default="{KEY}")',
        f'os.environ.get("SECRET_KEY") or "{KEY}"',
        f'str(os.getenv("SECRET_KEY", "{KEY}"))',
    ],
)
def test_a_fallback_is_found(value):
    assert found({"settings.py": f"import os\nSECRET_KEY = {value}\n"}) == {
        ("default-secret", "settings.py", 2)
    }


def test_a_fallback_that_the_app_refuses_is_weak():
    text = """\
        import os
        SECRET_KEY = os.environ.get("SECRET_KEY", "change-me-now")
        if SECRET_KEY == "change-me-now":
            raise SystemExit("SECRET_KEY is not set.")
    """

    assert secrets({"settings.py": text}) == [
        ("default-secret", "settings.py", 2, Confidence.LOW)
    ]


@pytest.mark.parametrize(
    ("tracked", "confidence"),
    [(None, Confidence.LOW), (frozenset({".env"}), Confidence.HIGH)],
)
def test_an_environment_file_is_wrong_once_git_keeps_it(tracked, confidence):
    assert secrets({".env": f"SECRET_KEY={KEY}\n"}, tracked) == [
        ("hardcoded-secret-key", ".env", 1, confidence)
    ]


def test_a_file_that_git_does_not_keep_is_where_a_secret_belongs():
    files = {".env": f"SECRET_KEY={KEY}\nHOOK={TOKEN}\n"}

    assert secrets(files, frozenset({"app.py"})) == []


def test_an_example_to_be_filled_in_is_left_alone():
    assert secrets({".env.example": "SECRET_KEY=change-me\nDB_PASSWORD=\n"}) == []


def test_a_token_is_found_in_any_file():
    files = {
        "a.py": f"# {TOKEN}\n",
        "templates/a.html": f"<p>\n{TOKEN}</p>\n",
        "app.yaml": f"hook: {TOKEN}\n",
    }

    assert {f for f in found(files) if f[0] == "committed-token"} == {
        ("committed-token", "a.py", 1),
        ("committed-token", "templates/a.html", 2),
        ("committed-token", "app.yaml", 1),
    }


def test_a_private_key_is_found_in_its_file():
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    text = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"

    assert secrets({"tls/server.pem": text}, frozenset({"tls/server.pem"})) == [
        ("committed-private-key", "tls/server.pem", 1, Confidence.HIGH)
    ]


def test_no_finding_repeats_a_secret():
    files = {
        "app.py": f'from flask import Flask\nSECRET_KEY = "{KEY}"\nHOOK = "{TOKEN}"\n'
        f'URL = "mysql://club:{KEY}@db.club.org/club"\nMAIL_PASSWORD = "{KEY}"\n',
        ".env": f"SECRET_KEY={KEY}\n",
    }

    for finding in audit([project(files)]).findings:
        said = repr((finding.message, finding.subject, finding.steps, finding.rule))
        assert KEY not in said
        assert TOKEN not in said


def test_history_names_the_newest_commit_of_each_secret():
    blobs = [
        Blob("b" * 40, "config.py", f'X = 1\nSECRET_KEY = "{KEY}"\n'.encode()),
        Blob("a" * 40, "config.py", f'SECRET_KEY = "{KEY}"\n'.encode()),
        Blob("a" * 40, "notes.txt", f"{TOKEN}\n".encode()),
        Blob("a" * 40, ".env", b"SECRET_KEY=${KEY}\nCOLOUR=red\n"),
        Blob("a" * 40, "logo.png", b"\0\1" + TOKEN.encode()),
    ]
    findings = list(scan_history(blobs))

    assert [(f.place.path, f.place.line, f.subject) for f in findings] == [
        ("bbbbbbbbbbbb:config.py", 2, "SECRET_KEY"),
        ("aaaaaaaaaaaa:notes.txt", 1, "ghp_"),
    ]
    assert all(KEY not in f.message and TOKEN not in f.message for f in findings)
    assert audit([History(blobs)]).findings != ()


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "def f(:\n SECRET", "SECRET_KEY = '" + "\\" * 9999, "\ud800SECRET"],
)
def test_history_survives_files_that_are_no_python(text):
    blob = Blob("a" * 40, "app.py", text.encode("utf-8", "surrogatepass"))

    assert list(scan_history([blob])) == []
