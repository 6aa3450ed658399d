"""Keys that lie around: in a log, in a table. Done to bare apps, and found."""

from __future__ import annotations

import sqlite3
import threading
import urllib.request
import wsgiref.simple_server

from bare import app
from bare import client
from bare import rules

IN_URL = """
from flask import Flask, request
app = Flask(__name__)

@app.get("/boats")
def boats():
    return "boats" if request.args.get("api_key") == KEY else ("no", 401)
"""

IN_PLAIN = """
import sqlite3
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = kept
db = SQLAlchemy(app)

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    api_key = db.Column(db.String(64))

with app.app_context():
    db.create_all()
    db.session.add(User(api_key=KEY))
    db.session.commit()

@app.get("/boats")
def boats():
    key = request.headers.get("X-API-Key")
    user = User.query.filter_by(api_key=key).first()
    return "boats" if user else ("no", 401)
"""

KEY = "sk_live_example_of_a_key"


def test_a_key_in_the_url_is_in_the_log_of_the_server(capsys):
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app(IN_URL, KEY=KEY))
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/boats?api_key={KEY}"

    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"boats"

    # It writes its line when the answer is gone.
    thread.join(10)
    server.server_close()

    assert KEY in capsys.readouterr().err
    assert "apikey-in-url" in rules(IN_URL)


def test_who_reads_the_table_has_the_keys(tmp_path):
    file = tmp_path / "app.db"
    browser = client(IN_PLAIN, kept=f"sqlite:///{file}", KEY=KEY)

    with sqlite3.connect(file) as stolen:
        (key,) = stolen.execute("SELECT api_key FROM user").fetchone()

    answer = browser.get("/boats", headers={"X-API-Key": key})

    assert answer.text == "boats"
    assert "apikey-in-plain" in rules(IN_PLAIN)
