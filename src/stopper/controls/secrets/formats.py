"""How the tokens of well-known services look: each has a mark of its own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from collections.abc import Iterator

from ..apikeys.policy import parsed
from ..apikeys.policy import PATTERN
from .policy import filled_in
from .policy import random


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """How the tokens of one service look.

    :param mark: A part that each of them has, which is looked for first.
    :param pattern: Its last group is the secret, and what must be random.
    :param published: Whether the service means such keys to be seen by browsers.
    :param proves: Says whether a token has the checksum that its issuer gave it.
    """

    issuer: str
    mark: str
    pattern: str
    published: bool = False
    proves: Callable[[str], bool] | None = None


def _has_checksum(text: str) -> bool:
    return parsed(text) is not None


FORMATS = (
    Format("AWS", "AKIA", r"\bAKIA([A-Z2-7]{16})\b"),
    Format("AWS", "ASIA", r"\bASIA([A-Z2-7]{16})\b"),
    Format("GitHub", "ghp_", r"\bghp_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", "gho_", r"\bgho_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", "ghs_", r"\bghs_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", "ghu_", r"\bghu_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", "ghr_", r"\bghr_([A-Za-z0-9]{36,255})\b"),
    Format("GitHub", "github_pat_", r"\bgithub_pat_([A-Za-z0-9_]{60,255})\b"),
    Format("GitLab", "glpat-", r"\bglpat-([A-Za-z0-9_\-]{20,64})\b"),
    Format("Slack", "xox", r"\bxox[abposr]-([A-Za-z0-9\-]{20,250})"),
    Format(
        "Slack",
        "hooks.slack.com/services/",
        r"hooks\.slack\.com/services/"
        r"(T[A-Z0-9]{6,20}/B[A-Z0-9]{6,20}/[A-Za-z0-9]{20,40})",
    ),
    Format("Stripe", "_live_", r"\b(?:sk|rk)_live_([A-Za-z0-9]{20,247})\b"),
    Format("Google", "AIza", r"\bAIza([A-Za-z0-9_\-]{35})(?![\w\-])", published=True),
    Format("Google", "GOCSPX-", r"\bGOCSPX-([A-Za-z0-9_\-]{28})(?![\w\-])"),
    Format("SendGrid", "SG.", r"\bSG\.([\w\-]{22}\.[\w\-]{43})(?![\w\-])"),
    Format("Mailgun", "key-", r"\bkey-([0-9a-f]{32})\b"),
    Format("npm", "npm_", r"\bnpm_([A-Za-z0-9]{36})\b"),
    Format("the Python index", "pypi-AgEI", r"\bpypi-(AgEI[\w\-]{50,500})"),
    Format(
        "OpenAI",
        "T3BlbkFJ",
        r"\bsk-((?:proj-|svcacct-)?[A-Za-z0-9_\-]{20,100}T3BlbkFJ[A-Za-z0-9_\-]{20,100})",
    ),
    Format("Anthropic", "sk-ant-", r"\bsk-ant-([A-Za-z0-9_\-]{80,200})"),
    Format("Hugging Face", "hf_", r"\bhf_([A-Za-z]{34})\b"),
    Format("DigitalOcean", "_v1_", r"\bdo[opr]_v1_([0-9a-f]{64})\b"),
    Format("Shopify", "shp", r"\bshp(?:at|ca|pa|ss)_([0-9a-fA-F]{32})\b"),
    Format("Square", "sq0csp-", r"\bsq0csp-([A-Za-z0-9_\-]{43})(?![\w\-])"),
    Format("Telegram", ":AA", r"\b\d{8,10}:(AA[A-Za-z0-9_\-]{33})(?![\w\-])"),
    # An app chooses the prefix of its keys, so that the checksum has to tell.
    Format("an app with Stopper", "_", PATTERN, proves=_has_checksum),
)

# The name of a key of AWS says little without the key, which has no mark of its own.
_AWS_KEY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")


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
    found: list[Token] = []

    for kind in FORMATS:
        # Texts are long and tokens rare.
        if kind.mark in text:
            found += _of(kind, text)

    return sorted(found, key=lambda token: token.start)


def _of(kind: Format, text: str) -> Iterator[Token]:
    for match in re.finditer(kind.pattern, text):
        if kind.proves(match[0]) if kind.proves else random(match[1]):
            last = match.start(match.re.groups)
            mark = text[match.start() : last].rpartition("/")[2]
            near = text[max(match.start() - 300, 0) : match.end() + 300]
            alone = kind.issuer == "AWS" and not _AWS_KEY.search(near)
            weak = kind.published or alone
            yield Token(kind.issuer, match.start(), mark or match[0][:5], weak)


@dataclasses.dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key that was seen, and whether a passphrase keeps it."""

    start: int
    mark: str
    encrypted: bool


def private_keys(text: str) -> list[PrivateKey]:
    """Return the private keys in a text, in the PEM format of RFC 7468."""
    found: list[PrivateKey] = []

    if "PRIVATE KEY" not in text:
        return found

    for match in _KEY.finditer(text):
        body = match["body"].replace("\\n", "\n")
        encoded = _ENCODED.search(body)

        if encoded and not filled_in(encoded[0]) and random(encoded[0], 4.0):
            locked = "ENCRYPTED" in match["kind"] or "ENCRYPTED" in body
            mark = match[0].partition("KEY")[0] + "KEY"
            found.append(PrivateKey(match.start(), mark, locked))

    return found
