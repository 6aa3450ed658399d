"""What the audit says about the two examples: of one a great deal, of the other nothing."""

from pathlib import Path

import pytest

from stopper.audit.options import Options
from stopper.audit.session import run

EXAMPLES = Path(__file__).parents[2] / "examples"

#: The holes of the leaky app, by file; test_leaky uses most of them.
HOLES = {
    ".env": {"credentials-in-url", "debug-enabled", "hardcoded-secret-key"},
    "leaky/__init__.py": {
        "any-origin-with-credentials",
        "csrf-missing",
        "trusted-forwarding",
    },
    "leaky/api.py": {"reflected-origin", "request-forgery", "unverified-tls"},
    "leaky/board.py": {
        "html-from-value",
        "markup-from-value",
        "sql-injection",
        "template-from-value",
        "traceback-to-client",
        "unsafe-pickle",
    },
    "leaky/config.py": {
        "credentials-in-url",
        "csrf-disabled",
        "fallbacks-as-text",
        "hardcoded-secret-key",
        "plain-url-scheme",
        "weak-session-cookie",
    },
    "leaky/database.py": {"weak-password-hash"},
    "leaky/guards.py": {"broken-redirect-check"},
    "leaky/members.py": {
        "cookie-without-flags",
        "open-redirect",
        "predictable-random",
        "secret-in-session",
        "sql-injection",
        "timing-comparison",
    },
    "leaky/office.py": {
        "code-evaluation",
        "guard-above-route",
        "shell-command",
        "unguarded-sibling",
        "unsafe-yaml-load",
        "xml-entities",
    },
    "leaky/shelf.py": {
        "client-file-name",
        "path-traversal",
        "unchecked-archive",
        "upload-in-static",
    },
    "leaky/templates/board.html": {"safe-filter", "unquoted-attribute"},
    "leaky/templates/card.j2": {"unescaped-template", "value-in-handler"},
    "leaky/templates/join.html": {"token-as-text"},
    "leaky/templates/login.html": {"autoescape-off"},
    "requirements.txt": {"dead-dependency", "unpinned-requirements"},
    "wsgi.py": {"debug-enabled", "public-development-server"},
}


@pytest.fixture(scope="module")
def leaky():
    return run([EXAMPLES / "leaky"], Options())


def found_in(report):
    found = {}

    for reported in report.findings:
        place = reported.finding.place
        found.setdefault(place.path, set()).add(reported.finding.rule.name)

    return found


@pytest.mark.parametrize("path", HOLES)
def test_every_hole_of_the_leaky_app_is_found(leaky, path):
    assert HOLES[path] - found_in(leaky).get(path, set()) == set()


def test_an_audit_of_the_leaky_app_fails(leaky):
    assert leaky.code == 1
    assert leaky.failures == ()


def test_the_notes_app_has_nothing_to_mend():
    report = run([EXAMPLES / "notes"], Options())
    assert report.findings == ()
    assert report.code == 0
