"""A token in every form, so that no other site can fill one in.

This module goes when Stopper's csrf control lands: it keeps the same promise.
"""

import secrets

from flask import abort
from flask import request
from flask import session

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token():
    """Return the token of this session."""
    if "token" not in session:
        session["token"] = secrets.token_urlsafe(32)

    return session["token"]


def check():
    """Refuse a request that changes something and does not hold the token."""
    if request.method in _SAFE:
        return

    kept = session.get("token", "")
    sent = request.form.get("csrf_token", "")

    if not kept or not secrets.compare_digest(sent.encode(), kept.encode()):
        abort(400, "This form is too old. Go back, load the page again, and repeat.")


def init_app(app):
    """Check every request, and let templates ask for the token."""
    app.before_request(check)
    app.jinja_env.globals["csrf_token"] = csrf_token
