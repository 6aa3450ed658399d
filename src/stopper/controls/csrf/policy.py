"""Who sends a request that changes something, and what is asked of them. Pure."""

from __future__ import annotations

import dataclasses
import enum
import html
import re
from collections.abc import Callable

from ..general import origin_of

#: The methods that change nothing (RFC 9110, 9.2.1). What they change all the same is
#: found by the audit, as `change-on-get`.
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Site(enum.StrEnum):
    """What ``Sec-Fetch-Site`` says of the page that made the request (W3C Fetch Metadata)."""

    SAME_ORIGIN = "same-origin"
    #: No page did: an address that was typed, a bookmark.
    NONE = "none"
    #: Another origin of the same site, another site, and every word that is none.
    OTHER = "other"
    ABSENT = "absent"


class Owner(enum.StrEnum):
    """Whose origin stands in ``Origin`` (RFC 6454, 7)."""

    ABSENT = "absent"
    #: ``null``: the browser does not want to say.
    NULL = "null"
    OURS = "ours"
    #: In ``STOPPER_CSRF_ORIGINS``.
    NAMED = "named"
    STRANGER = "stranger"
    #: It is not known which origins are ours.
    UNKNOWN = "unknown"


class Verdict(enum.StrEnum):
    """What becomes of the request."""

    LET_IN = "let in"
    #: It is let in with a valid token.
    ASK = "ask"
    REFUSE = "refuse"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line of the decision; the first that fits decides.

    :param because: What was seen, as the end of *The request …*.
    :param owners: Empty for any.
    :param cookies: Whether a cookie came with the request, ``None`` for either.
    """

    because: str
    sites: frozenset[Site]
    owners: frozenset[Owner]
    verdict: Verdict
    cookies: bool | None = None

    def fits(self, site: Site, owner: Owner, cookies: bool) -> bool:
        """Say whether the line is about such a request."""
        return (
            site in self.sites
            and (not self.owners or owner in self.owners)
            and self.cookies in (None, cookies)
        )


def _row(
    because: str, site: Site, *owners: Owner, then: Verdict, cookies: bool | None = None
) -> Row:
    return Row(because, frozenset({site}), frozenset(owners), then, cookies)


#: The decision, in its order. ``Referer`` has no say: privacy tools and policies take it
#: away, so its absence could not be refused, and every browser that sends it sends
#: ``Origin`` with a POST request too.
ROWS: tuple[Row, ...] = (
    _row(
        "says same-origin, and its Origin is another's: a proxy changed its Host, or no "
        "browser made it",
        *(Site.SAME_ORIGIN, Owner.STRANGER),
        then=Verdict.REFUSE,
    ),
    _row(
        "says same-origin, and hides its Origin",
        *(Site.SAME_ORIGIN, Owner.NULL),
        then=Verdict.ASK,
    ),
    _row("comes from a page of the app", Site.SAME_ORIGIN, then=Verdict.LET_IN),
    _row("comes from a named origin", Site.OTHER, Owner.NAMED, then=Verdict.LET_IN),
    _row("comes from a page of another origin", Site.OTHER, then=Verdict.REFUSE),
    _row("comes from no page", Site.NONE, then=Verdict.ASK),
    _row(
        "comes from an origin of the app",
        *(Site.ABSENT, Owner.OURS, Owner.NAMED),
        then=Verdict.LET_IN,
    ),
    _row("hides its Origin", Site.ABSENT, Owner.NULL, then=Verdict.ASK),
    _row(
        "comes from an origin that is none of the app's",
        *(Site.ABSENT, Owner.STRANGER, Owner.UNKNOWN),
        then=Verdict.REFUSE,
    ),
    _row(
        "has a cookie, and does not say where it comes from",
        *(Site.ABSENT, Owner.ABSENT),
        then=Verdict.ASK,
        cookies=True,
    ),
    _row(
        "has no cookie: what made it is no browser",
        *(Site.ABSENT, Owner.ABSENT),
        then=Verdict.LET_IN,
        cookies=False,
    ),
)


def judged(site: Site, owner: Owner, cookies: bool) -> Row:
    """Return the line that decides about such a request."""
    return next(row for row in ROWS if row.fits(site, owner, cookies))


def site_of(value: str | None) -> Site:
    """Return what ``Sec-Fetch-Site`` says. What is no word of it counts as cross-site."""
    if value is None:
        return Site.ABSENT

    # Two headers of the name arrive as one, with a comma: no word either.
    return Site(value) if value in (Site.SAME_ORIGIN, Site.NONE) else Site.OTHER


_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_ABSOLUTE = re.compile(r"(https?)://([a-z0-9.:\[\]-]+)(?=[/?#]|$)", re.I)
_EDGES = "".join(map(chr, range(0x21)))
#: What is plainly a path of this origin; most actions are.
_PLAIN = re.compile(r"(?:/[\w.~%-]|[?#])[^\x00-\x20\\]*|", re.A)


def stays(action: str, ours: Callable[[str], bool]) -> bool:
    r"""Say whether a form that is sent to ``action`` is sent to the app itself.

    As a browser reads it (WHATWG URL, 4.4): ``/\evil.example`` and a tab between two
    slashes lead away. ``base`` elements are left to the policy of the page, which
    forbids them.

    :param action: The value of the attribute, as the page's source has it.
    :param ours: Says whether an origin is one of the app's.
    """
    if _PLAIN.fullmatch(action):
        return True

    text = html.unescape(action).strip(_EDGES)
    text = re.sub(r"[\t\n\r]", "", text)
    absolute = _ABSOLUTE.match(text)

    if absolute:
        return ours(origin_of(absolute[1].lower(), absolute[2]))

    # Printed where no quotes are, a quotation mark begins the value.
    if text.startswith(('"', "'")):
        return False

    return not text.replace("\\", "/").startswith("//") and not _SCHEME.match(text)
