"""``stopper transport``: how a site is reached, as a browser sees it from outside."""

from __future__ import annotations

import json as json_
import sys
import time
import typing as t
from collections.abc import Callable
from pathlib import Path

import click

from . import Refusal

if t.TYPE_CHECKING:
    from .wire.address import Address

#: The command ends with it if something is to be mended.
FOUND = 1

#: How many times the patience for one step the whole look may take.
STEPS = 15

CommandT = t.TypeVar("CommandT", bound=Callable[..., t.Any])

_PORT = click.IntRange(1, 65535)


def options(command: CommandT) -> CommandT:
    """Give a command the options of a look; both groups have one."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--no-preload-list",
            is_flag=True,
            help="Do not ask hstspreload.org about the host.",
        ),
        click.option(
            "--days",
            type=click.IntRange(0, 400),
            default=14,
            show_default=True,
            help="For how long the certificate has to be valid.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(0.1, 60),
            default=5.0,
            show_default=True,
            help="Seconds for one step.",
        ),
        click.option(
            "--address", default="", help="Connect here, before DNS leads there."
        ),
        click.option("--https-port", type=_PORT, help="Where HTTPS is spoken."),
        click.option("--http-port", type=_PORT, help="Where plain HTTP is spoken."),
        click.option(
            "--cafile",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A private authority that is trusted too, as PEM.",
        ),
    ):
        command = option(command)

    return command


@click.command(epilog="Example: stopper transport https://shop.example")
@click.argument("url")
@options
def transport(url: str, **given: t.Any) -> None:
    """Look at a site from outside: redirects, certificate, TLS, HSTS, cookies.

    Nothing is changed, and nothing secret is sent. Ends with 0 if all is well, 1 if
    something is to be mended, 2 if nothing could be seen.
    """
    run(url, **given)


def run(
    url: str,
    *,
    cafile: Path | None,
    http_port: int | None,
    https_port: int | None,
    address: str,
    timeout: float,
    days: int,
    no_preload_list: bool,
    as_json: bool,
) -> None:
    """Look, and print what is found.

    :raises Refusal: If nothing could be seen.
    """
    from ..catalogue.error import ReadError
    from .wire import page
    from .wire.chain import Connector
    from .wire.findings import findings
    from .wire.findings import reached
    from .wire.line import Patience
    from .wire.look import survey
    from .wire.tls import trusting

    plain, secure = _starts(url, http_port, https_port)
    connector = Connector(Patience(timeout, STEPS * timeout), secure.host, address)

    try:
        trust = trusting(cafile)
    except ReadError as e:
        raise Refusal(str(e)) from e

    with _Progress() as progress:
        view = survey(
            plain,
            secure,
            trust,
            connector,
            time.time(),
            progress.tell,
            not (no_preload_list or cafile or address),
            timeout,
        )

    if not reached(view):
        raise Refusal(f"{secure.host} cannot be reached: {view.secure.start.error}.")

    found = findings(view, days)

    if as_json:
        click.echo(json_.dumps(page.data(view, found), indent=2))
    else:
        click.echo("\n".join(page.lines(view, found)))

    if found:
        raise SystemExit(FOUND)


def _starts(
    url: str, http_port: int | None, https_port: int | None
) -> tuple[Address, Address]:
    """Return where to begin over plain HTTP and over HTTPS."""
    from ..catalogue.error import ReadError
    from .wire.address import parse

    try:
        given = parse(url)
    except ReadError as e:
        shown = url.encode("unicode_escape").decode("ascii")[:100]
        raise Refusal(f"{shown.partition('?')[0]} {e}.") from e

    if given.secure:
        return given.at("http", http_port), given.at("https", https_port or given.port)

    return given.at("http", http_port or given.port), given.at("https", https_port)


class _Progress:
    """One line that says what is being asked, on a terminal only."""

    def __init__(self) -> None:
        self._shows = sys.stderr is not None and sys.stderr.isatty()

    def tell(self, what: str) -> None:
        """Say what is asked now; it may come from a server."""
        if self._shows:
            shown = what.encode("ascii", "replace").decode()[:70]
            plain = "".join(c if c.isprintable() else "?" for c in shown)
            sys.stderr.write(f"\r\x1b[K{plain}")
            sys.stderr.flush()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
