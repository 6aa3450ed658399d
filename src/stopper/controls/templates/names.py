"""What HTML's names mean: which attribute holds a URL, which runs as script."""

from __future__ import annotations

from .builder import ElementBuilder
from .expression import Expression
from .model import Context

_URLS = frozenset(
    (
        *("action", "archive", "background", "cite", "classid", "codebase", "data"),
        *("formaction", "href", "icon", "imagesrcset", "longdesc", "manifest", "ping"),
        *("poster", "profile", "src", "srcset", "usemap", "xlink:href"),
    )
)

#: Words that begin as a handler's name does, and are none.
_NO_HANDLERS = frozenset({"on", "one", "only", "once"})

#: The elements whose URL a browser runs if its scheme is ``javascript:``, or from which
#: it takes all other URLs of the page.
_RUNNING = {
    "href": frozenset({"a", "area", "base"}),
    "xlink:href": frozenset({"a"}),
    "src": frozenset({"iframe", "frame", "embed", "script"}),
    "data": frozenset({"object"}),
    "action": frozenset({"form"}),
    "formaction": frozenset({"button", "input"}),
}

#: The types that make a script run; so does none at all.
_JAVASCRIPT = frozenset(
    [f"{kind}/{name}" for kind in ("text", "application") for name in (
        "javascript", "ecmascript", "x-javascript", "x-ecmascript", "jscript",
        "livescript")]
    + [f"text/javascript1.{n}" for n in range(6)]
    + ["", "module"]
)  # fmt: skip

#: Read by the browser, and held to the page's policy as a script is.
POLICED_JSON = frozenset({"importmap", "speculationrules"})


def handler(attribute: str) -> bool:
    """Whether an attribute of this name is run as script when something happens."""
    return (
        attribute.startswith("on")
        and attribute.isalpha()
        and attribute not in _NO_HANDLERS
    )


def runs_url(tag: str, attribute: str) -> bool:
    """Whether a ``javascript:`` URL in this attribute runs."""
    return tag in _RUNNING.get(attribute, ())


def attribute_context(tag: str, attribute: str) -> Context:
    """Return what a value in this attribute is."""
    if handler(attribute):
        return Context.EVENT_HANDLER

    if attribute == "style":
        return Context.STYLE_ATTRIBUTE

    if attribute == "srcdoc" and tag == "iframe":
        return Context.SRCDOC

    # ``data`` is a URL on one element only.
    if attribute in _URLS and (attribute != "data" or tag == "object"):
        return Context.URL

    return Context.ATTRIBUTE


def script_type(element: ElementBuilder) -> str | None:
    """Return the type of a script in lower case, ``None`` if an expression decides."""
    for attribute in element.attributes:
        if attribute.name == "type" and not attribute.dynamic:
            if attribute.branched or any(
                isinstance(p, Expression) for p in attribute.parts
            ):
                return None

            text = "".join(p for p in attribute.parts if isinstance(p, str))
            return text.strip().lower()

    return ""


def script_context(element: ElementBuilder) -> Context:
    """Return what the body of this script is; a type that nobody knows may run."""
    kind = script_type(element)

    if kind is None or kind.split(";")[0].strip() in _JAVASCRIPT:
        return Context.SCRIPT

    if kind in POLICED_JSON or kind.endswith(("/json", "+json")):
        return Context.JSON

    return Context.DATA_BLOCK
