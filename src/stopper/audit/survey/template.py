"""One template of the project, with what the template reader saw in it."""

from __future__ import annotations

import dataclasses
import functools

from ...controls.templates.reader import read
from ...controls.templates.reader import Reading


@dataclasses.dataclass(frozen=True, eq=False)
class Template:
    """One template of the project.

    :param path: As it is shown: relative to the audited folder.
    :param name: As ``render_template`` would name it: what follows ``templates/``.
    """

    path: str
    name: str
    text: str
    test: bool = False

    @functools.cached_property
    def reading(self) -> Reading:
        """What the template reader saw: outputs, elements, forms, blocks."""
        return read(self.text, self.path)
