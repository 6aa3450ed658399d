"""What of an exception becomes part of an answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ..survey.index import Function
from ..survey.index import parent_of
from ..survey.module import function_of
from ..survey.nodes import walk
from ..survey.project import Project
from ..survey.site import Site

_ANSWERS = frozenset(
    {
        "flask.jsonify",
        "flask.make_response",
        "flask.abort",
        "flask.Response",
        "flask.render_template",
        "flask.render_template_string",
        "flask.flash",
        "flask_restful.abort",
        "flask_restx.abort",
        "werkzeug.exceptions.abort",
    }
)

#: Exceptions whose text is written for whoever sent the request.
_MEANT = (
    "HTTPException",
    "ValidationError",
    "BadRequest",
    "NotFound",
    "Forbidden",
    "Unauthorized",
    "Abort",
    "NoResultFound",
)

#: What of an exception is no text of it.
_HARMLESS = frozenset(
    {
        "code",
        "status_code",
        "description",
        "messages",
        "name",
        "errors",
        "status",
        "get_response",
        "to_dict",
        "get_json",
        "http_status",
    }
)

_LOGS = frozenset(
    {
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "print",
    }
)


def responders(project: Project) -> frozenset[Function]:
    """Return the functions that answer requests or errors."""
    return project.views | frozenset(
        node for site, node in project.functions() if _handles(site, node) is not None
    )


def _handles(site: Site, node: Function) -> str | None:
    """Return which errors a function is registered for, ``None`` if it is not."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(
            decorator.func, ast.Attribute
        ):
            if decorator.func.attr in {"errorhandler", "app_errorhandler"}:
                first = decorator.args[0] if decorator.args else None
                return site.at(first).source if first else "Exception"

    return None


def shown(call: Site) -> bool:
    """Whether what a call gives is part of an answer, or of what a view returns."""
    below = call.node

    for above in call.above():
        node = above.node

        if isinstance(node, ast.Return):
            return True

        if isinstance(node, ast.Call) and below is not node.func:
            if above.name in _ANSWERS:
                return True

            if _logs(node):
                return False

        if isinstance(node, ast.Assign):
            names = [t.id for t in node.targets if isinstance(t, ast.Name)]
            return any(_returned(call, name, node.lineno) for name in names)

        if isinstance(node, ast.stmt):
            return False

        below = node

    return False


def _logs(call: ast.Call) -> bool:
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in _LOGS


def _returned(site: Site, name: str, line: int) -> bool:
    """Whether a local variable is part of what its function answers, after ``line``."""
    function = site.function

    if function is None:
        return False

    for statement in site.module.within(function, ast.Return):
        if statement.lineno >= line and statement.value is not None:
            if any(_uses(node, name) for node in walk(statement.value)):
                return True

    return False


def _uses(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def handlers(project: Project) -> Iterator[tuple[Site, str, str, Confidence]]:
    """Yield where an exception's text is answered: place, its name, view, confidence."""
    known = responders(project)

    for handler in project.nodes(ast.ExceptHandler):
        node = handler.node
        assert isinstance(node, ast.ExceptHandler)  # noqa: S101  # by its caller
        function = handler.function

        if not node.name or function not in known or function is None:
            continue

        confidence = _written_for(handler, node)

        if confidence is not None:
            for statement in node.body:
                for at in _answered(handler, statement, node.name):
                    yield at, node.name, function.name, confidence

    for site, function in project.functions():
        errors = _handles(site, function)
        arguments = function.args.args

        if errors is None or not arguments or not _unexpected(errors):
            continue

        # A method has itself first.
        own = [a.arg for a in arguments if a.arg not in {"self", "cls"}]
        name = own[0] if own else ""

        for statement in function.body:
            for at in _answered(site, statement, name):
                yield at, name, function.name, Confidence.MEDIUM


def _unexpected(errors: str) -> bool:
    """Whether an error handler gets what nobody wrote for visitors."""
    return errors in {"500", "Exception", "BaseException"} or "InternalServer" in errors


def _written_for(handler: Site, node: ast.ExceptHandler) -> Confidence | None:
    """Say how likely an exception's text is not for visitors, ``None`` if it is."""
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = [handler.at(k).type or handler.at(k).source for k in kinds if k is not None]

    if any(name.endswith(_MEANT) for name in names):
        return None

    if any(handler.names.definition(name) for name in names):
        return Confidence.LOW

    broad = {"builtins.Exception", "builtins.BaseException", "Exception"}
    sql = any("sqlalchemy" in name or "sqlite3" in name for name in names)
    return Confidence.MEDIUM if sql or broad.intersection(names) else Confidence.LOW


def _answered(at: Site, statement: ast.stmt, name: str) -> Iterator[Site]:
    for node in walk(statement):
        if isinstance(node, ast.Return) and node.value is not None:
            roots = [node.value]
        elif isinstance(node, ast.Call) and at.at(node).name in _ANSWERS:
            roots = [*node.args, *(k.value for k in node.keywords)]
        else:
            continue

        found = next(
            (n for root in roots for n in walk(root) if _uses(n, name) and _tells(n)),
            None,
        )

        if found is not None and function_of(found) is not None:
            yield at.at(found)


def _tells(node: ast.AST) -> bool:
    """Whether an exception is used as text, and not for its code or its type."""
    above = parent_of(node)

    if isinstance(above, ast.Attribute):
        return above.attr not in _HARMLESS

    if isinstance(above, ast.Call) and node in above.args:
        func = above.func
        called = (
            func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        )
        return called not in {*_LOGS, "isinstance", "type", "getattr", "hasattr"}

    # The exception itself, returned as the answer, is an HTTPException.
    return not isinstance(above, ast.Return)
