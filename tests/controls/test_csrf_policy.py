"""Who is let in, who is asked for a token, and who is refused."""

from __future__ import annotations

import itertools

import pytest

from stopper.controls.csrf.policy import judged
from stopper.controls.csrf.policy import Owner
from stopper.controls.csrf.policy import ROWS
from stopper.controls.csrf.policy import Site
from stopper.controls.csrf.policy import site_of
from stopper.controls.csrf.policy import stays
from stopper.controls.csrf.policy import Verdict

LET_IN, ASK, REFUSE = Verdict.LET_IN, Verdict.ASK, Verdict.REFUSE

#: What is decided by site and owner, with a cookie and without one.
DECIDED = {
    (Site.SAME_ORIGIN, Owner.ABSENT): (LET_IN, LET_IN),
    (Site.SAME_ORIGIN, Owner.NULL): (ASK, ASK),
    (Site.SAME_ORIGIN, Owner.OURS): (LET_IN, LET_IN),
    (Site.SAME_ORIGIN, Owner.NAMED): (LET_IN, LET_IN),
    (Site.SAME_ORIGIN, Owner.STRANGER): (REFUSE, REFUSE),
    (Site.SAME_ORIGIN, Owner.UNKNOWN): (LET_IN, LET_IN),
    (Site.OTHER, Owner.ABSENT): (REFUSE, REFUSE),
    (Site.OTHER, Owner.NULL): (REFUSE, REFUSE),
    (Site.OTHER, Owner.OURS): (REFUSE, REFUSE),
    (Site.OTHER, Owner.NAMED): (LET_IN, LET_IN),
    (Site.OTHER, Owner.STRANGER): (REFUSE, REFUSE),
    (Site.OTHER, Owner.UNKNOWN): (REFUSE, REFUSE),
    (Site.NONE, Owner.ABSENT): (ASK, ASK),
    (Site.NONE, Owner.NULL): (ASK, ASK),
    (Site.NONE, Owner.OURS): (ASK, ASK),
    (Site.NONE, Owner.NAMED): (ASK, ASK),
    (Site.NONE, Owner.STRANGER): (ASK, ASK),
    (Site.NONE, Owner.UNKNOWN): (ASK, ASK),
    (Site.ABSENT, Owner.ABSENT): (ASK, LET_IN),
    (Site.ABSENT, Owner.NULL): (ASK, ASK),
    (Site.ABSENT, Owner.OURS): (LET_IN, LET_IN),
    (Site.ABSENT, Owner.NAMED): (LET_IN, LET_IN),
    (Site.ABSENT, Owner.STRANGER): (REFUSE, REFUSE),
    (Site.ABSENT, Owner.UNKNOWN): (REFUSE, REFUSE),
}


@pytest.mark.parametrize(("site", "owner"), list(itertools.product(Site, Owner)))
def test_every_request_is_decided(site, owner):
    found = tuple(judged(site, owner, cookies).verdict for cookies in (True, False))

    assert found == DECIDED[site, owner]


def test_every_line_decides_something():
    seen = {
        judged(site, owner, cookies)
        for site, owner, cookies in itertools.product(Site, Owner, (True, False))
    }

    assert seen == set(ROWS)


@pytest.mark.parametrize(
    ("value", "site"),
    [
        (None, Site.ABSENT),
        ("same-origin", Site.SAME_ORIGIN),
        ("none", Site.NONE),
        ("same-site", Site.OTHER),
        ("cross-site", Site.OTHER),
        ("", Site.OTHER),
        ("Same-Origin", Site.OTHER),
        ("same-origin, same-origin", Site.OTHER),
        ("same-origin\t", Site.OTHER),
        ("absent", Site.OTHER),
        ("other", Site.OTHER),
    ],
)
def test_what_is_no_word_of_the_header_counts_as_cross_site(value, site):
    assert site_of(value) is site


def ours(origin):
    return origin == "https://shop.example"


@pytest.mark.parametrize(
    "action",
    [
        "",
        " ",
        "/",
        "/notes",
        "/notes/1?x=https://evil.example",
        "notes",
        "./notes",
        "../notes",
        "?page=2",
        "#top",
        "/..//evil.example",
        "\\notes",
        "/a:b",
        "https://shop.example",
        "https://shop.example/",
        "HTTPS://SHOP.example:443/notes",
        "https&#58;//shop.example/notes",
        "/notes?a=1&amp;b=2",
    ],
)
def test_an_action_of_the_app_stays(action):
    assert stays(action, ours)


@pytest.mark.parametrize(
    "action",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "///evil.example",
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:8443/",
        "https://shop.example.evil.example",
        "https://shop.example@evil.example",
        "https://shop.example\\@evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:\\\\evil.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:ann@evil.example",
        "a:b",
        "\t//evil.example",
        "/\t/evil.example",
        "/\n\\evil.example",
        "\x00//evil.example",
        "\x1f https://evil.example",
        "ht\ntps://evil.example",
        "&#47;/evil.example",
        "/&#47evil.example",
        "&sol;&sol;evil.example",
        "&Tab;//evil.example",
        "/&Tab;/evil.example",
        "/&bsol;evil.example",
        "https&colon;//evil.example",
    ],
)
def test_an_action_that_leads_away_does_not_stay(action):
    assert not stays(action, ours)
