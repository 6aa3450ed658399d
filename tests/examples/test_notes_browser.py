"""The notes app in Chromium: the strict policy holds, and breaks nothing of ours."""

import re
import shutil
from pathlib import Path

import jinja2
import pytest

from stopper.testing import mails

PASSWORD = "four words that rhyme"

#: Says on the console what the policy stopped, wherever in the page it was.
TELL = """
document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`violation: ${e.violatedDirective} ${e.blockedURI}`));
"""

#: Runs where the policy lets it: an attribute, a script tag, a link.
ATTACK = """
<img src="/nothing.png" onerror="window.ran = 'attribute'">
<script>window.ran = "script";</script>
"""


@pytest.fixture
def context_options():
    # The authority is not in Chromium's store; that clients which trust it are
    # satisfied is tested with the certificate.
    return {"ignore_https_errors": True}


@pytest.fixture
def told(page, console):
    """All that the console says: a page of ours gives it nothing to say."""
    page.add_init_script(TELL)
    return console


class Address(str):
    """Where the app is served, with the mails that it sends."""


def address_of(app, served):
    made = Address(served)
    made.mails = app.mails
    return made


@pytest.fixture
def at(make_notes, served):
    app = make_notes()

    with served(app) as address, mails(app) as app.mails:
        yield address_of(app, address)


def join(page, at, name):
    page.goto(f"{at}/account/register")
    page.get_by_label("Email address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open an account").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(link(at))
    page.get_by_role("button", name="Verify the address").click()
    page.get_by_text("Your address is verified.").wait_for()
    login(page, at, name)


def link(at):
    """Return the link of the last mail."""
    return re.search(rf"{at}/\S+", at.mails[-1].get_content())[0]


def login(page, at, name):
    page.goto(f"{at}/account/login")
    page.get_by_label("Email address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Your notes").wait_for()


def write(page, at, title, body):
    page.goto(f"{at}/notes/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Note", exact=True).fill(body)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name=title).wait_for()


def leave(page):
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Write it down.").wait_for()


def picture(page, data, kind):
    name = f"me.{kind}"
    page.get_by_label("Picture").set_input_files(
        [{"name": name, "mimeType": f"image/{kind}", "buffer": data}]
    )
    page.get_by_alt_text("The picture that you chose").wait_for()
    page.get_by_role("button", name="Use this picture").click()
    page.get_by_text("Your picture is changed.").wait_for()


def shown(page):
    """Return the width of the picture that the browser drew."""
    # wait_for_function needs eval, which the policy forbids.
    page.locator("#portrait img").wait_for(state="attached")
    page.wait_for_load_state("load")
    return page.evaluate("document.querySelector('#portrait img').naturalWidth")


def test_a_walk_through_the_app_breaks_no_rule_of_the_policy(page, told, at, png):
    page.goto(at)
    # The script that stands in the page ran, and the style that stands in it holds.
    assert page.evaluate("document.documentElement.className") == "scripted"

    join(page, at, "ben")
    leave(page)
    join(page, at, "ada")
    write(page, at, "Regatta", "Meet at seven.\nBring oars.")
    address = page.url

    page.get_by_role("link", name="Edit").click()
    # The script is a module, so it runs a moment after the page is there.
    page.get_by_text("19974 characters left").wait_for()
    page.get_by_label("Note", exact=True).fill("Meet at eight.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your changes are kept.").wait_for()

    page.get_by_role("link", name="Share").click()
    page.get_by_label("Address of the person").fill("ben@example.org")
    page.get_by_label("read and change it").check()
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_text("The note is shared with ben@example.org.").wait_for()

    page.get_by_role("link", name="ada").click()
    picture(page, png(64, 64), "png")
    assert shown(page) == 64

    page.goto(at)
    page.get_by_label("Search your notes").fill("eight")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("heading", name="Found").wait_for()
    page.get_by_role("link", name="Regatta").wait_for()
    leave(page)

    login(page, at, "ben")
    page.get_by_role("link", name="Regatta").click()
    page.wait_for_url(address)
    assert page.get_by_role("link", name="Edit").is_visible()
    assert not page.get_by_text("Delete").is_visible()
    leave(page)

    assert told == []


def test_a_jpeg_that_was_cleaned_is_still_a_picture(page, told, at):
    join(page, at, "ada")
    page.goto(f"{at}/me")
    drawn = page.evaluate("""() => {
        const canvas = document.createElement("canvas");
        canvas.width = 48;
        canvas.height = 32;
        canvas.getContext("2d").fillRect(4, 4, 20, 20);
        return Array.from(atob(canvas.toDataURL("image/jpeg").split(",")[1]),
                          (c) => c.charCodeAt(0));
    }""")
    picture(page, bytes(drawn), "jpeg")
    assert shown(page) == 48
    assert told == []


def test_an_error_takes_the_reader_to_its_field(page, told, at):
    page.goto(f"{at}/account/register")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Open an account").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    page.locator("#errors:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "password"
    # The browser says the status of the page, and no rule was broken.
    assert [said for said in told if "422" not in said] == []


def test_the_keyboard_reaches_the_content_first(page, at):
    page.goto(at)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Open an account"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_leaves_the_screen(page, at, width):
    page.set_viewport_size({"width": width, "height": 800})
    join(page, at, "ada-of-the-very-long-name")
    write(page, at, "W" * 120, "M" * 300)
    addresses = [page.url, at, f"{page.url}/edit", f"{page.url}/sharing", f"{at}/me"]

    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


CONTRAST = """() => {
    const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const numbers = (c) => c.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) =>
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (e) => {
        for (; e; e = e.parentElement) {
            const c = numbers(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
        }
        return [255, 255, 255];
    };
    const low = [];
    for (const e of document.body.querySelectorAll("*")) {
        const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!text || !e.checkVisibility()) continue;
        const [a, b] = [numbers(getComputedStyle(e).color), behind(e)].map(light);
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) low.push(`${e.tagName} ${e.textContent.trim()} ${ratio}`);
    }
    return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(page, at, scheme):
    # WCAG 2.2, 1.4.3.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    join(page, at, "ada")
    write(page, at, "Regatta", "At seven.")
    page.locator("summary").click()
    assert page.evaluate(CONTRAST) == []

    for address in (at, f"{page.url}/edit", f"{page.url}/sharing", f"{at}/nothing"):
        page.goto(address)
        assert page.evaluate(CONTRAST) == []

    page.goto(f"{page.url}/../notes/new")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate(CONTRAST) == []


# An injected script


@pytest.fixture
def leak(make_notes, tmp_path):
    """Makes the app with one forgotten escape, in a template of a file as ever."""

    def make(**settings):
        app = make_notes(**settings)
        theirs = tmp_path / "templates"
        shutil.copytree(Path(app.root_path) / "templates", theirs)
        note = theirs / "note.html"
        source = note.read_text()
        assert "{{ note.body }}" in source
        note.write_text(source.replace("{{ note.body }}", "{{ note.body|safe }}"))
        app.jinja_loader = jinja2.FileSystemLoader(theirs)
        return app

    return make


def attacked(page, at):
    """Store the attack in a note, open it, and return what ran."""
    join(page, at, "eve")
    write(page, at, "Attack", ATTACK)
    page.wait_for_load_state("networkidle")
    return page.evaluate("window.ran ?? null")


def test_a_stored_script_does_not_run_in_a_page_that_forgot_to_escape(
    page, told, leak, served
):
    app = leak()

    with served(app) as address, mails(app) as app.mails:
        assert attacked(page, address_of(app, address)) is None

    said = "\n".join(told)
    assert "violation: script-src-elem inline" in said
    assert "violation: script-src-attr inline" in said


def test_it_runs_there_without_the_policy(page, leak, served):
    app = leak(STOPPER_HEADERS_MODE="off")

    with served(app) as address, mails(app) as app.mails:
        assert attacked(page, address_of(app, address)) in ("script", "attribute")


WAYS = {
    "an attribute": """document.body.innerHTML =
        '<img src="/nothing.png" onerror="window.ran = 1">'""",
    "a script that is written": """document.write(
        '<script>window.ran = 1</' + 'script>')""",
    "a script of another site": """document.write(
        '<script src="data:text/javascript,window.ran=1"></' + 'script>')""",
    "a link": """document.body.innerHTML =
        '<a id="x" href="javascript:void(window.ran = 1)">x</a>';
        document.getElementById('x').click()""",
}


def put(page, at, way):
    page.goto(at)
    page.evaluate(f"() => {{ {way} }}")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_markup_that_reaches_the_page_does_not_run(page, at, way):
    # Writing a document takes its listeners away, so this is the browser's own word.
    with page.expect_console_message(lambda m: "been blocked" in m.text):
        put(page, at, way)

    assert page.evaluate("window.ran ?? null") is None


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_it_does_run_without_the_policy(page, make_notes, served, way):
    with served(make_notes(STOPPER_HEADERS_MODE="off")) as at:
        put(page, at, way)
        page.wait_for_function("window.ran === 1")
