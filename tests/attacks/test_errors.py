"""An error tells a stranger the inside: on a bare app, and in the audit."""

from __future__ import annotations

import sqlite3
import traceback

from flask import Flask
from flask import jsonify

from alone import alone
from projects import found
from stopper import Stopper

SOURCE = """\
import sqlite3, traceback
from flask import Flask, jsonify
app = Flask(__name__)

@app.get("/boats")
def boats():
    try:
        return jsonify(sqlite3.connect(":memory:").execute("SELECT * FROM boat").fetchall())
    except sqlite3.Error as error:
        return jsonify(error=str(error)), 500

@app.errorhandler(500)
def broken(error):
    return jsonify(trace=traceback.format_exc()), 500
"""


def site(guarded=False, tmp_path=None):
    app = Flask("boats", instance_path=tmp_path and str(tmp_path / "instance"))
    app.config["STOPPER_ERRORS_MODE"] = "enforce"

    @app.get("/boats")
    def boats():
        connection = sqlite3.connect(":memory:")
        try:
            return jsonify(connection.execute("SELECT * FROM boat").fetchall())
        except sqlite3.Error as error:
            return jsonify(error=str(error)), 500
        finally:
            connection.close()

    @app.get("/crew")
    def crew():
        raise LookupError("no oars for crew 7")

    @app.errorhandler(500)
    def broken(error):
        return jsonify(trace=traceback.format_exc()), 500

    if guarded:
        Stopper(alone(app, "errors"))

    return app.test_client()


def bare():
    return site()


def test_a_database_names_its_tables():
    assert "boat" in bare().get("/boats").json["error"]
    assert ("exception-to-client", "app.py", 10) in found({"app.py": SOURCE})


def test_a_traceback_shows_paths_and_values():
    trace = bare().get("/crew").json["trace"]

    assert __file__ in trace
    assert "crew 7" in trace
    assert ("traceback-to-client", "app.py", 14) in found({"app.py": SOURCE})


def test_the_guard_replaces_a_traceback(tmp_path):
    response = site(True, tmp_path).get("/crew")

    assert response.status_code == 500
    assert "crew 7" not in response.text
    assert "Traceback" not in response.text
    assert response.json["incident"] == response.headers["X-Request-ID"]
