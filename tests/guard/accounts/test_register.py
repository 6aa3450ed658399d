"""Opening an account and verifying its address: the same answers whoever asks."""

from __future__ import annotations

import re

import pytest

from .site import ANN
from .site import HERE
from .site import log_in
from .site import ORIGIN
from .site import OTHER
from .site import PASSWORD
from .site import THERE
from .site import who


def register(browser, address=ANN, password=PASSWORD, **more):
    data = {"address": address, "password": password, **more}
    return browser.post("/account/register", data=data)


def press(browser, token, **more):
    """Press the button of a page behind a link."""
    return browser.post("/account/verify/link", data={"token": token, **more})


def test_an_account_is_opened_verified_and_used(site):
    browser = site.browser()

    answer = register(browser, name="Ann")
    assert answer.status_code == 200
    assert site.link().startswith("/account/verify/")
    page = browser.get(site.link())
    assert 'name="password"' not in page.text
    assert press(browser, site.token()).location == "/account/login"
    log_in(browser)

    assert who(browser) == site.person().id
    assert site.person().name == "Ann"


def test_who_chooses_a_password_is_told_its_length_before(site):
    browser = site.browser()
    says = "At least 15 characters."
    assert says in browser.get("/account/register").text
    assert says in register(browser, password="short").text
    register(browser)
    assert says in site.browser(THERE).get(site.link()).text
    press(browser, site.token())
    log_in(browser)
    assert says in browser.get("/account/password").text


def test_the_link_is_built_from_the_origin_and_never_from_the_host(site):
    register(site.browser())
    evil = site.browser().post(
        "/account/register",
        data={"address": "bob@x.example", "password": PASSWORD},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    assert evil.status_code == 200
    assert [m for m in site.mails if "evil" in m.get_content()] == []
    assert all(ORIGIN in m.get_content() for m in site.mails)


def seen(answer, address):
    """Return all that a client can see of an answer, but for what is random."""
    headers = [
        # That a request has a number may tell as much as any number.
        (name, "" if name == "X-Request-ID" else re.sub(r"nonce-[^']+", "", value))
        for name, value in answer.headers
        if name != "Set-Cookie"
    ]
    cookies = [c.split("=")[0] for c in answer.headers.getlist("Set-Cookie")]
    text = re.sub(r'value="[\w.-]{60,}"', "", answer.text).replace(address, "ADDRESS")
    return answer.status_code, text, headers, cookies


def asked(site, path, address):
    """Return what a client sees, and how many hashes and statements it cost."""
    browser = site.browser(THERE)
    site.statements.clear()
    before = site.service.passwords.hashes
    data = {"address": address, "password": PASSWORD}
    answer = seen(browser.post(path, data=data), address)
    return *answer, site.service.passwords.hashes - before, len(site.statements)


@pytest.mark.parametrize("what", ["register", "verify", "reset"])
def test_nobody_learns_whether_there_is_an_account(site, what):
    site.add()
    site.add("half@notes.example", verified=False)
    # The sweep of old links comes with the first one.
    register(site.browser(), "first@notes.example")

    found = [
        asked(site, f"/account/{what}", address)
        for address in (ANN, "half@notes.example", "new@notes.example")
    ]

    assert found[0] == found[1] == found[2]
    assert found[0][-2] == (what == "register")


def test_the_owner_of_a_taken_address_is_told(site):
    before = site.add()

    register(site.browser(), "ANN@notes.example", OTHER, name="Eve")

    assert [m["To"] for m in site.mails] == [ANN]
    assert "already" in site.mails[0]["Subject"]
    assert site.person() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "no address"),
        ("address", "ann@notes.example\nBcc: eve@evil.example"),
        ("password", "password1"),
        ("password", "short but odd"),
        ("password", "ann@notes.example"),
        ("name", "x" * 201),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(site, field, value):
    data = {"address": ANN, "password": PASSWORD, field: value}

    answer = site.program().post("/account/register", json=data)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert site.person() is None


class TestClosed:
    @pytest.fixture
    def config(self):
        return {"STOPPER_ACCOUNTS_REGISTER": False}

    def test_an_app_may_be_closed_to_strangers(self, site):
        assert site.browser().get("/account/register").status_code == 404
        assert register(site.browser()).status_code == 404
        assert "/account/register" not in site.browser().get("/account/login").text


def test_whoever_opened_the_account_first_does_not_get_in_once_it_is_verified(site):
    eve, ann = site.browser(), site.browser(THERE)
    register(eve, ANN, OTHER)
    page = ann.get(site.link())

    assert 'name="password"' in page.text
    assert press(ann, site.token()).status_code == 422
    assert press(ann, site.token(), password=PASSWORD).status_code == 303
    assert log_in(eve, ANN, OTHER).status_code == 403
    log_in(ann, ANN, PASSWORD)
    assert who(ann) == site.person().id


def test_who_registers_where_somebody_did_before_gets_the_account(site):
    eve, ann = site.browser(), site.browser(THERE)
    register(eve, ANN, OTHER)
    register(ann, ANN, PASSWORD)

    # The password that Ann typed is not that of the account: it was Eve's.
    assert 'name="password"' in ann.get(site.link()).text
    press(ann, site.token(), password=PASSWORD)
    assert log_in(eve, ANN, OTHER).status_code == 403
    assert log_in(ann).status_code == 303


class TestWithoutVerification:
    @pytest.fixture
    def config(self):
        return {"STOPPER_ACCOUNTS_VERIFY": False}

    def test_the_first_verification_ends_all_that_was_set_up_before(self, site):
        eve, ann = site.browser(), site.browser(THERE)
        register(eve, ANN, OTHER)
        log_in(eve, ANN, OTHER)
        user = site.person().id
        assert who(eve) == user
        tables = site.service.tables

        with site.service.database.writing() as sql:
            sql.add(
                tables.credential(user=user, kind="totp", created_at=0, confirmed_at=1)
            )
            sql.add(device(tables, user))
            sql.add(key(tables, user))

        press(ann, site.token(), password=PASSWORD)

        assert who(eve) == "stranger"
        assert [site.rows(name) for name in ("credential", "device", "apikey")] == [
            [],
            [],
            [],
        ]

    def test_who_verifies_where_they_registered_keeps_what_they_set_up(self, site):
        ann = site.browser()
        register(ann)
        log_in(ann)
        press(ann, site.token())

        assert who(ann) == site.person().id
        assert site.person().verified


def device(tables, user):
    return tables.device(
        user=user,
        purpose="login",
        token=b"t" * 32,
        rotated_at=0,
        created_at=0,
        seen_at=0,
        ends_at=4e9,
    )


def key(tables, user, label="backup script"):
    return tables.apikey(
        id=label.replace(" ", "-"),
        user=user,
        hash=b"h" * 32,
        key_id="1",
        label=label,
        created_at=0,
        expires_at=4e9,
    )


@pytest.mark.parametrize("place", [HERE, THERE])
def test_a_verification_logs_nobody_in(site, place):
    registered, other = site.browser(), site.browser(THERE)
    register(registered)
    browser = registered if place == HERE else other

    assert press(browser, site.token(), password=PASSWORD).status_code == 303
    assert site.person().verified
    assert who(browser) == "stranger"


def test_to_look_at_a_link_does_not_use_it(site):
    register(site.browser())
    scanner = site.browser("192.0.2.1")

    assert [scanner.get(site.link()).status_code for _ in range(3)] == [200] * 3
    assert scanner.head(site.link()).status_code == 200
    assert not site.person().verified
    assert press(scanner, site.token(), password=PASSWORD).status_code == 303


def test_a_link_works_once(site):
    browser = site.browser()
    register(browser)
    press(browser, site.token())

    assert press(browser, site.token()).status_code == 410
    assert browser.get(site.link()).status_code == 410


def test_a_newer_link_voids_the_older_ones(site):
    browser = site.browser()
    register(browser)
    browser.post("/account/verify", data={"address": ANN})

    assert press(browser, site.token(0)).status_code == 410
    assert press(browser, site.token(1)).status_code == 303


def test_a_link_is_good_for_a_day(site, clock):
    browser = site.browser()
    register(browser)
    clock.now += 24 * 3600 - 1
    assert site.browser().get(site.link()).status_code == 200
    clock.now += 1
    assert site.browser().get(site.link()).status_code == 410


def test_a_link_is_for_one_purpose(site):
    register(site.browser())
    token = site.token()

    assert site.browser().get(f"/account/reset/{token}").status_code == 410


def test_pages_behind_links_give_the_link_away_to_nobody(site, happened, caplog):
    register(site.browser())
    caplog.set_level("DEBUG")
    page = site.browser().get(site.link())
    gone = press(site.browser(), "x" * 43)

    for answer in (page, gone):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"

    assert 'action="/account/verify/link"' in page.text
    press(site.browser(), site.token(), password=PASSWORD)
    assert site.token() not in caplog.text
    assert site.token() not in str(happened)


def test_only_the_hash_of_a_token_is_kept(site):
    register(site.browser())
    (row,) = site.rows("token")

    assert len(row.hash) == 32
    assert site.token().encode() not in row.hash + row.bound


def test_a_mailbox_is_not_flooded_and_the_last_link_goes_on_to_work(site):
    for n in range(12):
        browser = site.browser(f"192.0.2.{n}")
        browser.post("/account/verify", data={"address": "no@x.example"})
        answer = register(browser)

    assert answer.status_code == 200
    assert len(site.mails) == 3
    assert press(site.browser(), site.token(), password=PASSWORD).status_code == 303


def test_one_client_has_few_mails_sent(site):
    statuses = [
        register(site.browser(), f"user{n}@x.example").status_code for n in range(12)
    ]

    assert statuses == [200] * 10 + [429] * 2
    assert len(site.mails) == 10
    assert register(site.browser(THERE), "other@x.example").status_code == 200
    assert HERE not in str(site.rows("user"))


def test_the_link_is_sent_again_to_who_did_not_use_it_and_to_nobody_else(site):
    site.add()
    site.add("half@notes.example", verified=False)

    for address in (ANN, "half@notes.example", "nobody@notes.example"):
        site.browser().post("/account/verify", data={"address": address})

    assert [m["To"] for m in site.mails] == ["half@notes.example"]
