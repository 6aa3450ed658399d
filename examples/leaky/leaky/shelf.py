"""The shelf: documents that members read and bring."""

import os
import tarfile

from flask import Blueprint
from flask import current_app
from flask import redirect
from flask import render_template
from flask import request
from flask import send_file
from flask import send_from_directory
from flask import url_for

from .guards import login_required

blueprint = Blueprint("shelf", __name__)

SHELF = os.path.join(os.path.dirname(__file__), "documents")


@blueprint.route("/shelf")
@login_required
def index():
    """List the documents."""
    return render_template("shelf.html", names=sorted(os.listdir(SHELF)))


@blueprint.route("/shelf/file")
def document():
    """Send one document."""
    # The name may start with ../ and then it is any file of the machine.
    path = os.path.join(SHELF, request.args["name"])
    return send_file(path)


@blueprint.route("/shelf/read/<path:name>")
def read(name):
    """Show one document as text."""
    # Nothing keeps the name inside the folder.
    with open(SHELF + "/" + name, encoding="utf-8") as f:
        return f.read(), 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/shelf/year/<year>/<name>")
def yearly(year, name):
    """Send a document of one year."""
    # The name is checked, the folder is not: it is the visitor's too.
    return send_from_directory(os.path.join(SHELF, request.args["folder"], year), name)


@blueprint.route("/shelf/upload", methods=["POST"])
@login_required
def upload():
    """Put a document where everyone can see it."""
    file = request.files["file"]
    # No bound on the size, the client's name, and a folder that is served as it is:
    # an uploaded page runs script in the club's name.
    uploads = os.path.join(current_app.static_folder, "uploads")
    os.makedirs(uploads, exist_ok=True)
    file.save(os.path.join(uploads, file.filename))
    return redirect(url_for("shelf.index"))


@blueprint.route("/shelf/archive", methods=["POST"])
@login_required
def archive():
    """Unpack many documents at once."""
    with tarfile.open(fileobj=request.files["file"].stream) as tar:
        # A member of the archive may be called ../../anything.
        tar.extractall(SHELF)

    return redirect(url_for("shelf.index"))
