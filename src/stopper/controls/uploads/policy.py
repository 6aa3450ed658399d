"""Which folders are served as they are, and what an extension looks like."""

from __future__ import annotations

import re

_SERVED = re.compile(r"(^|[/\\])(static|public|assets|www|htdocs)([/\\]|$)", re.I)

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}")


def served(path: str) -> bool:
    """Whether a path leads into a folder that Flask or a web server sends as it is."""
    return bool(_SERVED.search(path))


def extension(text: str) -> bool:
    """Whether a text is the extension of a file: ``.png``."""
    return bool(_EXTENSION.fullmatch(text))
