"""Writes a mail: what a template says, under headers that nobody can add to."""

from __future__ import annotations

import typing as t
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from email.utils import localtime
from email.utils import make_msgid
from email.utils import parseaddr

from flask import Flask
from jinja2 import StrictUndefined

#: Where the templates are, in the package and in an app.
FOLDER = "stopper/mail"

#: Characters of one value that a template gets. Longer than any link of ours.
LONGEST = 1000


class Letters:
    """Writes the mails of one app.

    :param sender: ``"Rowing Club <accounts@club.example>"``.
    :param origin: Where the app is reached, for the templates.
    """

    def __init__(self, app: Flask, sender: str, origin: str) -> None:
        self._app = app
        self._sender = sender
        self._domain = parseaddr(sender)[1].rpartition("@")[2]
        self._site = origin.partition("://")[2]
        self._origin = origin

    def write(self, to: str, name: str, context: t.Mapping[str, t.Any]) -> EmailMessage:
        """Return a mail; the first line of the template is its subject.

        :param to: An address that was looked at.
        :raises jinja2.TemplateError: If the template is none, or misses a value.
        :raises ValueError: If a header would hold more than one line.
        """
        subject, _, text = self._text(name, context).partition("\n")
        made = EmailMessage(policy.SMTP)
        made["Subject"] = subject.strip()
        made["From"] = self._sender
        made["To"] = to
        made["Date"] = format_datetime(localtime())
        # Of the sender's domain: the name of the machine is nobody's business.
        made["Message-ID"] = make_msgid(domain=self._domain)
        # RFC 3834: no vacation notice answers it.
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(text.strip() + "\n")
        return made

    def _text(self, name: str, context: t.Mapping[str, t.Any]) -> str:
        # A link that is missing must be an error and no empty line, and the text is no
        # HTML whatever the app makes of its own templates.
        environment = self._app.jinja_env.overlay(
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        found = environment.get_template(f"{FOLDER}/{name}.txt")
        values = {key: plain(value) for key, value in context.items()}
        return found.render(site=self._site, origin=self._origin, **values).lstrip()


def plain(value: t.Any) -> t.Any:
    """Return a value for a text: of one line, with nothing that a terminal obeys.

    What somebody typed cannot make up a paragraph of its own.
    """
    if not isinstance(value, str):
        return value

    one = " ".join(value.split())[:LONGEST]
    return "".join(c for c in one if c.isprintable())
