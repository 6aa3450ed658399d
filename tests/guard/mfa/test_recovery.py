"""A recovery code logs in once, for who lost the device; nobody can read one again."""

from __future__ import annotations

import pytest

import stopper.testing
from guard.mfa.site import post
from guard.mfa.site import race
from stopper.controls.mfa.policy import ALPHABET
from stopper.controls.mfa.policy import LENGTH
from stopper.guard.tables.ready import Credential


@pytest.fixture
def codes(site, ann):
    """The recovery codes of a user who has an authenticator app."""
    site.totp(ann)
    return site.codes(ann)


def second(site, user, code):
    return post(site.half(user), "/account/second", recovery=code)


def test_ten_codes_of_140_bits(codes):
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) for code in codes} == {LENGTH}
    assert len(ALPHABET) ** LENGTH >= 2**128


def test_a_code_logs_in_once(site, ann, codes):
    assert second(site, ann, codes[0]).status_code == 200
    assert second(site, ann, codes[0]).status_code == 403
    assert second(site, ann, codes[1]).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
)
def test_a_code_is_taken_as_it_is_typed(site, ann, codes, typed):
    assert second(site, ann, typed(codes[0])).status_code == 200


def test_a_code_of_somebody_else_is_none(site, ann, codes):
    bob = site.user("bob@club.example")
    site.totp(bob)
    site.codes(bob)

    assert second(site, bob, codes[0]).status_code == 403
    assert second(site, ann, codes[0]).status_code == 200


@pytest.mark.parametrize("code", ["x", "0" * LENGTH, "\0" * LENGTH, "é" * 300])
def test_what_is_no_code_is_wrong(site, ann, codes, code):
    assert second(site, ann, code).status_code == 403


def test_of_two_requests_with_one_code_one_wins(site, ann, codes):
    clients = [site.half(ann) for _ in range(4)]
    found = race(clients, "/account/second", recovery=codes[0])

    assert sorted(found) == [200, 403, 403, 403]


def test_codes_are_hashed_in_the_table(site, ann, codes):
    with site.service.database.reading() as sql:
        rows = sql.query(Credential).filter_by(user=ann, kind="recovery").all()

    kept = " ".join(f"{r.key} {r.secret} {r.label} {r.details}" for r in rows)
    assert [c for c in codes if c in kept or c.replace("-", "") in kept] == []


def test_new_codes_void_the_old_ones(site, ann, codes):
    new = site.codes(ann)

    assert second(site, ann, codes[0]).status_code == 403
    assert second(site, ann, new[0]).status_code == 200


def test_the_page_says_how_many_are_left_and_never_which(site, ann, codes):
    second(site, ann, codes[0])
    client = site.client(ann)
    accept = {"Accept": "text/html"}
    page = client.get("/account/factors/recovery", headers=accept).text

    assert "You have 9 of 10" in " ".join(page.split())
    assert [c for c in codes if c in page] == []


def test_a_code_that_is_used_is_told_by_mail_and_as_an_event(site, ann, codes):
    with (
        stopper.testing.events(site.app) as found,
        stopper.testing.mails(site.app) as m,
    ):
        second(site, ann, codes[0])

    assert "recovery-code-used" in [e.name for e in found]
    assert [mail["To"] for mail in m] == ["ann@club.example"]
    assert "9 are left" in m[0].get_content()
    assert codes[0] not in m[0].get_content()


def test_new_codes_are_told_by_mail(site, ann):
    site.totp(ann)

    with stopper.testing.mails(site.app) as found:
        site.codes(ann)

    assert "New recovery codes were made" in found[0].get_content()
    assert "https://club.example/account/factors" in found[0].get_content()


def test_without_a_factor_there_are_no_codes(site, ann):
    assert post(site.client(ann), "/account/factors/recovery").status_code == 409


def test_codes_alone_ask_for_nothing(site, ann, codes):
    with site.service.database.reading() as sql:
        assert site.service.factors.of(sql, ann) == {"totp", "recovery"}
