"""What is kept of a passkey beside its public key."""

from __future__ import annotations

import json

from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import AuthenticatorTransport
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from ..tables.mixins import CredentialMixin
from .credentials import PASSKEY


def synced(row: CredentialMixin) -> bool:
    """Say whether a passkey is kept on several devices."""
    return bool(row.kind == PASSKEY and json.loads(row.details).get("backed_up"))


def handle_of(row: CredentialMixin) -> bytes:
    """Return what the authenticator knows the user of a passkey by."""
    found: bytes = base64url_to_bytes(json.loads(row.details)["handle"])
    return found


def descriptor(row: CredentialMixin) -> PublicKeyCredentialDescriptor:
    """Return a passkey as it is named in the options of a browser."""
    known = {x.value for x in AuthenticatorTransport}
    ways = json.loads(row.details).get("transports", ())
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(row.key or ""),
        transports=[AuthenticatorTransport(x) for x in ways if x in known] or None,
    )
