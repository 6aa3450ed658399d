"""A refusal: why a guard does not let a request through."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping

from werkzeug.exceptions import HTTPException


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why a guard does not let a request through.

    :param name: What happened, in kebab-case, the name of the event: ``"bad-token"``.
    :param status: The status of the answer.
    :param message: One sentence for the log. It may name settings, and never a secret.
    :param says: One or two sentences for the visitor. They tell nothing that only the
        developer should know.
    :param headers: Go onto the answer.
    :param details: More facts for the event.
    """

    name: str
    status: int
    message: str
    says: str
    headers: tuple[tuple[str, str], ...] = ()
    details: Mapping[str, str | int | float | bool | None] = dataclasses.field(
        default_factory=dict
    )


class Refused(HTTPException):
    """Raised where a guard refuses; an error handler of the app may shape the answer.

    :param control: The name of the control that refuses.
    """

    def __init__(self, control: str, refusal: Refusal) -> None:
        super().__init__(refusal.says)
        self.code = refusal.status
        self.control = control
        self.refusal = refusal

    def get_headers(
        self,
        environ: t.Any = None,
        scope: t.Any = None,
    ) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(environ, scope), *self.refusal.headers]
