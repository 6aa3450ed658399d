"""Ways into an account, and ways to learn of one: each works on a bare app, and not on ours."""

from __future__ import annotations

import re
import threading
import typing as t

import flask_security
import flask_sqlalchemy
import pytest
from flask import Flask
from flask_security.models import fsqla_v3

import bare
from guard.accounts.site import Clock
from guard.accounts.site import log_in
from guard.accounts.site import made
from guard.accounts.site import ORIGIN
from guard.accounts.site import OTHER
from guard.accounts.site import PASSWORD
from guard.accounts.site import Site
from guard.accounts.site import who
from stopper.testing import events
from stopper.testing import mails

ADA, EVE = "ada@example.org", "eve@example.org"

#: What tutorials show.
TUTORIAL = """
from flask import Flask, request, session, url_for
from itsdangerous import URLSafeTimedSerializer
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.secret_key = "of this test alone"
links = URLSafeTimedSerializer(app.secret_key)

def hashed(password):
    counted.append("hash")
    return generate_password_hash(password, "pbkdf2:sha256:1")

@app.post("/register")
def register():
    address = request.form["address"]
    if address in users:
        return "This address is taken.", 409
    users[address] = {"password": hashed(request.form["password"]), "verified": False}
    sent.append(url_for("verify", token=links.dumps(address), _external=True))
    return "Look into your mail."

@app.get("/verify/<token>")
def verify(token):
    users[links.loads(token, max_age=86400)]["verified"] = True
    return "Verified."

@app.post("/login")
def login():
    user = users.get(request.form["address"])
    if user is None:
        return "There is no such user.", 403
    counted.append("hash")
    if not check_password_hash(user["password"], request.form["password"]):
        return "The password is wrong.", 403
    session["user"] = request.form["address"]
    return "in"

@app.post("/reset")
def reset():
    address = request.form["address"]
    if address not in users:
        return "There is no such user.", 404
    sent.append(url_for("chosen", token=links.dumps(address), _external=True))
    return "Look into your mail."

@app.post("/chosen/<token>")
def chosen(token):
    address = links.loads(token, max_age=1800)
    users[address]["password"] = hashed(request.form["password"])
    session["user"] = address
    return "Set."

@app.get("/")
def index():
    return session.get("user", "stranger")
"""


class Tutorial:
    """A bare app, its users, its mail and the hashes that it made."""

    def __init__(self) -> None:
        self.users: dict[str, t.Any] = {}
        self.sent: list[str] = []
        self.counted: list[str] = []
        self.app = bare.app(
            TUTORIAL, users=self.users, sent=self.sent, counted=self.counted
        )

    def post(self, path: str, *, browser=None, headers=None, **form: str) -> t.Any:
        asked = browser or self.app.test_client()
        return asked.post(path, data=form, headers=headers)


@pytest.fixture
def tutorial():
    return Tutorial()


@pytest.fixture
def site(tmp_path):
    clock = Clock()
    found = Site(made(str(tmp_path), clock), clock)

    with mails(found.app) as sent:
        found.mails = sent
        yield found

    found.service.engine.dispose()


@pytest.fixture
def guest(tmp_path):
    """An app of Flask-Security's, as it comes."""
    app = Flask("guest", instance_path=str(tmp_path))
    app.config.update(
        TESTING=True,
        SECRET_KEY="for these tests alone, and no others",
        SECURITY_PASSWORD_SALT="146585145368132386173505678016728509634",
        SECURITY_PASSWORD_HASH="pbkdf2_sha512",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        WTF_CSRF_ENABLED=False,
        SQLALCHEMY_DATABASE_URI="sqlite://",
    )
    db = flask_sqlalchemy.SQLAlchemy(app)
    fsqla_v3.FsModels.set_db_info(db)
    names = {"Role": fsqla_v3.FsRoleMixin, "User": fsqla_v3.FsUserMixin}
    names["WebAuthn"] = fsqla_v3.FsWebAuthnMixin
    kinds = {name: type(name, (db.Model, mixin), {}) for name, mixin in names.items()}
    members = flask_security.SQLAlchemyUserDatastore(db, kinds["User"], kinds["Role"])
    flask_security.Security(app, members)

    @app.get("/me")
    def me() -> str:
        return getattr(flask_security.current_user, "email", "stranger")

    with app.app_context():
        db.create_all()
        hash = flask_security.hash_password(PASSWORD)
        members.create_user(email=ADA, password=hash)
        db.session.commit()

    yield app

    with app.app_context():
        db.engine.dispose()


def test_sixty_wrong_passwords_and_then_the_right_one(guest, site):
    browser = guest.test_client()

    for n in range(60):
        browser.post("/login", json={"email": ADA, "password": f"guess {n}"})

    browser.post("/login", json={"email": ADA, "password": PASSWORD})
    assert browser.get("/me").text == ADA

    site.add(ADA)
    ours = site.browser()
    before = site.service.passwords.hashes
    statuses = [log_in(ours, ADA, f"guess {n}").status_code for n in range(60)]
    log_in(ours, ADA)

    assert statuses == [403] * 5 + [429] * 55
    assert site.service.passwords.hashes - before == 5
    assert who(ours) == "stranger"


def test_a_cookie_that_was_copied_before_the_logout(guest, site):
    browser = guest.test_client()
    browser.post("/login", json={"email": ADA, "password": PASSWORD})
    copied = browser.get_cookie("session").value
    browser.post("/logout")
    thief = guest.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/me").text == ADA

    site.add(ADA)
    ours = site.browser()
    log_in(ours, ADA)
    copied = ours.get_cookie("__Host-session", "notes.example").value
    ours.post("/account/logout")
    thief = site.browser()
    thief.set_cookie("__Host-session", copied, secure=True, domain="notes.example")

    assert who(thief) == "stranger"


def test_a_session_that_was_planted_before_the_login(site):
    site.add(ADA)
    eve, ada = site.browser(), site.browser()

    with eve.session_transaction() as session:
        session["basket"] = ["planted"]

    planted = eve.get_cookie("__Host-session", "notes.example").value
    ada.set_cookie("__Host-session", planted, secure=True, domain="notes.example")
    log_in(ada, ADA)

    assert who(ada) == site.person(ADA).id
    assert who(eve) == "stranger"


def test_a_page_that_logs_its_visitor_in_as_somebody_else(tutorial, site):
    form = {"address": EVE, "password": PASSWORD}
    tutorial.post("/register", **form)
    browser = tutorial.app.test_client()
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    tutorial.post("/login", browser=browser, headers=evil, **form)
    assert browser.get("/").text == EVE

    site.add(EVE)
    ours = site.browser(page="https://evil.example")

    assert log_in(ours, EVE).status_code == 403
    assert who(ours) == "stranger"


def test_a_link_to_a_new_password_that_leads_elsewhere(tutorial, site):
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.post("/reset", address=ADA, headers={"Host": "evil.example"})
    assert tutorial.sent[-1].startswith("http://evil.example/chosen/")

    site.add(ADA)
    poisons = [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example"},
        {"X-Forwarded-Prefix": "/evil"},
    ]

    for headers in poisons:
        data = {"address": ADA}
        site.browser().post("/account/reset", data=data, headers=headers)

    assert site.mails
    assert [m for m in site.mails if "evil" in m.as_string()] == []
    assert all(f"{ORIGIN}/account/reset/" in m.get_content() for m in site.mails)


def test_a_link_to_a_new_password_that_is_used_again(tutorial, site):
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.post("/reset", address=ADA)
    path = tutorial.sent[-1].partition("localhost")[2]
    assert [tutorial.post(path, password=OTHER).text for _ in range(2)] == ["Set."] * 2

    site.add(ADA)
    site.browser().post("/account/reset", data={"address": ADA})
    data = {"token": site.token(), "password": OTHER}
    statuses = [
        site.browser().post("/account/reset/link", data=data).status_code
        for _ in range(2)
    ]

    assert statuses == [303, 410]


def test_a_link_to_a_new_password_that_two_use_at_once(tutorial, site):
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.post("/reset", address=ADA)
    path = tutorial.sent[-1].partition("localhost")[2]
    bare_ones = both(lambda: tutorial.post(path, password=OTHER).status_code)
    assert bare_ones == [200, 200]

    site.add(ADA)
    site.browser().post("/account/reset", data={"address": ADA})
    data = {"token": site.token(), "password": OTHER}
    found = both(
        lambda: site.browser().post("/account/reset/link", data=data).status_code
    )

    # Or one is sent away because the other one hashes.
    assert found in ([303, 410], [303, 503])


def both(ask: t.Callable[[], int]) -> list[int]:
    """Ask twice at the same time, and return the statuses in order."""
    barrier, found = threading.Barrier(2), []

    def run() -> None:
        barrier.wait()
        found.append(ask())

    threads = [threading.Thread(target=run) for _ in range(2)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    return sorted(found)


def test_a_reset_that_logs_in_past_the_second_factor(tutorial, site):
    browser = tutorial.app.test_client()
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.post("/reset", address=ADA)
    path = tutorial.sent[-1].partition("localhost")[2]
    tutorial.post(path, browser=browser, password=OTHER)
    assert browser.get("/").text == ADA

    site.add(ADA)
    ours = site.browser()
    ours.post("/account/reset", data={"address": ADA})
    data = {"token": site.token(), "password": OTHER}
    assert ours.post("/account/reset/link", data=data).status_code == 303

    assert who(ours) == "stranger"


def test_a_scanner_that_looks_at_the_links_of_a_mail(tutorial, site):
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.app.test_client().get(tutorial.sent[-1].partition("localhost")[2])
    # Whoever registered in her name has it verified by the scanner of her mailbox.
    assert tutorial.users[ADA]["verified"]

    data = {"address": ADA, "password": PASSWORD}
    site.browser().post("/account/register", data=data)
    scanner = site.browser("192.0.2.1")
    assert scanner.get(site.link()).status_code == 200

    assert not site.person(ADA).verified


def test_an_account_that_somebody_opened_before_its_owner_did(tutorial, site):
    tutorial.post("/register", address=ADA, password=OTHER)
    tutorial.app.test_client().get(tutorial.sent[-1].partition("localhost")[2])
    assert tutorial.post("/login", address=ADA, password=OTHER).text == "in"

    eve, ada = site.browser("192.0.2.66"), site.browser()
    eve.post("/account/register", data={"address": ADA, "password": OTHER})
    data = {"token": site.token(), "password": PASSWORD}
    ada.post("/account/verify/link", data=data)

    assert log_in(eve, ADA, OTHER).status_code == 403
    assert log_in(ada, ADA).status_code == 303


@pytest.mark.parametrize("what", ["login", "register", "reset"])
def test_to_ask_for_an_address_and_learn_whether_it_has_an_account(
    tutorial, site, what
):
    form = {"password": OTHER}
    tutorial.post("/register", address=ADA, password=PASSWORD)
    known = tutorial.post(f"/{what}", address=ADA, **form)
    unknown = tutorial.post(f"/{what}", address=EVE, **form)
    assert known.text != unknown.text

    site.add(ADA)
    found = []

    for address in (ADA, EVE):
        data = {"address": address, **form}
        answer = site.browser().post(f"/account/{what}", data=data)
        text = re.sub(r'value="[\w.-]{60,}"|nonce="[^"]+"', "", answer.text)
        found.append((answer.status_code, text.replace(address, "")))

    assert found[0] == found[1]


def test_to_measure_whether_a_password_was_looked_at(tutorial, site):
    tutorial.post("/register", address=ADA, password=PASSWORD)
    tutorial.counted.clear()
    tutorial.post("/login", address=EVE, password=OTHER)
    assert tutorial.counted == []
    tutorial.post("/login", address=ADA, password=OTHER)
    assert tutorial.counted == ["hash"]

    site.add(ADA)
    site.watch()
    found = []

    for address in (ADA, EVE):
        site.statements.clear()
        before = site.service.passwords.hashes
        log_in(site.browser(), address, OTHER)
        hashes = site.service.passwords.hashes - before
        found.append((hashes, list(site.statements)))

    assert found[0] == found[1]
    assert found[0][0] == 1


def test_to_lock_somebody_out_by_wrong_passwords(site):
    ada = site.add(ADA)
    home, elsewhere = site.browser("192.0.2.9"), site.browser("198.51.100.77")
    log_in(home, ADA)
    home.post("/account/logout")

    with events(site.app) as happened:
        for n in range(300):
            log_in(site.browser(f"203.0.{n // 100}.{n % 100}"), ADA, OTHER)

    # Many strangers can keep strangers out, for a while, and her own browser never.
    assert happened.refused.count("too-many-tries") == 250
    assert log_in(elsewhere, ADA).status_code == 429
    log_in(home, ADA)
    assert who(home) == ada.id
