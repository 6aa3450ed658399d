"""Notes for programs, which bring a key that somebody made on /account/keys."""

from flask import abort
from flask import Blueprint
from flask import request
from sqlalchemy import select

from .models import Note
from .security import stopper
from .writing import checked
from .writing import keep
from .writing import newest

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/notes")
@stopper.apikey("notes:read")
def listing():
    """List the notes that the owner of the key may read."""
    return [shown(n) for n in newest(stopper.visible(select(Note), "list", Note))]


@blueprint.post("/notes")
@stopper.apikey("notes:write")
def write():
    """Write a note for the owner of the key."""
    sent = request.get_json()

    if not isinstance(sent, dict):
        abort(422, "Send an object with a title and a body.")

    fields, errors = checked(sent)

    if errors:
        return {"errors": errors}, 422

    return shown(keep(fields)), 201


def shown(note):
    """Return what a program is told of a note."""
    return {
        "id": note.id,
        "title": note.title,
        "body": note.body,
        "author": note.author.name,
        "changed": f"{note.changed.isoformat()}Z",
    }
