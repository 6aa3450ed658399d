"""The key that signs sessions: made on the first start, and never in the source."""

import os
import secrets
from pathlib import Path


def secret_key(folder):
    """Return the key in ``folder``, which is made if there is none."""
    path = Path(folder) / "secret_key"

    try:
        # O_EXCL: of two processes that start together one makes it, and the mode is
        # there from the first byte on.
        # stopper: allow[path-traversal] the folder is said by who runs it
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # stopper: allow[path-traversal] the folder is said by who runs it
        return path.read_text("ascii")

    key = secrets.token_hex(32)

    with os.fdopen(handle, "w", encoding="ascii") as f:
        f.write(key)

    return key
