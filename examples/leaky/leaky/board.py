"""The board: notices, search and greetings."""

import base64
import pickle
import traceback

from flask import Blueprint
from flask import redirect
from flask import render_template
from flask import render_template_string
from flask import request
from flask import session
from flask import url_for
from markupsafe import Markup

from .database import connect
from .guards import login_required

blueprint = Blueprint("board", __name__)

GREETING = "<h1>Ahoy %s!</h1>"
ORDERED = "SELECT * FROM notice ORDER BY %s"


@blueprint.app_errorhandler(500)
def broken(error):
    """Say what went wrong."""
    # The visitor reads paths, versions and sometimes secrets.
    return f"<pre>{traceback.format_exc()}</pre>{error}", 500


@blueprint.route("/")
def index():
    """Show the notices in the visitor's order."""
    order = "title"

    if "taste" in request.cookies:
        # Whoever writes the cookie runs code here.
        order = pickle.loads(base64.b64decode(request.cookies["taste"]))

    # A column cannot be a parameter, and this one is the visitor's.
    notices = connect().execute(ORDERED % order).fetchall()
    return render_template("board.html", notices=notices, order=order)


@blueprint.route("/search")
def search():
    """Show the notices that hold a word."""
    word = request.args.get("q", "")
    sql = "SELECT * FROM notice WHERE title LIKE '%" + word + "%'"
    notices = connect().execute(sql).fetchall()

    if not notices:
        # What the visitor sent comes back as markup.
        return f"<p>No notice speaks of {word}.</p>"

    title = Markup(f"Notices about <em>{word}</em>")
    return render_template("board.html", notices=notices, title=title, order=word)


@blueprint.route("/greet")
def greet():
    """Greet a visitor by name."""
    name = request.args.get("name", "sailor")
    # The name becomes a template: {{ config }} shows every setting.
    return render_template_string(GREETING % name)


@blueprint.route("/card/<name>")
def card(name):
    """Show a member's card."""
    member = connect().execute("SELECT * FROM member WHERE name = ?", (name,))
    # The name of this template does not end in .html, so nothing in it is escaped.
    return render_template("card.j2", member=member.fetchone(), name=name)


@blueprint.route("/notice", methods=["POST"])
@login_required
def post():
    """Put a notice on the board."""
    connect().execute(
        "INSERT INTO notice (author, title, body) VALUES (?, ?, ?)",
        (session["member"], request.form["title"], request.form["body"]),
    )
    connect().commit()
    return redirect(url_for("board.index"))


@blueprint.route("/notice/<int:number>/delete")
def delete(number):
    """Take a notice off the board."""
    # A picture in a mail is enough to delete, nobody asks who it is, and the views
    # beside this one do ask.
    connect().execute("DELETE FROM notice WHERE id = ?", (number,))
    connect().commit()
    return redirect(url_for("board.index"))
