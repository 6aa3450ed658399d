"""Another address, taking it back, and closing the account."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from .site import ANN
from .site import log_in
from .site import OTHER
from .site import PASSWORD
from .site import THERE
from .site import who
from .test_register import device
from .test_register import key
from .test_reset import keep

NEW = "ann@elsewhere.example"
HOUR = 3600


@pytest.fixture
def ann(site):
    """A browser in which the user is logged in."""
    site.add()
    browser = site.browser()
    log_in(browser)
    return browser


def ask(browser, address=NEW, password=PASSWORD):
    data = {"address": address, "password": password}
    return browser.post("/account/address", data=data)


def test_who_waits_for_a_link_to_a_new_address_is_not_sent_to_the_login(ann):
    page = ask(ann).text

    assert 'href="/account/"' in page
    assert 'href="/account/login"' not in page


def press(browser, token, what="new"):
    return browser.post(f"/account/address/{what}/link", data={"token": token})


def mail(site, to):
    """Return the last token that was mailed to somebody."""
    texts = [m.get_content() for m in site.mails if m["To"] == to]
    tokens = [token for text in texts for token in re.findall(r"/([\w-]{43})\s", text)]
    return tokens[-1]


def told(site, to):
    """Return what somebody was told, by the subjects of the mails."""
    return [m["Subject"] for m in site.mails if m["To"] == to]


def test_an_address_is_changed_by_a_link_to_the_new_one(site, ann):
    user = site.person().id
    assert ask(ann).status_code == 200
    assert [m["To"] for m in site.mails] == [ANN, NEW]
    assert site.person().address == ANN
    assert ann.get(f"/account/address/new/{mail(site, NEW)}").status_code == 200

    assert press(ann, mail(site, NEW)).location == "/account/"

    assert site.person(NEW).id == user
    assert who(ann) == user
    assert "Your address for notes.example was changed" in told(site, ANN)


def test_it_takes_the_password(site, ann):
    assert ask(ann, password=OTHER).status_code == 422
    assert site.mails == []


def test_who_reads_the_mail_of_a_mistyped_address_does_not_get_the_account(site, ann):
    ask(ann)
    stranger = site.browser(THERE)
    other = site.browser(THERE)
    site.add("eve@notes.example")
    log_in(other, "eve@notes.example")

    assert press(stranger, mail(site, NEW)).status_code == 403
    assert press(other, mail(site, NEW)).status_code == 403
    assert site.person(NEW) is None


def test_a_change_ends_the_other_sessions(site, ann):
    elsewhere = site.browser(THERE)
    log_in(elsewhere)
    ask(ann)
    press(ann, mail(site, NEW))

    assert who(elsewhere) == "stranger"


def test_a_change_ends_what_keeps_other_browsers_logged_in(site, ann):
    elsewhere = site.browser(THERE)
    log_in(elsewhere, remember="on")
    ask(ann)
    press(ann, mail(site, NEW))

    assert who(elsewhere) == "stranger"
    assert site.rows("device") == []


def test_who_asks_does_not_learn_that_an_address_is_taken(site, ann):
    site.add(NEW)
    taken = ask(ann)
    free = ask(ann, "free@elsewhere.example")

    assert taken.status_code == free.status_code == 200
    # The token of the form that logs out is another one each time.
    texts = [re.sub(r'value="[\w.-]{60,}"', "", a.text) for a in (taken, free)]
    assert texts[0] == texts[1]
    assert told(site, NEW) == ["You have an account at notes.example already"]


def test_an_account_that_nobody_verified_keeps_nobody_from_their_address(site, ann):
    site.add(NEW, OTHER, verified=False)
    user = site.person().id
    ask(ann)
    press(ann, mail(site, NEW))

    assert site.person(NEW).id == user


def test_the_owner_of_the_old_address_stops_a_change_that_is_under_way(site, ann):
    ask(ann)
    owner = site.browser(THERE)
    stop = mail(site, ANN)
    assert owner.get(f"/account/address/stop/{stop}").status_code == 200

    assert press(owner, stop, "stop").status_code == 200

    assert who(ann) == "stranger"
    assert press(ann, mail(site, NEW)).status_code == 410
    assert log_in(ann).status_code == 403
    reset = {"token": mail(site, ANN), "password": OTHER}
    assert owner.post("/account/reset/link", data=reset).status_code == 303
    assert log_in(owner, password=OTHER).status_code == 303


def test_the_owner_of_the_old_address_takes_a_change_back(site, ann, clock):
    user = site.person().id
    ask(ann)
    stop = mail(site, ANN)
    press(ann, mail(site, NEW))
    # Whoever has the account now does what they can to keep it.
    data = {"current": PASSWORD, "password": OTHER}
    assert ann.post("/account/password", data=data).status_code == 303
    clock.now += 600
    ask(ann, "eve@further.example", OTHER)
    press(ann, mail(site, "eve@further.example"))
    own = mail(site, NEW)
    site.add(ANN, OTHER, verified=False)

    assert press(site.browser(THERE), stop, "stop").status_code == 200

    assert site.person().id == user
    assert site.person().password is None
    assert who(ann) == "stranger"
    assert press(ann, own, "stop").status_code == 410


def test_who_changed_the_address_twice_cannot_void_the_way_back(site, ann, clock):
    user = site.person().id
    ask(ann)
    stop = mail(site, ANN)
    press(ann, mail(site, NEW))
    clock.now += 1
    ask(ann, "eve@further.example")
    assert press(site.browser(), mail(site, NEW), "stop").status_code == 200

    assert press(site.browser(THERE), stop, "stop").status_code == 200
    assert site.person().id == user


def set_up(site, at, name):
    """Give the user a factor and an API key."""

    def factor(tables, user):
        return tables.credential(
            user=user, kind="totp", label=name, created_at=at, confirmed_at=at
        )

    def made(tables, user):
        row = key(tables, user, name)
        row.created_at = at
        return row

    keep(site, factor, made)


def test_what_was_set_up_since_does_not_keep_the_owner_out(site, ann, clock):
    set_up(site, clock.now - HOUR, "before")
    ask(ann)
    clock.now += 60
    set_up(site, clock.now, "since")
    clock.now += 60
    # To ask again has the way back count from the first time all the same.
    ask(ann)

    assert press(site.browser(THERE), mail(site, ANN), "stop").status_code == 200

    assert [row.label for row in site.rows("credential")] == ["before"]
    assert [row.label for row in site.rows("apikey")] == ["before"]


def test_a_way_back_is_open_for_a_day(site, ann, clock):
    ask(ann)
    clock.now += 24 * HOUR
    assert press(ann, mail(site, ANN), "stop").status_code == 410


def test_to_close_an_account_takes_the_password_and_every_row(site, ann):
    user = site.person().id
    keep(site, device, key)
    site.add("eve@notes.example")
    elsewhere = site.browser(THERE)
    log_in(elsewhere)
    tables = site.service.tables

    with site.service.database.writing() as sql:
        sql.add(tables.credential(user=user, kind="totp", created_at=0))
        sql.add(tables.membership(user=user, role="editor"))
        sql.add(tables.event(user=user, name="login", at=0))

    ask(ann)
    assert ann.post("/account/close", data={"password": OTHER}).status_code == 422
    assert ann.post("/account/close", data={"password": PASSWORD}).location == "/"

    assert (who(ann), who(elsewhere)) == ("stranger", "stranger")
    assert site.person() is None
    assert site.person("eve@notes.example") is not None
    assert rows_of(site, user) == {}
    assert "Your account at notes.example was closed" in told(site, ANN)


def rows_of(site, user):
    """Return how many rows of each table are still a user's."""
    found = {}

    with site.service.database.reading() as sql:
        for mapper in site.service.tables.user.registry.mappers:
            table = mapper.local_table

            if "user" in table.c:
                rows = sql.execute(select(table).where(table.c.user == user)).all()
                found[table.name] = len(rows)

    return {name: count for name, count in found.items() if count}


def test_the_address_of_a_closed_account_is_free(site, ann):
    ann.post("/account/close", data={"password": PASSWORD})
    site.mails.clear()
    data = {"address": ANN, "password": OTHER}
    site.browser(THERE).post("/account/register", data=data)

    assert "/account/verify/" in site.link()


def test_who_has_no_password_needs_a_login_that_is_fresh(site, ann, clock):
    person = site.person()

    with site.service.database.writing() as sql:
        site.service.people.set_password(sql, person.id, person.password, None, 0.0)

    clock.now += 11 * 60
    assert ann.post("/account/close").status_code == 422
    log_in_again(site, ann)
    assert ann.post("/account/close").status_code == 303


def log_in_again(site, browser):
    with browser.session_transaction() as session:
        session["_stopper_login"] = {
            **session["_stopper_login"],
            "fresh": site.clock.now,
        }
