"""The command that makes a certificate for development over HTTPS."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path

import click

from . import certificate
from . import Refusal

#: What the files of a pair are called.
CA = "ca.pem"
CERT = "cert.pem"
KEY = "key.pem"

TRUST = """\
Serve with it:
  flask run --cert {cert} --key {key}

Trust its authority, which can vouch for these names alone and whose key is gone:
  curl            curl --cacert {ca} https://localhost:5000/
  Debian, Ubuntu  sudo install -m 644 {ca} /usr/local/share/ca-certificates/stopper-dev.crt
                  sudo update-ca-certificates
  Chromium there  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n stopper-dev -i {ca}
  macOS           security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {ca}
  Windows         certutil -user -addstore Root {ca}
  Firefox         Settings, Privacy & Security, View Certificates, Authorities, Import
"""


def write(pair: certificate.Pair, folder: Path) -> None:
    """Write the three files, each whole or not at all, readable by their owner alone.

    :raises OSError: If the folder cannot be made or written to.
    """
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        # A key is nothing to commit.
        _replace(folder / ".gitignore", b"*\n", 0o644)

    _replace(folder / KEY, pair.key_pem, 0o600)
    _replace(folder / CERT, pair.cert_pem, 0o644)
    _replace(folder / CA, pair.ca_pem, 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    # mkstemp makes a file that nobody else can open, so the key is never readable.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")

    try:
        with os.fdopen(handle, "wb") as f:
            f.write(content)
            f.flush()
            os.fsync(f.fileno())

        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def in_the_way(folder: Path) -> str | None:
    """Say why nothing may be written to ``folder``, ``None`` if it may.

    What may go is a pair of our own that is over, or that an interrupted run left.
    """
    found = [name for name in (CA, CERT, KEY) if os.path.lexists(folder / name)]

    if not found:
        return None

    if CERT not in found or KEY not in found:
        return f"holds {' and '.join(found)} already"

    try:
        until = certificate.valid_until(
            (folder / CERT).read_bytes(), (folder / KEY).read_bytes()
        )
    except certificate.CertificateError as e:
        return str(e)

    return (
        f"holds a certificate that is valid until {until:%Y-%m-%d}" if until else None
    )


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".devcert"),
    show_default=True,
    help="The folder for ca.pem, cert.pem and key.pem.",
)
@click.option(
    "--days",
    type=click.IntRange(1, certificate.MOST_DAYS),
    default=365,
    show_default=True,
    help="How long it is valid.",
)
@click.option("--force", is_flag=True, help="Replace what is in the folder.")
def devcert(names: tuple[str, ...], out: Path, days: int, force: bool) -> None:
    """Make a certificate for this machine, to develop over HTTPS.

    It is for localhost, 127.0.0.1 and ::1, and each NAME: under .localhost or .test,
    or a loopback address.
    """
    try:
        pair = certificate.make(names, days)
        obstacle = None if force else in_the_way(out)

        if obstacle:
            raise Refusal(f"{out} {obstacle}; --force replaces it.")

        write(pair, out)
    except certificate.CertificateError as e:
        raise Refusal(str(e)) from e
    except OSError as e:
        raise Refusal(f"{out} cannot be used: {e.strerror}.") from e

    shown = {"ca": out / CA, "cert": out / CERT, "key": out / KEY}
    click.echo(f"{out} holds ca.pem, cert.pem and key.pem, valid {days} days.\n")
    click.echo(
        TRUST.format(**{k: shlex.quote(str(v)) for k, v in shown.items()}), nl=False
    )
