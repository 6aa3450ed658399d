"""Does an answer that a browser takes for a page hold a value as it came?"""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import HTML_FROM_VALUE
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import best
from ...survey.flow.flows import flows
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.said import receivers
from ...survey.site import Site
from ...survey.values import Built
from ..answers import responders
from .pieces import asks
from .pieces import CLEAN
from .pieces import open_parts
from .types import html
from .types import other_type

_REQUEST = "flask.request."

#: What no link makes a visitor's browser send, or what comes quoted.
_NO_LINK = frozenset(
    f"flask.request.{name}"
    for name in (
        *(
            "accept_mimetypes",
            "authorization",
            "base_url",
            "cookies",
            "files",
            "headers",
        ),
        *("host", "host_url", "origin", "query_string", "referrer", "root_url", "url"),
        *("url_root", "user_agent"),
    )
)

#: What gives an answer that is no HTML of a value's.
_OTHER = frozenset(
    (
        *("flask.jsonify", "flask.json.jsonify", "flask.redirect", "flask.send_file"),
        *("flask.send_from_directory", "flask.abort", "flask.stream_with_context"),
    )
)


@check(HTML_FROM_VALUE, asks=Project)
def html_from_value(project: Project) -> Iterator[Finding]:
    """Does a view answer with text that holds a value?"""
    told: set[ast.AST] = set()

    for view, holder in _answering(project):
        for node in view.module.within(view.node, ast.Return):
            site = view.at(node)
            body = _body(site)

            if body is None or site.function is not view.node or _is_json(body):
                continue

            # What a resource gives is encoded as JSON.
            flow = None if _is_resource(holder) else best(_sent_of(project, body))
            own = isinstance(body.node, ast.Call)
            parts = [] if own else open_parts(body)

            if flow is not None:
                told.add(node)
                yield _answered(site, flow)
            elif parts:
                asked = any(map(asks, parts))
                confidence = Confidence.MEDIUM if asked else Confidence.LOW
                yield finding(
                    HTML_FROM_VALUE, site.place, "return", confidence=confidence
                )

    for found in project.sinks("html"):
        call, body = found.call, _first(found.argument)
        above = {s.node for s in call.above() if isinstance(s.node, ast.Return)}
        other = body is None or above & told or _typed(call)
        flow = None if other or body is None else sent(project, body)

        if flow is not None:
            yield _answered(call, flow, call.written)


def _answering(project: Project) -> Iterator[tuple[Site, Site | None]]:
    """Yield what answers requests and errors, with the class that it is a method of."""
    known: set[ast.AST] = set()

    for route in project.routes:
        known.add(route.view.node)
        yield route.view, route.holder

    for function in responders(project) - known:
        for module in project.modules:
            if function in module.index.nodes(type(function)):
                yield project.site(module, function), None


def _answered(site: Site, flow: Flow, name: str = "return") -> Finding:
    low = flow.name in _NO_LINK
    return finding(
        HTML_FROM_VALUE,
        site.place,
        name,
        confidence=Confidence.LOW if low else flow.confidence,
        steps=flow.steps,
        others=flow.ways,
    )


def _sent_of(project: Project, body: Site) -> Iterator[Flow]:
    """Yield the flows into an answer; of JSON made by hand, into what it holds."""
    given = body.argument(0) if isinstance(body.node, ast.Call) else None
    held = [body]

    if given is not None and body.name in _DUMPS:
        bound = given.bound
        node = bound[1].node if bound else given.node

        if isinstance(node, ast.Dict):
            held = [given.at(value) for value in node.values]

    for part in held:
        flow = sent(project, part)

        if flow is not None:
            yield flow


def sent(project: Project, body: Site) -> Flow | None:
    """Return the flow of a request's value into an answer, if all of it was seen."""
    kind = body.type or ""
    # An answer that was made before is looked at where it was made.
    made = kind.startswith(("flask.", "werkzeug.")) and not kind.startswith(_REQUEST)

    if body.literal or made or _is_json(body) or _is_list(body):
        return None

    found = flows(project).into(body, "html", CLEAN | _OTHER)
    return best(
        f
        for f in found
        if f.origin is Origin.REQUEST and f.doubts == f.stores and _text(f)
    )


def _text(flow: Flow) -> bool:
    """Say whether a source gives text, and not all of a mapping."""
    if flow.path or not flow.name.endswith(("json", "args", "form", "values")):
        return not flow.path or not flow.path[0].startswith(".")

    return isinstance(flow.node, ast.Subscript) or flow.written.endswith(")")


def _is_list(body: Site) -> bool:
    node = body.node

    if isinstance(node, ast.Name) and body.bound is not None:
        node = body.bound[1].node or node

    return isinstance(node, ast.List | ast.ListComp)


def _is_resource(holder: Site | None) -> bool:
    if holder is None or not isinstance(holder.node, ast.ClassDef):
        return False

    bases = holder.names.bases(holder.module, holder.node)
    return any(base.endswith("Resource") for base in bases)


def _typed(call: Site) -> bool:
    """Say whether an answer is given a type of its own, at once or later."""
    if other_type(call) or call.open_ended or len(call.args) > 2:
        return True

    return _set_later(call, set(receivers(call.node)))


def _set_later(site: Site, names: set[str]) -> bool:
    """Say whether one of these answers or headers is given a type in the function."""
    body = site.function or site.module.tree
    return any(_types(node, names) for node in walk(body))


def _types(node: ast.AST, names: set[str]) -> bool:
    """Say whether this is ``answer.mimetype`` or ``answer.headers["Content-Type"]``."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key, node = str(node.slice.value).lower(), node.value
    else:
        key = ""

    # Or of headers that are handed over.
    if isinstance(node, ast.Name):
        return key == "content-type" and node.id in names

    if not isinstance(node, ast.Attribute):
        return False

    typed = node.attr in {"mimetype", "content_type"} or key == "content-type"
    return typed and getattr(node.value, "id", "") in names


def _body(site: Site) -> Site | None:
    """Return the text of an answer that goes out as HTML, ``None`` if it does not."""
    node = t.cast(ast.Return, site.node).value
    body = _first(site.at(node)) if node is not None else None

    if body is None or not isinstance(body.node, ast.Call):
        return body

    # What a function of the project makes is seen there.
    if _text_made(body) or body.names.definition(body.name) is not None:
        return body

    if body.name not in ("flask.make_response", "flask.Response"):
        return None

    typed = other_type(body) or body.open_ended
    given = None if typed else body.argument(0, "response")
    return _first(given) if given is not None else None


def _first(answer: Site) -> Site | None:
    """Return the text of an answer, ``None`` if headers beside it give it a type."""
    node = answer.node

    if not isinstance(node, ast.Tuple) or not node.elts:
        return answer

    headers = [answer.at(n) for n in node.elts[1:]]
    names = {h.node.id for h in headers if isinstance(h.node, ast.Name)}

    # The last of two or three may be headers, which can say another type.
    if any(isinstance(h.node, ast.Dict) and not html(h) for h in headers):
        return None

    # Of headers that a function makes, nobody knows what they say.
    if len(node.elts) > 2 and _made(headers[-1]):
        return None

    return None if _set_later(answer, names) else answer.at(node.elts[0])


def _made(headers: Site) -> bool:
    bound = headers.bound
    return isinstance(bound[1].node if bound else headers.node, ast.Call)


#: What gives a text, and escapes nothing of what it is given.
_DUMPS = ("json.dumps", "flask.json.dumps", "simplejson.dumps", "ujson.dumps")
_TEXTUAL = frozenset({"format", "join", "replace", "strip", "encode", "decode"})


def _text_made(call: Site) -> bool:
    """Say whether a call makes a text of what it is given, such as ``"...".format(x)``."""
    node = t.cast(ast.Call, call.node)
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return method in _TEXTUAL or call.name in (*_DUMPS, "builtins.str")


def _is_json(site: Site) -> bool:
    value = site.value
    first = value.parts[0] if isinstance(value, Built) and value.parts else ""
    return isinstance(first, str) and first.lstrip()[:1] in ("{", "[")
