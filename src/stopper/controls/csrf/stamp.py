"""Which forms of a template get a token, and what is put there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from collections.abc import Iterator

from ..templates.insertion import Insertion
from ..templates.jinja import Syntax
from ..templates.model import Attribute
from ..templates.model import Element
from ..templates.model import Form
from ..templates.model import Problem
from ..templates.model import Reading
from ..templates.model import Statement
from ..templates.policy import own_url
from ..templates.unseen import unseen
from .forms import tokened
from .policy import stays

#: Statements that may stand in an action: what is assigned around them is known after.
_INNER = frozenset({"if", "elif", "else", "endif"})


class Unfit(Exception):
    """A form that posts, and gets no token."""


@dataclasses.dataclass(slots=True)
class _Names:
    """Names for the actions of one template, each once."""

    given: int = 0

    def next(self) -> str:
        self.given += 1
        # With an underscore in front, an import does not see it.
        return f"_stopper_action_{self.given}"


def fields(
    source: str, reading: Reading, call: str, syntax: Syntax
) -> tuple[list[Insertion], list[Problem]]:
    """Return what puts a token into each form that posts to the app, and into no other.

    An action that is one text is judged here. Any other is printed as ever, once, and
    what was printed is handed to ``call``, which judges it in its turn: a payment
    host must not get a token. Left alone are forms with a token of their own and those
    whose start tag hides where they go: with an expression outside of a value in
    quotes, with an action in a loop, with attributes out of another template.

    :param call: The name of the template global that prints the field.
    """
    names = _Names()
    insertions: list[Insertion] = []
    problems: list[Problem] = []
    # A button may belong to a form that it does not stand in.
    stray = [e for e in reading.elements if e.attribute("form") is not None]
    way_out = _way_out(stray, reading)

    for form in _posting(reading):
        try:
            if way_out:
                raise Unfit(way_out)

            insertions += _field(form, source, reading, call, syntax, names)
        except Unfit as e:
            text = source[form.element.start :].splitlines()[0][:200]
            problems.append(Problem("form-without-token", form.line, str(e), text))

    return insertions, problems


def _posting(reading: Reading) -> Iterator[Form]:
    shared = any(form.element.odd and tokened(form) for form in reading.forms)

    for form in reading.forms:
        served = tokened(form) or (shared and form.element.odd)

        if form.posts and form.insertion >= 0 and not served:
            yield form


def _field(
    form: Form,
    source: str,
    reading: Reading,
    call: str,
    syntax: Syntax,
    names: _Names,
) -> Iterator[Insertion]:
    element = form.element

    if element.translated:
        raise Unfit("It stands in a text to translate, in which nothing can be called.")

    added = unseen(element, reading, ("action", "method"))

    if added:
        raise Unfit(added)

    inside = list(reading.within(element.start, form.insertion))
    _check_method(form, inside)
    way_out = _way_out(form.elements, reading)

    if way_out:
        raise Unfit(way_out)

    actions = [a for a in element.attributes if a.name == "action" and a.valued]
    arguments: list[str] = []

    for action in actions:
        within = [s for s in inside if s.start < action.start]
        text = action.text

        if text is not None and len(actions) == 1 and not within:
            if not stays(text, _nobody):
                raise Unfit("It is sent to another origin.")

            arguments.append(json.dumps(text))
        else:
            name = names.next()
            yield from _captured(action, name, source, inside, syntax)
            arguments.append(name)

    inner = f"{call}({', '.join(arguments)})"
    yield Insertion(
        form.insertion, f"{syntax.variable_start} {inner} {syntax.variable_end}"
    )


def _captured(
    action: Attribute,
    name: str,
    source: str,
    inside: list[Statement],
    syntax: Syntax,
) -> Iterator[Insertion]:
    """Keep what the action prints under a name, and print that."""
    if any(s.name not in _INNER and not _assigns(s) for s in inside):
        raise Unfit("A statement in its start tag hides where it goes.")

    start, end = action.value_start, action.value_end
    value = [s.name for s in inside if start <= s.start < end]
    before = [s.name for s in inside if s.start < action.start]

    if start < 0 or end < start or not _even(value) or not _nested(before):
        raise Unfit("Its action begins in one branch and ends in another.")

    if not action.quote and not own_url(action):
        raise Unfit("Its action has no quotes: a value with a space in it ends it.")

    if syntax.block_start.startswith(source[end - 1]):
        raise Unfit("Its action ends in what would begin a statement.")

    begin, close = syntax.block_start, syntax.block_end
    yield Insertion(start, f"{begin} set {name} {close}")
    yield Insertion(
        end,
        f"{begin} endset {close}{syntax.variable_start} {name} {syntax.variable_end}",
    )


def _assigns(statement: Statement) -> bool:
    return statement.name == "set" and statement.expression is not None


def _even(names: list[str]) -> bool:
    return _nested(names) and names.count("if") == names.count("endif")


def _nested(names: list[str]) -> bool:
    depth = 0

    for name in names:
        depth += (name == "if") - (name == "endif")

        if depth < 0 or (depth == 0 and name in ("elif", "else")):
            return False

    return True


def _check_method(form: Form, inside: list[Statement]) -> None:
    """Refuse a form that may be sent by GET: the token would stand in the address."""
    methods = [a for a in form.element.attributes if a.name == "method"]

    for method in methods:
        branch = [s.name for s in inside if s.start < method.start]
        text = method.text

        # A browser takes the word alone, without a space around it.
        if text is None or text.lower() != "post" or not _even(branch):
            raise Unfit("It may be sent by GET, with the token in the address.")

    if not methods:
        raise Unfit("It is sent by GET, unless a button says otherwise.")


def _way_out(elements: Iterable[Element], reading: Reading) -> str | None:
    return next(filter(None, (_leads_out(e, reading) for e in elements)), None)


def _leads_out(element: Element, reading: Reading) -> str | None:
    """Say how this button may send a form elsewhere, ``None`` if it is none that does."""
    method = element.attribute("formmethod")
    action = element.attribute("formaction")

    if method is not None and (method.text or "").lower() != "post":
        return "A button of it sends it by GET, with the token in the address."

    if action is not None and not _stays(action):
        return "A button of it may send it to another origin."

    added = _sends(element) and unseen(element, reading, ("formaction", "formmethod"))
    return f"A button of it may send it elsewhere. {added}" if added else None


def _sends(element: Element) -> bool:
    kind = element.attribute("type")
    said = (kind.text or "").strip().lower() if kind else ""
    return element.name == "button" or (
        element.name == "input" and said in ("submit", "image")
    )


def _stays(action: Attribute) -> bool:
    text = action.text

    if text is not None:
        return stays(text, _nobody)

    if action.dynamic or action.branched or len(action.parts) != 1:
        return False

    # Only of the app's own endpoints is it known before the page is rendered.
    return all(
        o.call == "url_for" and "_external" not in e.text and "**" not in e.text
        for e in action.expressions
        for o in e.operands
    )


def _nobody(origin: str) -> bool:
    return False
