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
        isinstance(n, ast.Attribute) and n.attr == "CERT_NONE" for n in ast.walk(holder)
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
            confidence = Confidence.LOW if peek else Confidence.HIGH
            yield finding(
                UNVERIFIED_JWT, call.place, call.written, confidence=confidence
            )

    for call in project.calls(*sorted(project.models.named("jwt-encode"))):
        algorithm = call.argument(2, "algorithm")

        if algorithm and _is_none(algorithm):
            yield finding(UNVERIFIED_JWT, call.place, call.written)

    for call in project.calls(*sorted(project.models.named("jwt-unverified"))):
        low = Confidence.LOW
        yield finding(UNVERIFIED_JWT, call.place, call.written, confidence=low)


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


def _false_site(site: Site) -> bool:
    constant = site.constant
    return constant is not None and constant.value is False


def _is_none(site: Site) -> bool:
    constant = site.constant
    return constant is not None and str(constant.value).lower() == "none"
