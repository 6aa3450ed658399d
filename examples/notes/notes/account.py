"""Who is here: joining, logging in and logging out."""

import functools
import re
import secrets
import sqlite3

from flask import Blueprint
from flask import flash
from flask import g
from flask import redirect
from flask import render_template
from flask import request
from flask import session
from flask import url_for
from werkzeug.security import check_password_hash
from werkzeug.security import generate_password_hash

from stopper import safe_redirect

from . import database
from .security import stopper

#: Characters of a password that stands alone (NIST SP 800-63B-4, 3.1.1.2).
SHORTEST = 15
LONGEST = 200

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]\Z")

blueprint = stopper.public(Blueprint("account", __name__))


def person():
    """Return the row of who is here, ``None`` for a visitor."""
    if "person" not in g:
        g.person = database.one(
            "SELECT * FROM person WHERE id = ?", session.get("user_id")
        )

    return g.person


@stopper.identity
def who():
    """Return the id of who is here, for Stopper."""
    found = person()
    return None if found is None else str(found["id"])


def begin(id):
    """Begin a login of the person with this id."""
    # What an attacker may have put into the session before must not survive.
    session.clear()
    session.permanent = True
    # Stopper sees who it is, and gives the session a new id.
    session["user_id"] = id


@functools.cache
def nobody():
    """Return the hash of a password that nobody has."""
    return generate_password_hash(secrets.token_hex(32))


@blueprint.route("/join", methods=["GET", "POST"])
def join():
    """Take in a new person."""
    if request.method == "GET":
        return render_template("join.html", name="", errors={})

    name = request.form.get("name", "").strip().lower()
    password = request.form.get("password", "")
    errors = complaints(name, password)

    if not errors:
        try:
            made = database.change(
                "INSERT INTO person (name, password) VALUES (?, ?)",
                name,
                generate_password_hash(password),
            )
        except sqlite3.IntegrityError:
            errors["name"] = "This name is taken."
        else:
            begin(made.lastrowid)
            flash(f"Welcome, {name}.")
            return redirect(url_for("writing.index"))

    return render_template("join.html", name=name, errors=errors), 422


def complaints(name, password):
    """Return what is wrong with a name and a password, by field."""
    errors = {}

    if not _NAME.match(name):
        errors["name"] = (
            "A name has 3 to 30 characters: letters a to z, digits, '-' and '_' between."
        )

    if not SHORTEST <= len(password) <= LONGEST:
        errors["password"] = (
            f"A password has {SHORTEST} to {LONGEST} characters. "
            "Four or five words that do not belong together make a good one."
        )
    elif name and name in password.lower():
        errors["password"] = "The password must not hold your name."

    return errors


@blueprint.route("/login", methods=["GET", "POST"])
def login():
    """Let a person in."""
    if request.method == "GET":
        return render_template("login.html", name="", errors={})

    name = request.form.get("name", "").strip().lower()
    password = request.form.get("password", "")[: LONGEST + 1]
    found = database.one("SELECT * FROM person WHERE name = ?", name)
    # An unknown name takes as long as a wrong password.
    kept = found["password"] if found else nobody()

    if not check_password_hash(kept, password) or found is None:
        errors = {"name": "No one has this name and this password."}
        return render_template("login.html", name=name, errors=errors), 422

    begin(found["id"])
    # Back to where Stopper sent a visitor from, if that is here.
    return safe_redirect(request.args.get("next"), "writing.index")


@blueprint.route("/logout", methods=["POST"])
def logout():
    """End this login, also for whoever copied its cookie."""
    session.clear()
    flash("You are logged out.")
    return redirect(url_for("writing.index"))


def init_app(app):
    """Let templates ask who is here."""
    app.jinja_env.globals["person"] = person
