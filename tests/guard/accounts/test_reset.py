"""New passwords, by a link and by who is logged in: what they end, and what they keep."""

from __future__ import annotations

import pytest

from .site import ANN
from .site import log_in
from .site import OTHER
from .site import PASSWORD
from .site import THERE
from .site import who
from .test_register import device
from .test_register import key

THIRD = "rain on a tin roof"


def ask(browser, address=ANN):
    return browser.post("/account/reset", data={"address": address})


def press(browser, token, password=OTHER):
    data = {"token": token, "password": password}
    return browser.post("/account/reset/link", data=data)


def factor(site, kind="totp"):
    tables = site.service.tables
    user = site.person().id

    with site.service.database.writing() as sql:
        sql.add(tables.credential(user=user, kind=kind, created_at=0, confirmed_at=1))


def keep(site, *makers):
    with site.service.database.writing() as sql:
        for make in makers:
            sql.add(make(site.service.tables, site.person().id))


def test_a_new_password_is_set_by_a_link(site):
    site.add()
    browser = site.browser()

    assert ask(browser).status_code == 200
    assert browser.get(site.link()).status_code == 200
    assert press(browser, site.token()).location == "/account/login"
    assert log_in(site.browser(THERE), password=PASSWORD).status_code == 403
    assert log_in(site.browser(THERE), password=OTHER).status_code == 303


def test_a_reset_logs_nobody_in(site):
    site.add()
    browser = site.browser()
    ask(browser)
    press(browser, site.token())

    assert who(browser) == "stranger"


def test_a_reset_skips_no_second_factor(site):
    site.add()
    factor(site)
    browser = site.browser()
    ask(browser)
    press(browser, site.token())

    assert len(site.rows("credential")) == 1
    answer = log_in(browser, password=OTHER)
    assert (answer.status_code, who(browser)) == (303, "stranger")
    assert answer.location == "/account/second"


def test_a_reset_ends_every_session_and_forgets_every_browser(site):
    site.add()
    keep(site, device)
    browsers = [site.browser(), site.browser(THERE)]

    for browser in browsers:
        log_in(browser)

    ask(browsers[0])
    press(browsers[0], site.token())

    assert [who(browser) for browser in browsers] == ["stranger"] * 2
    assert site.rows("device") == []


def test_a_reset_says_which_keys_go_on_to_work(site):
    site.add()
    keep(site, key, lambda tables, user: key(tables, user, "press\n\nHere: evil"))
    program = site.program()
    program.post("/account/reset", json={"address": ANN})

    answer = program.post(
        "/account/reset/link", json={"token": site.token(), "password": OTHER}
    )

    assert answer.json["next"] == "login"
    assert sorted(answer.json["keys"]) == ["backup script", "press Here: evil"]
    text = "".join(mail.get_content() for mail in site.mails)
    assert "- backup script\n- press Here: evil\n" in text
    assert "https://notes.example/account/keys" in text


def test_the_page_after_a_reset_names_the_keys_as_text(site):
    site.add()
    keep(site, key, lambda tables, user: key(tables, user, "<b>press</b>"))
    browser = site.browser()
    ask(browser)
    page = browser.get(press(browser, site.token()).location).text

    assert "backup script" in page
    assert "&lt;b&gt;press&lt;/b&gt;" in page


def test_a_reset_makes_the_browser_known_whatever_strangers_did(site):
    site.add()

    for n in range(60):
        log_in(site.browser(f"192.0.2.{n}"), password=THIRD)

    browser = site.browser()
    assert log_in(site.browser(THERE)).status_code == 429
    ask(browser)
    press(browser, site.token())
    assert log_in(browser, password=OTHER).status_code == 303


def test_a_link_works_once_and_for_half_an_hour(site, clock):
    site.add()
    browser = site.browser()
    ask(browser)
    clock.now += 30 * 60 - 1
    assert press(browser, site.token()).status_code == 303
    assert press(browser, site.token(0), THIRD).status_code == 410
    ask(browser)
    clock.now += 30 * 60
    assert press(browser, site.token()).status_code == 410


def test_a_newer_link_and_a_new_password_void_a_link(site):
    site.add()
    browser = site.browser()
    ask(browser)
    ask(browser)
    assert press(browser, site.token(0)).status_code == 410
    log_in(browser)
    browser.post("/account/password", data={"current": PASSWORD, "password": OTHER})
    assert press(browser, site.token(1), THIRD).status_code == 410


def test_a_link_dies_with_the_address_it_was_sent_to(site):
    ann = site.add()
    ask(site.browser())

    with site.service.database.writing() as sql:
        site.service.people.set_address(sql, ann.id, "new@notes.example", 0.0)

    assert press(site.browser(), site.token()).status_code == 410


def test_a_password_that_is_too_weak_uses_no_link(site):
    site.add()
    browser = site.browser()
    ask(browser)

    assert press(browser, site.token(), "password1").status_code == 422
    assert press(browser, site.token()).status_code == 303


def test_beside_a_second_factor_a_shorter_password_is_enough(site):
    site.add()
    factor(site)
    browser = site.browser()
    ask(browser)

    assert "At least 8 characters." in browser.get(site.link()).text
    assert press(browser, site.token(), "lampquay9").status_code == 303


def test_a_reset_verifies_the_address_and_ends_what_was_set_up_before(site):
    site.add(verified=False)
    factor(site)
    keep(site, device, key)
    browser = site.browser()
    ask(browser)
    press(browser, site.token())

    assert site.person().verified
    assert [site.rows(n) for n in ("credential", "device", "apikey")] == [[]] * 3


def test_a_link_is_sent_to_the_address_as_it_was_opened(site):
    site.add("ann@notes.example")

    # Letters that look alike fold into one account, whose mail goes where it did.
    ask(site.browser(), "ＡＮＮ@notes.example")

    assert [m["To"] for m in site.mails] == ["ann@notes.example"]


def test_the_password_is_changed_by_who_knows_it(site):
    ann = site.add()
    browser, elsewhere = site.browser(), site.browser(THERE)
    log_in(browser)
    log_in(elsewhere)
    keep(site, device)
    before = browser.get_cookie("__Host-session", "notes.example").value

    def change(**data):
        return browser.post("/account/password", data=data).status_code

    assert change(current=OTHER, password=OTHER) == 422
    assert change(current=PASSWORD, password="password1") == 422
    assert change(current=PASSWORD, password=OTHER) == 303
    assert (who(browser), who(elsewhere)) == (ann.id, "stranger")
    assert site.rows("device") == []
    assert browser.get_cookie("__Host-session", "notes.example").value != before
    assert any("was changed" in mail["Subject"] for mail in site.mails)
    assert log_in(elsewhere, password=OTHER).status_code == 303


def test_who_took_over_a_session_cannot_guess_the_password(site):
    site.add()
    browser = site.browser()
    log_in(browser)

    def change():
        data = {"current": THIRD, "password": OTHER}
        return browser.post("/account/password", data=data).status_code

    assert [change() for _ in range(7)] == [422] * 5 + [429] * 2


@pytest.mark.parametrize("page", ["", "password", "address", "close"])
def test_pages_of_an_account_lead_a_stranger_to_the_login(site, page):
    answer = site.browser().get(f"/account/{page}")

    assert answer.location == f"/account/login?next=/account/{page}"
    assert site.program().get(f"/account/{page}").status_code == 401
    assert site.browser().post(f"/account/{page}").status_code in (303, 405)


def test_without_the_store_a_reset_changes_nothing(site):
    from .test_throttle import Down

    ann = site.add()
    ask(site.browser())
    house = site.service.house
    keeper = site.app.session_interface.keeper
    up, keeper.store, house.store = house.store, Down(), Down()

    answer = press(site.browser(), site.token())

    keeper.store = house.store = up
    assert answer.status_code == 503
    assert site.person() == ann
    assert press(site.browser(), site.token()).status_code == 303


def test_who_asks_in_somebodys_name_does_not_keep_them_from_a_link(site):
    site.add()
    own = site.browser()
    log_in(own)
    own.post("/account/logout")

    for n in range(12):
        ask(site.browser(f"192.0.2.{n}"))

    before = len(site.mails)
    ask(site.browser(THERE))
    assert len(site.mails) == before
    ask(own)
    assert len(site.mails) == before + 1


def test_a_browser_that_just_came_back_stays_where_the_password_is_changed(site):
    ann = site.add()
    own = site.browser()
    log_in(own, remember="on")
    own.delete_cookie("__Host-session", domain="notes.example")
    data = {"current": PASSWORD, "password": OTHER}

    assert own.post("/account/password", data=data).status_code == 303

    assert who(own) == ann.id
