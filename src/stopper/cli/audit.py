"""``stopper audit``: read an app, and say what is wrong with it."""

from __future__ import annotations

import contextlib
import gc
import os
import pathlib
import sys
import tempfile
import time
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

import click

from . import Refusal

if t.TYPE_CHECKING:
    from ..audit.session import Progress
    from ..audit.summary import Report

#: Sooner than this, a bar only flickers.
PATIENCE = 1.0  # seconds

#: More often than this nobody sees a bar move.
PACE = 0.1  # seconds

#: Wider text than this is hard to read.
WIDEST = 100  # columns

EXAMPLES = """\
\b
Examples:
  stopper audit                          the app in this folder
  stopper audit src deploy/prod.env      several folders and files, as one project
  stopper audit --select secrets         one control's rules, or one rule by name
  stopper audit --fail-on high           fail a build for the worst alone
  stopper audit --format sarif -o stopper.sarif
  stopper audit --no-project-config ../theirs    somebody else's code

\b
Exit codes:
  0  nothing found at or above --fail-on
  1  something was
  2  the audit could not run, or not wholly

\b
A finding is accepted where it stands, with the reason:
  return redirect(url)  # stopper: allow[open-redirect] one of our own pages
"""


def _names(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)


@click.command(epilog=EXAMPLES)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option(
    "-f",
    "--format",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    help="Write the report to this file. It is whole or it is not there.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULE|CONTROL",
    callback=_names,
    help="Only these. May be given again, or hold several with commas.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE|CONTROL",
    callback=_names,
    help="All but these; what they find is counted.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["note", "low", "medium", "high", "never"]),
    help="The lowest level that ends with exit code 1: the lower of a rule's severity "
    "and the finding's confidence.  [default: medium]",
)
@click.option("--tests", is_flag=True, help="Report findings in test suites too.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out files and folders of this name, such as 'legacy' or 'app/old/*'.",
)
@click.option(
    "--no-project-config",
    is_flag=True,
    help="Pass over what the project says of its own audit: [tool.stopper] in its "
    "pyproject.toml and its allow comments.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Look for secrets in every version of every file that git still keeps.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes ask the checks.  [default: the cores, as far as it pays]",
)
@click.option("--quiet", is_flag=True, help="Print findings and the last line alone.")
@click.option("--debug", is_flag=True, help="Show where an internal error came from.")
def audit(paths: tuple[str, ...], **given: t.Any) -> None:
    """Read a Flask app and say what is wrong with it, where, and how to mend it.

    PATHs are files and folders of one project; this folder if there is none. Nothing
    of it is imported or run.
    """
    from ..audit.options import LEVELS
    from ..audit.options import Options
    from ..audit.options import rules_of
    from ..audit.session import run
    from ..catalogue.error import StopperError

    click.get_current_context().find_root().params["debug"] |= given["debug"]

    if "" in paths:
        raise Refusal("A path is empty.")

    if sys.stdout is None and not given["output"]:
        raise Refusal("There is no output to write to; --output names a file.")

    try:
        options = Options(
            select=rules_of(given["select"]) if given["select"] else None,
            ignore=rules_of(given["ignore"]),
            exclude=given["exclude"],
            fail_on=LEVELS[given["fail_on"]] if given["fail_on"] else None,
            tests=given["tests"] or None,
            jobs=given["jobs"],
        )

        with _unswept(), _bar() as progress:
            report = run(
                [pathlib.Path(path) for path in paths or (".",)],
                options,
                project_config=not given["no_project_config"],
                past=given["history"],
                progress=progress,
            )
    except StopperError as error:
        raise Refusal(str(error)) from None

    _write(_rendered(report, given), given["output"])
    click.get_current_context().exit(report.code)


def _rendered(report: Report, given: dict[str, t.Any]) -> Iterable[str]:
    """Return the report, line by line."""
    if given["format"] == "json":
        from ..audit.report import json

        return json.render(report)

    if given["format"] == "sarif":
        from ..audit.report import sarif

        return sarif.render(report)

    from ..audit.report import text

    screen = not given["output"] and sys.stdout.isatty()
    columns = os.get_terminal_size().columns if screen else 80
    style = text.Style(
        colour=screen
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb",
        width=max(40, min(columns, WIDEST)),
        quiet=given["quiet"],
    )
    return text.render(report, style)


def _write(lines: Iterable[str], output: str | None) -> None:
    if output is None:
        for line in lines:
            _print(line)

        sys.stdout.flush()
        return

    try:
        _replace(pathlib.Path(output), "".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise Refusal(f"{output} cannot be written: {error.strerror}.") from None


def _print(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _replace(path: pathlib.Path, text: str) -> None:
    """Write a file, whole or not at all.

    What is no file, such as ``/dev/stdout``, is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return

    # A link keeps leading where it leads.
    path = pathlib.Path(os.path.realpath(path))
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")

    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _unswept() -> Iterator[None]:
    """Keep the garbage collector out: all that is read stays in use until the end.

    It would walk millions of syntax nodes again and again, and once more at the exit.
    """
    gc.disable()

    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _bar() -> Iterator[Progress | None]:
    """Give what shows progress on a terminal, and takes it away in the end."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return

    bar = _Bar()

    try:
        yield bar
    finally:
        bar.stop()


class _Bar:
    """A bar that shows itself when the work takes long."""

    def __init__(self) -> None:
        self._started = self._shown = time.monotonic()
        self._progress: t.Any = None
        self._task: t.Any = None

    def __call__(self, what: str, done: int, of: int) -> None:
        """Show that ``done`` of ``of`` steps are done."""
        now = time.monotonic()

        if now - self._started < PATIENCE or now - self._shown < PACE:
            return

        self._shown = now

        if self._progress is None:
            self._start()

        self._progress.update(
            self._task, description=what, completed=done, total=of or None
        )
        self._progress.refresh()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn
        from rich.progress import MofNCompleteColumn
        from rich.progress import Progress
        from rich.progress import TextColumn

        self._progress = Progress(
            TextColumn("{task.description:8}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            # By a thread, otherwise: beside one no process can be copied.
            auto_refresh=False,
        )
        self._progress.start()
        self._task = self._progress.add_task("", total=None)

    def stop(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
