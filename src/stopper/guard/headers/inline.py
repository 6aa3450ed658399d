"""What the inline code in a page's templates means for the policy of the page."""

from __future__ import annotations

import typing as t

from flask import Request

from ...catalogue.event import Action
from ..house import House
from ..passage import Passage
from .endpoint import Endpoint
from .lines import Settings
from .pages import Pages
from .pages import Sheet


class Inline:
    """Says of each page what its templates hold that its policy has to know of.

    :param endpoint: Is told which templates the page of a route was made of.
    """

    def __init__(self, house: House, settings: Settings, endpoint: Endpoint) -> None:
        self._house = house
        self._settings = settings
        self._endpoint = endpoint
        self._pages = Pages(house.app)

    def of(
        self, passage: Passage, request: Request | None, given: t.Mapping[str, str]
    ) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
        """Return what the page's templates say about its policy.

        :return: Whether it can only be reported, and the hashes of the constant inline
            scripts and styles, where they are allowed by hash.
        """
        hashed = self._settings.inline == "hash"

        if not passage.templates and not hashed:
            return False, (), ()

        if request is not None and request.url_rule is not None:
            self._endpoint.note(request.url_rule.rule, passage.templates)

        sheets = (
            self._pages.of(passage.templates)
            if passage.templates
            # The page came out of a cache; what it was made of is not known.
            else self._pages.everything()
        )
        broken = any(s.breaking for s in sheets) and bool(passage.templates)

        # Where the app has a policy of its own, none of ours is sent at all.
        if broken and request is not None and "content-security-policy" not in given:
            self._note_broken(request, sheets)

        return (
            broken and not self._settings.strict,
            tuple(sorted({h for s in sheets for h in s.scripts})) if hashed else (),
            tuple(sorted({h for s in sheets for h in s.styles})) if hashed else (),
        )

    def _note_broken(self, request: Request, sheets: list[Sheet]) -> None:
        rule = request.url_rule.rule if request.url_rule else None

        if self._house.once(("breaking", rule)):
            kinds = sorted({p.kind for s in sheets for p in s.breaking})
            held = "enforced" if self._settings.strict else "only reported"
            self._house.emit(
                "headers",
                "inline-code",
                Action.NOTED if self._settings.strict else Action.REPORTED,
                f"The policy is {held} on this page, whose templates hold inline code "
                "that no nonce can allow. `flask stopper csp` shows the lines.",
                kinds=" ".join(kinds),
            )
