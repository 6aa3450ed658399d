"""API keys: the ways in which the promise can be found broken."""

from __future__ import annotations

from ...catalogue.rule import Rule

RULES: tuple[Rule, ...] = ()
