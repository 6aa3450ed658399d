"""The ``stopper`` command. It needs no app, and loads a wing only when it is asked."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import typing as t

import click

#: Commands by name: the module that has one, and what it is called there.
COMMANDS = {
    "audit": ("audit", "audit"),
    "rules": ("rules", "rules"),
    "explain": ("rules", "explain"),
    "transport": ("transport", "transport"),
    "devcert": ("devcert", "devcert"),
}

#: What a shell gives a command that an interrupt ended: 128 and the signal's number.
INTERRUPTED = 130

#: What a shell gives a command whose reader went away.
PIPE_CLOSED = 141


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


class Refusal(click.ClickException):
    """The command cannot do what it was asked to. The message says why."""

    exit_code = 2

    def show(self, file: t.IO[t.Any] | None = None) -> None:
        """Print the message on the standard error stream."""
        click.echo(f"stopper: {self.format_message()}", file=file or sys.stderr)


class Commands(click.Group):
    """Loads a command's module when it is asked for, and ends without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, ``None`` if there is none of that name."""
        if name not in COMMANDS:
            return None

        module, attribute = COMMANDS[name]
        found = getattr(importlib.import_module(f".{module}", __name__), attribute)
        return t.cast(click.Command, found)

    def invoke(self, ctx: click.Context) -> t.Any:
        """Run the command that was asked for.

        What nobody foresaw is one line and exit code 2, with ``--debug`` a traceback.
        """
        try:
            result = super().invoke(ctx)
            _flush()
            return result
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _forget()
            ctx.exit(PIPE_CLOSED)
        except (KeyboardInterrupt, click.Abort):
            click.echo("stopper: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            if ctx.params.get("debug"):
                raise

            if isinstance(error, OSError) and error.errno in _FULL:
                _forget()
                said = f"the output cannot be written: {error.strerror}"
                raise Refusal(said) from error

            said = f"{type(error).__name__}{': ' if str(error) else ''}{error}"
            line = said.encode("unicode_escape").decode("ascii")[:500]
            raise Refusal(f"internal error: {line} (--debug shows where)") from error


def _flush() -> None:
    # There is no stream where the shell closed it.
    if sys.stdout is not None:
        sys.stdout.flush()


def _forget() -> None:
    """Drop what the output did not take: Python would complain again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`stopper audit` in the folder of an app is the place to start.",
)
@click.option("--debug", is_flag=True, help="Show where an internal error came from.")
@click.version_option(package_name="stopper", prog_name="stopper")
def main(debug: bool) -> None:
    """Audit a Flask app, explain what the audit says, and look at a site from outside."""
