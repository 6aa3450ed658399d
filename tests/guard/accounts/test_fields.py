"""What the pages ask for, and how: the fields of every form that they have."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

import stopper.guard.accounts as accounts

from .site import log_in
from .site import OTHER
from .test_register import register
from .test_reset import ask

#: Every page with a field for a password, and what password managers read of each.
MASKED = {
    "/account/login": ["current-password"],
    "/account/register": ["new-password"],
    "/account/password": ["current-password", "new-password"],
    "/account/address": ["current-password"],
    "/account/close": ["current-password"],
    "/account/confirm": ["current-password"],
    "reset": ["new-password"],
    "verify": ["new-password"],
}

#: What any page of accounts asks somebody for.
ASKED = {"address", "current", "name", "next", "password", "remember", "token"}


class Fields(HTMLParser):
    """The inputs of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.found.append(dict(attrs))


@pytest.fixture
def fields(site):
    """The fields of a page, as somebody sees it who may."""

    def look(page: str) -> list[dict[str, str | None]]:
        browser = site.browser()

        if page in ("/account/login", "/account/register"):
            path = page
        elif page == "verify":
            register(site.browser(), "eve@notes.example")
            path = site.link()
        elif page == "reset":
            site.add()
            ask(browser)
            path = site.link()
        else:
            site.add()
            log_in(browser)
            path = page

        answer = browser.get(path)
        assert answer.status_code == 200
        return Fields(answer.text).found

    return look


@pytest.mark.parametrize("page", MASKED)
def test_a_password_is_masked_and_managers_know_it(fields, page):
    masked = [f for f in fields(page) if f.get("type") == "password"]

    assert [f["autocomplete"] for f in masked] == MASKED[page]


@pytest.mark.parametrize("page", MASKED)
def test_a_password_may_be_pasted_and_of_any_length(fields, page):
    for field in fields(page):
        assert not {"readonly", "maxlength", "pattern"} & field.keys()
        assert [name for name in field if name.startswith("on")] == []


def test_no_script_of_ours_looks_at_the_clipboard():
    scripts = (Path(accounts.__file__).parent / "static").glob("*.js")

    assert [s.name for s in scripts if "paste" in s.read_text("utf-8")] == []


@pytest.mark.parametrize("page", MASKED)
def test_no_page_asks_for_a_hint_or_an_answer(fields, page):
    hidden = {"_csrf_token", "csrf_token", "username"}
    named = {f["name"] for f in fields(page) if f.get("name")}

    assert named - hidden - ASKED == set()


@pytest.mark.parametrize(
    "page",
    ["", "password", "address", "close", "devices", "factors", "keys", "confirm"],
)
def test_every_page_of_who_is_logged_in_leads_to_the_logout(site, page):
    site.add()
    browser = site.browser()
    log_in(browser)
    text = browser.get(f"/account/{page}").text

    assert text.count('action="/account/logout"') == 1
    assert ">Log out</button>" in text


@pytest.mark.parametrize("page", ["login", "register", "reset", "verify"])
def test_a_stranger_is_offered_none(site, page):
    assert "Log out" not in site.browser().get(f"/account/{page}").text


@pytest.mark.parametrize("typed", [OTHER, f" {OTHER}", OTHER.title(), f"{OTHER} "])
def test_a_password_is_looked_at_as_it_was_typed(site, typed):
    site.add(password=OTHER)

    right = log_in(site.browser(), password=typed).status_code == 303
    assert right == (typed == OTHER)


def test_a_password_of_a_thousand_characters_opens_an_account(site):
    long = "seven lamps on the quay " * 40
    browser = site.browser()
    data = {"address": "ann@notes.example", "password": long}

    assert browser.post("/account/register", data=data).status_code == 200
    browser.post("/account/verify/link", data={"token": site.token()})
    assert log_in(browser, password=long.strip()).status_code == 403
    assert log_in(browser, password=long).status_code == 303


def test_a_password_stays_good_however_old_it_is(site):
    site.add()
    site.clock.now += 20 * 366 * 24 * 3600

    assert log_in(site.browser()).location == "/"


def test_nobody_has_an_account_from_the_start(site):
    assert [site.rows(name) for name in ("user", "credential", "apikey")] == [[]] * 3
