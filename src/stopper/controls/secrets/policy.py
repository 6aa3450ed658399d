"""What is a secret by its name, what by its looks, and how a line is shown without it."""

from __future__ import annotations

import collections
import math
import re

MASK = "•••"

#: Settings of Flask and its extensions with which something is signed or encrypted.
SIGNING = frozenset(
    {
        "SECRET_KEY",
        "WTF_CSRF_SECRET_KEY",
        "JWT_SECRET_KEY",
        "JWT_SECRET",
        "SECURITY_PASSWORD_SALT",
        "SECURITY_TOTP_SECRETS",
        "COOKIE_SECRET",
        "SESSION_SECRET",
    }
)

_SIGNS = re.compile(
    r"(^|_)(SECRET_KEY|SECRETKEY|COOKIE_SECRET|SESSION_SECRET|JWT_SECRET|APP_SECRET"
    r"|FLASK_SECRET|SIGNING_KEY|SIGNING_SECRET|ENCRYPTION_KEY|FERNET_KEY|JWT_KEY"
    r"|TOKEN_SECRET)$"
)

_SECRET = re.compile(
    r"(^|_)(SECRETS?|SECRET_?KEY|PASSWORD|PASSWD|PASSPHRASE|TOKEN|API_?KEY|APIKEY"
    r"|PRIVATE_?KEY|ACCESS_?KEY|SIGNING_KEY|ENCRYPTION_KEY|FERNET_KEY|AUTH_?KEY"
    r"|MASTER_KEY|PASSWORD_SALT)$"
)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What a template, a shell or a vault fills in later.
_FILLED_IN = re.compile(
    r"^\s*$|\$\{|\$\(|^\$\w|\{\{|\{%|^\{[\w.]*\}$|%\(\w+\)s|^%[sd]$|^%\w+%$|^<.*>$"
    r"|^\[.*\]$|^@\w+@$|^ENC[\[(]|^(vault|ssm|arn|env|file|sm|op)(:|://)|^!\w+"
    r"|^/(run|var|etc)/",
    re.I,
)

_SAMPLE_WORDS = (
    r"your|my|change|replace|insert|enter|put|put[_-]?your|fill|set|todo|fixme|example|sample|dummy"
    r"|fake|placeholder|redacted|hidden|none|null|empty|xxx+|test|testing|dev|demo|foo|bar|default"
)
_PLACEHOLDER = re.compile(
    rf"(^|[^a-z])({_SAMPLE_WORDS})([^a-z]|$)|(.)\4\4\4|1234|abcd|changeme|notsecret"
    r"|secretkey|password|supersecret|something",
    re.I,
)

#: Keys that tutorials show, without case and without what joins their words.
_TUTORIAL = frozenset(
    [
        "dev",
        "secret",
        "secretkey",
        "mysecret",
        "mysecretkey",
        "thisissecret",
        "thisisasecret",
        "thisisasecretkey",
        "supersecret",
        "supersecretkey",
        "topsecret",
        "hardtoguessstring",
        "hardtoguess",
        "youwillneverguess",
        "changeme",
        "changethis",
        "test",
        "testing",
        "key",
        "mykey",
        "password",
        "development",
        "devkey",
        "somesecret",
        "somesecretkey",
        "asecretkey",
        "averysecretkey",
        "verysecret",
        "verysecretkey",
        "default",
        "flask",
        "flasksecret",
        "yoursecretkey",
        "yoursecretkeyhere",
        "secretkeyhere",
        "notsecret",
        "random",
        "randomstring",
        "donttellanyone",
        "itsasecret",
        "dontlook",
        "12345",
        "123456",
        "1234567890",
        "abc123",
        "admin",
        "0",
        "a",
    ]
)

_URL = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]{1,40})://(?P<user>[^\s:/@'\"<>{}]{0,100})"
    r":(?P<password>[^\s/@'\"<>]{1,200})@(?P<host>[^\s/:?#'\"@<>]{1,255})",
    re.I,
)

_WORD = re.compile(r"[A-Za-z]+\d{0,2}")

_WORDS = re.compile(r"_*[A-Za-z]{1,20}\d?([_.:-]+[A-Za-z]{1,20}\d?)+_*|_+[A-Za-z]+_+")

_NEAR = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})

_DEFAULT_PASSWORDS = frozenset(
    [
        "postgres",
        "root",
        "admin",
        "user",
        "guest",
        "mysql",
        "redis",
        "rabbitmq",
        "sa",
        "test",
        "secret",
    ]
)


def secret_name(name: str) -> bool:
    """Whether a variable or setting of this name holds a secret.

    ``DB_PASSWORD`` does, ``PASSWORD_MIN_LENGTH`` and ``TOKEN_URL`` do not.
    """
    return bool(_SECRET.search(_upper(name)))


def signing_name(name: str) -> bool:
    """Whether what stands under this name signs or encrypts what the app hands out."""
    upper = _upper(name)
    return upper in SIGNING or bool(_SIGNS.search(upper))


def _upper(name: str) -> str:
    return _CAMEL.sub("_", name).replace("-", "_").upper()


def filled_in(value: str) -> bool:
    """Whether a value is no value yet: ``${SECRET_KEY}``, ``{{ key }}``, ``<key>``."""
    return bool(_FILLED_IN.search(value))


def sample(value: str) -> bool:
    """Whether tutorials show this very key, so that word lists have it."""
    return re.sub(r"[^a-z0-9]", "", value.lower()) in _TUTORIAL


def placeholder(value: str) -> bool:
    """Whether a value only stands where a secret will: ``your-api-key``, ``xxxx``."""
    return filled_in(value) or sample(value) or bool(_PLACEHOLDER.search(value))


def entropy(value: str) -> float:
    """Return the bits of one character of ``value`` (Shannon, 1948)."""
    counts = collections.Counter(value).values()
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in counts) if size else 0.0


def credible(value: str) -> bool:
    """Whether a value looks as a real secret does, not as a name or a placeholder."""
    if not 8 <= len(value) <= 500 or any(c.isspace() for c in value):
        return False

    if (
        placeholder(value)
        or "://" in value
        or value.startswith(("/", "./", "-", "[", "^", "("))
    ):
        return False

    # ``package.module:Name`` is a name, however mixed its letters are.
    if _WORDS.fullmatch(value) or (_WORD.fullmatch(value) and entropy(value) < 4.0):
        return False

    kinds = (str.isdigit, str.islower, str.isupper, lambda c: not c.isalnum())
    mixed = sum(any(map(kind, value)) for kind in kinds)
    return mixed >= 2 and entropy(value) >= 2.8


def random(value: str, bits: float = 3.0) -> bool:
    """Whether the body of a token or key is random enough not to be made up."""
    return not _PLACEHOLDER.search(value) and entropy(value) >= bits


def credentials(text: str) -> list[tuple[str, str]]:
    """Return scheme and host of each address in ``text`` that holds a password.

    Placeholders are left out. The password itself is never handed on.
    """
    return [(m["scheme"], m["host"]) for m in _urls(text)]


def local_credentials(text: str) -> bool:
    """Whether each address with a password leads to this machine, or its password is
    the one that the server is shipped with.
    """
    return all(
        m["host"].lower() in _NEAR or m["password"].lower() in _DEFAULT_PASSWORDS
        for m in _urls(text)
    )


def _urls(text: str) -> list[re.Match[str]]:
    return [m for m in _URL.finditer(text) if not _unreal(m)]


def _unreal(match: re.Match[str]) -> bool:
    password, user, host = match["password"], match["user"], match["host"].lower()

    if filled_in(password) or "{" in match[0] or "%s" in match[0] or "$" in password:
        return True

    words = {"pass", "passwd", "password", "pw", "pwd", "secret", "user", "username"}
    told = password.lower() in words or set(password) <= set("*x.")
    example = "example." in host or host.endswith((".example", ".test", ".invalid"))
    return (
        told
        or example
        or host in {"host", "hostname", "server"}
        or "…" in password
        or (user == "user" and placeholder(password))
    )


_QUOTED = re.compile(r"\"\"\"|'''|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\"|'")
_OPEN = re.compile(r"\"\"\"|'''|[\"']")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,60}|[a-z][a-z_]{2,40}")
_BARE = re.compile(r"((?:^|[\s,;(])[\w.\-]+\s*[=:]\s*)(?![\s=])[^\s\"'(),;•]+")
_REST = re.compile(
    r"^(\s*(?:-\s*)?(?:(?:export|ENV|ARG|env)\s+)*[\w.\-\[\]]+\s*(?:=|:(?=\s)|\s(?=\S)))\s*\S.*$",
    re.I,
)
_LONG = re.compile(r"[A-Za-z0-9+/=_\-.~]{20,}")


def mask(line: str) -> str:
    """Return a line of source or configuration as it may be shown: without values.

    Names stay readable, so that a reader finds the place: what is quoted, what
    follows ``=`` or ``:``, and any long run of characters does not.
    """
    shown: list[str] = []
    position = 0

    for match in _QUOTED.finditer(line):
        if match.start() < position:
            continue

        shown.append(line[position : match.start()])
        text = match[0]

        if len(text) < 2 or text in ('"""', "'''"):
            # A text that goes on over the next lines.
            shown.append(text + MASK)
            position = len(line)
            break

        shown.append(text if _is_name(line, match) else f"{text[0]}{MASK}{text[-1]}")
        position = match.end()

    rest = "".join(shown) + line[position:]

    if not _OPEN.search(line):
        rest = _REST.sub(rf"\1{MASK}", rest)

    rest = _BARE.sub(rf"\1{MASK}", rest)
    return _LONG.sub(
        lambda m: m[0] if _NAME.fullmatch(m[0]) or _dotted(m[0]) else MASK, rest
    )


def _is_name(line: str, match: re.Match[str]) -> bool:
    """Whether a quoted word is a key: ``["KEY"]``, ``("KEY", ...)``, ``"KEY": ...``."""
    if not _NAME.fullmatch(match[0][1:-1]):
        return False

    before, after = line[: match.start()].rstrip(), line[match.end() :].lstrip()

    if after.startswith(":"):
        return not before or before.endswith(("{", ","))

    if after.startswith("]"):
        return before.endswith("[") and bool(re.search(r"[\w)\]]\[$", before))

    named = re.search(
        r"(getenv|environ\.get|config\.get|setdefault|get|config)\($", before
    )
    return bool(named) and (after.startswith(",") or signing_name(match[0][1:-1]))


def _dotted(text: str) -> bool:
    """Whether a long run is a dotted name, ``os.environ.get``, and no value."""
    parts = text.split(".")
    return len(parts) > 1 and all(re.fullmatch(r"[A-Za-z_]{1,30}", p) for p in parts)
