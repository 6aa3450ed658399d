"""Which peers are proxies, and what is an address."""

from __future__ import annotations

import pytest

from stopper.controls.transport.policy import address
from stopper.controls.transport.policy import complain_of_preload
from stopper.controls.transport.policy import complain_of_proxies
from stopper.controls.transport.policy import hop
from stopper.controls.transport.policy import ONE_YEAR


@pytest.mark.parametrize(
    ("entry", "peer", "holds"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/8", "", False),
        ("10.0.0.1,2001:db8::/32", "2001:db8::1", True),
        ("10.0.0.1, 2001:db8::/32", "10.0.0.2", False),
        ("unix", "unix:", True),
        ("unix", "10.0.0.1", False),
        ("10.0.0.1", "unix:", False),
        # What stands in a header is never a socket without an address.
        ("unix", "", False),
        ("unix", "localhost", False),
    ],
)
def test_a_peer_is_held_by_its_networks(entry, peer, holds):
    assert hop(entry).holds(peer) is holds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:", None),
        ("192.0.2.1:123456", None),
        ("[192.0.2.1", None),
        ("[]", None),
        ("fe80::1%eth0", None),
        ("1", None),
        ("0x7f.1", None),
        ("192.0.2.01", None),
        ("", None),
    ],
)
def test_an_address_is_read_with_its_port_or_without(text, found):
    assert (str(address(text)) if address(text) else None) == found


@pytest.mark.parametrize("entry", ["0.0.0.0/0", "::/0", "10.0.0.1, 0.0.0.0/0"])
def test_everybody_is_no_proxy(entry):
    assert "everybody" in complain_of_proxies((entry,))


def test_what_is_right_is_no_complaint():
    assert complain_of_proxies(("unix, 127.0.0.1", "2001:db8::/32")) is None


@pytest.mark.parametrize(
    ("preload", "seconds", "subdomains", "fine"),
    [
        (False, 0, False, True),
        (True, ONE_YEAR, True, True),
        (True, ONE_YEAR - 1, True, False),
        (True, ONE_YEAR, False, False),
    ],
)
def test_the_preload_list_takes_a_year_and_all_subdomains(
    preload, seconds, subdomains, fine
):
    assert (complain_of_preload(preload, seconds, subdomains) is None) is fine
