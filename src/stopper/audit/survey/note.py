"""What the reader of a project has to say about its own reading: never a finding."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """Something that was not read, or not wholly, and why.

    :param name: Kebab-case: ``"syntax-error"``, ``"python-2"``, ``"too-large"``.
    :param path: As it is shown: relative to the audited folder, with slashes.
    :param line: Counted from 1, 0 where there is none.
    :param message: One sentence. Never a value out of the file.
    """

    name: str
    path: str
    line: int
    message: str
