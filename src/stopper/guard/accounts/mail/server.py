"""Which server takes the mail, as the settings say, and whether it may be used so."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping
from urllib.parse import unquote
from urllib.parse import urlsplit

from ....catalogue.error import StartError
from ....controls.accounts.settings import MAIL_URL
from ....controls.general import local

#: The ports of RFC 8314: submission, with STARTTLS and over TLS from the start.
_PORTS = {"smtp": 587, "smtps": 465}


@dataclasses.dataclass(frozen=True, slots=True)
class Server:
    """A server that takes mail.

    :param tls: ``"on"`` from the start, ``"starttls"``, or ``"off"``.
    """

    host: str
    port: int
    tls: t.Literal["on", "starttls", "off"]
    user: str = ""
    password: str = dataclasses.field(default="", repr=False)


def server_of(config: Mapping[str, t.Any], relaxed: bool) -> Server | None:
    """Return the server of ``STOPPER_MAIL_URL``, ``None`` to print instead.

    :param relaxed: Whether this is a developer's machine or a test.
    :raises StartError: If there is none, or a password would go over the net in clear.
    """
    address = MAIL_URL.read(config)

    if address not in ("", "console:"):
        return _read(address)

    if relaxed:
        return None

    raise StartError(
        "STOPPER_MAIL_URL names no server, and accounts send mail: links to verify an "
        "address and to set a new password. Set it to 'smtp://name:password@host:587', "
        "or give Accounts(app, mail=function) a function that sends."
    )


def _read(address: str) -> Server:
    parts = urlsplit(address)
    host, user = parts.hostname or "", unquote(parts.username or "")
    here = local(f"[{host}]" if ":" in host else host)
    tls: t.Literal["on", "starttls", "off"] = "starttls"

    if parts.scheme == "smtps":
        tls = "on"
    elif here or parts.query:
        tls = "off"

    if tls == "off" and user and not here:
        raise StartError(
            "STOPPER_MAIL_URL has a password and starttls=off: it would go over the net "
            "in clear. Take one of them away."
        )

    port = parts.port or _PORTS[parts.scheme]
    return Server(host, port, tls, user, unquote(parts.password or ""))
