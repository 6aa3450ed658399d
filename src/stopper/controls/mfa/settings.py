"""Second factors: what can be set."""

from __future__ import annotations

import typing as t

from ...catalogue.setting import Setting

SETTINGS: tuple[Setting[t.Any], ...] = ()
