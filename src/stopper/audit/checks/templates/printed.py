"""What a template prints at a place: where it comes from, and whether that is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from collections.abc import Sequence

from ....catalogue.rule import Confidence
from ....controls.templates.model import Output
from ....controls.templates.model import Statement
from ...finding import Step
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import best
from ...survey.flow.flows import Flows
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.site import Site
from ...survey.template import Template

_ENCODES = (
    *("flask.json.htmlsafe_dumps", "flask.url_for", "urllib.parse.quote"),
    *("urllib.parse.quote_plus", "urllib.parse.urlencode"),
    *("flask_wtf.csrf.generate_csrf", "secrets.token_urlsafe", "secrets.token_hex"),
    *("flask_babel.gettext", "flask_babel.lazy_gettext", "gettext.gettext"),
)

_JSON = frozenset({"flask.json.htmlsafe_dumps"})

#: By kind of harm, the functions after which a value does none.
CLEARS: dict[str, frozenset[str]] = {
    "markup": frozenset(
        (
            *(*_ENCODES, "markupsafe.escape", "html.escape", "cgi.escape"),
            *("nh3.clean", "nh3.clean_text", "bleach.clean", "bleach.linkify"),
            *("markupsafe.Markup.format", "markupsafe.Markup.escape"),
            *("flask.render_template_string", "lxml.html.clean.clean_html"),
        )
    ),
    **dict.fromkeys(("script", "scheme"), frozenset(_ENCODES)),
    # JSON has quotation marks and spaces of its own.
    **dict.fromkeys(("literal", "style", "unquoted"), frozenset(_ENCODES) - _JSON),
}

#: What no link makes a visitor's browser send.
_NO_LINK = frozenset(
    f"flask.request.{name}"
    for name in (
        *("accept_mimetypes", "authorization", "cookies", "headers", "user_agent"),
        *("mimetype", "content_type", "host", "host_url", "origin", "url_root"),
        *("root_url", "base_url", "url", "path", "full_path", "query_string"),
        *("referrer", "files"),
    )
)

#: What of a request is an address already, or a part that begins with a slash.
_ADDRESSES = frozenset(
    f"flask.request.{name}"
    for name in (
        *("url", "base_url", "host_url", "url_root", "root_url", "path", "full_path"),
        *("referrer", "script_root", "origin"),
    )
)


@dataclasses.dataclass(frozen=True, slots=True)
class Printed:
    """What is printed at a place.

    :param flow: How a value of a request gets there, if one does.
    :param known: Whether all that may stand there is known, and does no harm.
    :param rendered: Whether it is seen who renders templates in this project.
    """

    flow: Flow | None = None
    known: bool = False
    rendered: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the flow."""
        return self.flow.steps if self.flow else ()

    @property
    def others(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of other flows to the same place."""
        return self.flow.ways if self.flow else ()

    def surer(self, otherwise: Confidence) -> Confidence:
        """Return how sure a finding is that says much without a flow."""
        return otherwise if self.flow is None else self.worth(otherwise)

    def worth(
        self, otherwise: Confidence, most: Confidence = Confidence.HIGH
    ) -> Confidence:
        """Return how sure a finding is.

        :param otherwise: What the template alone says.
        :param most: The most that a flow is worth here.
        """
        if self.flow is None:
            return Confidence.LOW if self.rendered else otherwise

        low = self.flow.name in _NO_LINK
        return Confidence.LOW if low else min(self.flow.confidence, most)


def served(project: Project, template: Template) -> bool:
    """Say whether a file is sent as it is: one of ``static/`` that nobody renders.

    The braces in it are those of a script that runs in the browser.
    """
    if "static" not in template.path.split("/")[:-1]:
        return False

    page = project.pages.of(template)
    return page is None or not flows(project).rendered(page)


def printed(
    project: Project, template: Template, piece: Output | Statement, kind: str
) -> Printed:
    """Return what an output prints, by the kind of harm that it could do."""
    page = project.pages.of(template)
    node = page.printed.get(piece.start) if page else None
    sites = [project.site(page, node)] if page and node else []
    return judged(project, sites, kind)


def marked(project: Project, template: Template, piece: Output | Statement) -> Printed:
    """Return what stands before ``|safe`` in an output or a ``set``."""
    page = project.pages.of(template)
    found = page.marked.get(piece.start, ()) if page else ()
    sites = [project.site(page, node) for node in found] if page else []
    return judged(project, sites, "markup")


def several(found: Iterable[Printed]) -> Printed:
    """Return what several outputs print, as one."""
    all_ = list(found)
    flow = best(p.flow for p in all_ if p.flow is not None)
    rendered = any(p.rendered for p in all_)
    return Printed(flow, all(p.known for p in all_), rendered)


def judged(project: Project, sites: Sequence[Site], kind: str) -> Printed:
    """Return what several expressions are, by the kind of harm that they could do."""
    told = flows(project)

    if not sites:
        return Printed(rendered=told.renders)

    clears = CLEARS[kind] | told.addresses
    flow = best(f for site in sites for f in _flows(told, site, kind, clears))
    known = flow is None and not any(told.open(s, kind, clears) for s in sites)
    return Printed(flow, known, told.renders)


def _flows(told: Flows, site: Site, kind: str, clears: frozenset[str]) -> list[Flow]:
    found = told.into(site, kind, clears)
    harmless = _ADDRESSES if kind == "scheme" else frozenset()
    return [f for f in found if f.origin is Origin.REQUEST and f.name not in harmless]
