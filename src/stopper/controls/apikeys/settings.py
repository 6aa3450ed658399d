"""API keys: what can be set."""

from __future__ import annotations

import re
import typing as t

from ...catalogue.setting import Setting
from ..ratelimits.policy import complain_of_rates
from .policy import complain_of_prefix
from .policy import complain_of_scopes


def _complain_of_header(name: str) -> str | None:
    # A token of RFC 9110, 5.6.2, as far as anyone writes one.
    if name.lower() not in ("cookie", "host") and re.fullmatch(r"[A-Za-z0-9-]+", name):
        return None

    return "takes the name of a header of its own: 'X-API-Key'"


PREFIX: Setting[str] = Setting(
    key="STOPPER_APIKEY_PREFIX",
    default="stp",
    says="What the app's keys begin with, so that whoever finds one knows whose it is. Keys with an earlier prefix are not taken.",
    source="secret scanners know the tokens of GitHub, Stripe and others by theirs",
    complain=complain_of_prefix,
)

SCOPES: Setting[dict[str, str]] = Setting(
    key="STOPPER_APIKEY_SCOPES",
    default={},
    says='What a key can be allowed, with a sentence for who makes one: `{"notes:read": "Read your notes"}`.',
    source="OWASP ASVS 5.0, 8.2.1; RFC 6749, 3.3",
    complain=complain_of_scopes,
)

HEADER: Setting[str] = Setting(
    key="STOPPER_APIKEY_HEADER",
    default="Authorization",
    says="The header that brings the key: `Authorization: Bearer KEY`, or another one that holds the key alone.",
    source="RFC 6750, 2.1",
    complain=_complain_of_header,
)

MAX_DAYS: Setting[int] = Setting(
    key="STOPPER_APIKEY_MAX_DAYS",
    default=90,
    says="For how long a new key may be valid. A key without an end is not made.",
    unit="days",
    source="OWASP ASVS 5.0, 13.2.1: no credentials that never change",
    minimum=1,
    maximum=366,
)

OVERLAP: Setting[int] = Setting(
    key="STOPPER_APIKEY_OVERLAP",
    default=24,
    says="For how long a key goes on to work after it was replaced by a new one.",
    unit="hours",
    source="time to roll out a new key, and no more",
    minimum=0,
    maximum=168,
)

RATE: Setting[str] = Setting(
    key="STOPPER_APIKEY_RATE",
    default="600/minute",
    says="How often a key may be used that has no rate of its own; empty for no limit. Users give their keys less, and who runs the app gives any rate.",
    source="OWASP API Security Top 10 2023, API4",
    complain=complain_of_rates,
)

WRONG: Setting[str] = Setting(
    key="STOPPER_APIKEY_WRONG",
    default="30/minute",
    says="How many wrong keys one client (an IPv4 address, an IPv6 /64) may send before it gets 429. Right keys from there go on to work.",
    source="OWASP ASVS 5.0, 6.3.1",
    complain=complain_of_rates,
)

TOKEN_SECONDS: Setting[int] = Setting(
    key="STOPPER_APIKEY_TOKEN_SECONDS",
    default=900,
    says="How long a signed token lives that is minted from a key.",
    unit="seconds",
    source="OWASP ASVS 5.0, 9.2.1",
    minimum=10,
    maximum=900,
)

SETTINGS: tuple[Setting[t.Any], ...] = (
    PREFIX,
    SCOPES,
    HEADER,
    MAX_DAYS,
    OVERLAP,
    RATE,
    WRONG,
    TOKEN_SECONDS,
)
