"""A file's name makes a finding weaker, or has it counted: it never makes it vanish."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.options import Options
from stopper.audit.run import audit
from stopper.audit.session import run
from stopper.catalogue.rule import Confidence

FLASK = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        (".env.test", "STOPPER_MODE=report\n", "report-in-production"),
        (
            "docs/a.py",
            f"{FLASK}app.config['STOPPER_MODE'] = 'off'\n",
            "report-in-production",
        ),
        ("Dockerfile.dev", "FROM python\nENV FLASK_DEBUG=1\n", "debug-enabled"),
        ("local/a.py", f"{FLASK}app.config['DEBUG'] = True\n", "debug-enabled"),
        ("demo/a.py", f"{FLASK}app.run(debug=True)\n", "debug-enabled"),
        (
            "ci/a.py",
            f"{FLASK}app.config['SESSION_COOKIE_SECURE'] = False\n",
            "weak-session-cookie",
        ),
        (
            "dev/a.py",
            f"{FLASK}app.config['PREFERRED_URL_SCHEME'] = 'http'\n",
            "plain-url-scheme",
        ),
        (
            "dev/a.py",
            f"{FLASK}app.config['PROPAGATE_EXCEPTIONS'] = True\n",
            "propagated-exceptions",
        ),
    ],
)
def test_what_is_for_developers_by_its_name_is_weak_and_not_gone(file, text, rule):
    findings = audit([project({file: text})]).findings

    assert [f.confidence for f in findings if f.rule.name == rule] == [Confidence.LOW]


def test_what_stands_in_a_test_is_found_so_that_the_report_can_count_it(tmp_path):
    files = {
        "tests/templates/a.html": "{{ x|safe }}",
        "tests/a.py": "from markupsafe import Markup\ndef f(x):\n    return Markup(x)\n",
    }

    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert {(rule, path) for rule, path, _ in found(files)} == {
        ("safe-filter", "tests/templates/a.html"),
        ("markup-from-value", "tests/a.py"),
    }
    report = run([tmp_path], Options())
    assert report.findings == ()
    assert report.in_tests == {"safe-filter": 1, "markup-from-value": 1}
