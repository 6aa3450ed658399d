"""What a browser is called, in words of ours."""

from __future__ import annotations

import re

#: What stands in the text of each, and what it is called; the first one counts, for
#: each names those whose pages it shows as well.
_BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Vivaldi/", "Vivaldi"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Version/[\d.]+.*Safari/", "Safari"),
    (r"curl/", "curl"),
    (r"python-requests|python-httpx|Python-urllib", "a Python program"),
)

_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"CrOS", "ChromeOS"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"Linux|X11", "Linux"),
)


def browser(said: str) -> str:
    """Return what a browser is called: ``"Firefox on Linux"``.

    In words of ours alone: what it says of itself is anybody's text, and it stands in
    mails and on pages.

    :param said: Its ``User-Agent``.
    """
    text = said[:1000]
    name = _first(_BROWSERS, text) or "an unknown browser"
    system = _first(_SYSTEMS, text)
    return f"{name} on {system}" if system else name


def _first(several: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for shape, name in several if re.search(shape, text)), "")
