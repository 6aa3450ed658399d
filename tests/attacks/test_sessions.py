"""What is in a session can be read, and what is sent in clear can be copied."""

from __future__ import annotations

import base64

from flask import Flask
from flask import session

from projects import found

SOURCE = """\
from flask import Flask, session
app = Flask(__name__)

@app.post("/join")
def join():
    session["password"] = given()
    return "Nearly there."
"""


def test_the_session_is_signed_and_not_encrypted():
    app = Flask(__name__)
    app.secret_key = "nobody knows this: 4b1f"

    @app.post("/join")
    def join():
        session["password"] = "oars-and-sails"
        return "Nearly there."

    client = app.test_client()
    client.post("/join")
    payload = client.get_cookie("session").value.partition(".")[0]

    assert b"oars-and-sails" in base64.urlsafe_b64decode(payload + "==")
    assert ("secret-in-session", "app.py", 6) in found({"app.py": SOURCE})


def test_the_session_goes_over_plain_http():
    app = Flask(__name__)
    app.secret_key = "nobody knows this: 4b1f"
    app.get("/")(lambda: session.update(user="ada") or "Hello.")
    answer = app.test_client().get("/", base_url="http://club.org")
    files = {
        "app.py": "from flask import Flask, session\napp = Flask(__name__)\nsession['a']\n",
        "more.py": "",
    }

    assert "Secure" not in answer.headers["Set-Cookie"]
    assert ("session-cookie-never-secure", "app.py", 2) in found(files)
