"""How the tokens of well-known services look: each has a mark of its own."""

from __future__ import annotations

import dataclasses
import re

from .policy import filled_in
from .policy import random


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """How the tokens of one service look.

    :param pattern: Its group is what must be random.
    :param published: Whether the service means such keys to be seen by browsers.
    """

    issuer: str
    pattern: str
    published: bool = False


FORMATS = (
    Format("AWS", r"\b(?:AKIA|ASIA)([A-Z2-7]{16})\b"),
    Format("GitHub", r"\bgh[pousr]_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", r"\bgithub_pat_([A-Za-z0-9_]{60,255})\b"),
    Format("GitLab", r"\bglpat-([A-Za-z0-9_\-]{20,64})\b"),
    Format("Slack", r"\bxox[abposr]-([A-Za-z0-9\-]{20,250})"),
    Format(
        "Slack",
        r"hooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,})",
    ),
    Format("Stripe", r"\b(?:sk|rk)_live_([A-Za-z0-9]{20,247})\b"),
    Format("Google", r"\bAIza([A-Za-z0-9_\-]{35})(?![A-Za-z0-9_\-])", published=True),
    Format("Google", r"\bGOCSPX-([A-Za-z0-9_\-]{28})(?![A-Za-z0-9_\-])"),
    Format(
        "SendGrid", r"\bSG\.([A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43})(?![A-Za-z0-9_\-])"
    ),
    Format("Mailgun", r"\bkey-([0-9a-f]{32})\b"),
    Format("npm", r"\bnpm_([A-Za-z0-9]{36})\b"),
    Format("the Python index", r"\bpypi-(AgEIcHlwaS5vcmc[A-Za-z0-9_\-]{50,})"),
    Format(
        "OpenAI",
        r"\bsk-(?:proj-|svcacct-)?([A-Za-z0-9_\-]{20,}T3BlbkFJ[A-Za-z0-9_\-]{20,})",
    ),
    Format("Anthropic", r"\bsk-ant-([A-Za-z0-9_\-]{80,})"),
    Format("Hugging Face", r"\bhf_([A-Za-z]{34})\b"),
    Format("DigitalOcean", r"\bdo[opr]_v1_([0-9a-f]{64})\b"),
    Format("Shopify", r"\bshp(?:at|ca|pa|ss)_([0-9a-fA-F]{32})\b"),
    Format("Square", r"\bsq0csp-([A-Za-z0-9_\-]{43})(?![A-Za-z0-9_\-])"),
    Format("Telegram", r"\b\d{8,10}:(AA[A-Za-z0-9_\-]{33})(?![A-Za-z0-9_\-])"),
)

# The name of a key of AWS says little without the key, which has no mark of its own.
_AWS_KEY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")

_ANY = re.compile("|".join(f"(?P<f{n}>{f.pattern})" for n, f in enumerate(FORMATS)))

_KEY = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----"
    r"(?P<body>[^-]{0,400})"
)
_ENCODED = re.compile(r"[A-Za-z0-9+/=]{40,}")


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """A token that was seen.

    :param start: Where it starts in the text, in characters.
    :param mark: What its kind begins with, by which a reader finds it; no secret.
    :param weak: Whether it opens little by itself.
    """

    issuer: str
    start: int
    mark: str
    weak: bool


def tokens(text: str) -> list[Token]:
    """Return the tokens of well-known services in a text."""
    found = []

    for match in _ANY.finditer(text):
        kind = FORMATS[int((match.lastgroup or "f0")[1:])]
        body = next(g for g in reversed(match.groups()) if g and g != match[0])

        if random(body):
            mark = match[0][: match[0].index(body)].rpartition("/")[2] or match[0][:4]
            near = text[max(match.start() - 300, 0) : match.end() + 300]
            alone = kind.issuer == "AWS" and not _AWS_KEY.search(near)
            weak = kind.published or alone
            found.append(Token(kind.issuer, match.start(), mark, weak))

    return found


@dataclasses.dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key that was seen, and whether a passphrase keeps it."""

    start: int
    mark: str
    encrypted: bool


def private_keys(text: str) -> list[PrivateKey]:
    """Return the private keys in a text, in the PEM format of RFC 7468."""
    found = []

    for match in _KEY.finditer(text):
        body = match["body"].replace("\\n", "\n")
        encoded = _ENCODED.search(body)

        if encoded and not filled_in(encoded[0]) and random(encoded[0], 4.0):
            locked = "ENCRYPTED" in match["kind"] or "ENCRYPTED" in body
            mark = match[0].partition("KEY")[0] + "KEY"
            found.append(PrivateKey(match.start(), mark, locked))

    return found
