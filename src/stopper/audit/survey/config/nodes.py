"""YAML and JSON, read as a stream: no tags, no aliases, nothing built, no recursion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml

from .entry import ConfigError
from .entry import Entry
from .flat import Flat

_FAST = bool(yaml.__with_libyaml__)

# The rules of YAML 1.1 that settings rest on: an unquoted `yes` is true.
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
    **dict.fromkeys(("null", "~", ""), None),
}
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,30})(\.\d{0,30})?(e[-+]?\d{1,3})?", re.I)

_JSON = re.compile(
    r'("(?:[^"\\\n]|\\.)*")|([\[\]{}])|([,:])|([^\s\[\]{},:"]+)|(\n)|(")'
)

PLAIN_LIMIT = 512 * 1024
"""Characters of YAML that are read where libyaml is not there: it is slow."""


def yaml_entries(text: str, name: str) -> list[Entry]:
    """Return the keys of every document of a YAML file."""
    if not _FAST and len(text) > PLAIN_LIMIT:
        raise ConfigError("It is too large to be read without libyaml.")

    flat = Flat(name)
    try:
        for event in _events(text):
            _take(flat, event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError("It is no YAML that can be read.", line) from None
    except yaml.YAMLError:
        raise ConfigError("It is no YAML that can be read.") from None
    return flat.entries


def _events(text: str) -> Iterator[yaml.Event]:
    # Only the stream of events: no composer, so an alias is a word and nothing grows.
    loader = yaml.CSafeLoader if _FAST else yaml.SafeLoader
    yield from yaml.parse(text, Loader=loader)


def _take(flat: Flat, event: yaml.Event) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 0
    if isinstance(event, yaml.ScalarEvent):
        plain = not event.style and event.implicit[0]
        value = _plain(event.value) if plain else event.value
        flat.scalar(value, line, event.value)
    elif isinstance(event, yaml.AliasEvent):
        flat.scalar(f"*{event.anchor}", line)
    elif isinstance(event, yaml.MappingStartEvent):
        flat.open(line, mapping=True)
    elif isinstance(event, yaml.SequenceStartEvent):
        flat.open(line, mapping=False)
    elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        flat.close()


def _plain(word: str) -> str | int | float | bool | None:
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if number := _NUMBER.fullmatch(word):
        return float(word) if number[1] or number[2] else int(word)
    return word


def json_entries(text: str, name: str) -> list[Entry]:
    """Return the keys of a JSON file."""
    flat = Flat(name)
    line = 1
    last = 0

    for match in _JSON.finditer(text):
        string, bracket, _, word, end, stray = match.groups()
        if stray is not None or text[last : match.start()].strip():
            raise ConfigError("It is no JSON that can be read.", line)
        last = match.end()
        if end is not None:
            line += 1
        elif bracket in ("{", "["):
            flat.open(line, mapping=bracket == "{")
        elif bracket is not None:
            flat.close()
        elif string is not None or word is not None:
            flat.scalar(_json_value(string or word, line), line)
    if flat.stack:
        raise ConfigError("It is no JSON that can be read: it ends too soon.", line)
    return flat.entries


def _json_value(token: str, line: int) -> str | int | float | bool | None:
    try:
        value: str | int | float | bool | None = json.loads(token, strict=False)
    except ValueError:
        raise ConfigError("It is no JSON that can be read.", line) from None
    return value
