"""Which views belong together, and which of them are open to everyone on purpose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from ...survey.guards import Guards
from ...survey.project import Project
from ...survey.routes import Route

#: What an app serves to everyone on purpose, by what everyone calls it.
_PUBLIC = re.compile(
    r"(?<![a-z])(?:log_?(?:in|out|off)|sign_?(?:in|up|out)|auth|regist[a-z]*|forgot[a-z]*"
    r"|reset|recover[a-z]*|verif[a-z]*|confirm[a-z]*|activat[a-z]*|callbacks?|oauth\d?"
    r"|oidc|saml\d?|sso|authori[sz]e[a-z]*|tokens?|refresh|health[a-z]*|ping|status|ready"
    r"|alive|metrics|version|index|home|root|landing|about|terms|privacy|contact|help"
    r"|faq|docs?|swagger[a-z]*|openapi|spec|static|favicon|robots|sitemap|manifest"
    r"|assets?|[a-z]*hooks?|errors?|handle[a-z]*|not_?found|create_?(?:user|account)"
    r"|public|shared?|embed|feeds?|rss|atom|set_?up|install|welcome|csrf|cors|options"
    r"|search|support|feedback|thanks|initiali[sz]e|bootstrap|captcha|locales?|lang|languages?|i18n|guest|anonymous|unsubscribe)(?![a-z])"
)

#: Who has such a URL was given it: nobody guesses what is in it.
_CAPABILITY = re.compile(
    r"<(?:\w+:)?(?:\w+_)?(?:token|secret|signature|sig|hmac|nonce|otp|code)>"
)

#: Who asks, as a view looks it up.
_WHO = re.compile(
    r"current_user|\bg\.\w*user|flask\.session|in session\b"
    r"|(?<![.\w])session(?:\[|\.(?:get|pop)\([\"'])"
)

#: What a view calls, or tests, that looks at who asks.
_ASKS = re.compile(
    r"is_(?:authenticated|anonymous|admin)|permission|jwt|signature|hmac|authenticat"
    r"|[Aa]uthori[sz]|bearer|api_?key|check_password|\btoken\b|credential|secret|verif|[Cc]aptcha"
)

#: What a rule holds that the visitor chooses: no word of the app's own.
_CHOSEN = re.compile(r"<[^<>]*>|\{[^{}]*\}")

#: Where a word of a name in capitals begins.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def families(routes: Iterable[Route]) -> dict[str, list[Route]]:
    """Return routes by what they share.

    A class's methods are a family of their own, and so are those of all the classes of
    one module: a resource is often a class with a single method.
    """
    found: dict[str, list[Route]] = {}

    for route in routes:
        family = route.family

        if route.holder is not None:
            owner = getattr(route.holder.node, "name", "")
            module = route.holder.module.name
            family = f"{module}:{owner}"
            found.setdefault(f"{module}:", []).append(route)

        found.setdefault(family, []).append(route)

    return found


def distinct(members: Iterable[Route]) -> list[Route]:
    """Return one route a view: several URLs may lead to one."""
    return list({route.view.node: route for route in members}.values())


def public(route: Route) -> bool:
    """Say whether a view is one that everyone may ask, by its name or its URL."""
    rule = _CHOSEN.sub("", route.rule)
    names = (_HUMP.sub("_", text).lower() for text in (route.name, rule))
    whole = route.rule or route.declared.source
    known = route.rule == "/" or bool(_CAPABILITY.search(whole))
    return known or any(_PUBLIC.search(name) for name in names)


def looks_at_who_asks(text: str) -> bool:
    """Say whether a piece of source looks up who asks."""
    return bool(_WHO.search(text))


def asks(route: Route) -> bool:
    """Say whether a view looks at who asks, though it refuses nobody as far as is seen."""
    view = route.view
    tests = view.module.within(view.node, ast.If)
    calls = view.module.within(view.node, ast.Call)
    texts = [view.module.source(test.test) for test in tests]
    texts += [view.module.source(call.func) for call in calls]
    whole = view.module.segment(view.node)
    return looks_at_who_asks(whole) or any(_ASKS.search(text) for text in texts)


def leads_on(route: Route) -> bool:
    """Say whether a view does nothing but lead somewhere else."""
    body = getattr(route.view.node, "body", [])
    only = body[-1] if len(body) < 3 else None  # A docstring may stand before it.
    call = only.value if isinstance(only, ast.Return) else None

    if not isinstance(call, ast.Call):
        return False

    before = all(isinstance(item, ast.Expr) for item in body[:-1])
    return before and (route.view.at(call).name or "").endswith(".redirect")


def hooked(project: Project) -> frozenset[str]:
    """Return the families that a function before each request guards as a whole.

    The empty name stands for the app, with all that is in it.
    """
    found = set()

    for hook in project.hooks:
        node = hook.function.node
        above = getattr(node, "decorator_list", [])
        guarded = project.refusals.guarded(tuple(hook.function.at(d) for d in above))

        if guarded is not Guards.NO or project.refusals.refuses(hook.function):
            found.add("" if hook.whole else hook.family)

    return frozenset(found)
