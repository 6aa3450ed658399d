"""Where a visitor is led who has to log in first."""

from __future__ import annotations

from urllib.parse import quote
from urllib.parse import urlencode

from flask import redirect
from flask import Request
from flask import request as current_request
from flask import url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.authorization.settings import LOGIN_URL
from ...controls.redirects.policy import leads_away
from ..answers import Form
from ..answers import form_for
from ..house import House
from .refusals import refused
from .refusals import stranger

#: Characters of an address that is brought along; a longer one is left out.
LONGEST = 1500

#: The login page of our own accounts.
ACCOUNTS = "stopper_accounts.login"

#: The argument in which it is.
NEXT = "next"


class Login:
    """The login page, if one is known.

    :raises StartError: If ``STOPPER_LOGIN_URL`` names no endpoint of the app.
    """

    def __init__(self, house: House) -> None:
        self._app = house.app
        self._given = LOGIN_URL.read(house.config)

        if (
            self._given
            and not self._given.startswith("/")
            and self._given not in house.app.view_functions
        ):
            raise StartError(
                f"{LOGIN_URL.key} is {self._given!r}, and the app has no such endpoint. It "
                "takes one that `flask stopper routes` lists, or a path such as '/login'."
            )

    def lead(self, request: Request) -> Response | None:
        """Return the way to the login page; ``None`` for a program, or without a page."""
        page = self._page(request)

        if (
            not page
            or form_for(request.environ) is not Form.PAGE
            # It would lead to itself for ever.
            or page in (request.endpoint, request.path)
        ):
            return None

        reads = request.method in ("GET", "HEAD")
        here = _here(request) if reads else ""
        # What came by POST is not sent there again.
        answer = redirect(_address(page, here, request), 302 if reads else 303)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _page(self, request: Request) -> str:
        """Return an endpoint or an address, empty if there is none."""
        if self._given:
            return self._given

        manager = getattr(self._app, "login_manager", None)
        views = getattr(manager, "blueprint_login_views", None) or {}
        nearest = next((views[b] for b in request.blueprints if b in views), None)
        found = nearest or getattr(manager, "login_view", None)
        own = ACCOUNTS if ACCOUNTS in self._app.view_functions else ""
        return str(found or own)


def turned_away(house: House) -> HTTPException:
    """Return what to raise so that the visitor of the current request logs in first.

    It is the way to the login page where there is one, or else a refusal.
    """
    way = Login(house).lead(current_request)

    if way is None:
        return refused(house, stranger(house.unknowing))

    house.emit(
        "authorization",
        "login-needed",
        Action.NOTED,
        "This is for who is logged in, so the visitor is led to the login page.",
    )
    return HTTPException(response=way)


def _address(page: str, here: str, request: Request) -> str:
    query = {NEXT: here} if here else {}

    if not page.startswith("/") and ":" not in page:
        return url_for(page, **query)  # type: ignore[arg-type]  # it takes any value

    root = request.script_root if page.startswith("/") else ""
    joint = "&" if "?" in page else "?"
    return f"{root}{page}{joint + urlencode(query) if query else ''}"


def _here(request: Request) -> str:
    """Return the address of the request within its site, empty if none is safe."""
    path = quote(request.script_root + request.path, safe="/:@!$&'()*+,;=~-._")
    query = request.query_string.decode("latin-1")
    here = f"{path}?{query}" if query else path

    # A path may begin with two slashes, and then it is another site's address.
    if len(here) > LONGEST or leads_away(here, ()) or not here.startswith("/"):
        return ""

    return here
