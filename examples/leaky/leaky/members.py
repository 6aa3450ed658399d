"""Members: logging in, joining, and forgotten passwords."""

import random
import string

from flask import Blueprint
from flask import flash
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request
from flask import session
from flask import url_for

from .database import connect
from .database import digest
from .guards import is_safe_url

blueprint = Blueprint("members", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
def login():
    """Let a member in."""
    if request.method == "GET":
        return render_template("login.html", next=request.args.get("next", ""))

    name = request.form["name"]
    password = digest(request.form["password"])

    # The name becomes part of the statement: ' OR 1=1 -- is a member.
    member = (
        connect()
        .execute(
            f"SELECT * FROM member WHERE name = '{name}' AND password = '{password}'"
        )
        .fetchone()
    )

    if member is None:
        flash("No member has this name and password.")
        return redirect(url_for("members.login"))

    session.permanent = True
    session["member"] = member["name"]
    session["role"] = member["role"]
    # A session is signed and not encrypted: the visitor reads what is in it.
    session["password"] = member["password"]

    target = request.form.get("next", "")

    if not is_safe_url(target):
        target = url_for("board.index")

    response = make_response(redirect(target))
    # A cookie that scripts read and that travels in clear.
    response.set_cookie("last_member", member["name"], max_age=31536000)
    return response


@blueprint.route("/logout")
def logout():
    """Forget who this is."""
    session.clear()
    return redirect(url_for("board.index"))


@blueprint.route("/join", methods=["GET", "POST"])
def join():
    """Take a new member in."""
    if request.method == "POST":
        connect().execute(
            "INSERT INTO member (name, password, role, site) VALUES (?, ?, ?, ?)",
            (
                request.form["name"],
                digest(request.form["password"]),
                # The visitor says which role they have.
                request.form.get("role", "member"),
                request.form.get("site", ""),
            ),
        )
        connect().commit()
        return redirect(url_for("members.login"))

    return render_template("join.html")


@blueprint.route("/forgot", methods=["POST"])
def forgot():
    """Make a code with which a member sets a new password."""
    # Six letters of a generator that is predictable after a few outputs.
    code = "".join(random.choice(string.ascii_lowercase) for _ in range(6))
    connect().execute("INSERT INTO reset VALUES (?, ?)", (request.form["name"], code))
    connect().commit()
    return "A code is on its way."


@blueprint.route("/reset", methods=["POST"])
def reset():
    """Set a new password with the code that was sent."""
    name = request.form["name"]
    token = request.form["code"]
    row = connect().execute("SELECT code FROM reset WHERE name = ?", (name,)).fetchone()

    # The time that the comparison takes tells how much of the code is right.
    if row is None or token != row["code"]:
        return "This code is wrong.", 400

    connect().execute(
        "UPDATE member SET password = ? WHERE name = ?",
        (digest(request.form["password"]), name),
    )
    connect().commit()
    return "Your password is changed."


@blueprint.route("/leave")
def leave():
    """Send a visitor on to another page."""
    # Any site at all, under the club's good name.
    return redirect(request.args["to"])
