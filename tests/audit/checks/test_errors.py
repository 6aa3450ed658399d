"""What debug mode, tracebacks and exceptions show to visitors."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence

APP = "from flask import Flask\napp = Flask(__name__)\n"


def rules(files, name):
    return {(file, line) for rule, file, line in found(files) if rule == name}


@pytest.mark.parametrize(
    "line",
    [
        "app.run(debug=True)",
        'app.run("127.0.0.1", 5000, True)',
        "app.debug = True",
        'app.config["DEBUG"] = True',
        "app.config.update(DEBUG=1)",
    ],
)
def test_debug_is_found_however_it_is_turned_on(line):
    assert rules({"app.py": f"{APP}{line}\n"}, "debug-enabled") == {("app.py", 3)}


def test_debug_of_a_subclass_is_found():
    text = """\
        from flask import Flask

        class Club(Flask):
            pass

        site = Club("club")
        site.run(debug=True)
    """
    assert rules({"app.py": text}, "debug-enabled") == {("app.py", 7)}


@pytest.mark.parametrize(
    "line",
    [
        "app.run()",
        "app.run(debug=False)",
        "app.run(debug=args.debug)",
        'app.config["DEBUG"] = False',
        "subprocess.run(debug=True)",
    ],
)
def test_debug_that_is_not_on_is_left_alone(line):
    assert rules({"app.py": f"{APP}{line}\n"}, "debug-enabled") == set()


def test_debug_for_developers_is_left_alone():
    text = "class DevelopmentConfig:\n    DEBUG = True\n\nclass Config:\n    DEBUG = True\n"

    assert rules({"config.py": text}, "debug-enabled") == {("config.py", 5)}


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("Dockerfile", "FROM python\nENV FLASK_DEBUG=1\n", 2),
        ("Dockerfile", "FROM python\nENV FLASK_ENV development\n", 2),
        ("Dockerfile", 'FROM python\nCMD ["flask", "run", "--debug"]\n', 2),
        ("Procfile", "web: flask --app club run --debug\n", 1),
        ("club.service", "[Service]\nEnvironment=FLASK_DEBUG=true\n", 2),
        ("start.sh", "export FLASK_DEBUG=1\n", 1),
        (
            "compose.yaml",
            "services:\n  web:\n    environment:\n      FLASK_DEBUG: 1\n",
            4,
        ),
    ],
)
def test_debug_of_a_deployment_is_found(file, text, line):
    assert rules({file: text}, "debug-enabled") == {(file, line)}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("Dockerfile", "FROM python\nENV FLASK_DEBUG=0\n"),
        ("Procfile", "web: gunicorn club:app --log-level debug\n"),
    ],
)
def test_a_deployment_without_debug_is_left_alone(file, text):
    assert rules({file: text}, "debug-enabled") == set()


def test_a_traceback_is_found_through_a_variable():
    text = """\
        import traceback
        from flask import Flask, jsonify
        app = Flask(__name__)

        @app.get("/")
        def home():
            try:
                return work()
            except Exception:
                trace = traceback.format_exc()
                return jsonify(trace=trace), 500
    """
    assert rules({"app.py": text}, "traceback-to-client") == {("app.py", 10)}


def test_a_traceback_outside_of_views_is_left_alone():
    text = "import traceback\n\ndef report():\n    return traceback.format_exc()\n"

    assert rules({"app.py": text}, "traceback-to-client") == set()


VIEW = """\
from flask import Flask, abort, jsonify, flash, redirect
from werkzeug.exceptions import HTTPException
app = Flask(__name__)

@app.get("/")
def home():
    try:
        return work()
    except {kind} as error:
        {line}
"""


@pytest.mark.parametrize(
    "line",
    [
        "return str(error)",
        'return f"failed: {error}", 500',
        "return jsonify(error=str(error))",
        'return jsonify({"error": repr(error)}), 500',
        "abort(500, str(error))",
        "abort(400, description=error.args[0])",
    ],
)
def test_the_text_of_an_exception_is_found(line):
    files = {"app.py": VIEW.format(kind="Exception", line=line)}

    assert rules(files, "exception-to-client") == {("app.py", 10)}


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("Exception", 'return "failed", 500'),
        ("Exception", "app.logger.error(error)"),
        ("Exception", "return jsonify(code=error.code, ok=isinstance(error, OSError))"),
        ("HTTPException", "return jsonify(error=str(error))"),
        ("HTTPException", "return error"),
    ],
)
def test_what_is_no_text_of_an_exception_is_left_alone(kind, line):
    files = {"app.py": VIEW.format(kind=kind, line=line)}

    assert rules(files, "exception-to-client") == set()


@pytest.mark.parametrize(("code", "is_found"), [("500", True), ("404", False)])
def test_a_handler_of_unexpected_errors_is_judged(code, is_found):
    text = f"{APP}\n@app.errorhandler({code})\ndef broken(error):\n    return str(error), {code}\n"

    assert (("app.py", 6) in rules({"app.py": text}, "exception-to-client")) == is_found


def test_debug_in_a_script_is_less_sure_than_in_a_module():
    script = f'{APP}if __name__ == "__main__":\n    app.run(debug=True)\n'
    sure = {
        name: [f.confidence for f in audit([project({"app.py": text})]).findings]
        for name, text in (
            ("script", script),
            ("module", f"{APP}app.run(debug=True)\n"),
        )
    }

    assert sure == {"script": [Confidence.MEDIUM], "module": [Confidence.HIGH]}
