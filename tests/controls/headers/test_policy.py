"""What is right in each header."""

from __future__ import annotations

import pytest

from stopper.controls.headers import csp
from stopper.controls.headers import policy
from stopper.controls.headers.policy import Kind

GOOD = "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'"


def test_the_default_policy_has_no_fault():
    value = csp.text(csp.DEFAULT).replace("{nonce}", "abc")

    assert csp.faults(value) == ()
    assert not csp.framable(value, None)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (None, "no policy"),
        ("", "no policy"),
        (" ; ,", "no policy"),
        ("img-src 'self'", "neither script-src"),
        ("default-src 'self' 'unsafe-inline'", "'unsafe-inline'"),
        ("SCRIPT-SRC 'UNSAFE-INLINE'; object-src 'none'", "'unsafe-inline'"),
        ("script-src *; object-src 'none'", "allows *"),
        ("script-src https:; object-src 'none'", "allows https:"),
        ("script-src data:; object-src 'none'", "allows data:"),
        ("script-src 'nonce-a' https:; object-src 'none'; base-uri 'none'", "https:"),
        ("script-src 'self'", "object-src"),
        ("script-src 'nonce-a'; object-src 'none'", "base-uri"),
        # The first of two directives counts.
        ("script-src *; script-src 'none'; object-src 'none'", "allows *"),
        # Two policies, and neither stops it.
        ("script-src *, script-src *", "allows *"),
    ],
)
def test_a_policy_that_lets_injected_script_run_is_seen(value, fault):
    assert fault in csp.faults(value)[0]


@pytest.mark.parametrize(
    "value",
    [
        GOOD,
        "default-src 'none'",
        "default-src 'self'",
        # A nonce switches 'unsafe-inline' off, 'strict-dynamic' the addresses.
        GOOD.replace("script-src", "script-src 'unsafe-inline' https:"),
        "script-src 'sha256-abc'; object-src 'none'; base-uri 'self'",
        "script-src *, default-src 'none'",
    ],
)
def test_a_policy_that_stops_it_has_no_fault(value):
    assert csp.faults(value) == ()


@pytest.mark.parametrize(
    ("value", "options", "framable"),
    [
        (None, None, True),
        (None, "DENY", False),
        (None, "SameOrigin", False),
        (None, "ALLOW-FROM https://a.example", True),
        (None, "DENY, SAMEORIGIN", True),
        ("frame-ancestors 'none'", None, False),
        ("frame-ancestors https://a.example", None, False),
        ("frame-ancestors *", "DENY", True),
        ("frame-ancestors *, frame-ancestors 'self'", None, False),
        ("default-src 'none'", None, True),
    ],
)
def test_who_may_frame(value, options, framable):
    assert csp.framable(value, options) is framable


def test_a_list_of_scripts_keeps_the_nonce():
    merged = csp.merged(csp.DEFAULT, {"script_src": ["https://cdn.example"]})

    assert merged["script-src"] == ("https://cdn.example", csp.NONCE)


@pytest.mark.parametrize("sources", [["'none'"], ["'unsafe-inline'"], []])
def test_a_list_that_a_nonce_would_undo_has_none(sources):
    merged = csp.merged(csp.DEFAULT, {"style-src": sources})

    assert merged["style-src"] == tuple(sources)


@pytest.mark.parametrize(
    "source",
    [
        "'self'",
        "https://a.example:8443/x/",
        "*.a.example",
        "wss://a.example",
        "data:",
        "'sha256-a+/='",
        "*",
    ],
)
def test_a_source_of_the_standard_is_taken(source):
    assert csp.complain({"img_src": [source]}) is None


@pytest.mark.parametrize(
    "source",
    [
        "a b",
        "a;b",
        "a,b",
        "self",
        "'selv'",
        "é",
        "a\n",
        "",
        7,
        None,
        "'self",
        "self'",
        "'",
        "''self''",
        "'nonce-abc'",
    ],
)
def test_a_source_that_is_none_is_refused(source):
    assert csp.complain({"img-src": [source]})


def test_a_complaint_about_no_directive_names_it():
    assert "'image-src'" in (csp.complain({"image-src": ["'self'"]}) or "")


@pytest.mark.parametrize(
    ("value", "sniffable"),
    [
        ("nosniff", False),
        (" NoSniff ", False),
        ("nosniff, x", False),
        ("x, nosniff", True),
        (None, True),
        ("", True),
    ],
)
def test_what_may_be_guessed(value, sniffable):
    assert policy.sniffable(value) is sniffable


@pytest.mark.parametrize(
    ("value", "leaks"),
    [
        (None, False),
        ("no-referrer", False),
        ("unsafe-url", True),
        ("no-referrer-when-downgrade", True),
        ("unsafe-url, strict-origin", False),
    ],
)
def test_which_referrers_leak(value, leaks):
    assert policy.leaks_referrer(value) is leaks


@pytest.mark.parametrize(
    ("value", "shared", "kept"),
    [
        (None, True, True),
        ("public, max-age=60", True, True),
        ("private, max-age=60", False, True),
        ('private="set-cookie"', True, True),
        ("no-cache", False, True),
        ("no-cache, public", True, True),
        ("No-Store", False, False),
    ],
)
def test_what_caches_may_do(value, shared, kept):
    assert policy.shared_by_caches(value) is shared
    assert policy.kept_by_caches(value) is kept


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("text/html; charset=utf-8", Kind.PAGE),
        ("application/xhtml+xml", Kind.PAGE),
        ("TEXT/HTML", Kind.PAGE),
        ("image/svg+xml", Kind.IMAGE_DOCUMENT),
        ("application/xml", Kind.IMAGE_DOCUMENT),
        ("image/png", Kind.PART),
        ("text/css", Kind.PART),
        ("text/javascript", Kind.PART),
        ("application/json", Kind.DATA),
        ("", Kind.DATA),
        (None, Kind.DATA),
        # Of several types a browser takes a later one.
        ("image/png, text/html", Kind.DATA),
        ("image/png;,text/html", Kind.DATA),
        ('image/png; a="\\"", text/html, "', Kind.DATA),
        ("image/svg+xml, image/svg+xml", Kind.IMAGE_DOCUMENT),
        ('video/mp4; codecs="avc1.42E01E, mp4a.40.2"', Kind.PART),
    ],
)
def test_what_a_browser_makes_of_a_type(content_type, kind):
    assert policy.kind(content_type) is kind


def test_permissions_deny_what_is_not_allowed():
    value = policy.permissions({"camera": ("self", "https://a.example")})

    assert 'camera=("https://a.example" self)' in value
    assert "geolocation=()" in value


def test_permissions_can_be_reported():
    value = policy.permissions({"camera": ("*",)}, "here")

    assert "camera=*;report-to=here" in value
    assert "geolocation=();report-to=here" in value
