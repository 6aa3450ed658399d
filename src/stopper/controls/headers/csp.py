"""The Content-Security-Policy: what is sent by default, and what is wrong with another.

Words of the standard (W3C CSP Level 3): a policy is a list of *directives*, each with a
list of *sources*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping

Policy = Mapping[str, tuple[str, ...]]

#: Stands where the nonce of a request will stand.
NONCE = "'nonce-{nonce}'"

#: What a page may do when nobody said otherwise. Scripts run by nonce alone: a host in
#: the list would let any file on that host run. ``'strict-dynamic'`` lets a script that
#: runs load others, as bundles and tag managers do.
DEFAULT: Policy = {
    "default-src": ("'none'",),
    "script-src": (NONCE, "'strict-dynamic'"),
    "style-src": ("'self'", NONCE),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "media-src": ("'self'",),
    "manifest-src": ("'self'",),
    "worker-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}

#: What an answer may do that is no page, should a browser open it as one. The styles
#: of an SVG file stand in its attributes, so they stay.
INERT: Policy = {
    "default-src": ("'none'",),
    "style-src": ("'unsafe-inline'",),
    "frame-ancestors": ("'none'",),
}

#: The directives of which a policy may be made.
DIRECTIVES = frozenset(DEFAULT) | {
    "child-src",
    "fenced-frame-src",
    "frame-src",
    "prefetch-src",
    "require-trusted-types-for",
    "sandbox",
    "script-src-attr",
    "script-src-elem",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "upgrade-insecure-requests",
}

_KEYWORDS = frozenset(
    {
        "none",
        "self",
        "unsafe-inline",
        "unsafe-eval",
        "unsafe-hashes",
        "strict-dynamic",
        "report-sample",
        "wasm-unsafe-eval",
        "inline-speculation-rules",
        "allow-duplicates",
        "script",
    }
)
_SOURCE = re.compile(r"[!-+\-.-:<-~]+\Z")
_TRUSTED = re.compile(r"'(?:nonce-|sha(?:256|384|512)-)", re.I)
_WILD = (
    "*",
    "http:",
    "https:",
    "data:",
    "blob:",
    "filesystem:",
    "http://*",
    "https://*",
)

#: A name of a Trusted Types policy (Trusted Types, 4.3.1).
_TYPE_POLICY = re.compile(r"[A-Za-z0-9#=_/@.%-]{1,100}\Z")


def trusted_types(names: bool | tuple[str, ...]) -> Policy:
    """Return the directives that let no text become markup or script by itself.

    :param names: The policies that scripts may make, ``True`` for none, ``False`` for
        no such directives.
    """
    if names is False:
        return {}

    policies = ("'none'",) if names is True or not names else names
    return {
        "require-trusted-types-for": ("'script'",),
        "trusted-types": policies,
    }


def complain_of_trusted_types(names: bool | tuple[str, ...]) -> str | None:
    """Say what is wrong with the names of policies, ``None`` if nothing is."""
    if isinstance(names, bool):
        return None

    for name in names:
        if not isinstance(name, str) or not _TYPE_POLICY.match(name):
            return (
                f"takes names of Trusted Types policies, as in ('dompurify',), and not "
                f"{name!r}"
            )

    return None


def directive(name: str) -> str:
    """Return the directive that a keyword argument means: ``img_src`` is ``img-src``."""
    return name.replace("_", "-").lower()


def complain(policy: Mapping[str, object]) -> str | None:
    """Say what is wrong with the directives of a setting, ``None`` if nothing is."""
    for name, sources in policy.items():
        if not isinstance(name, str) or directive(name) not in DIRECTIVES:
            return f"takes directives of CSP, and {name!r} is none"

        if not isinstance(sources, list | tuple):
            return f"takes a list of sources for {name!r}"

        for source in sources:
            wrong = _complain_of_source(source)

            if wrong:
                return f"{wrong} in {name!r}"

    return None


def _complain_of_source(source: object) -> str | None:
    # A semicolon or a comma inside a source would start another directive or policy.
    if not isinstance(source, str) or not _SOURCE.match(source):
        return f"takes sources without spaces, ';' and ',', and not {source!r}"

    if source.lower() in _KEYWORDS - {"script"}:
        return f"takes \"'{source.lower()}'\", quotes and all, and not {source!r}"

    if "'" in source and source != NONCE:
        return _complain_of_keyword(source)

    return None


def _complain_of_keyword(source: str) -> str | None:
    word = source[1:-1].lower()

    if source.strip("'") != source[1:-1]:
        return f"takes no {source!r}, whose quotes do not match,"

    # A nonce that is the same on every page is one that an attacker can read.
    if word.startswith("nonce-"):
        return "takes no fixed nonce"

    if word in _KEYWORDS or (_TRUSTED.match(source) and "'" not in word):
        return None

    return f"takes no keyword {source!r}"


def merged(base: Policy, changes: Mapping[str, Iterable[str]]) -> Policy:
    """Return ``base`` with the directives of ``changes`` in the place of its own.

    Scripts and styles keep the nonce, which every page has, unless their list is empty,
    ``'none'``, or holds ``'unsafe-inline'``, which a nonce would switch off again.
    """
    out = dict(base)

    for name, given in changes.items():
        key = directive(name)
        sources = tuple(given)
        plain = not {"'none'", "'unsafe-inline'", NONCE} & set(sources)

        if key in ("script-src", "style-src") and sources and plain:
            sources = (*sources, NONCE)

        out[key] = sources

    return out


def text(policy: Policy) -> str:
    """Return the policy as it stands in the header."""
    return "; ".join(" ".join((name, *sources)) for name, sources in policy.items())


def parsed(value: str) -> tuple[Policy, ...]:
    """Return the policies of a header's value; all of them hold at once.

    Of a directive that stands twice the first counts (CSP3, 2.2.1).
    """
    policies = []

    for one in value.split(","):
        policy: dict[str, tuple[str, ...]] = {}

        for part in one.split(";"):
            name, *sources = part.split() or [""]

            if name:
                policy.setdefault(name.lower(), tuple(sources))

        if policy:
            policies.append(policy)

    return tuple(policies)


def faults(value: str | None) -> tuple[str, ...]:
    """Return how an injected script would run in spite of the policy, each in words.

    :param value: The ``Content-Security-Policy`` header, ``None`` if it was not sent.
    """
    policies = parsed(value or "")

    if not policies:
        return ("there is no policy",)

    found = [_faults_of(policy) for policy in policies]

    # All policies hold at once, so what one of them forbids is forbidden.
    return tuple(f for f in found[0] if all(f in others for others in found))


def _faults_of(policy: Policy) -> list[str]:
    fallback = policy.get("default-src")
    scripts = policy.get("script-src", fallback)

    if scripts is None:
        return ["neither script-src nor default-src says which scripts run"]

    found = []
    names = [s.lower() for s in scripts]
    trusted = any(_TRUSTED.match(s) for s in scripts)
    strict = trusted and "'strict-dynamic'" in names

    if "'unsafe-inline'" in names and not trusted:
        found.append("script-src allows 'unsafe-inline'")

    wild = sorted(set(names) & set(_WILD))

    if wild and not strict:
        found.append(f"script-src allows {wild[0]}")

    if policy.get("object-src", fallback) is None:
        found.append("neither object-src nor default-src says which plug-ins run")

    # base-uri does not fall back, and a <base> sends relative scripts elsewhere.
    if trusted and "base-uri" not in policy:
        found.append("base-uri is missing beside a nonce or hash")

    return found


def framable(value: str | None, frame_options: str | None) -> bool:
    """Say whether any site may show the page inside its own.

    :param value: The ``Content-Security-Policy`` header.
    :param frame_options: The ``X-Frame-Options`` header, which a browser looks at only
        where no ``frame-ancestors`` stands (CSP3, 6.4.2.1).
    """
    lists = [
        p["frame-ancestors"] for p in parsed(value or "") if "frame-ancestors" in p
    ]

    if lists:
        return all(any(s.lower() in _WILD for s in sources) for sources in lists)

    return (frame_options or "").strip().lower() not in ("deny", "sameorigin")


def frame_options(ancestors: tuple[str, ...]) -> str | None:
    """Return the ``X-Frame-Options`` that says the same to older browsers, if one does."""
    if not ancestors or "'none'" in ancestors:
        return "DENY"

    return "SAMEORIGIN" if ancestors == ("'self'",) else None
