"""Puts a nonce on the scripts and styles of a template that the app itself wrote."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from collections.abc import Iterator

from ..csrf.stamp import fields
from .insertion import insert
from .insertion import Insertion
from .jinja import Syntax
from .model import Attribute
from .model import Context
from .model import Element
from .model import Problem
from .model import Reading
from .names import handler
from .names import POLICED_JSON
from .names import runs_url
from .policy import own_url
from .policy import script_value
from .reader import read
from .unseen import SEEN
from .unseen import unseen

#: What names a script's file; the last two in SVG.
_SOURCES = frozenset({"src", "href", "xlink:href"})
_SCHEME = re.compile(r"[\x00-\x20]*j[\t\n\r]*a[\t\n\r]*v[\t\n\r]*a[\t\n\r]*s[\t\n\r]*c[\t\n\r]*r[\t\n\r]*i[\t\n\r]*p[\t\n\r]*t[\t\n\r]*:", re.I)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Stamped:
    """A template's source with nonces, and what kept others from getting one.

    :param text: As many lines as the source has, each tag on the line it was on.
    :param problems: What a strict policy will block, and what got no nonce, in order.
    :param hashes: The CSP sources of the inline scripts that are the same on every
        rendering: ``"sha256-…"``, without the quotes.
    :param stamped: How many tags got a nonce.
    :param untokened: The forms that post and got no token, though one was to be put in.
    """

    text: str
    problems: tuple[Problem, ...]
    hashes: tuple[str, ...]
    stamped: int
    untokened: tuple[Problem, ...] = ()


def stamp(
    source: str,
    name: str = "",
    *,
    nonce: str = "csp_nonce",
    token: str = "",
    syntax: Syntax | None = None,
    html: bool | None = None,
) -> Stamped:
    """Return ``source`` with a nonce on each ``<script>`` and ``<style>`` that may have one.

    A nonce says that the app wrote this script, so none is put where a value of a
    request could have written it:

    - on a script whose ``src`` holds an expression, unless that is one call of
      ``url_for`` with a literal endpoint, with static text around it at most: an
      endpoint of the app's own is as constant as a path. An endpoint, or an
      ``_external`` or ``_anchor``, that a value decides is refused with the rest;
    - on a script whose body prints an expression that does not end in ``|tojson``, or
      prints it inside a string, a template literal or a comment, where its quotes
      close what they should open. A call of ``csrf_token`` holds no such character,
      and may stand anywhere;
    - on a script whose body holds a block, an include or a call, or a statement of an
      extension: what those print is not seen here;
    - on a script whose start tag prints an expression, or holds such a statement,
      outside of a value in quotes, for it could be a ``src``;
    - in a text to translate, in which nothing can be called.

    Scripts that no browser runs (``type="application/json"``, templates for the
    client) need no nonce and get none. A tag that has a ``nonce`` is left alone, and so
    is all that is no tag: strings, comments, the text of attributes. Stamping twice is
    stamping once.

    :param nonce: The name of the template global that returns the nonce; empty to put
        in none.
    :param token: The name of the one that prints a form's hidden field with a token;
        empty to put in none. Which forms get one: :func:`.fields`.
    """
    syntax = syntax or Syntax()
    reading = read(source, name, syntax=syntax, html=html)

    if reading.error:
        return Stamped(source, (reading.error,), (), 0)

    problems: list[Problem] = []
    places: list[int] = []

    for element in reading.elements:
        problems.extend(_blocked(element))

        if nonce and _takes_nonce(element):
            refusal = _refusal(element, reading, source, nonce)

            if refusal:
                problems.append(refusal)
            elif element.attribute("nonce") is None:
                places.append(element.name_end)

    insertions, untokened = (
        fields(source, reading, token, syntax) if token else ([], [])
    )
    value = f'nonce="{syntax.variable_start} {nonce}() {syntax.variable_end}"'
    insertions += [Insertion(place, value, " ") for place in places]
    return Stamped(
        insert(source, reading, insertions, syntax),
        tuple(problems),
        tuple(hashes(source, reading)),
        len(places),
        tuple(untokened),
    )


def hash_of(body: str) -> str:
    """Return the CSP source of an inline script of this text: ``"sha256-…"``.

    Line ends count as a browser counts them: each is one line feed.
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def hashes(source: str, reading: Reading) -> Iterator[str]:
    """Yield the CSP source of each inline script that is the same on every rendering."""
    for element in reading.elements:
        body = element.body

        if (
            element.name == "script"
            and _takes_nonce(element)
            and not element.foreign
            and not element.dynamic
            and not any(a.name in _SOURCES for a in element.attributes)
            and body
            and body.constant
            and body.end >= 0
        ):
            text = source[body.start : body.end]

            # A browser replaces what is no character before it hashes.
            if text.strip() and "\0" not in text and _encodes(text):
                yield hash_of(text)


def _encodes(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _takes_nonce(element: Element) -> bool:
    if element.name == "style":
        return True

    if element.name != "script":
        return False

    kind = element.attribute("type")
    policed = kind is not None and (kind.text or "").strip().lower() in POLICED_JSON
    return policed or element.context in (Context.SCRIPT, Context.TEXT)


def _refusal(
    element: Element, reading: Reading, source: str, nonce: str
) -> Problem | None:
    """Return why this script or style gets no nonce, or has one that is not ours."""
    given = element.attribute("nonce")
    text = _shown(source, element)

    if given is not None:
        ours = any(nonce in e.calls for e in given.expressions)
        message = f"It has a nonce that is not {nonce}()."
        return None if ours else Problem("other-nonce", element.line, message, text)

    if element.translated:
        message = "It stands in a text to translate, in which nothing can be called."
        return Problem("translated", element.line, message, text)

    if element.name != "script":
        return None

    added = unseen(element, reading, _SOURCES)

    if added:
        return Problem("script-attributes", element.line, added, text)

    # Not the first src alone: that may stand in a branch that is not taken.
    chosen = (a for a in element.attributes if a.name in _SOURCES)
    src = next((a for a in chosen if not own_url(a)), None)

    if src is not None:
        message = "Its src holds an expression: a value could choose the script."
        return Problem("script-src", src.line, message, text)

    return _body_refusal(element, text)


def _body_refusal(element: Element, text: str) -> Problem | None:
    body = element.body

    if body is None:
        return None

    value = next((o for o in body.outputs if not script_value(o)), None)

    if value is not None:
        message = (
            "Its body prints a value that is not under |tojson."
            if value.context in (Context.SCRIPT, Context.JSON)
            else f"Its body prints a value inside a {value.context}."
        )
        return Problem("script-value", value.line, message, value.expression.text)

    foreign = next((s for s in body.statements if s not in SEEN), None)

    if foreign is not None:
        message = f"Its body holds a {foreign}: what that prints is not seen here."
        return Problem("script-part", element.line, message, text)

    return None


def _blocked(element: Element) -> Iterator[Problem]:
    """Yield what in this start tag a policy without 'unsafe-inline' blocks."""
    for attribute in element.attributes:
        if attribute.dynamic:
            continue

        text = attribute.name

        if handler(attribute.name):
            message = "An inline event handler is script that no nonce can allow."
            yield Problem("event-handler", attribute.line, message, text)
        elif attribute.name == "style":
            message = "An inline style is one that no nonce can allow."
            yield Problem("style-attribute", attribute.line, message, text)
        elif runs_url(element.name, attribute.name) and _javascript(attribute):
            message = "A javascript: URL is script that no nonce can allow."
            yield Problem("javascript-url", attribute.line, message, text)


def _javascript(attribute: Attribute) -> bool:
    texts = [p for p in attribute.parts if isinstance(p, str)]
    return any(_SCHEME.match(p) for p in (texts if attribute.branched else texts[:1]))


def _shown(source: str, element: Element) -> str:
    end = element.end if element.end >= 0 else element.name_end
    return source[element.start : end].splitlines()[0][:200]
