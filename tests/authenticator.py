"""An authenticator in software: makes passkeys and shows them, or does so wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
import typing as t

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey of one user, and the browser page that asks for it.

    :param origin: Of the page.
    """

    def __init__(self, origin: str = "https://club.example", rp: str = "") -> None:
        self.origin = origin
        self.rp = rp or origin.partition("://")[2].partition(":")[0]
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = b""
        self.count = 0
        self.flags = UP | UV
        self.counts = True

    def make(self, options: dict[str, t.Any], **client: t.Any) -> dict[str, t.Any]:
        """Answer the options of a creation."""
        self.handle = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1}
        cose |= {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        known = b"\0" * 16 + struct.pack(">H", len(self.id)) + self.id
        data = self._data(AT) + known + encode_cbor(cose)
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"attestationObject": b64(attestation), "transports": ["internal"]}
        return self._sent("webauthn.create", options, response, client)

    def show(self, options: dict[str, t.Any], **client: t.Any) -> dict[str, t.Any]:
        """Answer the options of a request."""
        self.count += self.counts
        data = self._data()
        found = self._sent("webauthn.get", options, {}, client)
        about = raw(found["response"]["clientDataJSON"])
        signed = data + hashlib.sha256(about).digest()
        found["response"] |= {
            "authenticatorData": b64(data),
            "signature": b64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": b64(self.handle),
        }
        return found

    def _data(self, more: int = 0) -> bytes:
        rp = hashlib.sha256(self.rp.encode()).digest()
        return rp + struct.pack(">BI", self.flags | more, self.count)

    def _sent(
        self,
        kind: str,
        options: dict[str, t.Any],
        response: dict[str, t.Any],
        client: dict[str, t.Any],
    ) -> dict[str, t.Any]:
        about = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
            **client,
        }
        text = b64(json.dumps(about).encode())
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": {"clientDataJSON": text, **response},
        }
