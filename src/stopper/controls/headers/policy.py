"""What is right in each header, said once: the guard sends it, the audit looks for it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

#: The features that a page is denied unless a setting allows them: those that ask the
#: visitor, identify the device or reach hardware (W3C Permissions Policy, the list of
#: features, as far as current browsers know their names: an unknown name is a warning
#: in every visitor's console).
POWERFUL_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

#: Referrer policies that show the path and query of a page to other sites
#: (W3C Referrer Policy, section 3).
LEAKY_REFERRERS = ("unsafe-url", "no-referrer-when-downgrade")

_FEATURE = re.compile(r"[a-z][a-z0-9-]*\Z")
_ORIGIN = re.compile(r"(?:self|\*|https://[a-z0-9*.-]+(?::[0-9]+)?)\Z")


class Kind(enum.Enum):
    """What a browser makes of an answer, as far as headers are concerned."""

    #: A document that runs scripts.
    PAGE = "page"
    #: Data for a program; shown as text, and inert, when someone opens it.
    DATA = "data"
    #: A document that may hold scripts and was not meant to: SVG, other XML.
    IMAGE_DOCUMENT = "image document"
    #: Something that is only ever part of a page: a style, a script, a picture.
    PART = "part"


_PAGES = ("text/html", "application/xhtml+xml")
_PARTS = ("image/", "audio/", "video/", "font/", "text/css", "application/wasm")
_SCRIPTS = ("text/javascript", "application/javascript", "application/pdf")
_QUOTED = re.compile(r'"[^"]*"')


def kind(content_type: str | None) -> Kind:
    """Return what a browser makes of an answer with this ``Content-Type``.

    Of several types, ``image/png, text/html``, it takes a later one (WHATWG Fetch, 3.6):
    who chose the first may have meant the second, so unlike ones are no part of a page.
    """
    value = content_type or ""

    if "," not in value:
        return _kind(value)

    # What quotation marks are around is no comma; where one is escaped, let it be one.
    plain = value if "\\" in value else _QUOTED.sub("", value)
    kinds = {_kind(one) for one in plain.split(",")}
    return kinds.pop() if len(kinds) == 1 else Kind.DATA


def _kind(content_type: str) -> Kind:
    name = content_type.partition(";")[0].strip().lower()

    if name in _PAGES:
        return Kind.PAGE

    if name.endswith("+xml") or name in ("text/xml", "application/xml"):
        return Kind.IMAGE_DOCUMENT

    if name.startswith(_PARTS) or name in _SCRIPTS:
        return Kind.PART

    return Kind.DATA


def sniffable(content_type_options: str | None) -> bool:
    """Say whether a browser may guess the type of an answer.

    :param content_type_options: The ``X-Content-Type-Options`` header, ``None`` if it
        was not sent. Of several values the first decides (WHATWG Fetch, 3.6).
    """
    first = (content_type_options or "").partition(",")[0]
    return first.strip().lower() != "nosniff"


def leaks_referrer(referrer_policy: str | None) -> bool:
    """Say whether other sites learn the paths of pages.

    Without a header a browser falls back to ``strict-origin-when-cross-origin``, which
    tells them the origin only. Of several values the last that is known decides.
    """
    names = [n.strip().lower() for n in (referrer_policy or "").split(",")]
    return names[-1] in LEAKY_REFERRERS


def filters_by_guess(xss_protection: str | None) -> bool:
    """Say whether ``X-XSS-Protection`` turns an old browser's filter on.

    The filter could be made to disable chosen scripts of the page and to tell other
    sites what the page holds; it is gone from every current browser.
    """
    return (xss_protection or "").strip().startswith("1")


def _directives(cache_control: str | None) -> dict[str, str]:
    parts = (p.strip().lower() for p in (cache_control or "").split(","))
    return {p.partition("=")[0]: p.partition("=")[2].strip('"') for p in parts if p}


def kept_by_caches(cache_control: str | None) -> bool:
    """Say whether any cache, the browser's too, may keep the answer."""
    return "no-store" not in _directives(cache_control)


def shared_by_caches(cache_control: str | None) -> bool:
    """Say whether a cache may give the answer of one visitor to another.

    ``private`` and ``no-store`` forbid it. So does ``no-cache``: the cache has to ask
    first (RFC 9111, 5.2.2).
    """
    found = _directives(cache_control)

    if "private" in found and not found["private"]:
        return False

    return not found.keys() & {"no-store"} and (
        "no-cache" not in found or "public" in found
    )


def chosen_cache(cache_control: str | None) -> bool:
    """Say whether someone decided that the answer may be kept, and for how long.

    A bare ``no-cache`` is what Flask's ``send_file`` says by itself.
    """
    names = _directives(cache_control).keys()
    return bool(names & {"public", "private", "max-age", "s-maxage"})


def permissions(allowed: Mapping[str, tuple[str, ...]], report_to: str = "") -> str:
    """Return a ``Permissions-Policy`` that denies the powerful features.

    :param allowed: For a feature, the origins that may use it: ``"self"``, ``"*"`` or
        ``"https://…"``.
    :param report_to: The reporting endpoint, for the report-only header.
    """
    tail = f";report-to={report_to}" if report_to else ""
    features = {**dict.fromkeys(POWERFUL_FEATURES, ()), **allowed}
    return ", ".join(
        f"{name}={_allow_list(origins)}{tail}" for name, origins in features.items()
    )


def _allow_list(origins: tuple[str, ...]) -> str:
    if "*" in origins:
        return "*"

    return "(" + " ".join(o if o == "self" else f'"{o}"' for o in sorted(origins)) + ")"


def complain_of_permissions(allowed: Mapping[str, object]) -> str | None:
    """Say what is wrong with the features that a setting allows, ``None`` if nothing."""
    for name, origins in allowed.items():
        if not isinstance(name, str) or not _FEATURE.match(name):
            return f"takes names of features, and {name!r} is none"

        if not isinstance(origins, list | tuple):
            return f"takes a list of origins for {name!r}"

        for origin in origins:
            if not isinstance(origin, str) or not _ORIGIN.match(origin):
                return (
                    f"takes 'self', '*' or 'https://…' for {name!r}, and not {origin!r}"
                )

    return None
