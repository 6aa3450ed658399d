"""The pages of second factors in Chromium, with an authenticator that it simulates."""

from __future__ import annotations

import contextlib
import os
import threading
import typing as t
from pathlib import Path

import pyotp
import pytest
from werkzeug.serving import make_server

from axe import faults
from guard.mfa.site import PASSWORD
from guard.mfa.site import Site
from servers import free_port
from stopper.guard.tables import schema

#: Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("TEST_PICTURES", "")

TELL = """
document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`violation: ${e.violatedDirective} ${e.blockedURI}`));
"""

ANN = "ann@club.example"


class Served(Site):
    """An app that a browser reaches."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.at = f"http://localhost:{self.port}"
        super().__init__(f"sqlite:///{folder}/accounts.sqlite", STOPPER_ORIGIN=self.at)
        schema.upgrade(self.service.engine)
        self.ann = self.user(ANN)


@pytest.fixture
def site(tmp_path):
    made = Served(tmp_path)
    server = make_server("localhost", made.port, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
    made.service.engine.dispose()


class Device:
    """An authenticator that Chromium simulates, until it is lost."""

    def __init__(self, page: t.Any) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable", {"enableUI": False})
        self._id = ""
        self.get()

    def get(self) -> None:
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        command = "WebAuthn.addVirtualAuthenticator"
        self._id = self._cdp.send(command, {"options": options})["authenticatorId"]

    def keys(self) -> list[dict[str, t.Any]]:
        """Return the passkeys that are on it."""
        found = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return t.cast("list[dict[str, t.Any]]", found["credentials"])

    def lose(self) -> None:
        command = "WebAuthn.removeVirtualAuthenticator"
        self._cdp.send(command, {"authenticatorId": self._id})


@pytest.fixture
def told(page, console):
    """All that the console says of what went wrong."""
    page.add_init_script(TELL)
    return console


@pytest.fixture
def device(page):
    """An authenticator."""
    return Device(page)


def look(page, name):
    """Say what axe-core has against the page, and take its pictures if they are wanted."""
    if PICTURES:
        _pictures(page, name)

    return faults(page)


def _pictures(page, name):
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)

    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)

    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="light")


def log_in(page, site):
    page.goto(f"{site.at}/account/login")
    page.get_by_label("Email address").fill(ANN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page, site):
    page.goto(f"{site.at}/account/")
    page.get_by_role("button", name="Log out").click()


def who(page, site):
    with contextlib.closing(page.context.new_page()) as other:
        return other.goto(f"{site.at}/").json()


def errors(told):
    # A wrong code is answered with 403, of which Chromium makes a line of its own.
    return [line for line in told if "violation" in line or "pageerror" in line]


def test_a_passkey_is_made_used_lost_and_replaced(page, site, device, told):
    log_in(page, site)
    page.wait_for_url(f"{site.at}/")
    page.goto(f"{site.at}/account/factors")
    assert look(page, "factors-none") == []
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()

    page.get_by_role("button", name="Make 10 new codes").wait_for()
    assert look(page, "recovery-none") == []
    page.get_by_role("button", name="Make 10 new codes").click()
    page.get_by_text("They are shown this once").wait_for()
    assert look(page, "recovery-codes") == []
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("heading", name="My laptop").wait_for()
    page.get_by_text("Change", exact=True).click()
    assert look(page, "factors") == []

    # By autofill: nothing is clicked, the authenticator answers.
    log_out(page, site)
    page.goto(f"{site.at}/account/login")
    page.wait_for_url(f"{site.at}/")
    assert who(page, site) == {"user": site.ann, "how": ["passkey"]}
    assert device.keys()[0]["rpId"] == "localhost"

    # Later, for something that matters.
    site.clock.now += 660
    page.goto(f"{site.at}/pay")
    page.get_by_role("button", name="Use a passkey").wait_for()
    assert look(page, "confirm-passkey") == []
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("paid").wait_for()

    # The device is lost.
    device.lose()
    log_out(page, site)
    log_in(page, site)
    page.get_by_role("button", name="Use a passkey").wait_for()
    assert look(page, "second-passkey") == []
    page.get_by_text("Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[0].lower())
    page.get_by_role("button", name="Log in with a recovery code").click()
    page.wait_for_url(f"{site.at}/")
    page.goto(f"{site.at}/account/factors")
    page.get_by_text("9 recovery codes are left.").wait_for()
    device.get()
    site.clock.now += 1
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make 10 new codes").wait_for()
    page.goto(f"{site.at}/account/factors")
    page.get_by_text("Change", exact=True).first.click()
    page.get_by_role("button", name="Remove “My laptop”").click()
    page.get_by_text("Passkey removed.").wait_for()
    assert page.get_by_role("heading", name="My phone").is_visible()
    assert not page.get_by_role("heading", name="My laptop").is_visible()
    assert errors(told) == []


def test_a_passkey_is_a_second_factor_by_a_button(page, site, device, told):
    log_in(page, site)
    page.goto(f"{site.at}/account/factors")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make 10 new codes").wait_for()
    log_out(page, site)
    # Where autofill is not to be had, as in many browsers.
    page.add_init_script(
        "PublicKeyCredential.isConditionalMediationAvailable = undefined"
    )
    log_in(page, site)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site.at}/")

    assert who(page, site)["how"] == ["password", "passkey"]
    assert errors(told) == []


def test_a_device_without_a_passkey_says_so(page, site, device, told):
    log_in(page, site)
    page.goto(f"{site.at}/account/factors")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make 10 new codes").wait_for()
    page.goto(f"{site.at}/account/factors")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("This device has a passkey for this account already.").wait_for()

    assert look(page, "factors-error") == []
    assert errors(told) == []


def test_an_authenticator_app_is_set_up_and_used(page, site, told):
    log_in(page, site)
    page.goto(f"{site.at}/account/factors")
    page.get_by_role("button", name="Add an app").click()
    page.get_by_role("img", name="QR code").wait_for()
    assert look(page, "totp") == []
    key = page.locator("main li code").inner_text().replace(" ", "")
    app = pyotp.TOTP(key)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Add the app").click()
    page.get_by_text("That is not the code").wait_for()
    assert look(page, "totp-wrong") == []
    page.get_by_label("Code", exact=True).fill(site.code(app))
    page.get_by_role("button", name="Add the app").click()
    page.get_by_role("button", name="Make 10 new codes").click()
    page.get_by_text("They are shown this once").wait_for()

    log_out(page, site)
    page.goto(f"{site.at}/account/login")
    assert look(page, "login") == []
    log_in(page, site)
    page.get_by_label("Code", exact=True).wait_for()
    assert look(page, "second") == []
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_text("That is not right").wait_for()
    assert look(page, "second-wrong") == []
    page.get_by_label("Code", exact=True).fill(site.code(app, 1))
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(f"{site.at}/")
    assert who(page, site)["how"] == ["password", "totp"]

    site.clock.now += 660
    page.goto(f"{site.at}/pay")
    page.get_by_label("Code", exact=True).wait_for()
    assert look(page, "confirm") == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(site.code(app))
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("paid").wait_for()
    assert errors(told) == []


class TestWithoutScripts:
    """The same without JavaScript."""

    @pytest.fixture
    def context_options(self):
        return {"java_script_enabled": False}

    def test_only_passkeys_need_scripts(self, page, site):
        log_in(page, site)
        page.goto(f"{site.at}/account/factors")
        assert page.locator("noscript p").is_visible()
        assert not page.get_by_role("button", name="Add a passkey").is_visible()
        page.get_by_role("button", name="Add an app").click()
        key = page.locator("main li code").inner_text().replace(" ", "")
        app = pyotp.TOTP(key)
        page.get_by_label("Code", exact=True).fill(site.code(app))
        page.get_by_role("button", name="Add the app").click()
        page.get_by_role("button", name="Make 10 new codes").click()
        code = page.locator(".codes code").first.inner_text()
        log_out(page, site)
        log_in(page, site)
        page.get_by_text("Use a recovery code").click()
        page.get_by_label("Recovery code").fill(code)
        page.get_by_role("button", name="Log in with a recovery code").click()
        page.wait_for_url(f"{site.at}/")
        site.clock.now += 660
        page.goto(f"{site.at}/pay")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Code", exact=True).fill(site.code(app))
        page.get_by_role("button", name="Go on").click()

        assert page.get_by_text("paid").is_visible()
