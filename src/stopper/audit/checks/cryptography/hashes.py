"""Is what is hashed safe with the hash that it gets?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....catalogue.rule import Rule
from ....controls.cryptography.control import BROKEN_HASH
from ....controls.cryptography.policy import password
from ....controls.cryptography.policy import words
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flow import Flow
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.said import becomes
from ...survey.said import mentions
from ...survey.said import receivers
from ...survey.site import Site
from .kept import ends_of
from .kept import Kept
from .kept import kept
from .kept import told
from .kept import written_to

#: What a broken hash is used for.
_SIGNATURE = "a signature or a token"
_STORED = "what a file of passwords keeps"

_BROKEN = re.compile(r"md2|md4|md5|sha_?1$|ripemd", re.I)

_SIGNED = re.compile(
    r"(?:^|_)(?:sign|signature|signed|token|hmac|csrf|auth|secret|session)(?:_|$)"
)

_HARMLESS = re.compile(
    r"cache|etag|checksum|gravatar|avatar|fingerprint|dedup|pwned|hibp|breach|bucket|color"
    r"|filename|thumbnail|memo|path|url|version|query"
)


#: What gives chance; whether it can be foreseen is another question.
_CHANCE = frozenset(
    {
        *("urandom", "token_bytes", "token_hex", "uuid4", "uuid1"),
        *("random", "randint", "randbytes", "getrandbits"),
    }
)


@check(BROKEN_HASH, asks=Project)
def broken_hash(project: Project) -> Iterator[Finding]:
    """Do signatures and tokens rest on a hash without collisions?"""
    calls = [
        call
        for call in digests(project)
        if _BROKEN.search(_algorithm(call))
        and not (of_password(call) or harmless(call) or by_chance(call))
    ]
    ended = ends_of(project, "digest", calls, _signatures(project))
    stored = ends_of(project, "digest", calls, written_to(project, password))

    for call in calls:
        if _for_signature(call):
            yield finding(BROKEN_HASH, call.place, call.written, what=_SIGNATURE)
        elif found := ended.get(call.node):
            yield digested(BROKEN_HASH, call, found, what=_SIGNATURE)
        elif found := stored.get(call.node):
            yield digested(BROKEN_HASH, call, found, what=_STORED)

    for call in project.calls("hmac.new", "hmac.digest"):
        digest = call.argument(2, "digestmod") or call.argument(2, "digest")
        named = (digest.name or _constant(digest)) if digest else ""

        # HMAC survives collisions, so SHA-1 is let be: GitHub's and Twilio's use it.
        if digest and "md5" in named.lower():
            yield finding(
                BROKEN_HASH,
                call.place,
                call.written,
                confidence=Confidence.LOW,
                what=_SIGNATURE,
            )


def _signatures(project: Project) -> Iterator[Kept]:
    """Yield what is kept or sent as something that nobody else can make."""
    for one in kept(project):
        name = words(one.name)
        said = _SIGNED.search(name) and name != "session"

        if said and not (one.inside or password(name) or _HARMLESS.search(name)):
            yield one


def digested(
    rule: Rule,
    call: Site,
    found: list[tuple[Kept, Flow]],
    most: Confidence = Confidence.MEDIUM,
    what: str = "",
) -> Finding:
    """Return the finding of a digest by the names that it ends in."""
    sure = min(most, max(flow.confidence for _, flow in found))
    steps = told(found)
    return finding(
        rule, call.place, call.written, confidence=sure, steps=steps, what=what
    )


def digests(project: Project) -> Iterator[Site]:
    """Yield every call that makes a digest which is to be safe."""
    for call in project.calls(*sorted(project.models.named("hash"))):
        security = call.argument(-1, "usedforsecurity")
        said = security.constant if security else None

        if said is None or said.value is not False:
            yield call


def _algorithm(call: Site) -> str:
    name = call.name or ""

    if name.endswith(".new") and name.startswith("hashlib"):
        return _constant(call.argument(0, "name"))

    # ``Crypto.Hash.MD5.new`` is named by its module.
    return name.removesuffix(".new").rpartition(".")[2]


def _constant(site: Site | None) -> str:
    constant = site.constant if site else None
    return str(constant.value) if constant else ""


def of_password(call: Site) -> bool:
    """Say whether a password goes in: as the argument, or by a later ``update``."""
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101  # a call, by the survey

    if any(password(w) for a in node.args for w in mentions(a)):
        return True

    function = call.function
    target = next(receivers(node), "")

    if node.args or function is None:
        return False

    return any(
        isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and n.func.attr == "update"
        and isinstance(n.func.value, ast.Name)
        and n.func.value.id == target
        and any(password(w) for a in n.args for w in mentions(a))
        for n in walk(function)
    )


def _for_signature(call: Site) -> bool:
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101  # a call, by the survey
    inside = (w for a in node.args for w in mentions(a))
    return any(_SIGNED.search(words(w)) for w in (*becomes(node), *inside))


def harmless(call: Site) -> bool:
    """Say whether the names around show that nothing depends on the hash."""
    return any(_HARMLESS.search(words(w)) for w in receivers(call.node))


def by_chance(call: Site) -> bool:
    """Say whether what goes in is chance already, so that the hash gives it its form."""
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101  # a call, by the survey
    inside = {w for a in node.args for w in mentions(a)}
    return not inside.isdisjoint(_CHANCE)
