"""``flask stopper guests``: the data of other extensions, changed when one asks for it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from . import Refusal


@click.group()
def guests() -> None:
    """Look at what Flask-Security keeps, and change it on request."""


@guests.command(
    "recovery-codes", epilog="Example: flask stopper guests recovery-codes --encrypt"
)
@click.option("--encrypt", is_flag=True, help="Encrypt what is in plain text.")
@click.option("--decrypt", is_flag=True, help="Put them back into plain text.")
@with_appcontext
def recovery_codes(encrypt: bool, decrypt: bool) -> None:
    """Show how many recovery codes are kept in plain text, or encrypt them.

    By the keys of SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS and by Flask-Security's own
    means, so that it reads them without Stopper too. Without these keys it takes plain
    codes alone, and with them encrypted ones alone: run it as the app starts with them.
    All codes are changed, or none. Ends with 1 while any is in plain text.
    """
    if encrypt and decrypt:
        raise Refusal("Which of them? --encrypt and --decrypt undo each other.")

    from ..guard.guests import recovery

    if encrypt:
        done = recovery.encrypted()
        click.echo(f"Encrypted {done.plain} codes.")
    elif decrypt:
        done = recovery.decrypted()
        click.echo(f"Decrypted {done.encrypted} codes.")

    found = recovery.looked_at()
    lost = f", {found.lost} under a key that is not set" if found.lost else ""
    click.echo(
        f"{found.users} users have recovery codes: {found.plain} in plain text, "
        f"{found.encrypted} encrypted{lost}."
    )

    if found.plain and not decrypt:
        raise SystemExit(1)
