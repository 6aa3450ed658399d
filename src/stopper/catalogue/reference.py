"""Where a claim comes from: an entry of a public standard."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a public standard.

    :param standard: The short name of the standard, ``"CWE"`` or ``"ASVS"``.
    :param id: The entry's number as the standard writes it, ``"79"`` or ``"3.4.3"``.
    :param url: Where the entry can be read, empty where it has no address of its own.
    """

    standard: str
    id: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.standard}-{self.id}"


def cwe(number: int) -> Reference:
    """Return the entry of the Common Weakness Enumeration with this number."""
    return Reference(
        "CWE", str(number), f"https://cwe.mitre.org/data/definitions/{number}.html"
    )


def asvs(id: str) -> Reference:
    """Return the requirement of OWASP ASVS 5.0 with this id, ``"3.4.3"``."""
    return Reference("ASVS", id, "https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en")
