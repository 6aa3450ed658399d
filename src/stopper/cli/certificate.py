"""Makes a certificate for this machine under an authority that can sign no other."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import re
import typing as t
from collections.abc import Iterable

from ..catalogue.error import StopperError

if t.TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

#: The names that every certificate is for.
LOCAL = ("localhost", "127.0.0.1", "::1")

#: Days that browsers accept (CA/Browser Forum, ballot SC-31).
MOST_DAYS = 398

#: How the name of an authority of ours begins.
ISSUER = "Stopper development CA"

#: Domains whose names never lead to somebody else's machine (RFC 6761, 6.2 and 6.3),
#: and what a container calls the machine that it runs on.
_DOMAINS = (".localhost", ".test")
_HOSTS = ("host.docker.internal", "host.containers.internal")

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:\*\.{_LABEL}\.)?{_LABEL}(?:\.{_LABEL})*\Z")

#: Room for a clock that is a little behind ours.
_SKEW = datetime.timedelta(hours=1)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class CertificateError(StopperError):
    """A certificate cannot be made, or must not be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key, and the authority that browsers are to trust.

    :param ca_pem: The certificate of the authority. Its key is gone.
    :param cert_pem: The certificate of the server.
    :param key_pem: The server's key, not encrypted.
    """

    ca_pem: bytes
    cert_pem: bytes
    key_pem: bytes = dataclasses.field(repr=False)


def make(
    names: Iterable[str] = (),
    days: int = 365,
    now: datetime.datetime | None = None,
) -> Pair:
    """Return a new certificate for localhost, 127.0.0.1, ::1 and ``names``.

    :param names: More names of this machine: under ``.localhost`` or ``.test``, loopback
        addresses, or the name that a container has for it.
    :param days: How long it is valid, 1 to 398 days.
    :param now: The time at which that starts; the default is now.
    :raises CertificateError: If a name may lead to another machine, ``days`` is out of
        range, or ``cryptography`` is not installed.
    """
    wanted = tuple(dict.fromkeys((*LOCAL, *(_checked(name) for name in names))))

    if not 1 <= days <= MOST_DAYS:
        raise CertificateError(f"A certificate is valid 1 to {MOST_DAYS} days.")

    _require_cryptography()

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization import NoEncryption
    from cryptography.hazmat.primitives.serialization import PrivateFormat

    start = (now or datetime.datetime.now(datetime.UTC)) - _SKEW
    end = start + datetime.timedelta(days=days)
    # The authority's key lives in this function alone: nobody, and that includes its
    # owner, can make a second certificate that a browser would then trust.
    signer = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    ca = _authority(signer, wanted, start, end)
    cert = _server(ca, signer, key, wanted, start, end)
    pem = Encoding.PEM
    secret = key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption())
    return Pair(ca.public_bytes(pem), cert.public_bytes(pem), secret)


def valid_until(
    cert_pem: bytes, key_pem: bytes, now: datetime.datetime | None = None
) -> datetime.datetime | None:
    """Return until when a pair made here is valid, ``None`` if it is not any more.

    :raises CertificateError: If it was not made here, or is no pair.
    """
    _require_cryptography()

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        cert = x509.load_pem_x509_certificate(cert_pem)
        issuer = cert.issuer.rfc4514_string()
        key = load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as e:
        raise CertificateError("holds no certificate with its key") from e

    if not issuer.startswith(f"CN={ISSUER}"):
        raise CertificateError("holds a certificate that was not made by this command")

    until = cert.not_valid_after_utc
    fresh = until > (now or datetime.datetime.now(datetime.UTC))
    # An interrupted run may leave a new key beside an old certificate.
    return until if fresh and key.public_key() == cert.public_key() else None


def _require_cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as e:
        raise CertificateError(
            "A certificate needs the package cryptography: pip install 'stopper[dev]'"
        ) from e


def _checked(name: str) -> str:
    """Return the name as it stands in a certificate."""
    address = _address(name)

    if address is not None:
        if address.is_loopback:
            return str(address)

        raise CertificateError(f"{name!r} is not an address of this machine alone.")

    plain = name.rstrip(".").lower()

    if len(plain) > 253 or not _NAME.match(plain):
        raise CertificateError(
            f"{name!r} is no name of a host (letters, digits, '-' and '.')."
        )

    if plain != "localhost" and plain not in _HOSTS and not plain.endswith(_DOMAINS):
        raise CertificateError(
            f"{name!r} may be the name of another machine. Taken are localhost, names "
            f"under .localhost and .test, loopback addresses, and {' and '.join(_HOSTS)}."
        )

    return plain


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _alternatives(names: tuple[str, ...]) -> list[x509.GeneralName]:
    from cryptography import x509

    return [
        x509.IPAddress(address) if (address := _address(name)) else x509.DNSName(name)
        for name in names
    ]


def _constraints(names: tuple[str, ...]) -> x509.NameConstraints:
    """Return the constraint to these very names (RFC 5280, 4.2.1.10)."""
    from cryptography import x509

    permitted: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_network(address))
        if (address := _address(name))
        else x509.DNSName(name.removeprefix("*."))
        for name in names
    ]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _name(text: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(**used: bool) -> x509.KeyUsage:
    from cryptography import x509

    none = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**none, **used})


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    start: datetime.datetime,
    end: datetime.datetime,
) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    servers = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(identifier, critical=False)
        .add_extension(servers, critical=False)
    )


def _authority(
    signer: EllipticCurvePrivateKey,
    names: tuple[str, ...],
    start: datetime.datetime,
    end: datetime.datetime,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    # Two in one trust store have to be told apart.
    subject = _name(
        f"{ISSUER} {start:%Y-%m-%d} {x509.random_serial_number():040x}"[:48]
    )
    return (
        _builder(subject, subject, signer, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .add_extension(_constraints(names), critical=True)
        .sign(signer, SHA256())
    )


def _server(
    ca: x509.Certificate,
    signer: EllipticCurvePrivateKey,
    key: EllipticCurvePrivateKey,
    names: tuple[str, ...],
    start: datetime.datetime,
    end: datetime.datetime,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    alternatives = x509.SubjectAlternativeName(_alternatives(names))
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        _builder(_name("localhost"), ca.subject, key, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(alternatives, critical=False)
        .add_extension(authority, critical=False)
        .sign(signer, SHA256())
    )
