"""What Python does with templates and with HTML: Markup, strings, environments."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import ENVIRONMENT_WITHOUT_AUTOESCAPE
from ....controls.templates.control import HTML_FROM_VALUE
from ....controls.templates.control import MARKUP_FROM_VALUE
from ....controls.templates.control import TEMPLATE_FROM_VALUE
from ....controls.templates.control import UNSANDBOXED_ENVIRONMENT
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import best
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.said import receivers
from ...survey.site import Site
from ...survey.values import Built
from ..ends import ended
from .printed import judged

_ENVIRONMENTS = (
    "jinja2.Environment",
    "jinja2.environment.Environment",
    "jinja2.nativetypes.NativeEnvironment",
)
#: What loads templates that need not be files of the app.
_LOADERS = ("jinja2.BaseLoader", "jinja2.DictLoader", "jinja2.FunctionLoader")
#: What escapes or cleans a value, or prints what is escaped.
_CLEAN = frozenset(
    (
        *("markupsafe.escape", "html.escape", "nh3.clean"),
        *("bleach.clean", "bleach.linkify", "flask.render_template", "flask.url_for"),
        *("flask.render_template_string", "json.dumps", "flask.json.dumps"),
        *("builtins.int", "builtins.float", "builtins.len", "builtins.bool"),
        *("markupsafe.Markup", "urllib.parse.quote", "urllib.parse.quote_plus"),
        *("urllib.parse.urlencode", "builtins.hash", "builtins.id"),
        *("flask_babel.gettext", "flask_babel.lazy_gettext", "gettext.gettext"),
    )
)


def _open_parts(site: Site) -> list[Site]:
    """Return the parts of a text that are neither constant nor escaped."""
    value = site.value

    if not isinstance(value, Built):
        return []

    parts = [site.at(p) for p in value.parts if isinstance(p, ast.expr)]
    return [p for p in parts if not p.literal and not _clean(p)]


def _clean(site: Site) -> bool:
    """Whether this is what a function that escapes gave, by a name or directly."""
    if isinstance(site.node, ast.Name) and site.bound is not None:
        node = site.bound[1].node
        return isinstance(node, ast.Call) and _clean(site.at(node))

    if not isinstance(site.node, ast.Call):
        return False

    # ``escape(x).split()``: a method of what is escaped gives what is escaped.
    if site.name in _CLEAN or (site.name or "").startswith("markupsafe.escape()."):
        return True

    return _joins_clean(site)


def _joins_clean(site: Site) -> bool:
    """Whether this joins, with a constant, parts that are each escaped."""
    call = t.cast(ast.Call, site.node)

    if not isinstance(call.func, ast.Attribute) or call.func.attr != "join":
        return False

    if len(call.args) != 1 or not site.at(call.func.value).literal:
        return False

    items = call.args[0]

    if isinstance(items, ast.ListComp | ast.GeneratorExp):
        return _clean(site.at(items.elt))

    if isinstance(items, ast.List | ast.Tuple):
        return all(site.at(e).literal or _clean(site.at(e)) for e in items.elts)

    return _clean(site.at(items))


def _asks(site: Site) -> bool:
    """Whether a part of a text stands there as the client sent it."""
    parameters: set[str] = set()

    if site.function is not None:
        args = site.function.args
        all_ = (*args.posonlyargs, *args.args, *args.kwonlyargs)
        parameters = {a.arg for a in all_} - {"self", "cls"}

    for node in ast.walk(site.node):
        if isinstance(node, ast.Name) and node.id in parameters:
            return True

        if isinstance(node, ast.Attribute | ast.Name):
            name = site.names.name_of(site.module, node) or ""

            if name == "flask.request" or name.startswith("flask.request."):
                return True

    return False


@check(MARKUP_FROM_VALUE, asks=Project)
def markup_from_value(project: Project) -> Iterator[Finding]:
    """Is text with a value in it declared to be HTML?"""
    for call in project.calls("markupsafe.Markup"):
        argument = call.argument(0, "object")

        if argument is None or argument.literal:
            continue

        if _clean(argument):
            continue

        built = isinstance(argument.value, Built)

        if built and not _open_parts(argument):
            continue

        found = judged(project, [argument], "markup")

        if not found.known:
            yield finding(
                MARKUP_FROM_VALUE,
                call.place,
                call.written,
                confidence=found.surer(Confidence.MEDIUM if built else Confidence.LOW),
                steps=found.steps,
                others=found.others,
            )


@check(TEMPLATE_FROM_VALUE, asks=Project)
def template_from_value(project: Project) -> Iterator[Finding]:
    """Is text that is no constant compiled as a template?"""
    for found in project.sinks("template"):
        yield from _compiled(project, found.call, found.argument)

    # A method of that name on an unknown object: an environment by its name.
    for call in project.calls(*sorted(project.models.named("template-method"))):
        argument = call.argument(0, "source")

        if argument is not None and _environment_by_name(call):
            yield from _compiled(project, call, argument, Confidence.LOW)


def _compiled(
    project: Project, call: Site, text: Site, most: Confidence = Confidence.HIGH
) -> Iterator[Finding]:
    if text.literal:
        return

    flow = flows(project).first(text, "template")

    if flow is not None:
        yield ended(TEMPLATE_FROM_VALUE, call, flow, most)
        return

    built = isinstance(text.value, Built) or _asks(text)
    sure = min(most, Confidence.MEDIUM if built else Confidence.LOW)
    yield finding(TEMPLATE_FROM_VALUE, call.place, call.written, confidence=sure)


def _environment_by_name(call: Site) -> bool:
    node = call.node
    receiver = node.func.value if _method(node) else None
    text = call.module.source(receiver).lower() if receiver is not None else ""
    return ("env" in text or "jinja" in text) and "sandbox" not in text


def _method(node: ast.AST) -> t.TypeGuard[t.Any]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


@check(UNSANDBOXED_ENVIRONMENT, asks=Project)
def unsandboxed_environment(project: Project) -> Iterator[Finding]:
    """Does the app have an environment class of its own, without a sandbox?"""
    for site in project.nodes(ast.ClassDef):
        node = t.cast(ast.ClassDef, site.node)
        bases = {site.names.name_of(site.module, base) for base in node.bases}

        if not bases & set(_ENVIRONMENTS):
            continue

        stored = any(_names(site, loader) for loader in _LOADERS)
        yield finding(
            UNSANDBOXED_ENVIRONMENT,
            site.place,
            node.name,
            confidence=Confidence.MEDIUM if stored else Confidence.LOW,
        )


def _names(site: Site, name: str) -> bool:
    """Whether the module imports ``name``, or derives from it."""
    library, _, short = name.rpartition(".")
    return any(
        node.module == library and any(a.name == short for a in node.names)
        for node in site.module.index.nodes(ast.ImportFrom)
    )


@check(ENVIRONMENT_WITHOUT_AUTOESCAPE, asks=Project)
def environment_without_autoescape(project: Project) -> Iterator[Finding]:
    """Is there an environment that escapes nothing?"""
    sandboxes = ("jinja2.sandbox.SandboxedEnvironment",)

    for call in project.calls(*_ENVIRONMENTS[:2], *sandboxes):
        if call.open_ended:
            continue

        given = call.keywords.get("autoescape")
        off = given is None or (given.constant and given.constant.value is False)

        if off:
            html = _speaks_of_html(call)
            yield finding(
                ENVIRONMENT_WITHOUT_AUTOESCAPE,
                call.place,
                call.written,
                confidence=Confidence.MEDIUM if html else Confidence.LOW,
            )


def _speaks_of_html(site: Site) -> bool:
    """Whether the module names an HTML file: what it renders is then HTML."""
    return any(
        isinstance(node.value, str) and node.value.lower().endswith((".html", ".htm"))
        for node in site.module.index.nodes(ast.Constant)
    )


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

    for route in project.routes:
        view = route.view

        for node in view.module.within(view.node, ast.Return):
            site = view.at(node)
            body = _body(site)

            if body is None or site.function is not view.node or _is_json(body):
                continue

            # What a resource gives is encoded as JSON.
            flow = None if _is_resource(route.holder) else _sent(project, body)
            own = isinstance(body.node, ast.Call)
            parts = [] if own else _open_parts(body)

            if flow is not None:
                told.add(node)
                yield _answered(site, flow)
            elif parts:
                asked = any(map(_asks, parts))
                confidence = Confidence.MEDIUM if asked else Confidence.LOW
                yield finding(
                    HTML_FROM_VALUE, site.place, "return", confidence=confidence
                )

    for found in project.sinks("html"):
        call, body = found.call, _first(found.argument)
        above = {s.node for s in call.above() if isinstance(s.node, ast.Return)}
        other = body is None or above & told or _typed(call)
        flow = None if other or body is None else _sent(project, body)

        if flow is not None:
            yield _answered(call, flow, call.written)


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


def _sent(project: Project, body: Site) -> Flow | None:
    """Return the flow of a request's value into an answer, if all of it was seen."""
    kind = body.type or ""
    # An answer that was made before is looked at where it was made.
    made = kind.startswith(("flask.", "werkzeug.")) and not kind.startswith(_REQUEST)

    if body.literal or made or _is_json(body) or _is_list(body):
        return None

    found = flows(project).into(body, "html", _CLEAN | _OTHER)
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
    given = {"mimetype", "content_type", "headers", "direct_passthrough"}

    if given & set(call.keywords) or call.open_ended or len(call.args) > 2:
        return True

    return _set_later(call, set(receivers(call.node)))


def _set_later(site: Site, names: set[str]) -> bool:
    """Say whether one of these answers or headers is given a type in the function."""
    body = site.function or site.module.tree
    return any(_types(node, names) for node in ast.walk(body))


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
    if body.names.definition(body.name) is not None:
        return body

    if body.name not in ("flask.make_response", "flask.Response"):
        return None

    typed = {"mimetype", "content_type", "headers"} & set(body.keywords)
    given = None if typed or body.open_ended else body.argument(0, "response")
    return _first(given) if given is not None else None


def _first(answer: Site) -> Site | None:
    """Return the text of an answer, ``None`` if headers beside it give it a type."""
    node = answer.node

    if not isinstance(node, ast.Tuple) or not node.elts:
        return answer

    headers = node.elts[1:]
    names = {n.id for n in headers if isinstance(n, ast.Name)}

    # The last of two or three may be headers, which can say another type.
    if any(isinstance(n, ast.Dict) for n in headers) or _set_later(answer, names):
        return None

    return answer.at(node.elts[0])


def _is_json(site: Site) -> bool:
    value = site.value
    first = value.parts[0] if isinstance(value, Built) and value.parts else ""
    return isinstance(first, str) and first.lstrip()[:1] in ("{", "[")
