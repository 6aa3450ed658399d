"""Our reading of addresses against that of a real browser."""

from __future__ import annotations

import pytest

from stopper.controls.redirects.policy import leads_to
from stopper.controls.redirects.policy import NOWHERE

ADDRESSES = [
    "",
    "/",
    "notes",
    "/notes",
    "?a",
    "#a",
    ".",
    "..//evil.example",
    "./a:b",
    "a/b:c",
    "1a:b",
    "+a:b",
    "/a:b",
    "https://evil.example",
    "HTTPS://EVIL.example:443/x",
    "http://evil.example:443",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/notes\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\evil.example",
    "https:\\\\evil.example",
    "https:/\\evil.example",
    "https:\\/evil.example",
    "https:///evil.example",
    "https:////evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:\\\\evil.example",
    "http:///evil.example",
    "https:",
    "https:/",
    "https://",
    "https:///",
    "http:",
    "http://",
    "https:?x",
    "http:#x",
    " //evil.example ",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\\evil.example",
    "ht\ttps:\n//ev\ril.example",
    "\x00//evil.example",
    "\x01https://evil.example\x1f",
    "\x0b//evil.example",
    "/\x00/evil.example",
    "\x7f//evil.example",
    "\xa0//evil.example",
    "\u2028//evil.example",
    "https://ours.example@evil.example",
    "https://a@b@evil.example",
    "https://@evil.example",
    "https://ours.example:80@evil.example",
    "https://ours.example\\@evil.example",
    "https://ours.example/@evil.example",
    "https://ours.example?@evil.example",
    "https://ours.example#@evil.example",
    "https://@/",
    "https://ours.example:",
    "https://ours.example:0",
    "https://ours.example:00443",
    "https://ours.example:65535",
    "https://ours.example:65536",
    "https://ours.example:x",
    "https://ours.example:4 3",
    "https://:443",
    "https://ours.example.",
    "https://ours.example..",
    "https://ours_1.example",
    "https://a!b.example",
    "https://a,b.example",
    "https://[::1]/",
    "https://[::1]:8443/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[2001:db8:0:0:1:0:0:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::1",
    "https://[::1]x",
    "https://[x]/",
    "https://127.0.0.1/",
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "mailto:a@ours.example",
    "ws://evil.example",
    "wss:evil.example",
    "ftp://evil.example:21",
    "a+b-c.d://x",
    "/%2fevil.example",
    "%2f%2fevil.example",
    "/／evil.example",
    "／／evil.example",
    "/%5cevil.example",
]

#: A host in another notation is nobody we know, whoever it is to the browser.
STRANGE = [
    "https://ours。example",
    "https://oｕrs.example",
    "https://ours．example",
    "https://ours.ex%61mple",
    "https://ours%2eexample",
    "https://ou\u00adrs.example",
    "https://bücher.example",
    "https://straße.example",
    "https://2130706433",
    "https://0x7f.1",
    "https://0177.0.0.1",
    "https://127.1",
    "https://ours.example%2f@evil.example%2f",
    "https://ours.example／evil.example",
    "https://ours example",
    "https://ours<example",
    "https://ours^example",
    "https://ours|example",
    "https://ours\x00example",
    "https://ours.example\ud800",
]

READ = """([addresses, base]) => addresses.map(address => {
    try {
        const url = new URL(address, base);
        return url.protocol + (url.host ? "//" + url.host : "");
    } catch (e) {
        return "nowhere:";
    }
})"""


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_address_leads_where_chromium_goes(page, scheme):
    base = f"{scheme}://ours.example"
    seen = page.evaluate(READ, [ADDRESSES, f"{base}/a/b"])
    ours = [leads_to(a, scheme) or base for a in ADDRESSES]
    # Of a scheme that names no host to us, the host does not matter.
    theirs = [
        s if s.partition("//")[0] in _WITH_HOST else s.partition("//")[0] for s in seen
    ]

    assert dict(zip(ADDRESSES, ours, strict=True)) == dict(
        zip(ADDRESSES, theirs, strict=True)
    )


_WITH_HOST = {"http:", "https:", "ws:", "wss:", "ftp:"}


@pytest.mark.parametrize("address", STRANGE)
def test_a_host_in_another_notation_is_never_ours(address):
    for scheme in ("https", "http"):
        found = leads_to(address, scheme)
        assert found == NOWHERE or "//%" in found
