"""Cryptography: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

BROKEN_HASH = Rule(
    name="broken-hash",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} is used for {what}, and collisions of it can be made.",
    reason="Two different contents with the same MD5 or SHA-1 pass for one another, and a bare hash of key and text can be extended.",
    mend="Use hmac.new(key, text, 'sha256'), or itsdangerous for values that travel. Where it is no question of security, say usedforsecurity=False.",
    cwe=(328, 327),
    asvs=("11.4.1",),
)

PREDICTABLE_RANDOM = Rule(
    name="predictable-random",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} makes a secret that can be computed.",
    reason="The random module is a Mersenne Twister: from some of its values, or the time of its seed, all the others follow.",
    mend="Use the secrets module: secrets.token_urlsafe(32), secrets.choice, secrets.randbelow.",
    cwe=(338, 330, 331),
    asvs=("11.5.1",),
)

WEAK_CIPHER = Rule(
    name="weak-cipher",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} does not keep data secret.",
    reason="DES, RC4, Blowfish and their time can be broken or have blocks too small for much data; ECB shows which blocks are equal.",
    mend="Use cryptography.fernet.Fernet, or AES in GCM mode.",
    cwe=(327,),
    asvs=("11.3.1", "11.3.2"),
)

STATIC_NONCE = Rule(
    name="static-nonce",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} is given the same nonce or initialisation vector every time.",
    reason="Equal beginnings become visible; with GCM or CTR two messages give away each other's content, and with GCM the key that authenticates.",
    mend="Make it anew for each message with os.urandom and store it beside the message, or use Fernet, which does both.",
    cwe=(323, 329, 1204),
    asvs=("11.3.4",),
)

TIMING_COMPARISON = Rule(
    name="timing-comparison",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} is compared with {operator}, which takes longer the more of it is right.",
    reason="With enough tries an attacker learns a key, a token or a signature one character after the other.",
    mend="Use hmac.compare_digest with two values of bytes.",
    cwe=(208,),
    asvs=("11.2.4",),
)

UNVERIFIED_TLS = Rule(
    name="unverified-tls",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} takes any certificate.",
    reason="Whoever is on the way reads and changes what is sent, passwords and tokens included.",
    mend="Leave verification on. For a private authority give its certificate: verify='/path/ca.pem', or ssl.create_default_context(cafile=...).",
    cwe=(295,),
    asvs=("12.3.2",),
)

UNKNOWN_HOST_KEY = Rule(
    name="unknown-host-key",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} trusts any SSH server that answers.",
    reason="A server in between is taken for the right one, and gets the password.",
    mend="Load the known keys and leave RejectPolicy, the default, in place.",
    cwe=(322, 295),
    asvs=("12.3.2",),
)

UNVERIFIED_JWT = Rule(
    name="unverified-jwt",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} takes a token {how}.",
    reason="Anyone can write a token that says they are someone else.",
    mend="Give the key and the algorithms that you sign with, and leave verification on.",
    cwe=(347,),
    asvs=("9.1.1", "9.1.2"),
)

SMALL_KEY = Rule(
    name="small-key",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} makes a key of {bits} bits.",
    reason="RSA and DSA keys under 2048 bits can be factored or will be.",
    mend="Take 3072 bits, or an elliptic curve such as Ed25519.",
    cwe=(326,),
    asvs=("11.2.3",),
)

CRYPTOGRAPHY = Control(
    name="cryptography",
    promise="Hashes, random values, ciphers and comparisons are fit for security",
    rules=(
        BROKEN_HASH,
        PREDICTABLE_RANDOM,
        WEAK_CIPHER,
        STATIC_NONCE,
        TIMING_COMPARISON,
        UNVERIFIED_TLS,
        UNKNOWN_HOST_KEY,
        UNVERIFIED_JWT,
        SMALL_KEY,
    ),
)
