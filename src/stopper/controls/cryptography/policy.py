"""Which names are those of secrets, told by the name alone."""

from __future__ import annotations

import enum
import re


class Secrecy(enum.IntEnum):
    """How surely something with a name is a secret."""

    NONE = 0
    #: A word that other trades use too: the token of a parser, the key of a table.
    LIKELY = 1
    SURE = 2


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_SURE = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)|pwd|(?:client_|app_|shared_)?secrets?|otp|totp|hotp"
    r"|nonce|salt|csrf|challenge|credentials?|signature|hmac"
    r"|(?:api|secret|private|signing|session|auth|access|license|encryption)_?key"
    r"|(?:api|auth|access|refresh|reset|csrf|xsrf|session|bearer|verification|confirm"
    r"|confirmation|invite|login|id|security|secret|activation|remember)_?token"
    r"|(?:reset|verification|auth|authorization|invite|confirmation|activation|security"
    r"|backup|recovery|sms|login|one_time)_?code|session_?id|oauth_?state)(?:_hash|_hex|_digest)?$"
)

_LIKELY = re.compile(r"(?:^|_)(?:token|key|code|digest|mac|pin|sig|hash)$")

_HARMLESS = re.compile(
    r"(?:^|_)(?:cache|etag|checksum|status|error|country|language|lang|zip|postal|primary"
    r"|foreign|sort|public|exit|return|response|color|colour|currency|next|page|pagination"
    r"|continuation|commit|git|file|content|image|avatar|fake|dummy|test)_?\w*$"
)

_CONFIRMATION = re.compile(
    r"confirm|repeat|again|(?:first|second)_?pass|retype|re_?enter|verify_?pass|pass\w*[12]$|new_?pass|old_?pass"
    r"|current_?pass|pass\w*_(?:check|verify|verification)|^p(?:w|wd)?[12]$"
)

_PASSWORD = re.compile(r"pass_?word|passwd|passphrase|(?:^|_)pwd?(?:_|$)")


def words(name: str) -> str:
    """Return a name as words with underscores: ``apiKey`` is ``api_key``."""
    split = _CAMEL.sub("_", name)
    return re.sub(r"\W+", "_", split).strip("_").lower()


def secrecy(name: str) -> Secrecy:
    """Return how surely something of this name is a secret."""
    text = words(name)

    # ``reset_token_url`` and ``cache_key`` end in something else or start harmless.
    if _SURE.search(text):
        return Secrecy.SURE

    if _LIKELY.search(text) and not _HARMLESS.search(text):
        return Secrecy.LIKELY

    return Secrecy.NONE


def confirmation(name: str) -> bool:
    """Say whether a field of this name repeats what was typed in another."""
    return bool(_CONFIRMATION.search(words(name)))


def password(name: str) -> bool:
    """Say whether something of this name holds or makes a password."""
    return bool(_PASSWORD.search(words(name)))
