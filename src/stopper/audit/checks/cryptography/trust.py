"""Is who is at the other end, and who signed, checked?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.cryptography.control import UNKNOWN_HOST_KEY
from ....controls.cryptography.control import UNVERIFIED_JWT
from ....controls.cryptography.control import UNVERIFIED_TLS
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.site import Site

_VERBS = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "request",
        "send",
        "stream",
    ]
)

_CLIENTS = ("requests.", "httpx.", "urllib3.", "aiohttp.", "requests_", "httplib2.")


@check(UNVERIFIED_TLS, asks=Project)
def unverified_tls(project: Project) -> Iterator[Finding]:
    """Are certificates checked?"""
    for call in project.nodes(ast.Call):
        node = call.node

        if isinstance(node, ast.Call) and node.keywords:
            yield from _switched_off(call, node)

    for call in project.calls("ssl._create_unverified_context"):
        yield finding(UNVERIFIED_TLS, call.place, call.written)

    for assign in project.nodes(ast.Assign):
        yield from _assigned(assign)


def _switched_off(call: Site, node: ast.Call) -> Iterator[Finding]:
    name = call.name or ""

    for keyword in node.keywords:
        value = call.at(keyword.value)

        if keyword.arg in {"verify", "verify_ssl", "ssl"} and _false(keyword.value):
            attribute = getattr(node.func, "attr", "")
            known = name.startswith(_CLIENTS)

            # ``ssl=False`` of others means: no TLS at all, which is their affair.
            if known and (keyword.arg != "ssl" or name.startswith("aiohttp.")):
                yield finding(UNVERIFIED_TLS, call.place, call.written)
            elif keyword.arg == "verify" and attribute in _VERBS:
                medium = Confidence.MEDIUM
                yield finding(
                    UNVERIFIED_TLS, call.place, call.written, confidence=medium
                )
        elif keyword.arg in {"cert_reqs", "validate", "verify_mode"}:
            none = isinstance(keyword.value, ast.Constant) and (
                keyword.value.value == "CERT_NONE"
            )

            if none or value.type == "ssl.CERT_NONE":
                yield finding(UNVERIFIED_TLS, call.place, call.written)


def _false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _assigned(assign: Site) -> Iterator[Finding]:
    node = assign.node
    assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller
    value = assign.at(node.value)

    for target in node.targets:
        if not isinstance(target, ast.Attribute):
            continue

        site = assign.at(target)

        if target.attr == "verify_mode" and value.type == "ssl.CERT_NONE":
            yield finding(UNVERIFIED_TLS, site.place, site.written)
        elif target.attr == "_create_default_https_context":
            if value.type == "ssl._create_unverified_context":
                yield finding(UNVERIFIED_TLS, site.place, site.written)
        elif target.attr == "check_hostname" and _false(node.value):
            if not _unchecked(assign):
                yield finding(UNVERIFIED_TLS, site.place, site.written)
        elif target.attr == "verify" and _false(node.value):
            owner = assign.at(target.value).type or ""

            if owner.startswith(_CLIENTS):
                yield finding(UNVERIFIED_TLS, site.place, site.written)


def _unchecked(assign: Site) -> bool:
    """Say whether the same function sets CERT_NONE too: one finding is enough."""
    holder = assign.function or assign.module.tree
    return any(
        isinstance(n, ast.Attribute) and n.attr == "CERT_NONE" for n in walk(holder)
    )


@check(UNKNOWN_HOST_KEY, asks=Project)
def unknown_host_key(project: Project) -> Iterator[Finding]:
    """Are the keys of SSH servers known beforehand?"""
    policies = project.models.named("open-host-key-policy")

    for attribute in (
        "*.set_missing_host_key_policy",
        "paramiko.SSHClient.set_missing_host_key_policy",
        "paramiko.client.SSHClient.set_missing_host_key_policy",
    ):
        for call in project.calls(attribute):
            policy = call.argument(0, "policy")

            if policy is not None and policy.type in policies:
                yield finding(UNKNOWN_HOST_KEY, call.place, call.written)


@check(UNVERIFIED_JWT, asks=Project)
def unverified_jwt(project: Project) -> Iterator[Finding]:
    """Is the signature of each token checked?"""
    calls = list(project.calls(*sorted(project.models.named("jwt-decode"))))
    verified = {id(c.function) for c in calls if c.function and not _unsigned(c)}

    for call in calls:
        if _unsigned(call):
            # A first look, to choose the key for the second.
            peek = call.function is not None and id(call.function) in verified
            yield _unverified(call, Confidence.LOW if peek else Confidence.HIGH)
        elif _by_token(call):
            how = "by the algorithm that the token itself names"
            yield _unverified(call, Confidence.MEDIUM, how)
        elif how := _loosely(call):
            yield _unverified(call, Confidence.LOW, how)

    for call in project.calls(*sorted(project.models.named("jwt-encode"))):
        algorithm = call.argument(2, "algorithm")

        if algorithm and _is_none(algorithm):
            yield _unverified(call, Confidence.MEDIUM)

    for call in project.calls(*sorted(project.models.named("jwt-unverified"))):
        yield _unverified(call, Confidence.LOW)


def _unverified(
    call: Site, sure: Confidence, how: str = "without checking its signature"
) -> Finding:
    return finding(UNVERIFIED_JWT, call.place, call.written, confidence=sure, how=how)


def _unsigned(call: Site) -> bool:
    verify = call.argument(-1, "verify")

    if verify is not None and _false_site(verify):
        return True

    options = call.argument(-1, "options")
    constant = options.constant if options else None

    if constant is not None and isinstance(constant.value, dict):
        if constant.value.get("verify_signature") is False:
            return True

    algorithms = call.argument(2, "algorithms")
    allowed = algorithms.constant if algorithms else None
    listed = allowed.value if allowed else None
    several = listed if isinstance(listed, list) else [listed]
    return any(isinstance(a, str) and a.lower() == "none" for a in several)


def _loosely(call: Site) -> str:
    """Say how a token is checked that is, but not for all that matters.

    PyJWT took any algorithm before its release 2. With both kinds of them a public key
    is taken for a shared one.
    """
    options = call.argument(-1, "options")
    constant = options.constant if options else None

    if constant is not None and isinstance(constant.value, dict):
        if constant.value.get("verify_exp") is False:
            return "however old it is"

    algorithms = call.argument(2, "algorithms")

    if algorithms is None:
        keyed = call.argument(1, "key") is not None and call.name == "jwt.decode"
        any_ = keyed and options is None and not call.open_ended
        return "by any algorithm" if any_ else ""

    allowed = algorithms.constant
    listed = allowed.value if allowed and isinstance(allowed.value, list) else []
    kinds = {str(a)[:2].upper() for a in listed}
    both = "HS" in kinds and bool(kinds & {"RS", "ES", "PS"})
    return "by a shared key and by a public one" if both else ""


def _by_token(call: Site) -> bool:
    """Say whether the token itself says by which algorithm it is checked."""
    algorithms = call.argument(2, "algorithms")
    listed = getattr(algorithms.node, "elts", [algorithms.node]) if algorithms else []
    return any(_from_header(call.at(item)) for item in listed)


def _from_header(item: Site) -> bool:
    """Say whether this is ``jwt.get_unverified_header(token)["alg"]``."""
    bound = item.bound
    node = bound[1].node if bound else item.node

    if isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        holder, key = node.func.value, node.args[0] if node.args else node
    else:
        return False

    named = isinstance(key, ast.Constant) and key.value == "alg"
    made = item.at(holder).type or ""
    return named and "get_unverified_header" in made


def _false_site(site: Site) -> bool:
    constant = site.constant
    return constant is not None and constant.value is False


def _is_none(site: Site) -> bool:
    constant = site.constant
    return constant is not None and str(constant.value).lower() == "none"
