"""Times as people read them."""

from __future__ import annotations

import datetime

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def moment(at: float) -> str:
    """Return a time as text: ``"3 May 2026, 14:05 UTC"``.

    In English whatever the locale of the process is, as the pages and the mails are.

    :param at: In seconds since 1970.
    """
    found = datetime.datetime.fromtimestamp(at, datetime.UTC)
    month = _MONTHS[found.month - 1]
    return f"{found.day} {month} {found.year}, {found:%H:%M} UTC"
