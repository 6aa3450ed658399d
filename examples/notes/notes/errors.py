"""What a visitor reads when something cannot be done."""

from flask import render_template
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import SecurityError

_TITLES = {
    400: "That did not work",
    403: "That is not allowed",
    404: "There is nothing here",
    405: "That did not work",
    413: "That is too large",
}


def show(error):
    """Show an error as a page."""
    # The host is not ours, so no page is, and no link can be made.
    if isinstance(error, SecurityError):
        return error

    title = _TITLES.get(error.code, "Something went wrong")
    page = render_template("error.html", title=title, reason=error.description)
    answer = error.get_response()
    answer.data = page
    answer.mimetype = "text/html"
    return answer


def init_app(app):
    """Show every HTTP error so. Flask logs the others and shows them as a 500."""
    app.register_error_handler(HTTPException, show)
