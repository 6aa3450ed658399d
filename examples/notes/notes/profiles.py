"""A person's page: the name and the picture by which others know them."""

from flask import abort
from flask import Blueprint
from flask import current_app
from flask import flash
from flask import g
from flask import redirect
from flask import render_template
from flask import request
from flask import send_from_directory
from flask import url_for
from sqlalchemy.dialects.sqlite import insert

from stopper.accounts import current_user
from stopper.guard.events import event

from . import database
from . import pictures
from .models import Profile
from .security import stopper

#: Characters.
LONGEST_NAME = 60

blueprint = stopper.requires()(Blueprint("profiles", __name__))


def me():
    """Return the profile of who is here, ``None`` for a visitor."""
    if "me" not in g:
        g.me = profile_of(current_user) if current_user else None

    return g.me


def profile_of(person):
    """Return the profile of who has an account; the first visit makes it."""
    sql = database.session()
    found = sql.get(Profile, person.id)

    if found is None:
        name = (person.name or person.address.partition("@")[0])[:LONGEST_NAME]
        # Two requests of one visit may come at once.
        sql.execute(
            insert(Profile).values(id=person.id, name=name).on_conflict_do_nothing()
        )
        sql.commit()
        found = sql.get(Profile, person.id)

    return found


@blueprint.route("/me", methods=["GET", "POST"])
def show():
    """Show a person their own page, or change the name."""
    if request.method == "GET":
        return page()

    name = request.form.get("name", "").strip()

    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        says = f"A name has 1 to {LONGEST_NAME} characters."
        return page({"name": says}, name), 422

    me().name = name
    database.session().commit()
    flash("Your name is changed.")
    return redirect(url_for("profiles.show"))


def page(errors=None, name=None):
    """Return a person's own page."""
    name = me().name if name is None else name
    return render_template("me.html", errors=errors or {}, name=name)


@blueprint.route("/me/picture", methods=["POST"])
def upload():
    """Take a new picture."""
    try:
        name = pictures.keep(request.files.get("picture"))
    except pictures.PictureRefused as e:
        # stopper: allow[exception-to-client] its words are for who sent the file
        return page({"picture": str(e)}), 422

    replace_picture(name)
    flash("Your picture is changed.")
    return redirect(url_for("profiles.show"))


@blueprint.route("/me/picture/remove", methods=["POST"])
def remove():
    """Remove the picture."""
    replace_picture(None)
    flash("Your picture is removed.")
    return redirect(url_for("profiles.show"))


def replace_picture(name):
    """Keep another picture, or none."""
    old, me().picture = me().picture, name
    database.session().commit()

    if old:
        pictures.forget(old)


@blueprint.route("/people/<id>/picture")
def picture(id):
    """Send the picture of a person."""
    found = database.session().get(Profile, id)

    if found is None or found.picture is None:
        abort(404)

    return send_from_directory(
        current_app.config["PICTURES"],
        found.picture,
        mimetype=pictures.TYPES[found.picture.rpartition(".")[2]],
    )


def forget(app, event):
    """Remove what is kept of somebody who closed their account, notes and all."""
    if event.name != "account-closed":
        return

    sql = database.session()
    found = sql.get(Profile, event.details["user"])

    if found is not None:
        name = found.picture
        sql.delete(found)
        sql.commit()

        if name:
            pictures.forget(name)


def init_app(app):
    """Let templates ask who is here, and hear of accounts that are closed."""
    app.jinja_env.globals["me"] = me
    event.connect(forget, app)
