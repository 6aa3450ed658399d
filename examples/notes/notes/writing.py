"""Notes: writing, finding and sharing them."""

from flask import abort
from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for

from . import database
from .account import person
from .security import stopper

#: Characters.
LONGEST_TITLE = 120
LONGEST_BODY = 20_000

#: Notes on one page.
MOST = 100

# All of it takes a login, but for what says something else.
blueprint = stopper.requires()(Blueprint("writing", __name__))

_MINE = """
SELECT note.*, person.name AS owner_name, person.picture AS owner_picture,
       share.writes AS writes
  FROM note
  JOIN person ON person.id = note.owner
  LEFT JOIN share ON share.note = note.id AND share.person = :me
 WHERE (note.owner = :me OR share.person = :me)
"""


def readable(id):
    """Return a note that this person may read.

    :raises NotFound: If there is none, or it is another's: nobody learns which.
    """
    me = {"me": person()["id"], "id": id}
    found = database.connection().execute(_MINE + " AND note.id = :id", me).fetchone()

    if found is None:
        abort(404)

    return found


def writable(id):
    """Return a note that this person may change.

    :raises Forbidden: If they may only read it.
    """
    note = readable(id)

    if note["owner"] != person()["id"] and not note["writes"]:
        abort(403, "This note was shared with you to read.")

    return note


def owned(id):
    """Return a note of this person's own.

    :raises Forbidden: If it was shared with them.
    """
    note = readable(id)

    if note["owner"] != person()["id"]:
        abort(403, "Only the owner of a note can do this.")

    return note


@blueprint.route("/")
@stopper.public
def index():
    """Show the notes that hold a word, or all; a visitor sees what this is."""
    if person() is None:
        return render_template("welcome.html")

    word = request.args.get("q", "").strip()[:LONGEST_TITLE]
    # A wildcard that someone looks for is a character like any other.
    like = "".join(f"\\{c}" if c in "\\%_" else c for c in word)
    notes = (
        database.connection()
        .execute(
            _MINE + " AND (note.title LIKE :like ESCAPE '\\'"
            " OR note.body LIKE :like ESCAPE '\\')"
            " ORDER BY note.changed DESC, note.id DESC LIMIT :most",
            {"me": person()["id"], "like": f"%{like}%", "most": MOST},
        )
        .fetchall()
    )
    return render_template("index.html", notes=notes, word=word)


def filled():
    """Return the fields of the form as they were sent, and what is wrong with them."""
    fields = {
        "title": request.form.get("title", "").strip(),
        # Browsers send line ends of two characters and count one.
        "body": request.form.get("body", "").replace("\r\n", "\n"),
    }
    errors = {}

    if not fields["title"]:
        errors["title"] = "A note needs a title."
    elif len(fields["title"]) > LONGEST_TITLE:
        errors["title"] = f"A title has at most {LONGEST_TITLE} characters."

    if len(fields["body"]) > LONGEST_BODY:
        errors["body"] = f"A note has at most {LONGEST_BODY} characters."

    return fields, errors


@blueprint.route("/notes/new", methods=["GET", "POST"])
def new():
    """Write a new note."""
    if request.method == "GET":
        fields = {"title": "", "body": ""}
        return render_template("edit.html", fields=fields, errors={}, note=None)

    fields, errors = filled()

    if errors:
        page = render_template("edit.html", fields=fields, errors=errors, note=None)
        return page, 422

    made = database.change(
        "INSERT INTO note (owner, title, body) VALUES (?, ?, ?)",
        person()["id"],
        fields["title"],
        fields["body"],
    )
    flash("Your note is kept.")
    return redirect(url_for("writing.show", id=made.lastrowid))


@blueprint.route("/notes/<int:id>")
def show(id):
    """Show a note."""
    note = readable(id)
    mine = note["owner"] == person()["id"]
    return render_template(
        "note.html",
        note=note,
        mine=mine,
        writes=mine or note["writes"],
        shares=shares(id) if mine else (),
    )


@blueprint.route("/notes/<int:id>/edit", methods=["GET", "POST"])
def edit(id):
    """Change a note."""
    note = writable(id)

    if request.method == "GET":
        return render_template("edit.html", fields=note, errors={}, note=note)

    fields, errors = filled()

    if not errors:
        done = database.change(
            "UPDATE note SET title = ?, body = ?, version = version + 1,"
            " changed = CURRENT_TIMESTAMP WHERE id = ? AND version = ?",
            fields["title"],
            fields["body"],
            id,
            request.form.get("version", ""),
        )

        if done.rowcount:
            flash("Your changes are kept.")
            return redirect(url_for("writing.show", id=id))

        errors["body"] = (
            "Someone changed this note while you wrote. Copy what you need, and save "
            "again to put your words in the place of theirs."
        )

    page = render_template("edit.html", fields=fields, errors=errors, note=note)
    return page, 422


@blueprint.route("/notes/<int:id>/delete", methods=["POST"])
def delete(id):
    """Delete a note."""
    owned(id)
    database.change("DELETE FROM note WHERE id = ?", id)
    flash("The note is deleted.")
    return redirect(url_for("writing.index"))


def shares(id):
    """Return with whom a note is shared."""
    return database.every(
        "SELECT share.*, person.name, person.picture FROM share"
        " JOIN person ON person.id = share.person WHERE note = ? ORDER BY person.name",
        id,
    )


@blueprint.route("/notes/<int:id>/sharing", methods=["GET", "POST"])
def sharing(id):
    """Share a note with another person."""
    note = owned(id)
    name = request.form.get("name", "").strip().lower()
    errors = {}

    if request.method == "POST":
        other = database.one("SELECT id FROM person WHERE name = ?", name)

        if other is None:
            errors["name"] = "No one here has this name."
        elif other["id"] == person()["id"]:
            errors["name"] = "This note is yours already."
        else:
            database.change(
                "INSERT INTO share (note, person, writes) VALUES (?, ?, ?)"
                " ON CONFLICT (note, person) DO UPDATE SET writes = excluded.writes",
                id,
                other["id"],
                int(request.form.get("may") == "write"),
            )
            flash(f"The note is shared with {name}.")
            return redirect(url_for("writing.sharing", id=id))

    page = render_template(
        "sharing.html", note=note, shares=shares(id), name=name, errors=errors
    )
    return page, 422 if errors else 200


@blueprint.route("/notes/<int:id>/sharing/<int:other>/stop", methods=["POST"])
def stop_sharing(id, other):
    """Take a note back from a person."""
    owned(id)
    database.change("DELETE FROM share WHERE note = ? AND person = ?", id, other)
    flash("They cannot see this note any more.")
    return redirect(url_for("writing.sharing", id=id))
