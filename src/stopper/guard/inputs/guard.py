"""Refuses what no honest client sends: oversized, malformed or ambiguous requests."""

from __future__ import annotations

import operator
import typing as t

from flask import Request
from flask import Response
from werkzeug.exceptions import RequestEntityTooLarge

from ...catalogue.event import Action
from ...controls.inputs import policy
from ...controls.inputs.control import INPUTS
from ...controls.inputs.control import MAX_BODY
from ...controls.inputs.control import MAX_HEADERS
from ...controls.inputs.control import MAX_URL
from ..base import Guard
from ..house import House
from ..passage import Passage
from ..passage import served
from . import refusals
from .bodies import watch_bodies
from .chunks import Chunked
from .limits import limit_of

#: As many as gunicorn and Apache take.
MOST_HEADERS = 100

#: Hosts that were found to be well written; a client may make up as many as it likes.
_MOST_HOSTS = 100

#: Sets of names by which requests are told apart. A client may make up any number.
_MOST_FETCHES = 200

_USUAL = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: They make a server or a proxy repeat the request, cookies and all, or open a tunnel.
_NEVER = frozenset({"TRACE", "TRACK", "CONNECT"})

#: How many addresses are remembered as good.
MOST_GOOD = 2000


class InputsGuard(Guard):
    """Refuses what no honest client sends: oversized, malformed or ambiguous requests.

    What a server does not show through WSGI cannot be judged here: whether a header had
    an underscore for a dash, or stood twice.
    """

    control = INPUTS
    judges_from = 413

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._max_body = MAX_BODY.read(house.config)
        self._max_url = MAX_URL.read(house.config)
        self._max_headers = MAX_HEADERS.read(house.config)
        #: Paths with their queries in which nothing is odd.
        self._good: set[tuple[str, str]] = set()
        self._hosts: set[str | None] = {None}
        #: What fetches all that a request with these names says of itself.
        self._fetches: dict[tuple[str, ...], operator.itemgetter[t.Any]] = {}
        self._body_unlimited = house.app.config["MAX_CONTENT_LENGTH"] is None

        # Flask's own setting, so that a view may say otherwise for itself.
        if self._body_unlimited and not self.reporting:
            house.app.config["MAX_CONTENT_LENGTH"] = self._max_body

        watch_bodies(house.app, self.refuse)

    def door(self, passage: Passage) -> None:
        """Look at the request line and the headers, as far as WSGI shows them."""
        environ = passage.environ
        get = environ.get
        path = get("PATH_INFO") or ""
        query = get("QUERY_STRING") or ""

        if (path, query) not in self._good:
            self._look_at_target(passage, path, query)

        if environ["REQUEST_METHOD"] not in _USUAL:
            self._unusual(passage, environ["REQUEST_METHOD"])

        self._look_at_headers(passage, environ)

    def _look_at_target(self, passage: Passage, path: str, query: str) -> None:
        if len(path) + len(query) > self._max_url:
            self._long_url(passage, len(path) + len(query))

        # Printable and ASCII holds neither control characters nor broken UTF-8.
        if "%" in path or not (path.isascii() and path.isprintable()):
            self._odd_path(passage, path)

        if "%" in query or not (query.isascii() and query.isprintable()):
            self._text(passage, policy.fault_of_query(query), "query")
        elif "%" not in path and path.isascii() and len(path) + len(query) < 100:
            # A few addresses are most of those that are asked for.
            if path.isprintable() and len(self._good) < MOST_GOOD:
                self._good.add((path, query))

    def _look_at_headers(self, passage: Passage, environ: dict[str, t.Any]) -> None:
        get = environ.get

        if "HTTP_TRANSFER_ENCODING" in environ or get("CONTENT_LENGTH"):
            self._framing(passage)

        host = get("HTTP_HOST")

        if host not in self._hosts:
            self._new_host(passage, host or "")

        target = get("RAW_URI") or get("REQUEST_URI")

        if target and target[0] != "/":
            self._other_form(passage, target, host or "")

        text = self._texts(environ)

        if (
            len(text) > self._max_headers
            or "\n" in text
            or "\r" in text
            or "\0" in text
            or len(environ) > MOST_HEADERS
        ):
            self._headers_one_by_one(passage)

    def _texts(self, environ: dict[str, t.Any]) -> str:
        """Return what a request says of itself as one text.

        To search it is faster than a loop over the headers, and so is to fetch them by
        their names at once: most requests to a server have the same ones.
        """
        names = tuple(environ)
        fetch = self._fetches.get(names)

        if fetch is None:
            # What CGI names in capitals is text (PEP 3333).
            said = [n for n in names if n.isupper() or n.startswith("HTTP_")]
            # Of one name it would fetch no tuple.
            fetch = operator.itemgetter("REQUEST_METHOD", *said)

            if len(self._fetches) < _MOST_FETCHES:
                self._fetches[names] = fetch

        try:
            return "".join(fetch(environ))
        except TypeError:
            return "".join([v for v in environ.values() if isinstance(v, str)])

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Name the setting behind a 413, which Flask does not."""
        if response.status_code != 413:
            return

        self.house.emit(
            "inputs",
            "body-too-large",
            Action.REFUSED,
            f"A request was too large: {limit_of(request)}.",
            size=request.content_length,
        )

    def _long_url(self, passage: Passage, size: int) -> None:
        limit = self._max_url
        refusal = refusals.too_large(414, "url", size, limit, MAX_URL.key)
        self.refuse(refusal, passage)

    def _unusual(self, passage: Passage, method: str) -> None:
        if method in _NEVER:
            self.refuse(refusals.bad_method(method), passage)
        elif not policy.named_well(method):
            message = "The method is no word in capitals."
            self.refuse(refusals.malformed("bad-method", message), passage)

    def _odd_path(self, passage: Passage, path: str) -> None:
        fault = policy.fault_of_path(path)

        # A decoded path may well have one; only the target shows how it was written.
        if not fault and "%" in path:
            environ = passage.environ
            target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
            raw = target.partition("?")[0]
            fault = "invalid-encoding" if policy.half_encoded(raw) else ""

        self._text(passage, fault, "path")

    def _text(self, passage: Passage, fault: str, where: str) -> None:
        if fault:
            self.refuse(refusals.bad_text(fault, where), passage)

    def _framing(self, passage: Passage) -> None:
        coding = passage.environ.get("HTTP_TRANSFER_ENCODING")
        length = passage.environ.get("CONTENT_LENGTH") or ""
        fault = ""

        if length and not policy.counted_well(length):
            fault = "Content-Length is not one number"
        elif coding is not None and length:
            fault = "Transfer-Encoding and Content-Length stand beside each other"
        elif coding is not None and coding.strip().lower() != policy.CHUNKED:
            fault = "Transfer-Encoding is not `chunked`"

        if fault:
            message = (
                f"{fault}: two servers may disagree on where the request ends, "
                "which is how one is smuggled past the other."
            )
            self.refuse(refusals.malformed("ambiguous-length", message), passage)
        elif self._body_unlimited and self.reporting and length:
            self._would_be_large(passage, int(length))

        if coding is not None:
            self._watch_chunks(passage)

    def _watch_chunks(self, passage: Passage) -> None:
        environ = passage.environ
        environ["wsgi.input"] = Chunked(
            environ["wsgi.input"],
            lambda body: self._measure(passage, body),
            lambda: self.refuse(refusals.bad_chunk(), passage),
        )

    def _measure(self, passage: Passage, body: Chunked) -> None:
        request = served(passage.environ)

        if request is None:
            return

        if self.reporting:
            if self._body_unlimited and passage.held("inputs") is None:
                self._would_be_large(passage, body.taken)
            return

        limit = request.max_content_length

        # Werkzeug stops at the limit, and gives what it has for the whole.
        if limit is not None and body.taken >= limit and body.goes_on():
            raise RequestEntityTooLarge

    def _would_be_large(self, passage: Passage, size: int) -> None:
        if size > self._max_body:
            limit = self._max_body
            refusal = refusals.too_large(413, "body", size, limit, MAX_BODY.key)
            passage.keep("inputs", "large")
            self.refuse(refusal, passage)

    def _new_host(self, passage: Passage, host: str) -> None:
        if not policy.one_host(host):
            message = "The Host header names no host, or more than one."
            self.refuse(refusals.malformed("bad-host", message), passage)
        elif len(self._hosts) < _MOST_HOSTS:
            self._hosts.add(host)

    def _other_form(self, passage: Passage, target: str, host: str) -> None:
        if policy.aims_elsewhere(target, host):
            message = "The request line is no path: it names another host than Host, or nothing."
            self.refuse(refusals.malformed("two-hosts", message), passage)

    def _headers_one_by_one(self, passage: Passage) -> None:
        found = {
            k: v
            for k, v in passage.environ.items()
            if isinstance(v, str)
            and (k.startswith("HTTP_") or k in ("CONTENT_TYPE", "CONTENT_LENGTH"))
        }
        size = sum(map(len, found.values()))

        if size > self._max_headers or len(found) > MOST_HEADERS:
            limit = self._max_headers
            refusal = refusals.too_large(431, "headers", size, limit, MAX_HEADERS.key)
            self.refuse(refusal, passage)

        for name, value in found.items():
            if not set("\0\r\n").isdisjoint(value):
                message = "A header holds a NUL or the end of a line."
                details = {"header": name[:100]}
                refusal = refusals.malformed("bad-header", message, **details)
                self.refuse(refusal, passage)
