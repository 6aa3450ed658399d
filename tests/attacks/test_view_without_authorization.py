"""A row for everyone who counts its number up: done to a bare app, and found."""

from __future__ import annotations

from bare import client
from bare import rules

APP = """
from flask import Flask, abort, request
from flask_login import LoginManager, login_required
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.secret_key = "k4vbX0tJp2-a-key-of-some-length"
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)
manager = LoginManager(app)

@manager.user_loader
def load(id):
    return None

class Invoice(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String)

with app.app_context():
    db.create_all()
    db.session.add_all([Invoice(text="of Ada"), Invoice(text="of Bob")])
    db.session.commit()

@app.get("/mine")
@login_required
def mine():
    return "mine"

@app.put("/invoices/<int:id>")
def change(id):
    invoice = db.get_or_404(Invoice, id)
    before, invoice.text = invoice.text, request.form["text"]
    db.session.commit()
    return before
"""


def test_a_stranger_changes_one_row_after_the_other():
    browser = client(APP)

    assert browser.get("/mine").status_code == 401
    assert [
        browser.put(f"/invoices/{number}", data={"text": "mine"}).text
        for number in (1, 2, 1)
    ] == ["of Ada", "of Bob", "mine"]
    assert "view-without-authorization" in rules(APP)
