"""Encrypts the recovery codes that Flask-Security keeps in plain text, and back.

By Flask-Security's own means alone, so that it reads them without Stopper as well.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterable

from flask import current_app

from ...catalogue.error import SettingError
from ...catalogue.error import StopperError

_KEYS = "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS"

#: How a token of Fernet begins (its version and the high bytes of its time).
_TOKEN = "gAAAA"  # noqa: S105  # what is public of it


@dataclasses.dataclass(slots=True)
class Count:
    """How the codes of an app are kept.

    :param users: Who have any.
    :param lost: Those that are encrypted under a key that is not set.
    """

    users: int = 0
    plain: int = 0
    encrypted: int = 0
    lost: int = 0


def looked_at() -> Count:
    """Return how the codes of the current app are kept."""
    return _walked(lambda code, text: code)


def encrypted() -> Count:
    """Encrypt what is in plain text, all of it or nothing; return how it was before.

    :raises SettingError: If there is no key to do it with.
    """
    cryptor = _cryptor()

    if cryptor is None:
        raise SettingError(
            f"{_KEYS} is not set. It takes a list of keys, the newest first: python -c "
            "'from cryptography.fernet import Fernet; print(Fernet.generate_key())'. Keep "
            "them where the app gets its other secrets, and start it with them."
        )

    return _walked(
        lambda code, text: cryptor.encrypt(code.encode()).decode() if not text else code
    )


def decrypted() -> Count:
    """Put what is encrypted back into plain text; return how it was before.

    :raises SettingError: If a key is not set that some of them need.
    """
    if looked_at().lost:
        raise SettingError(
            f"Some codes are encrypted under a key that {_KEYS} does not have."
        )

    return _walked(lambda code, text: text or code)


def _walked(change: t.Callable[[str, str], str]) -> Count:
    """Change the codes of every user in one transaction.

    :param change: Takes a code as it is kept, and in plain text if it is encrypted.
    """
    store, found = _datastore(), Count()

    for user in _users(store):
        kept = list(user.mf_recovery_codes or ())
        found.users += bool(kept)
        changed = list(_changed(kept, change, found))

        if changed != kept:
            store.mf_set_recovery_codes(user, changed)

    store.commit()
    return found


def _changed(
    kept: Iterable[str], change: t.Callable[[str, str], str], found: Count
) -> t.Iterator[str]:
    for code in kept:
        text = _read(code)

        if text is None:
            found.lost += 1
            yield code
            continue

        found.encrypted += bool(text)
        found.plain += not text
        yield change(code, text)


def _read(code: str) -> str | None:
    """Return an encrypted code in plain text, empty for a plain one, ``None`` if lost."""
    if not code.startswith(_TOKEN):
        return ""

    from cryptography.fernet import InvalidToken

    cryptor = _cryptor()

    try:
        return cryptor.decrypt(code.encode()).decode() if cryptor is not None else None
    except InvalidToken:
        return None


def _users(store: t.Any) -> t.Iterable[t.Any]:
    from sqlalchemy import select

    # Locked, or a code that somebody uses meanwhile would come back.
    chosen = select(store.user_model).with_for_update()
    return t.cast("t.Iterable[t.Any]", store.db.session.scalars(chosen))


def _security() -> t.Any:
    found = current_app.extensions.get("security")

    if found is None:
        raise StopperError("This app has no Flask-Security.")

    return found


def _datastore() -> t.Any:
    store = _security().datastore

    if not hasattr(getattr(store, "db", None), "session") or not hasattr(
        store.user_model, "mf_recovery_codes"
    ):
        raise StopperError(
            "The users of this app are not in SQLAlchemy tables that have recovery codes."
        )

    return store


def _cryptor() -> t.Any:
    return _security().mf_recovery_codes_util.cryptor
