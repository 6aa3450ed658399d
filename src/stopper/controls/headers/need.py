"""One thing that a line of a template needs of a policy."""

from __future__ import annotations

import dataclasses

#: The kind of a frame that shows a page of the app itself.
OWN_FRAME = "own-frame"


@dataclasses.dataclass(frozen=True, slots=True)
class Need:
    """What one line of a template needs.

    :param kind: ``"third-party"``, :data:`OWN_FRAME`, or what :mod:`~stopper.controls.templates.stamp`
        calls it: ``"event-handler"``, ``"script-src"``.
    :param directive: The directive that has to do with it, empty if none can allow it.
    :param owner: The host that a third party's file comes from.
    :param integrity: Whether the tag says which content it takes, ``None`` where a tag
        cannot.
    """

    template: str
    line: int
    kind: str
    text: str
    directive: str = ""
    source: str = ""
    owner: str = ""
    integrity: bool | None = None
