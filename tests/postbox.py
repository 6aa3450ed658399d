"""A real mail server for the tests (aiosmtpd), with or without TLS and passwords."""

from __future__ import annotations

import contextlib
import email
import email.policy
import ssl
import typing as t
from collections.abc import Iterator
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from aiosmtpd.smtp import LoginPassword
from aiosmtpd.smtp import SMTP

from servers import free_port

__all__ = ("Postbox", "postbox")

USER, PASSWORD = "rowing@club", "oars & sails/1"


class Postbox:
    """What arrived, and what the server says to the next ones.

    :ivar says: The answers to the next mails, the first one first; then all are taken.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.mails: list[EmailMessage] = []
        self.envelopes: list[t.Any] = []
        self.says: list[str] = []
        self.secure: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: t.Any, envelope: t.Any) -> str:
        if self.says:
            return self.says.pop(0)

        self.secure.append(session.ssl is not None)
        self.envelopes.append(envelope)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(t.cast(EmailMessage, found))
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: t.Any, envelope: t.Any, to: str, options: t.Any
    ) -> str:
        if to.startswith("nobody@"):
            return "550 No such user here"

        envelope.rcpt_tos.append(to)
        return "250 OK"


def _right(
    server: object, session: object, envelope: object, mechanism: str, data: t.Any
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.login == USER.encode()
    good = right and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


@contextlib.contextmanager
def postbox(
    context: ssl.SSLContext | None = None,
    *,
    tls: bool = False,
    auth: bool = False,
    host: str = "127.0.0.1",
) -> Iterator[Postbox]:
    """Run a mail server until the end of the ``with`` block.

    :param context: Its certificate: for STARTTLS, or for ``tls`` from the start.
    :param auth: Whether it wants a password.
    """
    box = Postbox(host, free_port())
    options: dict[str, t.Any] = {"enable_SMTPUTF8": True}

    if auth:
        options |= {"authenticator": _right, "auth_required": True}
        # It takes only STARTTLS for TLS.
        options |= {"auth_require_tls": context is not None and not tls}

    if tls:
        controller = Controller(
            box, hostname=host, port=box.port, ssl_context=context, **options
        )
    else:
        controller = Controller(
            box,
            hostname=host,
            port=box.port,
            tls_context=context,
            require_starttls=context is not None,
            **options,
        )

    controller.start()

    try:
        yield box
    finally:
        controller.stop()
