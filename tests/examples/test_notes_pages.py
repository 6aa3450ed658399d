"""Every page of the notes app in Chromium, those of its accounts among them."""

from __future__ import annotations

import contextlib
import os
import re
import typing as t
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page

from axe import faults
from stopper.testing import mails

#: Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("TEST_PICTURES", "")

ADA = "ada@example.org"
PASSWORD = "four words that rhyme"

SIZES: dict[str, t.Any] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
}


class Walk:
    """A walk through the app, and what is wrong with the pages on the way.

    :param scripts: Whether the browser runs any; axe needs them.
    """

    def __init__(
        self, page: Page, home: str, app: t.Any, name: str, scripts: bool
    ) -> None:
        self.page, self.home, self.name = page, home, name
        self.accounts = app.extensions["stopper.accounts"]
        self.mails = app.mails
        self.scripts = scripts
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        """Look at the page that is shown."""
        if PICTURES:
            path = Path(PICTURES) / f"{self.name}-{len(self.found):02}-{name}.png"
            self.page.screenshot(path=path, full_page=True)

        self.found[name] = faults(self.page) if self.scripts else []
        width = self.page.locator("html").bounding_box()["width"]

        if self.scripts:
            width = self.page.evaluate("document.documentElement.scrollWidth")

        if width > self.page.viewport_size["width"]:
            self.found[name].append(f"It is {width} pixels wide.")

    def go(self, path: str, name: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.home + path)
        self.look(name)

    def fill(self, button: str, **fields: str) -> None:
        """Fill a form and send it."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

        self.page.get_by_role("main").get_by_role(
            "button", name=button, exact=True
        ).click()

    def heading(self, text: str) -> None:
        """Wait for the heading of a page."""
        self.page.get_by_role("heading", name=text, exact=True).wait_for()

    def link(self) -> str:
        """Return the link of the last mail that has one."""
        texts = [mail.get_content() for mail in self.mails]
        found = [re.search(rf"{self.home}/\S+/[\w-]{{43}}\b", text) for text in texts]
        return [one[0] for one in found if one is not None][-1]


@pytest.fixture
def walking(make_notes, served, browser: Browser):
    """Return what begins a walk."""

    @contextlib.contextmanager
    def begin(name: str, scripts: bool = True):
        app = make_notes(STOPPER_ACCOUNTS_CLIENT_MAILS="20/minute")

        with served(app) as home, mails(app) as app.mails:
            context = browser.new_context(
                ignore_https_errors=True, java_script_enabled=scripts, **SIZES[name]
            )

            try:
                yield Walk(context.new_page(), home, app, name, scripts)
            finally:
                context.close()

    return begin


def join(walk: Walk) -> None:
    walk.go("/", "welcome")
    walk.go("/account/register", "register")
    walk.fill("Open an account", address=ADA, password="password1")
    walk.page.get_by_role("alert").first.wait_for()
    walk.look("register-wrong")
    walk.fill("Open an account", address=ADA, name="Ada", password=PASSWORD)
    walk.heading("Look into your mail")
    walk.look("register-sent")
    walk.page.goto(walk.link())
    walk.look("verify-link")
    walk.fill("Verify the address")
    walk.page.get_by_text("Your address is verified.").wait_for()
    walk.look("login-verified")
    walk.fill("Log in", address=ADA, password="not the right words")
    walk.page.get_by_text("The address or the password is wrong.").first.wait_for()
    walk.look("login-wrong")
    walk.fill("Log in", password=PASSWORD)
    walk.heading("Your notes")
    walk.look("no-notes")


def write(walk: Walk) -> None:
    walk.go("/notes/new", "new")
    walk.fill("Save")
    walk.page.get_by_role("alert").first.wait_for()
    walk.look("new-wrong")
    walk.fill("Save", title="Regatta", body="Meet at seven.\nBring oars.")
    walk.heading("Regatta")
    walk.look("note")
    address = walk.page.url.removeprefix(walk.home)
    walk.go(f"{address}/edit", "edit")
    walk.go(f"{address}/sharing", "sharing")
    walk.fill("Share", address="ben@example.org")
    walk.page.get_by_text("The note is shared with").wait_for()
    walk.look("shared")
    walk.go("/", "notes")
    walk.go("/?q=oars", "found")
    walk.go("/me", "me")
    walk.go("/nothing", "nothing")
    walk.go("/moderating", "forbidden")


def settle(walk: Walk) -> None:
    """Look at the pages of an account, and add a second factor."""
    for path in ("", "password", "address", "devices", "keys", "factors", "close"):
        walk.go(f"/account/{path}", f"account-{path or 'home'}")

    walk.page.goto(f"{walk.home}/account/keys")
    walk.page.get_by_label("Read your notes").check()
    walk.fill("Make the key", label="Backup")
    walk.heading("Your new key")
    walk.look("key")
    walk.go("/account/keys", "keys")
    walk.page.goto(f"{walk.home}/account/address")
    walk.fill("Send the link", address="countess@example.org", password=PASSWORD)
    walk.heading("Look into your mail")
    walk.look("address-sent")
    walk.page.goto(f"{walk.home}/account/factors")
    walk.fill("Add an app")
    walk.heading("Add an authenticator app")
    walk.look("totp")
    secret = walk.page.locator("main code").inner_text().replace(" ", "")
    walk.fill("Add the app", code="000000")
    walk.page.locator("#code-error").wait_for()
    walk.look("totp-wrong")
    walk.fill("Add the app", code=pyotp.TOTP(secret).now())
    walk.page.get_by_role("heading", name="Recovery codes").wait_for()
    walk.look("recovery")
    walk.fill("Make 10 new codes")
    walk.page.get_by_text("Each of these logs you in once").wait_for()
    walk.look("recovery-codes")
    walk.go("/account/factors", "factors-one")


def grant(walk: Walk) -> None:
    with walk.accounts.database.writing() as sql:
        person = walk.accounts.people.by_address(sql, ADA)
        walk.accounts.access.grant(sql, person.id, "moderator")


def come_back(walk: Walk) -> None:
    """Log in with a second factor, and with a new password."""
    walk.page.get_by_role("button", name="Log out").click()
    walk.heading("Write it down. Find it again.")
    walk.go("/account/reset", "reset")
    walk.fill("Send the link", address=ADA)
    walk.heading("Look into your mail")
    walk.look("reset-sent")
    walk.page.goto(walk.link())
    walk.look("reset-link")
    walk.fill("Set the password", password=PASSWORD + "!")
    walk.page.get_by_text("Your new password is set").wait_for()
    walk.go("/account/verify", "verify")
    walk.go("/account/verify/x", "dead")
    walk.page.goto(f"{walk.home}/account/login?next=/moderating")
    walk.fill("Log in", address=ADA, password=PASSWORD + "!")
    walk.heading("One more step")
    walk.look("second")
    walk.fill("Log in", code="000000")
    walk.page.locator("#code-error").wait_for()
    walk.look("second-wrong")
    walk.page.goto(f"{walk.home}/account/login")

    for n in range(6):
        walk.page.locator("[name=password]").wait_for()
        walk.fill("Log in", address="eve@example.org", password=f"guess {n}")

    walk.page.get_by_text("Incident").wait_for()
    walk.look("too-many")


@pytest.mark.parametrize("name", SIZES)
def test_no_page_has_a_fault_that_axe_knows(walking, name: str) -> None:
    with walking(name) as walk:
        join(walk)
        write(walk)
        settle(walk)
        grant(walk)
        walk.go("/moderating", "moderating")
        come_back(walk)

        assert {name: said for name, said in walk.found.items() if said} == {}


def test_all_of_it_works_without_javascript(walking) -> None:
    with walking("dark", scripts=False) as walk:
        join(walk)
        write(walk)
        settle(walk)
        grant(walk)
        walk.go("/moderating", "moderating")
        walk.heading("Shared notes")
        come_back(walk)


def test_an_account_is_opened_and_used_by_the_keyboard_alone(walking) -> None:
    with walking("light") as walk:
        keys = walk.page.keyboard

        def tab_to(name: str) -> None:
            for _ in range(30):
                keys.press("Tab")
                here = walk.page.locator(":focus")
                text = here.inner_text() or here.get_attribute("name")

                if text == name:
                    style = here.evaluate("e => getComputedStyle(e).outlineStyle")
                    assert style == "solid"
                    return

            pytest.fail(f"Nobody gets to {name} with the tabulator.")

        walk.page.goto(f"{walk.home}/account/register")
        tab_to("address")
        keys.type(ADA)
        tab_to("password")
        keys.type(PASSWORD)
        keys.press("Enter")
        walk.heading("Look into your mail")
        walk.page.goto(walk.link())
        tab_to("Verify the address")
        keys.press("Space")
        walk.heading("Log in")
        assert walk.page.locator(":focus").get_attribute("name") == "address"
        keys.type(ADA)
        tab_to("password")
        keys.type("not the right words")
        keys.press("Enter")
        walk.page.locator("#errors:focus").wait_for()
        tab_to("password")
        keys.type(PASSWORD)
        keys.press("Enter")
        walk.heading("Your notes")
        walk.page.goto(f"{walk.home}/account/")
        tab_to("API keys")
        keys.press("Enter")
        walk.heading("API keys")
        tab_to("label")
        keys.type("Backup")
        tab_to("scopes")
        keys.press("Space")
        tab_to("Make the key")
        keys.press("Enter")
        walk.heading("Your new key")
        tab_to("Log out")
        keys.press("Enter")
        walk.heading("Write it down. Find it again.")
