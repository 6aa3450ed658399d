"""Why a program is refused. What is wrong with a key, the log says and no answer does."""

from __future__ import annotations

import math

from ..refusal import Refusal
from ..stores.base import Verdict

#: What every wrong key is answered, whatever is wrong with it (RFC 6750, 3.1).
_INVALID = 'Bearer error="invalid_token"'


def no_key(header: str) -> Refusal:
    """Return the refusal of a request that brings no key."""
    scheme = "Bearer " if header.lower() == "authorization" else ""
    return Refusal(
        name="no-key",
        status=401,
        message=f"No key came as `{header}: {scheme}KEY`, and the route takes nothing else.",
        says=f"This address takes an API key, in the header {header}: {scheme}KEY.",
        headers=(("WWW-Authenticate", "Bearer"),),
    )


def wrong_key(reason: str, id: str) -> Refusal:
    """Return the refusal of a key that is not good."""
    details = {"reason": reason, "key": id} if id else {"reason": reason}
    return Refusal(
        name="wrong-key",
        status=401,
        message=f"A key is not good: {reason}.",
        says="The API key is not valid.",
        headers=(("WWW-Authenticate", _INVALID),),
        details=details,
    )


def too_many_wrong(wait: float) -> Refusal:
    """Return the refusal of a client that sends one wrong key after another."""
    seconds = str(max(1, math.ceil(wait)))
    return Refusal(
        name="too-many-wrong-keys",
        status=429,
        message="More wrong keys from one client than STOPPER_APIKEY_WRONG lets it send.",
        says=f"Too many wrong API keys. Try again in {seconds} seconds.",
        headers=(("Retry-After", seconds),),
    )


def too_often(id: str, verdict: Verdict, rate: str) -> Refusal:
    """Return the refusal of a key that is used too often."""
    seconds = str(max(1, math.ceil(verdict.wait)))
    return Refusal(
        name="key-used-too-often",
        status=429,
        message=f"A key is used more often than {rate}.",
        says=f"This API key is used too often. Try again in {seconds} seconds.",
        headers=(("Retry-After", seconds),),
        details={"key": id, "limit": rate},
    )


def missing_scope(id: str, asked: frozenset[str], has: frozenset[str]) -> Refusal:
    """Return the refusal of a key that may not do this (RFC 6750, 3.1)."""
    wanted = " ".join(sorted(asked))
    missing = " ".join(sorted(asked - has))
    return Refusal(
        name="missing-scope",
        status=403,
        message=f"A key has not the scope {missing}.",
        says=f"This API key may not do that. What is needed: {wanted}.",
        headers=(
            (
                "WWW-Authenticate",
                f'Bearer error="insufficient_scope", scope="{wanted}"',
            ),
        ),
        details={"key": id, "missing": missing},
    )


def in_address(ids: str, revoked: bool) -> Refusal:
    """Return the refusal of a request that has a key in its URL."""
    more = " It was a right one, and is revoked." if revoked else ""
    return Refusal(
        name="key-in-url",
        status=400,
        message="A key stands in the URL, which logs of servers and proxies keep, and "
        f"histories and Referer headers of browsers.{more}",
        says="An API key stands in the address of this request. Addresses are kept in "
        "logs, so the key is not valid any more if it was. Make a new one, and send it "
        "in a header.",
        details={"key": ids, "revoked": revoked},
    )


KEYS_DOWN = Refusal(
    name="keys-down",
    status=503,
    message="The database of STOPPER_ACCOUNTS_URL cannot be asked, so no key can be judged.",
    says="This site cannot look up your API key just now. Try again in a few seconds.",
    headers=(("Retry-After", "5"),),
)
