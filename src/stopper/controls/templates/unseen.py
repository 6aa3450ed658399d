"""By what a start tag may get attributes that are not seen in the template."""

from __future__ import annotations

from collections.abc import Collection

from .model import Attribute
from .model import Context
from .model import Element
from .model import Output
from .model import Reading
from .policy import own_url

#: Statements that print nothing but what stands between them and is read as it stands.
#: All others print what stands in another template, or what an extension makes up.
SEEN = frozenset(
    (
        *("if", "elif", "else", "endif", "for", "endfor", "break", "continue"),
        *("set", "endset", "with", "endwith", "do", "import", "from", "macro"),
        *("endmacro", "autoescape", "endautoescape", "trans", "pluralize", "endtrans"),
    )
)


def unseen(element: Element, reading: Reading, watched: Collection[str]) -> str | None:
    """Say by what a start tag may get attributes that are not seen, ``None`` for nothing.

    :param watched: The names of the attributes that matter. What their values are is
        the caller's to judge, but for what a statement prints into them.
    """
    for statement in reading.within(element.start, element.end):
        if statement.name not in SEEN and not any(
            a.quote
            and a.name not in watched
            and a.value_start <= statement.start < a.value_end
            for a in element.attributes
        ):
            return (
                f"Its start tag holds a {statement.name}: what that prints is not "
                "seen here."
            )

    if _printed(element, reading, watched):
        return f"Its start tag prints an expression that could be {_any(watched)}."

    bare = next((a for a in element.attributes if _bare(a, watched)), None)

    if bare is not None:
        return (
            f"Its {bare.name} has no quotes: a value with a space in it could add "
            f"{_any(watched)}."
        )

    return None


def _printed(element: Element, reading: Reading, watched: Collection[str]) -> bool:
    """Say whether a name is printed; a word of the template's own is none that matters."""
    if element.dynamic or any(
        a.dynamic and (a.name or a.valued) for a in element.attributes
    ):
        return True

    return any(
        output.context is Context.ATTRIBUTE_NAME and not _word(output, watched)
        for output in reading.printed(element.start, element.end)
    )


def _word(output: Output, watched: Collection[str]) -> bool:
    """Say whether this prints a word that the template holds, ``disabled`` say."""
    expression = output.expression
    text = expression.text.lower()
    return all(operand.constant for operand in expression.operands) and not any(
        name in text for name in watched
    )


def _bare(attribute: Attribute, watched: Collection[str]) -> bool:
    return (
        attribute.valued
        and not attribute.quote
        and attribute.name not in watched
        and attribute.name != "nonce"
        and not own_url(attribute)
    )


def _any(watched: Collection[str]) -> str:
    return " or ".join(sorted(watched))
