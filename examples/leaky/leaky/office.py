"""The office: what only those do who keep the club running."""

import io
import os
import subprocess
import xml.sax
import xml.sax.handler

import yaml
from flask import Blueprint
from flask import jsonify
from flask import render_template
from flask import request

from .database import connect
from .guards import login_required

blueprint = Blueprint("office", __name__, url_prefix="/office")


class Names(xml.sax.handler.ContentHandler):
    """Collects the text of a list of names."""

    def __init__(self):
        super().__init__()
        self.text = ""

    def characters(self, content):
        """Take the text of an element."""
        self.text += content


@blueprint.route("/")
@login_required
def index():
    """Show the office."""
    return render_template("office.html")


@blueprint.route("/ping", methods=["POST"])
@login_required
def ping():
    """See whether the boathouse answers."""
    host = request.form["host"]
    # A semicolon starts a command of the visitor's own.
    code = os.system("ping -c 1 -W 1 " + host)
    return jsonify(code=code)


@blueprint.route("/lookup", methods=["POST"])
@login_required
def lookup():
    """Say which address a name has."""
    done = subprocess.run(
        f"getent hosts {request.form['host']}",
        # A shell reads the line, so the name may be more than a name.
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/dues", methods=["POST"])
@login_required
def dues():
    """Work out a member's dues."""
    # A sum is a program, and it runs.
    return jsonify(dues=eval(request.form["sum"]))


@blueprint.route("/crews", methods=["POST"])
@login_required
def crews():
    """Read the crews for the regatta."""
    # A document may name any Python object, and making it runs code.
    return jsonify(crews=yaml.load(request.get_data(), Loader=yaml.UnsafeLoader))


@blueprint.route("/guests", methods=["POST"])
@login_required
def guests():
    """Read a list of guests."""
    names = Names()
    parser = xml.sax.make_parser()
    # The document may name files of this machine, and their text comes back.
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    parser.setContentHandler(names)
    parser.parse(io.BytesIO(request.get_data()))
    return jsonify(names=names.text)


# The wrong way round: the route takes the view as it is, and the guard comes too late.
@login_required
@blueprint.route("/ledger")
def ledger():
    """Show who belongs to the club."""
    rows = connect().execute("SELECT name, role FROM member").fetchall()
    return jsonify([dict(row) for row in rows])


# Every view of the office asks who it is, and this one does not.
@blueprint.route("/members/<name>/expel", methods=["POST"])
def expel(name):
    """Put a member out of the club."""
    connect().execute("DELETE FROM member WHERE name = ?", (name,))
    connect().commit()
    return jsonify(expelled=name)
