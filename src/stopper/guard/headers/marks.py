"""What the headers of a single view say instead: marks on the function, no wrapper."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from ...catalogue.error import SettingError
from ...controls.headers import csp
from ..declared import standing

ViewT = t.TypeVar("ViewT", bound=Callable[..., t.Any])

#: Where the marks stand on a view. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_headers"

#: What can be left out of the answers of one view.
OPTIONAL = frozenset(
    {
        "cache-control",
        "content-security-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "origin-agent-cluster",
        "permissions-policy",
        "referrer-policy",
        "x-content-type-options",
        "x-frame-options",
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """What a view's headers say instead of the app's.

    :param csp: Directives, each with its sources, that replace the app's.
    :param frame: Who may show the view's pages in a frame, ``None`` for the app's.
    :param off: Names of headers, lower case, that the view's answers go without.
    """

    csp: tuple[tuple[str, tuple[str, ...]], ...] = ()
    frame: tuple[str, ...] | None = None
    off: frozenset[str] = frozenset()

    def joined(self, inner: Marks) -> Marks:
        """Return these marks with those of ``inner``, which stands closer, over them."""
        return Marks(
            tuple({**dict(self.csp), **dict(inner.csp)}.items()),
            self.frame if inner.frame is None else inner.frame,
            self.off | inner.off,
        )

    def said(self) -> Iterator[str]:
        """Yield the same in the words of a developer."""
        yield from (f"csp {name} {' '.join(sources)}" for name, sources in self.csp)

        if self.frame is not None:
            yield f"frame {' '.join(self.frame)}"

        yield from (f"off {name}" for name in sorted(self.off))


#: The marks of a view that has none.
NONE = Marks()


class Marking:
    """Marks a view, a method of one, or a class of views; works before ``init_app``.

    ::

        @app.get("/map")
        @stopper.headers.csp(img_src=["'self'", "https://tiles.example"])
        def map(): ...
    """

    def csp(self, **directives: Iterable[str]) -> Callable[[ViewT], ViewT]:
        """Replace directives of the view's policy; the others stay as they are.

        Scripts and styles keep their nonce beside the sources that are given here.

        :raises SettingError: If a directive or a source is none.
        """
        # A text is no list, though it has letters to go through.
        complaint = csp.complain(
            {n: s if isinstance(s, str) else tuple(s) for n, s in directives.items()}
        )

        if complaint:
            raise SettingError(f"headers.csp {complaint}.")

        given = {csp.directive(n): tuple(s) for n, s in directives.items()}
        return _marker(Marks(csp=tuple(given.items())))

    def frame(self, *ancestors: str) -> Callable[[ViewT], ViewT]:
        """Say which sites may show the view's pages: ``"'self'"``, ``"https://…"``.

        :raises SettingError: If a source is none.
        """
        complaint = csp.complain({"frame-ancestors": ancestors})

        if complaint:
            raise SettingError(f"headers.frame {complaint}.")

        return _marker(Marks(frame=ancestors or ("'none'",)))

    def off(self, *names: str) -> Callable[[ViewT], ViewT]:
        """Leave these headers out of the view's answers.

        :raises SettingError: If a name is none of the headers that can be left out.
        """
        lower = frozenset(n.lower() for n in names)

        if not lower or lower - OPTIONAL:
            raise SettingError(
                f"headers.off takes names of headers ({', '.join(sorted(OPTIONAL))}), "
                f"and not {', '.join(sorted(lower - OPTIONAL)) or 'nothing'}."
            )

        return _marker(Marks(off=lower))


def _marker(marks: Marks) -> Callable[[ViewT], ViewT]:
    def mark(view: ViewT) -> ViewT:
        setattr(view, ATTRIBUTE, marks.joined(_marks_on(view)))
        return view

    return mark


def _marks_on(found: object) -> Marks:
    marks = getattr(found, ATTRIBUTE, None)
    return marks if isinstance(marks, Marks) else NONE


def marks_of(view: object, method: str) -> Marks:
    """Return the marks of a view function, for a request of this method.

    Those of a class of views hold for all its methods, those of a method go over them.
    """
    marks = NONE

    for place in standing(view, method):
        marks = marks.joined(_marks_on(place))

    return marks
