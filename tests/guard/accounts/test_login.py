"""Logging in and out: who gets in, at which cost, and what is told to who does not."""

from __future__ import annotations

import pytest

from stopper.guard.tables.database import DatabaseDown

from .site import ANN
from .site import log_in
from .site import OTHER
from .site import PASSWORD
from .site import THERE
from .site import who


def cookie(browser):
    return browser.get_cookie("__Host-session", "notes.example")


def test_the_right_password_logs_in(site):
    ann = site.add()
    browser = site.browser()

    answer = log_in(browser)

    assert (answer.status_code, answer.location) == (303, "/")
    assert who(browser) == ann.id


@pytest.mark.parametrize("spelling", ["Ann@Notes.Example", " ann@notes.example "])
def test_an_address_is_known_in_any_spelling(site, spelling):
    site.add()

    assert log_in(site.browser(), spelling).status_code == 303


@pytest.mark.parametrize(
    ("address", "password"),
    [
        (ANN, OTHER),
        (ANN, ""),
        ("nobody@notes.example", PASSWORD),
        ("", PASSWORD),
        ("x" * 5000, PASSWORD),
    ],
)
def test_whatever_is_wrong_is_told_in_the_same_words(site, address, password):
    site.add()
    browser = site.browser()

    answer = log_in(browser, address, password)

    assert answer.status_code == 403
    assert "The address or the password is wrong." in answer.text
    assert who(browser) == "stranger"


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\x1b[2J"])
def test_characters_that_no_account_has_are_nobody(site, odd):
    answer = site.program().post(
        "/account/login", json={"address": f"a{odd}@x.example", "password": odd}
    )

    assert answer.status_code in (400, 403)


def cost(site, address, password=OTHER):
    site.statements.clear()
    before = site.service.passwords.hashes
    log_in(site.browser(THERE), address, password)
    return len(site.statements), site.service.passwords.hashes - before


def test_an_unknown_account_costs_what_a_wrong_password_does(site):
    site.add()

    known, unknown = cost(site, ANN), cost(site, "nobody@notes.example")

    assert known == unknown == (1, 1)


def test_a_login_costs_one_hash_and_three_statements(site):
    site.add()

    assert cost(site, ANN, PASSWORD) == (3, 1)


def test_who_has_no_password_costs_the_same_and_does_not_get_in(site):
    ann = site.add()

    with site.service.database.writing() as sql:
        site.service.people.set_password(sql, ann.id, ann.password, None, 0.0)

    assert cost(site, ANN) == (1, 1)
    assert log_in(site.browser(), password="").status_code == 403


def test_who_may_not_log_in_is_told_what_a_wrong_password_is(site):
    site.add()

    with site.service.database.writing() as sql:
        for row in sql.query(site.service.tables.user):
            row.active = False

    answer = log_in(site.browser())

    assert answer.status_code == 403
    assert "The address or the password is wrong." in answer.text


def test_a_program_logs_in_by_json(site):
    ann = site.add()
    program = site.program()

    answer = program.post(
        "/account/login",
        json={"address": ANN, "password": PASSWORD, "next": "/notes"},
    )

    assert answer.json == {"next": "/notes", "user": ann.id}
    assert who(program) == ann.id


def test_a_program_is_told_what_is_wrong_as_problem_details(site):
    answer = site.program().post(
        "/account/login", json={"address": ANN, "password": PASSWORD}
    )

    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"] == {"": "The address or the password is wrong."}


def test_who_did_not_verify_is_told_so_after_the_right_password_alone(site):
    site.add(verified=False)
    browser = site.browser()

    wrong, right = log_in(browser, password=OTHER), log_in(browser)

    assert "is not verified yet" not in wrong.text
    assert "is not verified yet" in right.text
    assert who(browser) == "stranger"
    assert [m["To"] for m in site.mails] == [ANN]
    assert "/account/verify/" in site.link()


class TestWithoutVerification:
    @pytest.fixture
    def config(self):
        return {"STOPPER_ACCOUNTS_VERIFY": False}

    def test_an_address_need_not_be_verified_where_the_app_says_so(self, site):
        ann = site.add(verified=False)
        browser = site.browser()
        log_in(browser)

        assert who(browser) == ann.id


@pytest.mark.parametrize("target", ["/notes", "/notes?a=1&b=2"])
def test_a_login_leads_on_to_where_one_was_going(site, target):
    site.add()

    page = site.browser().get("/account/login", query_string={"next": target})

    assert f'value="{target.replace("&", "&amp;")}"' in page.text
    assert log_in(site.browser(), next=target).location == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "notes",
        "/" + "a" * 3000,
    ],
)
def test_a_login_leads_to_no_other_site(site, target):
    site.add()

    page = site.browser().get("/account/login", query_string={"next": target})

    assert "evil" not in page.text
    assert log_in(site.browser(), next=target).location == "/"


def test_the_session_has_another_id_after_the_login(site):
    site.add()
    browser = site.browser()

    # A message on a page makes a session of a stranger.
    with browser.session_transaction() as session:
        session["basket"] = ["lamp"]

    before = cookie(browser).value
    log_in(browser)

    with browser.session_transaction() as session:
        assert session["basket"] == ["lamp"]

    assert cookie(browser).value != before
    copy = site.browser()
    copy.set_cookie("__Host-session", before, secure=True, domain="notes.example")
    assert who(copy) == "stranger"


def test_a_page_of_another_site_cannot_log_a_visitor_in(site, happened):
    site.add()

    answer = log_in(site.browser(page="https://evil.example"))

    assert answer.status_code == 403
    assert happened.refused == ["cross-site"]


def test_a_logout_ends_the_session_in_the_store(site):
    site.add()
    browser = site.browser()
    log_in(browser)
    copied = cookie(browser).value

    answer = browser.post("/account/logout")

    assert (answer.status_code, answer.location) == (303, "/")
    copy = site.browser()
    copy.set_cookie("__Host-session", copied, secure=True, domain="notes.example")
    assert who(copy) == "stranger"
    assert site.service.house.store.of(site.person().id, site.clock.now) == []


def test_a_link_logs_nobody_out(site):
    site.add()
    browser = site.browser()
    log_in(browser)

    assert browser.get("/account/logout").status_code == 405
    assert who(browser) != "stranger"


def test_a_second_factor_is_asked_for_and_nobody_is_logged_in_until_then(site):
    ann = site.add()
    credential = site.service.tables.credential

    with site.service.database.writing() as sql:
        made = credential(user=ann.id, kind="totp", created_at=0.0, confirmed_at=1.0)
        sql.add(made)

    program = site.program()
    answer = program.post("/account/login", json={"address": ANN, "password": PASSWORD})

    assert answer.json == {"next": "second-factor", "factors": ["totp"]}
    assert who(program) == "stranger"

    with program.session_transaction() as session:
        assert session["_stopper_pending"]["user"] == ann.id


def test_a_login_that_raced_with_another_password_is_refused(site):
    ann = site.add()
    passwords = site.service.passwords
    verify = passwords.verify

    def slow(stored, password):
        answer = verify(stored, password)

        # What another request does while this one hashes.
        with site.service.database.writing() as sql:
            new = passwords.hash(OTHER)
            assert site.service.people.set_password(sql, ann.id, stored, new, 1.0)

        return answer

    passwords.verify = slow
    browser = site.browser()

    assert log_in(browser).status_code == 403
    assert who(browser) == "stranger"


def test_a_login_that_another_password_overtook_leaves_no_session(site):
    ann = site.add()
    own, thief = site.browser(), site.browser(THERE)
    log_in(own)
    entered = site.service.devices.entered

    def slow(request, user):
        entered(request, user)
        site.service.devices.entered = entered
        # What another request does before the session of this one is kept.
        data = {"current": PASSWORD, "password": OTHER}
        assert own.post("/account/password", data=data).status_code == 303

    site.service.devices.entered = slow

    assert log_in(thief, remember="on").status_code == 403

    assert who(thief) == "stranger"
    assert who(own) == ann.id
    assert site.rows("device") == []


def test_an_old_hash_is_replaced_at_the_login(site):
    import bcrypt

    ann = site.add()
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()

    with site.service.database.writing() as sql:
        site.service.people.set_password(sql, ann.id, ann.password, old, 0.0)

    browser = site.browser()
    log_in(browser)

    assert who(browser) == ann.id
    assert site.person().password.startswith("$argon2id$")


def test_what_happens_is_an_event_without_the_address(site, happened):
    ann = site.add()
    log_in(site.browser(), password=OTHER)
    log_in(site.browser())

    told = [(e.name, e.details.get("user")) for e in happened]
    assert told == [("login-failed", ann.id), ("login", ann.id)]
    assert not [w for w in (ANN, OTHER, PASSWORD) if w in str(happened)]


def test_a_logout_holds_where_the_database_is_down(site):
    site.add()
    browser = site.browser()
    log_in(browser)

    def down(request, user):
        raise DatabaseDown("it is down")

    site.service.devices.left = down

    assert browser.post("/account/logout").status_code == 503
    assert who(browser) == "stranger"


@pytest.mark.parametrize(
    "page", ["login", "register", "verify", "reset", "password", "address", "close"]
)
def test_a_look_at_the_head_of_a_page_changes_and_counts_nothing(site, page):
    ann = site.add()
    browser = site.browser()
    log_in(browser)

    # Without a password a fresh login is enough to close an account.
    with site.service.database.writing() as sql:
        site.service.people.set_password(sql, ann.id, ann.password, None, 0.0)

    before = dict(site.service.house.store._arrivals)
    answer = browser.head(f"/account/{page}")

    assert answer.status_code in (200, 303)
    assert site.person().id == ann.id
    assert site.service.house.store._arrivals == before


def test_without_the_database_nobody_gets_in(site, monkeypatch):
    site.add()

    def down(*args):
        raise DatabaseDown("it is down")

    browser = site.browser()
    monkeypatch.setattr(site.service.people, "by_address", down)
    answer = log_in(browser)
    monkeypatch.undo()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert who(browser) == "stranger"
