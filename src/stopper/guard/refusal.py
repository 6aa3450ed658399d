"""A refusal: why a guard does not let a request through."""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from collections.abc import Mapping

from flask import Response
from werkzeug.exceptions import default_exceptions
from werkzeug.exceptions import HTTPException

from .answers import answer
from .answers import Problem
from .words import words_of


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

    def problem(self, debug: bool = False) -> Problem:
        """Return what the visitor is told; in debug mode the developer's words too."""
        return Problem(
            self.status,
            says=self.says,
            headers=self.headers,
            developer=self.message if debug else "",
        )


class Refused(HTTPException):
    """Raised where a guard refuses; an error handler of the app may shape the answer.

    :param control: The name of the control that refuses.
    """

    def __new__(cls, control: str, refusal: Refusal) -> t.Self:
        """Make one that is Werkzeug's exception of the same status as well."""
        kind = _kind(cls, refusal.status)  # type: ignore[arg-type]  # a class is hashable
        return t.cast("t.Self", super().__new__(kind, control, refusal))

    def __init__(self, control: str, refusal: Refusal) -> None:
        # A handler of the app may show it.
        super().__init__(description=refusal.says or words_of(refusal.status).says)
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

    def get_response(self, environ: t.Any = None, scope: t.Any = None) -> Response:
        """Return the answer, in the form that the client reads."""
        return answer(self.refusal.problem(), getattr(environ, "environ", environ))


@functools.cache
def _kind(refused: type[Refused], status: int) -> type[Refused]:
    """Return the class to raise: Flask looks handlers up by class, and by its code."""
    base = default_exceptions.get(status)

    if base is None or issubclass(refused, base):
        return refused

    return type(refused.__name__, (refused, base), {"__module__": __name__})
