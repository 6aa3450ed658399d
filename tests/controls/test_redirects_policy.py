"""An address leads where a browser goes, and not where Python's parser thinks."""

from __future__ import annotations

import ipaddress
import time

import pytest

from stopper.controls.redirects.brought import brought
from stopper.controls.redirects.networks import inside
from stopper.controls.redirects.networks import networks
from stopper.controls.redirects.networks import numeric
from stopper.controls.redirects.policy import complain
from stopper.controls.redirects.policy import leads_away
from stopper.controls.redirects.policy import leads_to

#: Every one goes to another host, to a script, or nowhere.
AWAY = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "http:/\\evil.example",
    "http:///evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "/\t/evil.example",
    "/\n/evil.example",
    "\r\n//evil.example",
    "ht\ttps://evil.example",
    "\x00//evil.example",
    "\x01https://evil.example",
    "  //evil.example  ",
    "\x1f/\\evil.example",
    "https://ours.example@evil.example",
    "https://ours.example:80@evil.example",
    "https://ours.example\\@evil.example",
    "https://a@ours.example@evil.example",
    "https://ours.example.evil.example",
    "https://ours.exampleevil.example",
    "https://ours.example:8443",
    "https://ours.example.",
    "https://ours.example%2eevil.example",
    "https://ours.ex%61mple",
    "https://ours。example",
    "https://oｕrs.example",
    "//evil。example",
    "https://évil.example",
    "https://ſours.example",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[evil/",
    "https://ours.example:x/",
    "https://ours.example:99999/",
    "https://",
    "https:////",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://ours.example/x",
    "file:///etc/passwd",
    "mailto:a@ours.example",
    "ws://ours.example",
    "ftp://ours.example",
    "view-source:https://ours.example",
]

#: Every one stays.
OURS = [
    "/",
    "",
    "notes",
    "/notes?next=https://evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "./a:b",
    "/a:b",
    "1a:b",
    "a/b:c",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "／／evil.example",
    "/／evil.example",
    " /notes ",
    "/notes\\\\evil.example",
    "https://ours.example",
    "HTTPS://OURS.example:443/notes",
    "https://user@ours.example/notes",
    "http://ours.example/",
    "https://ours.example#@evil.example",
    "https://ours.example/\\evil.example",
    "https://ours.example?@evil.example",
    "//ours.example/",
]


@pytest.mark.parametrize("target", AWAY)
def test_it_leads_away(target):
    assert leads_away(target, ["ours.example"])


@pytest.mark.parametrize("target", OURS)
def test_it_stays(target):
    assert not leads_away(target, ["ours.example"])


@pytest.mark.parametrize("target", [None, b"/", 3, ["/"]])
def test_what_is_no_text_leads_away(target):
    assert leads_away(target, ["ours.example"])


@pytest.mark.parametrize(
    ("scheme", "leads"), [("https", ""), ("http", "https://evil.example")]
)
def test_a_scheme_without_slashes_depends_on_the_page(scheme, leads):
    assert leads_to("https:evil.example", scheme) == leads


@pytest.mark.parametrize(
    ("host", "target", "away"),
    [
        ("https://a.example", "https://a.example/x", False),
        ("https://a.example", "http://a.example/x", True),
        ("*.a.example", "https://b.a.example/x", False),
        ("*.a.example", "https://a.example/x", True),
        ("*.a.example", "https://eviла.a.example/x", True),
        ("*.a.example", "https://evila.example/x", True),
        ("a.example:8443", "https://a.example:8443/x", False),
        ("[::1]:5000", "http://[0:0::1]:5000/x", False),
        ("[::1]", "http://[::1]:5000/x", True),
        ("127.0.0.1", "http://127.0.0.1/x", False),
        ("myapp:", "myapp://callback", False),
        ("myapp:", "otherapp://callback", True),
    ],
)
def test_hosts_are_whole_and_exact(host, target, away):
    assert leads_away(target, [host]) is away


@pytest.mark.parametrize(
    "host",
    [
        "",
        "*",
        "*.com",
        "a.*.example",
        "https://a.example/x",
        "ftp://a.example",
        "javascript:",
        "data:",
        "https:",
        "bücher.example",
        "a b",
        "a.example.",
        3,
    ],
)
def test_what_is_no_host_is_not_taken(host):
    assert complain([host])


@pytest.mark.parametrize(
    "host", ["a.example", "https://a.example:8443", "*.a.example", "[::1]:80", "myapp:"]
)
def test_hosts_are_taken(host):
    assert complain([host]) is None


@pytest.mark.parametrize(
    ("origin", "value"),
    [
        ("https://evil.example", "https://evil.example/x"),
        ("https://evil.example", "EVIL.EXAMPLE"),
        ("https://evil.example:8443", "evil.example"),
        ("https://evil.example", "a%252f%252fevil%25252eexample"),
        ("https://evil.example", "//evil。example"),
        ("https://evil.example", "//ｅvil．example"),
        ("https://evil.example", "//ev\u00adil.exa\u200bmple"),
        ("https://evil.example", "e\tvil.ex\nample"),
        ("https://evil.example", "www.evil.example"),
        ("https://evil.example", "ours@evil.example"),
        ("https://xn--bcher-kva.example", "//bücher.example"),
        ("https://strasse.example", "//straße.example"),
        ("https://%0x7f.1", "http://0x7f.1/"),
        ("https://[::1]", "http://[::1]/"),
        ("https://ours.example.evil.example", ".evil.example"),
        ("https://ours.example.evil.example", "evil.example"),
        ("https://ours.exampleevil.example", "evil.example"),
        ("myapp:", "myapp://x"),
    ],
)
def test_a_host_is_found_in_the_request(origin, value):
    assert brought(origin, ["a=b", value], ["ours.example"])


@pytest.mark.parametrize(
    # The second sign is none itself, and is made of two.
    "marks",
    ["\u0301\u0323", "\u0f73", "\u0f81\u0301"],
)
def test_marks_without_an_end_are_no_work_and_hide_no_host(marks):
    value = f"e{marks * 60_000}//evil.example"
    began = time.process_time()

    assert brought("https://evil.example", [value])
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "value", ["notevil.example", "evil-example", "evil.examples", "evil", "", "%"]
)
def test_a_host_is_found_only_as_a_whole(value):
    assert not brought("https://evil.example", [value], ["ours.example"])


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.8.8.8",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:10.0.0.1",
    ],
)
def test_an_inner_address_is_known(address):
    assert inside(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "100.63.255.255",
        "172.32.0.1",
        "192.169.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2606:4700::1111",
        "2a00:1450::1",
    ],
)
def test_a_public_address_is_known(address):
    assert inside(ipaddress.ip_address(address)) is None


def test_an_allowed_network_may_be_reached_and_no_other():
    allow = networks(["127.0.0.1/32"])

    assert inside(ipaddress.ip_address("127.0.0.1"), allow) is None
    assert inside(ipaddress.ip_address("::ffff:127.0.0.1"), allow) is None
    assert inside(ipaddress.ip_address("127.0.0.2"), allow)


@pytest.mark.parametrize(
    "given", ["127.0.0.1/32", ["localhost"], ["10.0.0.1/8"], [None]]
)
def test_what_is_no_network_is_not_taken(given):
    with pytest.raises(ValueError, match="networks"):
        networks(given)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "1.2.3",
        "127.0.0.1.",
    ],
)
def test_a_number_in_another_notation_is_known(host):
    assert numeric(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "a.example", "0x.example", "1a", "a1.0xg"]
)
def test_what_is_no_such_number_is_known(host):
    assert not numeric(host)
