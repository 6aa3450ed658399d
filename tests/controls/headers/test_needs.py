"""What a template needs, and the policy that follows."""

from __future__ import annotations

import pytest

from stopper.controls.headers import csp
from stopper.controls.headers.archive import Kept
from stopper.controls.headers.behind import Behind
from stopper.controls.headers.needs import needs
from stopper.controls.headers.needs import proposal
from stopper.controls.headers.report import Report


def third(source):
    return [
        (n.line, n.directive, n.source, n.integrity)
        for n in needs(source, "page.html")
        if n.kind == "third-party"
    ]


@pytest.mark.parametrize(
    ("tag", "directive", "source", "integrity"),
    [
        ("<script src=https://a.example/x.js>", "script-src", "https://a.example", False),
        ("<script src=//a.example/x.js integrity=sha384-x>", "script-src", "https://a.example", True),
        ("<link rel=stylesheet href=https://a.example:8443/x.css>", "style-src", "https://a.example:8443", False),
        ("<link rel='shortcut icon' href=https://a.example/i>", "img-src", "https://a.example", False),
        ("<link rel=preload as=font href=https://a.example/f>", "font-src", "https://a.example", False),
        ("<img src='https://A.example/{{ id }}.png'>", "img-src", "https://a.example", None),
        ("<iframe src='https://a.example'></iframe>", "frame-src", "https://a.example", None),
        ("<video><source src=https://a.example/v></video>", "media-src", "https://a.example", None),
        ("<form action=https://a.example/pay></form>", "form-action", "https://a.example", None),
        ("<script>fetch('https://a.example/x')</script>", "connect-src", "https://a.example", None),
        ("<script>new WebSocket(`wss://a.example/x`)</script>", "connect-src", "wss://a.example", None),
    ],
)  # fmt: skip
def test_what_comes_from_elsewhere_is_listed(tag, directive, source, integrity):
    assert third(f"<p>\n{tag}") == [(2, directive, source, integrity)]


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("/report.pdf", True),
        ("report.pdf?page=2", True),
        ("{{ url_for('report') }}", True),
        ("{{ address }}", False),
        ("//a.example/x", False),
        ("/\\a.example/x", False),
        ("about:blank", False),
        ("javascript:x", False),
        ("", False),
    ],
)
def test_a_frame_of_the_apps_own_needs_frame_src(source, own):
    found = needs(f'<p>\n<iframe src="{source}"></iframe>', "page.html")
    mine = [(n.line, n.directive, n.source) for n in found if n.kind == "own-frame"]
    policy = {"default-src": ("'none'",)}
    proposed, _ = proposal(policy, found, ())

    assert mine == ([(2, "frame-src", "'self'")] if own else [])
    assert ("'self'" in proposed.get("frame-src", ())) is own


@pytest.mark.parametrize(
    "tag",
    [
        "<img src=/static/x.png>",
        "<a href=https://a.example>link</a>",
        "<link rel=canonical href=https://a.example>",
        "<img src='https://{{ host }}/x'>",
        "<img src='https://a{{ n }}.example/x'>",
        "{# <img src=https://a.example/x> #}",
        "<!-- <img src=https://a.example/x> -->",
        "<script>let s = '<img src=https://a.example/x>'</script>",
    ],
)
def test_what_is_no_load_from_elsewhere_is_not(tag):
    assert third(tag) == []


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("<b onclick='go()'>", "event-handler"),
        ("<b style='color: red'>", "style-attribute"),
        ("<a href='javascript:go()'>", "javascript-url"),
        ("<script src='{{ url }}'></script>", "script-src"),
    ],
)
def test_what_no_policy_allows_is_listed_with_its_line(tag, kind):
    found = needs(f"\n\n{tag}", "page.html")

    assert [(n.line, n.kind) for n in found] == [(3, kind)]


def reported(blocked, trusted, directive="img-src"):
    report = Report("csp-violation", directive, blocked, "/", "", 0, enforced=True)
    return Kept(report, trusted, 3), Behind()


def test_a_proposal_says_which_line_it_comes_from():
    found = needs("<p>\n<img src=https://a.example/x>", "page.html")
    proposed, evidence = proposal(csp.DEFAULT, found, ())

    assert proposed["img-src"] == ("'self'", "data:", "https://a.example")
    assert [(e.source, e.because) for e in evidence] == [
        ("https://a.example", "page.html:2")
    ]


def test_a_report_of_a_stranger_proposes_nothing():
    reports = [reported("https://evil.example/x", trusted=False)]

    assert proposal(csp.DEFAULT, (), reports) == (csp.DEFAULT, ())


def test_a_report_of_a_visitor_who_is_logged_in_does():
    reports = [reported("https://cdn.example/x", trusted=True)]
    proposed, evidence = proposal(csp.DEFAULT, (), reports)

    assert "https://cdn.example" in proposed["img-src"]
    assert "logged in" in evidence[0].because


@pytest.mark.parametrize(
    ("blocked", "directive"),
    [
        ("https://evil.example/x.js", "script-src-elem"),
        ("https://evil.example/", "base-uri"),
        ("https://evil.example/", "frame-ancestors"),
        ("https://evil.example/", "object-src"),
        ("inline", "style-src-elem"),
        ("eval", "script-src"),
        ("https://evil.example; script-src *", "img-src"),
        ("https://evil.example/", "img-src; script-src *"),
    ],
)
def test_even_theirs_never_open_a_door(blocked, directive):
    reports = [reported(blocked, True, directive)]

    assert proposal(csp.DEFAULT, (), reports) == (csp.DEFAULT, ())


def test_a_script_of_a_third_party_needs_no_host_in_the_policy():
    found = needs("<script src=https://a.example/x.js></script>", "page.html")

    assert proposal(csp.DEFAULT, found, ()) == (csp.DEFAULT, ())


def test_a_frame_is_added_to_what_the_default_forbids():
    found = needs("<iframe src=https://a.example></iframe>", "page.html")
    proposed, _ = proposal(csp.DEFAULT, found, ())

    assert proposed["frame-src"] == ("https://a.example",)
