"""Notes: writing, finding and sharing them."""

from flask import abort
from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update

from . import database
from .models import Note
from .models import Share
from .profiles import me
from .rules import address
from .rules import MODERATE
from .security import stopper

#: Characters.
LONGEST_TITLE = 120
LONGEST_BODY = 20_000
LONGEST_ADDRESS = 320

#: Notes on one page.
MOST = 100

# All of it takes a login, but for what says something else.
blueprint = stopper.requires()(Blueprint("writing", __name__))


def the_note(id, action):
    """Return a note with which the person may do this.

    :raises NotFound: If there is none, or it is another's: nobody learns which.
    :raises Forbidden: If they may read it, and no more.
    """
    note = database.session().get(Note, id) or abort(404)
    stopper.check("read", note, hidden=True)
    stopper.check(action, note)
    return note


def newest(statement):
    """Return the notes of a statement, the one that was changed last first."""
    ordered = statement.order_by(Note.changed.desc(), Note.id.desc()).limit(MOST)
    return database.session().scalars(ordered).all()


@blueprint.route("/")
@stopper.public
def index():
    """Show the notes that hold a word, or all; a visitor sees what this is."""
    if me() is None:
        return render_template("welcome.html")

    word = request.args.get("q", "").strip()[:LONGEST_TITLE]
    # A wildcard that someone looks for is a character like any other.
    columns = (Note.title, Note.body)
    found = or_(*(c.icontains(word, autoescape=True) for c in columns))
    notes = newest(stopper.visible(select(Note).where(found), "list", Note))
    return render_template("index.html", notes=notes, word=word)


def checked(sent):
    """Return the fields of a note as they were sent, and what is wrong with them."""
    fields = {
        "title": str(sent.get("title", "")).strip(),
        # Browsers send line ends of two characters and count one.
        "body": str(sent.get("body", "")).replace("\r\n", "\n"),
    }
    errors = {}

    if not fields["title"]:
        errors["title"] = "A note needs a title."
    elif len(fields["title"]) > LONGEST_TITLE:
        errors["title"] = f"A title has at most {LONGEST_TITLE} characters."

    if len(fields["body"]) > LONGEST_BODY:
        errors["body"] = f"A note has at most {LONGEST_BODY} characters."

    return fields, errors


def keep(fields):
    """Keep a new note of who is here."""
    note = Note(owner=me().id, **fields)
    database.session().add(note)
    database.session().commit()
    return note


@blueprint.route("/notes/new", methods=["GET", "POST"])
def new():
    """Write a new note."""
    if request.method == "GET":
        fields = {"title": "", "body": ""}
        return render_template("edit.html", fields=fields, errors={}, note=None)

    fields, errors = checked(request.form)

    if errors:
        page = render_template("edit.html", fields=fields, errors=errors, note=None)
        return page, 422

    note = keep(fields)
    flash("Your note is kept.")
    return redirect(url_for("writing.show", id=note.id))


@blueprint.route("/notes/<int:id>")
def show(id):
    """Show a note."""
    return render_template("note.html", note=the_note(id, "read"))


@blueprint.route("/notes/<int:id>/edit", methods=["GET", "POST"])
def edit(id):
    """Change a note."""
    note = the_note(id, "edit")

    if request.method == "GET":
        return render_template("edit.html", fields=note, errors={}, note=note)

    fields, errors = checked(request.form)

    if not errors:
        if change(note, request.form.get("version", type=int), fields):
            flash("Your changes are kept.")
            return redirect(url_for("writing.show", id=id))

        errors["body"] = (
            "Someone changed this note while you wrote. Copy what you need, and save "
            "again to put your words in the place of theirs."
        )

    page = render_template("edit.html", fields=fields, errors=errors, note=note)
    return page, 422


def change(note, version, fields):
    """Change a note, if it is still the version that was shown; say whether it was."""
    same = update(Note).where(Note.id == note.id, Note.version == version)
    sql = database.session()
    done = sql.execute(same.values(version=Note.version + 1, **fields))
    sql.commit()
    return done.rowcount == 1


@blueprint.route("/notes/<int:id>/delete", methods=["POST"])
def delete(id):
    """Delete a note."""
    sql = database.session()
    sql.delete(the_note(id, "delete"))
    sql.commit()
    flash("The note is deleted.")
    return redirect(url_for("writing.index"))


@blueprint.route("/notes/<int:id>/sharing", methods=["GET", "POST"])
def sharing(id):
    """Share a note with who has an address, whether or not anybody here does."""
    note = the_note(id, "share")
    other = request.form.get("address", "").strip().lower()
    errors = {}

    if request.method == "POST":
        errors = complaints(other)

        if not errors:
            writes = request.form.get("may") == "write"
            sql = database.session()
            sql.merge(Share(note=id, address=other, writes=writes))
            sql.commit()
            flash(f"The note is shared with {other}.")
            return redirect(url_for("writing.sharing", id=id))

    page = render_template("sharing.html", note=note, address=other, errors=errors)
    return page, 422 if errors else 200


def complaints(other):
    """Return what is wrong with an address to share with, by field."""
    if other == address():
        return {"address": "This note is yours already."}

    name, _, host = other.partition("@")
    good = name and host and len(other) <= LONGEST_ADDRESS and other.isprintable()
    return {} if good else {"address": "Type an address such as ann@example.org."}


@blueprint.route("/notes/<int:id>/sharing/stop", methods=["POST"])
def stop_sharing(id):
    """Take a note back from who has an address."""
    share = the_note(id, "share").share_with(request.form.get("address"))

    if share is not None:
        database.session().delete(share)
        database.session().commit()

    flash("They cannot see this note any more.")
    return redirect(url_for("writing.sharing", id=id))


@blueprint.route("/moderating")
@stopper.requires(MODERATE)
def moderating():
    """Show a moderator what people share."""
    notes = newest(stopper.visible(select(Note), "moderate", Note))
    return render_template("moderating.html", notes=notes)
