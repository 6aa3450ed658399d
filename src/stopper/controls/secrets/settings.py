"""Secrets: what can be set, and how a key for data is written."""

from __future__ import annotations

import base64
import binascii
import re
import typing as t

from ...catalogue.setting import Setting

#: Bytes of a key: AES-256.
LENGTH = 32

#: A key's id stands beside what was encrypted with it.
_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}", re.ASCII)


def data_key(text: str) -> tuple[str, bytes]:
    """Return the id and the bytes of a key, as it is written in the settings.

    :raises ValueError: If it is no key. What it says holds nothing of the key.
    """
    name, colon, rest = text.partition(":")

    if not colon or not _ID.fullmatch(name):
        raise ValueError(
            "the id is 1 to 32 of A-Z, a-z, 0-9, '_', '.', '-', and no app-"
        )

    try:
        found = base64.b64decode(rest, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(f"what follows {name!r} is no base64") from None

    if len(found) != LENGTH:
        raise ValueError(f"the key {name!r} has {len(found)} bytes, and not {LENGTH}")

    return name, found


def _complain_of_keys(keys: tuple[str, ...]) -> str | None:
    ids: set[str] = set()

    for key in keys:
        try:
            name, _ = data_key(key if isinstance(key, str) else "")
        except ValueError as e:
            return (
                "takes keys as 'id:base64 of 32 bytes', the newest first, made with "
                "python -c 'import base64, secrets; "
                f"print(base64.b64encode(secrets.token_bytes(32)).decode())': {e}"
            )

        if name in ids:
            return f"has two keys of the id {name!r}; an id is never used again"

        ids.add(name)

    return None


DATA_KEYS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_DATA_KEYS",
    default=(),
    says="The keys that data is encrypted with at rest, each as `id:base64 of 32 bytes`, the newest first; empty for keys derived from `SECRET_KEY` and its fallbacks.",
    source="OWASP Cryptographic Storage Cheat Sheet: keys of data are apart from others, have ids, and are rotated",
    complain=_complain_of_keys,
    secret=True,
)

SETTINGS: tuple[Setting[t.Any], ...] = (DATA_KEYS,)
