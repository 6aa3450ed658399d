"""Do ciphers keep data secret?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....controls.cryptography.control import SMALL_KEY
from ....controls.cryptography.control import STATIC_NONCE
from ....controls.cryptography.control import WEAK_CIPHER
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.project import Project
from ...survey.site import Site

#: The smallest size of an RSA or DSA key: NIST SP 800-131A, revision 2.
SMALLEST = 2048  # bits


@check(WEAK_CIPHER, asks=Project)
def weak_cipher(project: Project) -> Iterator[Finding]:
    """Is data encrypted by a cipher and a mode that hold?"""
    for call in project.calls(*sorted(project.models.named("weak-cipher"))):
        yield finding(WEAK_CIPHER, call.place, call.written)

    for call in project.calls(*sorted(project.models.named("cipher"))):
        mode = call.argument(1, "mode")

        if mode is not None and (mode.name or "").endswith(".MODE_ECB"):
            yield finding(WEAK_CIPHER, mode.place, mode.written)


@check(STATIC_NONCE, asks=Project)
def static_nonce(project: Project) -> Iterator[Finding]:
    """Is the nonce of each message a new one?"""
    for found in project.sinks("nonce"):
        if _fixed(found.argument):
            yield finding(STATIC_NONCE, found.call.place, found.call.written)

    for call in project.calls(*sorted(project.models.named("cipher"))):
        given = (call.argument(2, "iv"), call.argument(2, "nonce"))

        if any(g is not None and _fixed(g) for g in given):
            yield finding(STATIC_NONCE, call.place, call.written)


def _fixed(site: Site) -> bool:
    constant = site.constant

    if constant is None and isinstance(site.node, ast.Call):
        # ``bytes(16)`` is sixteen zeros.
        size = site.argument(0)
        zeros = site.name in {"builtins.bytes", "builtins.bytearray"}
        return zeros and size is not None and size.literal

    return constant is not None and isinstance(constant.value, str | bytes | int)


@check(SMALL_KEY, asks=Project)
def small_key(project: Project) -> Iterator[Finding]:
    """Are keys long enough?"""
    for found in project.sinks("key-size"):
        constant = found.argument.constant
        bits = constant.value if constant else None

        if isinstance(bits, int) and not isinstance(bits, bool) and bits < SMALLEST:
            yield finding(SMALL_KEY, found.call.place, found.call.written, bits=bits)
