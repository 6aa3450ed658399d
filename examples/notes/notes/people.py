"""A person's page and picture."""

from flask import abort
from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import send_from_directory
from flask import url_for

from . import database
from . import pictures
from .account import person
from .security import stopper

blueprint = stopper.requires()(Blueprint("people", __name__))


@blueprint.route("/me")
def me():
    """Show a person their own page."""
    return page({})


def page(errors):
    """Return a person's own page, with where they are logged in."""
    logins = stopper.sessions.of(person()["id"])
    return render_template("me.html", errors=errors, logins=logins)


@blueprint.route("/me/elsewhere/end", methods=["POST"])
def end_elsewhere():
    """End the logins of this person at all other places."""
    ended = stopper.sessions.revoke_others(person()["id"])
    flash(f"You are logged out at {ended} other places.")
    return redirect(url_for("people.me"))


@blueprint.route("/me/picture", methods=["POST"])
def upload():
    """Take a new picture."""
    try:
        name = pictures.keep(request.files.get("picture"))
    except pictures.PictureRefused as e:
        return page({"picture": str(e)}), 422

    _replace(name)
    flash("Your picture is changed.")
    return redirect(url_for("people.me"))


@blueprint.route("/me/picture/remove", methods=["POST"])
def remove():
    """Remove the picture."""
    _replace(None)
    flash("Your picture is removed.")
    return redirect(url_for("people.me"))


def _replace(name):
    old = person()["picture"]
    database.change("UPDATE person SET picture = ? WHERE id = ?", name, person()["id"])

    if old:
        pictures.forget(old)


@blueprint.route("/people/<int:id>/picture")
def picture(id):
    """Send the picture of a person."""
    found = database.one("SELECT picture FROM person WHERE id = ?", id)

    if found is None or found["picture"] is None:
        abort(404)

    answer = send_from_directory(
        current_app.config["PICTURES"],
        found["picture"],
        mimetype=pictures.TYPES[found["picture"].rpartition(".")[2]],
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
