r"""Where a browser goes when it is told an address, as the URL Standard says.

Python's parser and a browser's read some addresses differently, and every difference is
a way out: ``/\evil.example`` is a path to the one and another host to the other. This
follows the browser (https://url.spec.whatwg.org/, 4.4 "URL parsing").
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from collections.abc import Iterable

#: Schemes behind which every slash and backslash is skipped, with their usual ports.
SPECIAL = {"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

#: The answer for an address at which nothing is: a browser stays where it is.
NOWHERE = "nowhere:"

# What stands at the ends is cut off, and these three are taken out wherever they stand.
_ENDS = "".join(map(chr, range(0x21)))
_WITHIN = str.maketrans("", "", "\t\n\r")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_AUTHORITY = re.compile(r"[^/\\?#]*")
_PORT = re.compile(r":([0-9]*)$", re.ASCII)

# A host that no step of the standard changes but for its case. Everything else, names in
# other letters and numbers in other notations, is nobody we know.
_PLAIN = re.compile(r"[A-Za-z0-9_~!$&'()*+,;=.-]+", re.ASCII)
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?", re.ASCII)

_HOSTLIKE = re.compile(
    r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]{1,5})?"
    r"|\[[0-9a-f:.]+\](?::[0-9]{1,5})?",
    re.ASCII,
)


#: A scheme of an app on the visitor's machine, ``"myapp:"``.
_OTHER = re.compile(r"[a-z][a-z0-9+.-]*:", re.ASCII)

_RUN = frozenset({"javascript:", "vbscript:", "data:", "blob:", "file:", "about:"})


def leads_to(target: str, scheme: str = "https") -> str:
    """Return the origin to which a browser goes from a page of ours.

    :param target: What stands in ``Location``, in ``href`` or in ``next=``.
    :param scheme: That of the page: ``https:evil.example`` is a path on an https page
        and another host on an http page.
    :return: Empty if the browser stays at the host where it is; ``"javascript:"`` and
        the like for an address without a host; :data:`NOWHERE` for none at all.
    """
    text = target.strip(_ENDS).translate(_WITHIN)
    found = _SCHEME.match(text)

    if found is None:
        return _relative(text, scheme)

    named, rest = found[1].lower(), text[found.end() :]

    if named not in SPECIAL:
        return f"{named}:"

    if named == scheme and not rest.startswith("//"):
        return _relative(rest, scheme)

    return _absolute(rest, named)


def _relative(text: str, scheme: str) -> str:
    if len(text) > 1 and text[0] in "/\\" and text[1] in "/\\":
        return _absolute(text, scheme)

    return ""


def _absolute(text: str, scheme: str) -> str:
    found = _AUTHORITY.match(text.lstrip("/\\"))
    authority = found[0] if found else ""
    host = authority.rpartition("@")[2]

    if host.startswith("["):
        name, bracket, after = host.partition("]")
        host, name = after, _six(name[1:]) if bracket else ""

        if after and not after.startswith(":"):
            return NOWHERE
    else:
        name, host = _split(host)

    return _origin(scheme, name, host)


def _split(host: str) -> tuple[str, str]:
    name, colon, port = host.partition(":")
    return _name(name), colon + port


def _origin(scheme: str, name: str, port: str) -> str:
    found = _PORT.fullmatch(port) if port else None

    if not name or (port and found is None):
        return NOWHERE

    number = str(int(found[1])) if found and found[1] else SPECIAL[scheme]

    if int(number) > 65535:
        return NOWHERE

    usual = number == SPECIAL[scheme]
    return f"{scheme}://{name}" if usual else f"{scheme}://{name}:{number}"


def _name(host: str) -> str:
    """Return a host in lower case; in another notation, as what it is written as."""
    if _PLAIN.fullmatch(host) and not _NUMBER.fullmatch(
        host.rpartition(".")[2] or host
    ):
        return host.lower()

    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        # Kept apart from every plain name by a character that stands in none.
        return f"%{host.lower()}" if host else ""


def _six(host: str) -> str:
    try:
        return f"[{_shortest(ipaddress.IPv6Address(host))}]" if "%" not in host else ""
    except ValueError:
        return ""


def _shortest(address: ipaddress.IPv6Address) -> str:
    # Python 3.13 writes a mapped address with dots, browsers do not.
    if address.ipv4_mapped is not None:
        low = int(address.ipv4_mapped)
        return f"::ffff:{low >> 16:x}:{low & 0xFFFF:x}"

    return address.compressed


def host_in(target: str) -> str:
    """Return the host of an address as it is written there, empty for none.

    ``[0:0::1]`` and ``[::1]`` are one host, and a request holds but one of them.
    """
    text = target.strip(_ENDS).translate(_WITHIN)
    found = _SCHEME.match(text)
    rest = text[found.end() :] if found else text
    authority = _AUTHORITY.match(rest.lstrip("/\\"))
    host = authority[0].rpartition("@")[2] if authority else ""
    return host.partition("]")[0].lstrip("[") if host[:1] == "[" else _split(host)[0]


def leads_away(target: object, hosts: Iterable[str] = ()) -> bool:
    r"""Say whether a browser that follows ``target`` leaves these hosts.

    ::

        leads_away("/notes", ())                     # False
        leads_away("/\\evil.example", ())           # True
        leads_away("https://a.example/", ["a.example"])  # False

    What stays on the page's own host never leads away. A name in other letters, a number
    in another notation and a ``%`` in a host are never one of ``hosts``.

    :param target: The address. What is no text leads away.
    :param hosts: Hosts as in ``Host``, ``"shop.example:8443"``, or whole origins,
        ``"https://shop.example"``. A host is meant with http and with https;
        ``"*.shop.example"`` is every name below it.
    """
    if not isinstance(target, str):
        return True

    known = hosts if isinstance(hosts, Collection) else tuple(hosts)
    # Flask's redirect() quotes a backslash, so that it ends no host any more.
    readings = {target, target.replace("\\", "%5C")}
    # An https: without slashes means different things on http and https pages, and what
    # stands in front of the app may speak the other one.
    return any(
        away(leads_to(reading, scheme), known)
        for reading in readings
        for scheme in ("https", "http")
    )


def away(origin: str, hosts: Iterable[str]) -> bool:
    """Say whether an answer of :func:`leads_to` is none of these hosts."""
    if not origin:
        return False

    scheme, slashes, host = origin.partition("://")

    if not slashes:
        return origin not in hosts

    if scheme not in ("http", "https"):
        return True

    return not any(_fits(scheme, host, known) for known in hosts)


def _fits(scheme: str, host: str, known: str) -> bool:
    wanted, slashes, name = known.lower().rpartition("://")

    if slashes and wanted != scheme:
        return False

    if name.startswith("*."):
        return host.endswith(name[1:]) and not host.startswith("%")

    return host == name


def complain(hosts: Iterable[object]) -> str | None:
    """Say what is wrong with a list of hosts, ``None`` if nothing is."""
    return next((c for host in hosts if (c := _complaint(host))), None)


def _complaint(host: object) -> str | None:
    text = host.lower() if isinstance(host, str) else ""
    scheme, slashes, name = text.rpartition("://")

    if _OTHER.fullmatch(text):
        ran = text in _RUN or text[:-1] in SPECIAL
        return f"takes no {text} without a host" if ran else None

    if slashes and scheme not in ("http", "https"):
        return f"takes origins of http and https, and not {host!r:.80}"

    if not _HOSTLIKE.fullmatch(name) or (name[:1] == "*" and name.count(".") < 2):
        return (
            "takes hosts and origins without a path: 'idp.example', "
            "'https://idp.example', '*.idp.example'; a name in other letters as "
            f"xn--, and not {host!r:.80}"
        )

    return None


def known_as(host: str) -> str:
    """Return what :func:`complain` let through as :func:`away` compares it."""
    return (leads_to(host) or host.lower()) if "://" in host else host.lower()
