"""What the names around a token say that it is for."""

from __future__ import annotations

import re

from ...survey.site import Site
from ..uncommented import uncommented

#: What opens an account to whoever brings it.
OPENS = re.compile(
    r"reset|forgot|recover|activat|confirm|verif|magic|invit|(?:pass(?:word|wd)?)_?link"
    r"|log_?in_?(?:token|link|code)|email_?token|change_?(?:e?mail|password)",
    re.I,
)

#: What sets a new password.
RESETS = re.compile(r"reset|forgot|recover|pass(?:word|wd)", re.I)

#: Columns that hold such a token.
COLUMN = re.compile(
    r"(?:\w+_)?(?:reset|recover\w*|forgot\w*|activation|confirm\w*|verif\w*|magic|invit\w*)"
    r"_?(?:\w+_)?(?:token|code|key|hash|secret|uuid|link)",
    re.I,
)


def around(site: Site) -> str:
    """Return the names of the function and the class in which something stands."""
    named = [getattr(above.node, "name", "") for above in site.above()]
    return " ".join(name for name in named if isinstance(name, str))


def code_around(site: Site) -> str:
    """Return the code of the function in which something stands, comments left out."""
    function = site.function
    text = site.module.segment(function) if function is not None else site.source
    return uncommented(text)
