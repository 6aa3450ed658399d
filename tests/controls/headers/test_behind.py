"""Which line of the app stands behind a report."""

from __future__ import annotations

import pytest

from stopper.controls.headers import csp
from stopper.controls.headers.archive import Kept
from stopper.controls.headers.behind import Behind
from stopper.controls.headers.behind import behind
from stopper.controls.headers.needs import needs
from stopper.controls.headers.needs import proposal
from stopper.controls.headers.report import Report

PAGE = """<p style="color: red">
<b onclick="go()">
<img src="https://cdn.example/x.png">
<a href="javascript:go()">
<b onclick="stop()">
"""
OTHER = "<b onclick='other()'><img src=https://cdn.example/y.png>"

FOUND = (*needs(PAGE, "page.html"), *needs(OTHER, "other.html"))

SCRIPT = "one\nfetch('https://api.example/notes')\nthree"


def text_of(path):
    return SCRIPT if path == "/static/app.js" else None


def lines(directive, blocked, *, line=0, source="", made_of=("page.html",)):
    report = Report("csp-violation", directive, blocked, "/", source, line, False)
    return behind(report, FOUND, frozenset(made_of), text_of)


@pytest.mark.parametrize(
    ("directive", "blocked", "line", "places"),
    [
        ("style-src-attr", "inline", 0, ("page.html:1",)),
        ("style-src", "inline", 0, ("page.html:1",)),
        ("script-src-attr", "inline", 0, ("page.html:2", "page.html:5")),
        ("script-src-attr", "inline", 5, ("page.html:5",)),
        ("script-src-attr", "inline", 99, ("page.html:2", "page.html:5")),
        ("script-src-elem", "inline", 4, ("page.html:4",)),
        ("img-src", "https://cdn.example/x.png", 0, ("page.html:3",)),
        ("img-src", "https://other.example/x.png", 0, ()),
        ("connect-src", "https://cdn.example/x.png", 0, ()),
        ("style-src-elem", "inline", 0, ()),
        ("script-src", "eval", 0, ()),
    ],
)
def test_the_lines_of_the_route_s_templates_are_found(directive, blocked, line, places):
    assert lines(directive, blocked, line=line).places == places


def test_where_the_templates_are_not_known_all_are_looked_at():
    found = lines("img-src", "https://cdn.example/x.png", made_of=())

    assert found.places == ("page.html:3", "other.html:1")


def in_script(blocked, line, source="https://shop.example/static/app.js"):
    return lines("connect-src", blocked, line=line, source=source)


def test_a_line_of_a_script_is_found_and_proves_what_it_names():
    found = in_script("https://api.example/notes", 2)

    assert found == Behind(("/static/app.js:2",), proven=True)


@pytest.mark.parametrize(
    ("blocked", "line"),
    [
        ("https://evil.example/", 2),
        ("https://api.example.evil.example/", 2),
        ("https://api.exampl/", 2),
        ("https://api.example:8443/", 2),
        ("https://example/", 2),
        ("https://api.example/", 1),
    ],
)
def test_a_line_that_does_not_name_it_proves_nothing(blocked, line):
    assert not in_script(blocked, line).proven


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (99, "https://shop.example/static/app.js"),
        (0, "https://shop.example/static/app.js"),
        (2, "https://shop.example/static/none.js"),
        (2, "inline"),
        (2, ""),
    ],
)
def test_a_line_that_there_is_none_of_is_no_place(line, source):
    assert in_script("https://api.example/", line, source) == Behind()


def test_a_bundle_s_line_proves_nothing():
    bundle = "x" * 1000 + "https://api.example/"
    report = Report(
        "csp-violation", "connect-src", "https://api.example/", "/",
        "https://shop.example/static/app.js", 1, False,
    )  # fmt: skip

    assert not behind(report, (), frozenset(), lambda path: bundle).proven


def test_what_a_stranger_reports_is_proposed_where_a_script_proves_it():
    report = Report(
        "csp-violation", "connect-src", "https://api.example/notes", "/", "", 0, False
    )
    kept = Kept(report, trusted=False, times=2)
    proven = Behind(("/static/app.js:2",), proven=True)
    proposed, evidence = proposal(csp.DEFAULT, (), [(kept, proven)])

    assert proposed["connect-src"] == ("'self'", "https://api.example")
    assert evidence[0].because == ("reported 2 × and proven, on /, /static/app.js:2")
