"""API keys: the ways in which the promise can be found broken."""

from __future__ import annotations

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

APIKEY_IN_URL = Rule(
    name="apikey-in-url",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} takes `{key}` from the URL.",
    reason="A URL is written into the logs of the app, of every proxy and of the client, "
    "into a browser's history and into Referer headers, and the key with it.",
    mend="Take it from a header: `Authorization: Bearer ...`, or X-API-Key.",
    cwe=(598, 532),
    asvs=("14.2.1",),
)

APIKEY_IN_PLAIN = Rule(
    name="apikey-in-plain",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} finds the account by `{column}`, which is kept as it was given out.",
    reason="Whoever reads the table, a backup of it or one injected query, is every "
    "program that has a key.",
    mend="Keep `hmac.new(key, secret, 'sha256')` of it beside an id that is no secret, look "
    "up by the id, and compare with hmac.compare_digest.",
    cwe=(256, 312),
    asvs=(),
)

APIKEY_WITHOUT_EXPIRY = Rule(
    name="apikey-without-expiry",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    message="{subject} has no time after which a key no longer counts.",
    reason="A key that was copied years ago, into a script, an image or a chat, still "
    "opens what it opened then.",
    mend="Give each key an end, and let its owner have two at once so that it can be changed.",
    cwe=(613, 324),
    asvs=("9.2.1",),
)

WEAK_TOKEN_SETTING = Rule(
    name="weak-token-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{what}: {because}. Set {better}.",
    reason="The extension does as it is told, and this setting is weaker than it need be.",
    mend="Set what the message names, or leave tokens to Stopper.",
    cwe=(613, 598, 352),
    asvs=("9.2.1", "14.2.1"),
)

RULES: tuple[Rule, ...] = (
    APIKEY_IN_URL,
    APIKEY_IN_PLAIN,
    APIKEY_WITHOUT_EXPIRY,
    WEAK_TOKEN_SETTING,
)
