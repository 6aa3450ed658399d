"""What axe-core has against a page."""

from __future__ import annotations

import pathlib
import typing as t

import axe_core_python

if t.TYPE_CHECKING:
    from playwright.sync_api import Page

_SCRIPT = pathlib.Path(axe_core_python.__file__).with_name("axe.min.js")

#: By which a browser offers passkeys (HTML, 4.10.18.7.1). This axe-core is older than it.
_KNOWN = """
axe.configure({checks: [{
  id: "autocomplete-valid",
  options: {stateTerms: ["username webauthn"]},
}]})
"""


def faults(page: Page) -> list[str]:
    """Return each fault, with the element that has it."""
    page.evaluate(_SCRIPT.read_text("utf-8"))
    page.evaluate(_KNOWN)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{fault['id']}: {n['html']}" for fault in found for n in fault["nodes"]]
