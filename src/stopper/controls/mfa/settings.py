"""Second factors: what can be set."""

from __future__ import annotations

import typing as t

from ...catalogue.setting import Setting


def _complain_of_roles(roles: tuple[str, ...]) -> str | None:
    if all(isinstance(role, str) and role for role in roles):
        return None

    return "takes names of roles: ['admin']"


def _complain_of_issuer(name: str) -> str | None:
    # The label of an otpauth address has a colon between the two.
    if ":" not in name and len(name) <= 60 and name.isprintable():
        return None

    return "takes at most 60 printable characters without a colon"


MFA_ROLES: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_MFA_ROLES",
    default=(),
    says="The roles whose users must have a second factor, `['*']` for every user. One who has none is led to set one up, and gets nothing else until then.",
    source="OWASP ASVS 5.0, 6.3.3, asks it of everybody at level 2; who has which role only the app knows",
    complain=_complain_of_roles,
)

MFA_ISSUER: Setting[str] = Setting(
    key="STOPPER_MFA_ISSUER",
    default="",
    says="What authenticator apps and passkeys call this site; empty for the host of `STOPPER_ORIGIN`.",
    source="WebAuthn Level 3, 5.4.1: a name chosen by the site, for people",
    complain=_complain_of_issuer,
)

FRESH_MINUTES: Setting[int] = Setting(
    key="STOPPER_FRESH_MINUTES",
    default=10,
    unit="minutes",
    says="How long ago somebody may have shown who they are before they change how they log in, or ask for a view that is marked with `@stopper.fresh()`.",
    source="OWASP ASVS 5.0, 7.5.1 and 7.5.3; the time is a choice: long enough for one errand, too short for a browser that was left open",
    minimum=1,
    maximum=24 * 60,
)

TOTP_DRIFT: Setting[int] = Setting(
    key="STOPPER_TOTP_DRIFT",
    default=1,
    unit="steps of 30 seconds",
    says="How far the clock of an authenticator app may be ahead or behind. With 0 a code is good for the 30 seconds in which it is shown and no longer.",
    source="RFC 6238, 5.2: at most one step for the way and for the clock; OWASP ASVS 5.0, 6.5.5, read by the letter, is 0",
    minimum=0,
    maximum=1,
)

SETTINGS: tuple[Setting[t.Any], ...] = (
    MFA_ROLES,
    MFA_ISSUER,
    TOTP_DRIFT,
    FRESH_MINUTES,
)
