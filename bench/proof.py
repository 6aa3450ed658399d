"""What is timed has to work: each refusal is seen before the clock starts."""

from __future__ import annotations

from app import create_app
from app import PASSWORD
from app import USER
from caller import Caller


def prove(store: str) -> None:
    """See a bad origin, a bad token, one try too many, an old cookie and a foreign host refused.

    :raises SystemExit: If anything else happens.
    """
    caller = Caller("proof", create_app(store, login="3/minute"))
    login = {"username": USER, "password": PASSWORD}
    caller.post("/login", {**login, **caller.token()})
    _same("a login", caller.ask(caller.environ("GET", "/me")).status, 200)
    form = {"title": "A title", "body": "text"}
    evil = {"HTTP_ORIGIN": "https://evil.example", "HTTP_SEC_FETCH_SITE": None}
    _same("a bad origin", caller.post("/form", form, **evil).status, 403)
    crossed = {"HTTP_SEC_FETCH_SITE": "cross-site"}
    _same("another site", caller.post("/form", form, **crossed).status, 403)
    bare = {"HTTP_ORIGIN": None, "HTTP_SEC_FETCH_SITE": None}
    _same("no token", caller.post("/form", form, **bare).status, 403)
    bad = {**form, "csrf_token": "A" * 86}
    _same("a bad token", caller.post("/form", bad, **bare).status, 403)
    good = {**form, **caller.token()}
    _same("a good token", caller.post("/form", good, **bare).status, 200)
    host = caller.environ("GET", "/json", HTTP_HOST="evil.example")
    _same("a foreign host", caller.ask(host).status, 400)
    _one_too_many(caller)
    _revoked(store)


def _one_too_many(caller: Caller) -> None:
    wrong = {"username": USER, "password": "wrong"}
    said = [caller.post("/login", wrong).status for _ in range(4)]
    _same("tries at the login", said, [403, 403, 429, 429])


def _revoked(store: str) -> None:
    app = create_app(store)
    caller = Caller("proof", app)
    caller.post("/login", {"username": USER, "password": PASSWORD})
    _same("a session", caller.ask(caller.environ("GET", "/me")).status, 200)

    with app.app_context():
        app.extensions["bench"].sessions.revoke_all("1")

    _same("a revoked cookie", caller.ask(caller.environ("GET", "/me")).status, 401)


def _same(what: str, seen: object, expected: object) -> None:
    if seen != expected:
        raise SystemExit(f"bench: {what} was answered {seen}, and not {expected}")
