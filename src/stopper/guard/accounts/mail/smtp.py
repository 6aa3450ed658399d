"""Hands mail to a server (RFC 5321), and says of a failure whether it may pass."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr

from ..tasks import Later
from ..tasks import Never
from .server import Server

#: Seconds that the server may take for one step.
PATIENCE = 10.0


class Smtp:
    """Hands mail to one server, over a connection for each.

    Certificates are judged by the system's, or by those of the environment variable
    ``SSL_CERT_FILE``.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    def __call__(self, message: EmailMessage) -> None:
        """Hand one mail on.

        :raises Later: If it may be tried again.
        :raises Never: If it will not be taken.
        """
        try:
            with self._connected(message) as connection:
                self._send(connection, message)
        except smtplib.SMTPRecipientsRefused as e:
            code = max((code for code, _ in e.recipients.values()), default=0)
            raise _judged(e, code, all=False) from None
        except smtplib.SMTPNotSupportedError as e:
            # Who sits between may have taken STARTTLS out of what the server offers.
            raise Later(type(e).__name__) from None
        except smtplib.SMTPConnectError as e:
            raise _judged(e, e.smtp_code, all=True) from None
        except smtplib.SMTPResponseException as e:
            raise _judged(e, e.smtp_code, all=False) from None
        except OSError as e:
            raise Later(type(e).__name__) from None

    def _connected(self, message: EmailMessage) -> smtplib.SMTP:
        server = self._server
        # smtplib would ask the resolver for the name of this machine, and tell it.
        name = _domain(message)

        if server.tls == "on":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=name,
                timeout=PATIENCE,
                context=ssl.create_default_context(),
            )

        return smtplib.SMTP(
            server.host, server.port, local_hostname=name, timeout=PATIENCE
        )

    def _send(self, connection: smtplib.SMTP, message: EmailMessage) -> None:
        server = self._server

        if server.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())

        if server.user:
            connection.login(server.user, server.password)

        sender = parseaddr(message["From"])[1]
        connection.send_message(message, sender, [message["To"]])


def _domain(message: EmailMessage) -> str:
    return parseaddr(message["From"])[1].rpartition("@")[2]


def _judged(error: Exception, code: int, all: bool) -> Later | Never:
    """Return what a code means: 4yz passes, 5yz does not (RFC 5321, 4.2.1)."""
    reason = f"{type(error).__name__} {code}"
    return Never(reason) if 500 <= code < 600 else Later(reason, all)
