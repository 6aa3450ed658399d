"""What other clubs' sites read."""

import ssl
import urllib.request

from flask import Blueprint
from flask import jsonify
from flask import request

from .database import connect

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.after_request
def share(response):
    """Let other sites read the answer."""
    # Whatever site asks is the one that is allowed, cookie and all.
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


@blueprint.route("/members")
def members():
    """List the members."""
    # Every column, the password too.
    rows = connect().execute("SELECT * FROM member").fetchall()
    return jsonify([dict(row) for row in rows])


@blueprint.route("/weather")
def weather():
    """Pass on what a weather station says."""
    # The server fetches what a stranger names, inside the network too, and does not
    # look whom it talks to.
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(request.args["station"], context=context) as answer:
        return answer.read()


@blueprint.route("/river")
def river():
    """Pass on how high the river stands."""
    import requests

    # Any certificate will do.
    answer = requests.get("https://river.example/level", verify=False, timeout=5)
    return jsonify(level=answer.json())
