"""Nested data as flat entries, one value at a time."""

from __future__ import annotations

import dataclasses

from .entry import ConfigError
from .entry import Entry
from .entry import Value

DEPTH = 100
"""Levels. Kubernetes, the deepest that people write, needs about fifteen."""

WIDTH = 200
"""Characters of one key. A longer one is text that lost its colon."""

_ENVIRONMENTS = frozenset({"environment", "env", "build_args", "args", "env_variables"})


@dataclasses.dataclass(slots=True)
class Frame:
    """A mapping or list that is not closed yet."""

    path: str
    line: int
    mapping: bool
    environment: bool
    key: str | None = None
    key_line: int = 0
    index: int = 0
    items: list[Value] = dataclasses.field(default_factory=list)
    lines: list[int] = dataclasses.field(default_factory=list)
    pair: dict[str, tuple[Value, int]] = dataclasses.field(default_factory=dict)


class Flat:
    """Takes values and brackets in the order of the file and makes entries of them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.entries: list[Entry] = []
        self.stack: list[Frame] = []

    def scalar(self, value: Value, line: int, text: str | None = None) -> None:
        """Take a value that is no mapping and no list: a key, an item or a value.

        :param text: The value as it is written, where that makes another key.
        """
        top = self.stack[-1] if self.stack else None
        if top is None:
            return
        if not top.mapping:
            top.items.append(value)
            top.lines.append(line)
            top.index += 1
        elif top.key is None:
            top.key, top.key_line = str(value if text is None else text)[:WIDTH], line
        else:
            self._pair(top, top.key, value)
            top.key = None

    def _pair(self, top: Frame, key: str, value: Value) -> None:
        if top.environment:
            self._add(top.key_line, key, value, top.path)
        else:
            self._add(top.key_line, _joined(top.path, key), value)
        if key in ("name", "value"):
            top.pair[key] = value, top.key_line

    def open(self, line: int, *, mapping: bool) -> None:
        """Take the start of a mapping or a list."""
        if len(self.stack) >= DEPTH:
            raise ConfigError(f"It is nested more than {DEPTH} levels deep.", line)
        if not self.stack:
            self.stack.append(Frame("", line, mapping, environment=False))
            return

        top = self.stack[-1]
        step = (top.key or "?") if top.mapping else str(top.index)
        named = top.mapping and step.lower() in _ENVIRONMENTS
        line = top.key_line if top.mapping and top.key is not None else line
        self.stack.append(Frame(_joined(top.path, step), line, mapping, named))

    def close(self) -> None:
        """Take the end of the last mapping or list that was opened."""
        if not self.stack:
            raise ConfigError("It closes what it never opened.")
        frame = self.stack.pop()
        parent = self.stack[-1] if self.stack else None
        self._list(frame)

        if parent is None:
            return
        if parent.mapping:
            # A mapping that stood where a key belongs is a key without a name.
            parent.key = "?" if parent.key is None else None
            return
        parent.index += 1
        if parent.environment and {"name", "value"} <= frame.pair.keys():
            # Kubernetes writes a variable as a name and a value of their own.
            key, (value, line) = frame.pair["name"][0], frame.pair["value"]
            self._add(line, str(key)[:WIDTH], value, parent.path)

    def _list(self, frame: Frame) -> None:
        if frame.mapping or not frame.items:
            return
        self._add(frame.line, frame.path, list(frame.items))
        if not frame.environment:
            return
        for item, line in zip(frame.items, frame.lines, strict=True):
            key, found, value = str(item).partition("=")
            if found:
                self._add(line, key[:WIDTH], value, frame.path)

    def _add(self, line: int, key: str, value: Value, section: str = "") -> None:
        self.entries.append(Entry(self.path, line, key, value, section))


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
