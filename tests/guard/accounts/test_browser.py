"""The pages of accounts in Chromium: without JavaScript, and for everybody who reads them."""

from __future__ import annotations

import pathlib
import re
import typing as t
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import Page

from axe import faults
from guard.csrf.test_browser import serving
from servers import free_port
from stopper.testing import mails

from .site import ANN
from .site import Clock
from .site import made
from .site import OTHER
from .site import PASSWORD
from .site import Site


class Served(t.NamedTuple):
    """A running site, and where it is."""

    site: Site
    home: str

    def link(self) -> str:
        texts = [mail.get_content() for mail in self.site.mails]
        found = [re.search(r"http://\S+/[\w-]{43}\b", text) for text in texts]
        return [one[0] for one in found if one is not None][-1]


@pytest.fixture
def served(tmp_path: pathlib.Path) -> Iterator[Served]:
    clock, port = Clock(), free_port()
    home = f"http://127.0.0.1:{port}"
    url = f"sqlite:///{tmp_path}/accounts.sqlite"
    app: Flask = made(str(tmp_path), clock, STOPPER_ACCOUNTS_URL=url)
    app.config["STOPPER_ORIGIN"] = home
    site = Site(app, clock)

    with serving(app, port), mails(app) as sent:
        site.mails = sent
        yield Served(site, home)

    site.service.engine.dispose()


@pytest.fixture
def context_options() -> dict[str, t.Any]:
    return {"java_script_enabled": False, "viewport": {"width": 390, "height": 780}}


def fill(page: Page, button: str, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"input[name={name}]", value)

    page.get_by_role("button", name=button).click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_an_account_from_its_beginning_to_its_end_without_javascript(
    served: Served, page: Page, console: list[str]
) -> None:
    home = served.home
    page.goto(f"{home}/account/register")
    fill(page, "Open an account", address=ANN, password=PASSWORD)
    assert heading(page) == "Look into your mail"

    # The page sends no Referer, and with it no Origin: the form has a token instead.
    page.goto(served.link())
    page.get_by_role("button", name="Verify the address").click()
    assert "Your address is verified" in page.inner_text("main")

    fill(page, "Log in", address=ANN, password=OTHER)
    assert "The address or the password is wrong." in page.inner_text("main")
    fill(page, "Log in", password=PASSWORD)
    assert page.inner_text("body").startswith("hello ")

    page.goto(f"{home}/account/password")
    fill(page, "Change the password", current=PASSWORD, password=OTHER)
    assert "Your password is changed" in page.inner_text("main")

    page.get_by_role("button", name="Log out").click()
    assert page.inner_text("body") == "hello stranger"

    page.goto(f"{home}/account/reset")
    fill(page, "Send the link", address=ANN)
    page.goto(served.link())
    fill(page, "Set the password", password=PASSWORD)
    assert "Your new password is set" in page.inner_text("main")

    fill(page, "Log in", address=ANN, password=PASSWORD)
    page.goto(f"{home}/account/close")
    fill(page, "Close the account", password=PASSWORD)
    assert served.site.person() is None
    # What a refused form answers is told to the console by its status alone.
    assert [line for line in console if "Content Security Policy" in line] == []


PAGES = ["login", "register", "verify", "reset", "verify/x"]
OWN = ["", "password", "address", "close"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_knows(
    served: Served, browser: Browser, scheme: t.Any, tmp_path: pathlib.Path
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": 390, "height": 780}
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=tmp_path / f"{scheme}-{name.replace('/', '-')}.png")

    try:
        for name in PAGES:
            page.goto(f"{served.home}/account/{name}")
            look(name)

        page.goto(f"{served.home}/account/register")
        page.fill("input[name=address]", ANN)
        page.fill("input[name=password]", "password1")
        page.get_by_role("button", name="Open an account").click()
        look("register-wrong")
        served.site.add()
        page.goto(f"{served.home}/account/reset")
        fill(page, "Send the link", address=ANN)
        look("sent")
        page.goto(served.link())
        look("reset-link")
        page.goto(f"{served.home}/account/login")
        fill(page, "Log in", address=ANN, password=OTHER)
        look("login-wrong")
        fill(page, "Log in", password=PASSWORD)

        for name in OWN:
            page.goto(f"{served.home}/account/{name}")
            look(name or "home")
    finally:
        context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}
