"""``flask stopper secrets``: a new key, and the end of what the old one signed."""

from __future__ import annotations

import dataclasses
import json
import secrets
import textwrap
import typing as t
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app

from ..catalogue.error import ReadError
from ..catalogue.error import SettingError
from ..catalogue.error import StopperError
from . import Refusal
from .guarded import walk

#: Random bytes of a new key: as many as SHA-256 gives (RFC 2104, 3).
BYTES = 32

KEY = "SECRET_KEY"
FALLBACKS = "SECRET_KEY_FALLBACKS"

PLANNED = """\
Set both wherever the app gets them, on every server, and start the servers
again. The fallbacks are in order, the newest first. What the old key signed
stays valid, so nobody is logged out. When that is over (after {days} days for a
permanent session), take the old key out of SECRET_KEY_FALLBACKS.
"""

LEAKED = """\
Set both wherever the app gets them, on every server, and start the servers
again. No old key is among the fallbacks. From then on everything that they
signed is refused: cookies of Flask's own session, cookies that remember a
login, CSRF tokens in open pages, links that were mailed. Everybody logs in
again.
"""

STILL = """\
Until the last server runs with the new key, whoever has the old one can use it.
Then run `flask stopper secrets end-sessions` once more.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Rotation:
    """The keys that are to be set."""

    key: str
    fallbacks: tuple[str | bytes, ...]

    def lines(self) -> Iterator[str]:
        """Yield both as they stand in a configuration file of Python."""
        yield f"{KEY} = {self.key!r}"
        yield f"{FALLBACKS} = {list(self.fallbacks)!r}"

    def values(self) -> dict[str, str]:
        """Return both as they stand in the environment.

        :raises ReadError: If an old key is no text.
        """
        texts = [_text(key) for key in self.fallbacks]
        return {KEY: self.key, FALLBACKS: json.dumps(texts, ensure_ascii=False)}


def rotation(config: t.Mapping[str, object], compromised: bool) -> Rotation:
    """Return a new key, and the old ones that are still taken.

    :param compromised: None is: who has read one has read them all.
    :raises SettingError: If the present ones are no keys.
    """
    fallbacks = config.get(FALLBACKS) or ()

    if not isinstance(fallbacks, list | tuple):
        raise SettingError(f"{FALLBACKS} takes a list of keys, the newest first.")

    old = [key for key in (config.get(KEY), *fallbacks) if key]

    if not all(isinstance(key, str | bytes) for key in old):
        raise SettingError(f"{KEY} and {FALLBACKS} take text or bytes.")

    kept = () if compromised else t.cast("tuple[str | bytes, ...]", tuple(old))
    return Rotation(_new(), tuple(dict.fromkeys(kept)))


def _new() -> str:
    # from_prefixed_env() reads JSON, and digits alone would become a number.
    while (key := secrets.token_hex(BYTES)).replace("e", "").isdecimal():
        pass

    return key


def _text(key: str | bytes) -> str:
    try:
        return key if isinstance(key, str) else key.decode("ascii")
    except UnicodeDecodeError:
        raise ReadError("cannot hold an old key, which is no text.") from None


def rotate(compromised: bool, write: Path | None, yes: bool, as_json: bool) -> None:
    """Make a new key and say what to do with it; end sessions if the old one leaked.

    :raises Refusal: If the keys, the file or the store cannot be used.
    """
    try:
        found = rotation(current_app.config, compromised)
        # Before anything is ended: a file that cannot be changed ends nothing.
        text = _updated(write, found) if write else ""
    except StopperError as e:
        raise Refusal(str(e)) from e

    if compromised and not yes:
        click.confirm("End every session of everybody?", abort=True, err=True)

    if write:
        _write(write, text)
    else:
        _show(found, as_json)

    note = LEAKED if compromised else PLANNED
    days = current_app.permanent_session_lifetime.days
    click.echo(f"\n{note.format(days=days)}", err=True, nl=False)

    if compromised:
        end_sessions(yes=True)
        click.echo(f"\n{STILL}", err=True, nl=False)


def _show(found: Rotation, as_json: bool) -> None:
    if not as_json:
        click.echo("\n".join(found.lines()))
        return

    try:
        values = {KEY: found.key, FALLBACKS: [_text(k) for k in found.fallbacks]}
    except ReadError:
        raise Refusal("An old key is no text, which JSON could hold.") from None

    click.echo(json.dumps(values, indent=2))


def _updated(path: Path, found: Rotation) -> str:
    from .envfile import updated

    try:
        old = path.read_text("utf-8") if path.exists() else ""
        return updated(old, found.values())
    except ReadError as e:
        raise Refusal(f"{path} {e}") from e
    except (OSError, UnicodeDecodeError) as e:
        raise Refusal(f"{path} cannot be read: {type(e).__name__}.") from e


def _write(path: Path, text: str) -> None:
    from .envfile import write

    try:
        write(path, text)
    except OSError as e:
        raise Refusal(f"{path} cannot be written: {e.strerror}.") from e

    click.echo(f"{path} has the new {KEY} and {FALLBACKS}.")


def end_sessions(yes: bool) -> None:
    """End every session of everybody, and say how many there were.

    :raises Refusal: If the store cannot be reached.
    """
    if not yes:
        click.confirm("End every session of everybody?", abort=True, err=True)

    try:
        store = walk().house.store
        ended = store.end_everything()
    except StopperError as e:
        raise Refusal(f"No session in the store was ended: {e}") from e
    except Refusal as e:
        raise Refusal(f"No session in the store was ended: {e.message}") from e

    said = (
        f"{ended} session{'' if ended == 1 else 's'} in the store ended."
        if store.shared
        else "Sessions are kept in the memory of each server: they end when it starts "
        "again."
    )
    click.echo("\n".join(textwrap.wrap(said, 80)), err=True)
