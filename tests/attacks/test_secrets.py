"""A known key signs anyone in, and a text of fallbacks is guessed: both are found."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import session
from flask.sessions import SecureCookieSessionInterface

from projects import found

SOURCE = """\
from flask import Flask

app = Flask(__name__)
app.config[{key!r}] = {value!r}
"""


def shop(**config):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="known to nobody: 1d0c7a", **config)

    @app.get("/")
    def who():
        return session.get("user", "nobody")

    return app


def forged(key):
    """Return a session cookie as somebody with ``key`` makes it."""
    mine = Flask("attacker")
    mine.secret_key = key
    signer = SecureCookieSessionInterface().get_signing_serializer(mine)
    return signer.dumps({"user": "admin"})


def seen(app, cookie):
    client = app.test_client()
    client.set_cookie("session", cookie)
    return client.get("/").text


@pytest.mark.parametrize("key", ["dev", "row-row-row-your-boat-1987"])
def test_who_knows_the_key_is_anyone(key):
    app = shop()
    app.secret_key = key

    assert seen(app, forged(key)) == "admin"
    assert ("hardcoded-secret-key", "app.py", 4) in found(
        {"app.py": SOURCE.format(key="SECRET_KEY", value=key)}
    )


def test_a_fallback_of_one_character_is_guessed():
    app = shop(SECRET_KEY_FALLBACKS="old-key")
    guesses = [
        letter for letter in "abcdefghijkl" if seen(app, forged(letter)) == "admin"
    ]

    assert guesses == ["d", "e", "k", "l"]
    assert found(
        {"app.py": SOURCE.format(key="SECRET_KEY_FALLBACKS", value="old-key")}
    ) == {("fallbacks-as-text", "app.py", 4)}
