"""Accounts: the ways in which the promise can be found broken."""

from __future__ import annotations

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

RESET_TOKEN_WITHOUT_EXPIRY = Rule(
    name="reset-token-without-expiry",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} takes a token that never expires{how}.",
    reason="A link to a new password, or into an account, lies in a mailbox for years. "
    "Whoever gets into that mailbox, or finds the link in a log, has the account.",
    mend="Give loads() a max_age, a JWT an `exp`, a stored token a time until which it "
    "counts: 30 minutes for a password, a day for an address.",
    cwe=(613, 640),
    asvs=("6.4.1", "6.5.5"),
)

REUSABLE_RESET_TOKEN = Rule(
    name="reusable-reset-token",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="{subject} {how}, so a link to a new password works again after it was used.",
    reason="Whoever finds a used link, in a browser's history or a log, sets the password "
    "once more.",
    mend="Delete a stored token with the password that it sets, or sign a part of the "
    "current password hash into it: with the new password the old link is void.",
    cwe=(640, 294),
    asvs=("6.4.1", "6.5.1"),
)

RESET_LINK_FROM_HOST = Rule(
    name="reset-link-from-host",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{view} builds a link for a mail with {subject}, which the sender of the "
    "request chooses.",
    reason="A stranger asks for a reset in somebody's name, with a Host header of his own. "
    "The mail is the app's, the link leads to him, and one click hands over the token.",
    mend="Build the link from a setting, such as STOPPER_ORIGIN, or set TRUSTED_HOSTS.",
    cwe=(640, 601, 20),
    asvs=("6.4.3",),
)

ACCOUNT_ENUMERATION = Rule(
    name="account-enumeration",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message='{view} answers "{said}" where nobody has the account, so it tells who has one.',
    reason="Lists of leaked addresses are tried against such an answer, and what is left "
    "is a list of accounts to guess passwords for, or of people whose secret it is.",
    mend="Give one answer, with one status, for an unknown account and a wrong password; "
    "after a reset was asked for, say that a mail was sent if there is an account.",
    cwe=(204, 203),
    asvs=("6.3.8",),
)

WEAK_ACCOUNT_SETTING = Rule(
    name="weak-account-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{what}: {because}. Set {better}.",
    reason="The extension does as it is told, and this setting is weaker than it need be.",
    mend="Set what the message names, or leave accounts to Stopper.",
    cwe=(1188, 640, 204),
    asvs=("6.3.8", "6.5.5"),
)

RULES: tuple[Rule, ...] = (
    RESET_TOKEN_WITHOUT_EXPIRY,
    REUSABLE_RESET_TOKEN,
    RESET_LINK_FROM_HOST,
    ACCOUNT_ENUMERATION,
    WEAK_ACCOUNT_SETTING,
)
