"""A control: one promise, which one wing keeps and the other verifies."""

from __future__ import annotations

import dataclasses
import typing as t

from .mode import Mode
from .mode import mode_setting
from .rule import Rule
from .setting import Setting


@dataclasses.dataclass(frozen=True, slots=True)
class Control:
    """One promise, which the guard keeps and the audit verifies.

    :param promise: What a user of the app may rely on, in one sentence.
    :param rules: Empty on purpose only where nothing can be found broken.
    :param modes: The modes that its guard has, empty where it has no guard (yet).
        ``REPORT`` is there only for a restriction laid over what the app did before.
    """

    name: str
    promise: str
    rules: tuple[Rule, ...]
    settings: tuple[Setting[t.Any], ...] = ()
    modes: tuple[Mode, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether a guard keeps this promise while requests are served."""
        return bool(self.modes)

    @property
    def mode(self) -> Setting[str]:
        """The setting that chooses this control's mode; empty for ``STOPPER_MODE``'s."""
        return mode_setting(
            f"STOPPER_{self.name.upper()}_MODE",
            self.modes,
            f"How strictly `{self.name}` is kept.",
        )
