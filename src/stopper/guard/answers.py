"""How an error is answered: as a page, as problem details, or as plain text."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import typing as t
import uuid

from flask import Response
from markupsafe import escape
from markupsafe import Markup
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .page import page
from .passage import KEY
from .passage import Passage
from .words import title_of
from .words import words_of

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CODE = re.compile(r"`([^`]+)`")

_PAGES = ("text/html", "application/xhtml+xml")

#: What the rendering says itself, whatever headers an error brings along.
_OURS = frozenset({"content-type", "content-length"})


class Form(enum.Enum):
    """What an error is answered as."""

    PAGE = "text/html"
    PROBLEM = "application/problem+json"
    TEXT = "text/plain"


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as far as a visitor may know.

    :param title: What it is called, empty for the name of the status.
    :param says: What happened, empty for what is usually said. Text; where it is
        ``Markup``, it is put into a page as it is.
    :param headers: Go onto the answer.
    :param developer: What only a developer may read: shown in debug mode alone, and
        so to be left empty otherwise.
    """

    status: int
    title: str = ""
    says: str = ""
    advice: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    developer: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.title or title_of(self.status)

    @property
    def words(self) -> tuple[str, str]:
        """What happened, and what can be done about it; the latter may be empty."""
        usual = words_of(self.status)
        # Words of the app's own, or of a guard's, give their own advice.
        return (self.says, self.advice) if self.says else (usual.says, usual.advice)


def form_for(environ: WSGIEnvironment) -> Form:
    """Return what the client reads.

    Every browser names ``text/html`` when it opens a page. What asks for nothing in
    particular (``*/*``, as ``fetch``, curl and most HTTP libraries do) is a program,
    and gets problem details; what asks for something else, a picture or a text, gets a
    line of text.
    """
    accept = environ.get("HTTP_ACCEPT", "").strip().lower()

    if "html" not in accept:
        return _without_a_page(accept, environ)

    if "json" not in accept:
        return Form.PAGE

    found = parse_accept_header(accept, MIMEAccept)
    html = max(found.quality(name) for name in _PAGES)
    data = max((q for name, q in found if "json" in name), default=0)
    return Form.PROBLEM if data > html else Form.PAGE


def _without_a_page(accept: str, environ: WSGIEnvironment) -> Form:
    if "json" in accept:
        return Form.PROBLEM

    # htmx puts an answer into the page, where braces are no help to anyone.
    if accept in ("", "*/*") and "HTTP_HX_REQUEST" not in environ:
        return Form.PROBLEM

    return Form.TEXT


def answer(problem: Problem, environ: WSGIEnvironment | None) -> Response:
    """Return the answer in the form that the client reads, with the incident's number.

    :param environ: Of the request; without one the answer is a page.
    """
    passage = (environ or {}).get(KEY)
    found = passage if isinstance(passage, Passage) else None
    form = Form.PAGE if environ is None else form_for(environ)
    incident = found.request_id if found else ""

    if form is Form.PAGE:
        body = _page(problem, incident, found.nonce if found else "")
    elif form is Form.PROBLEM:
        body = _details(problem, incident)
    else:
        body = _text(problem, incident)

    return dressed(Response(body, problem.status), problem, form, incident)


def dressed(
    response: Response, problem: Problem, form: Form, incident: str
) -> Response:
    """Put the headers on an answer to a problem, and return it."""
    charset = "" if form is Form.PROBLEM else "; charset=utf-8"
    headers = response.headers
    headers["Content-Type"] = form.value + charset

    for name, value in problem.headers:
        if name.lower() not in _OURS:
            headers.add(name, value)

    # It holds the number of one incident, and depends on what was asked for.
    headers.setdefault("Cache-Control", "no-store")
    response.vary.add("Accept")

    if incident:
        headers["X-Request-ID"] = incident

    return response


def _page(problem: Problem, incident: str, nonce: str) -> str:
    return page(
        status=problem.status,
        title=escape(problem.name),
        paragraphs=[escape(w).replace("\n", Markup("<br>")) for w in problem.words],
        incident=incident,
        developer=_with_code(problem.developer),
        nonce=nonce,
    )


def _with_code(text: str) -> str:
    """Return a text as HTML, with what stands between backticks as code."""
    # Markup would escape what is put in.
    return _CODE.sub(r"<code>\1</code>", str(escape(text)))


def _details(problem: Problem, incident: str) -> str:
    """Return RFC 9457 problem details."""
    details: dict[str, t.Any] = {
        "type": "about:blank",
        "title": problem.name,
        "status": problem.status,
        "detail": _plain(problem),
    }

    if incident:
        details["instance"] = uuid.UUID(incident).urn
        details["incident"] = incident

    if problem.developer:
        details["developer"] = problem.developer

    return json.dumps(details, ensure_ascii=False) + "\n"


def _text(problem: Problem, incident: str) -> str:
    lines = [f"{problem.status} {problem.name}", _plain(problem), problem.developer]
    lines.append(f"Incident number: {incident}" if incident else "")
    return "\n".join(filter(None, lines)) + "\n"


def _plain(problem: Problem) -> str:
    return " ".join(
        w.striptags() if isinstance(w, Markup) else w for w in problem.words if w
    )
