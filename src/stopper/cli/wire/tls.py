"""How one server speaks TLS: its certificate, and the versions that it takes."""

from __future__ import annotations

import dataclasses
import ssl
import typing as t
import warnings
from pathlib import Path

from ...catalogue.error import ReadError
from .chain import Connector
from .chain import unverified
from .line import dial
from .line import secured
from .line import Unreached

#: Take a certificate whatever its dates are (OpenSSL, x509_vfy.h). They are judged
#: apart, so that an expired certificate hides nothing else.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)

#: OpenSSL's number for a name that does not match (X509_V_ERR_HOSTNAME_MISMATCH) and
#: for an address that does not.
_MISMATCHES = (62, 64)

#: What our own OpenSSL says when it does not speak a version.
_OURS = ("NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE")

VERSIONS = {
    "TLS 1.0": "TLSv1",
    "TLS 1.1": "TLSv1_1",
    "TLS 1.2": "TLSv1_2",
    "TLS 1.3": "TLSv1_3",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    :param names: DNS names and addresses.
    :param starts: From when it is valid, in seconds since 1970.
    :param ends: Until when.
    """

    issuer: str
    names: tuple[str, ...]
    starts: float
    ends: float


@dataclasses.dataclass(frozen=True, slots=True)
class Spoken:
    """How a server speaks TLS.

    :param certificate: ``None`` if it could not be read.
    :param untrusted: Why its chain leads to no authority that is trusted, empty if it
        does, ``None`` if that is not known.
    :param named: Whether the certificate is for the host, ``None`` if not known.
    :param versions: Whether each is offered, ``None`` if not known.
    """

    host: str
    port: int
    certificate: Certificate | None
    untrusted: str | None
    named: bool | None
    versions: dict[str, bool | None]

    def valid(self, now: float) -> bool:
        """Say whether a browser would take the certificate."""
        found = self.certificate
        return (
            found is not None
            and found.starts <= now < found.ends
            and self.untrusted == ""
            and self.named is True
        )


def trusting(cafile: Path | None) -> ssl.SSLContext:
    """Return a context that trusts what this system does, and the file's authorities.

    :raises ReadError: If the file holds none.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    # Newer Pythons refuse chains with small flaws that browsers take.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= _NO_CHECK_TIME

    if cafile is not None:
        try:
            context.load_verify_locations(cafile)
        except (OSError, ssl.SSLError) as e:
            raise ReadError(f"{cafile} holds no certificate in PEM form.") from e

    return context


def look(host: str, port: int, trust: ssl.SSLContext, connector: Connector) -> Spoken:
    """Shake hands a few times, and return what that shows."""
    shake = _Shake(host, port, connector)
    leaf, _ = shake.hands(unverified())
    named: bool | None = None
    found = None

    if leaf is not None and leaf.binary:
        found, _ = shake.hands(_pinned(leaf.binary, check=False))
        matched, error = shake.hands(_pinned(leaf.binary, check=True))
        named = True if matched else False if _mismatch(error) else None

    return Spoken(
        host,
        port,
        _certificate(found.fields) if found else None,
        _untrusted(*shake.hands(trust)),
        named,
        {name: _offered(shake, attribute) for name, attribute in VERSIONS.items()},
    )


class _Seen(t.NamedTuple):
    binary: bytes
    fields: dict[str, t.Any]


class _Shake:
    def __init__(self, host: str, port: int, connector: Connector) -> None:
        self._host = host
        self._port = port
        self._connector = connector

    def hands(
        self, context: ssl.SSLContext | None
    ) -> tuple[_Seen | None, Exception | None]:
        """Shake hands once, and return the certificate or what went wrong."""
        if context is None:
            return None, None

        until = self._connector.patience.until()
        place = self._connector.elsewhere(self._host)

        try:
            connection = dial(self._host, self._port, until, place)
        except Unreached as e:
            return None, TimeoutError(str(e))

        try:
            with secured(connection, context, self._host, until) as done:
                return _Seen(
                    done.getpeercert(binary_form=True) or b"", done.getpeercert() or {}
                ), None
        except (OSError, ValueError) as e:
            # ValueError, if a certificate holds what Python cannot decode.
            return None, e


def _pinned(leaf: bytes, check: bool) -> ssl.SSLContext | None:
    """Return a context that trusts this one certificate, so that Python reads it.

    ``None`` if it cannot be loaded.
    """
    context = unverified()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = check
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME

    try:
        context.load_verify_locations(cadata=leaf)
    except (ssl.SSLError, ValueError):
        return None

    return context


def _mismatch(error: Exception | None) -> bool:
    return (
        isinstance(error, ssl.SSLCertVerificationError)
        and error.verify_code in _MISMATCHES
    )


def _untrusted(seen: _Seen | None, error: Exception | None) -> str | None:
    if seen is not None:
        return ""

    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message

    return None


def _certificate(fields: dict[str, t.Any]) -> Certificate | None:
    try:
        return Certificate(
            issuer=_issuer(fields.get("issuer", ())),
            names=tuple(
                str(value)
                for kind, value in fields.get("subjectAltName", ())
                if kind in ("DNS", "IP Address")
            ),
            starts=ssl.cert_time_to_seconds(fields["notBefore"]),
            ends=ssl.cert_time_to_seconds(fields["notAfter"]),
        )
    except (KeyError, ValueError):
        return None


def _issuer(parts: t.Any) -> str:
    names = {name: value for part in parts for name, value in part}
    return str(names.get("organizationName") or names.get("commonName") or "")


def _offered(shake: _Shake, attribute: str) -> bool | None:
    context = unverified()

    try:
        with warnings.catch_warnings():
            # The old versions are deprecated, which is why we ask.
            warnings.simplefilter("ignore", DeprecationWarning)
            version = ssl.TLSVersion[attribute]
            context.minimum_version = version
            context.maximum_version = version
    except (ValueError, ssl.SSLError):
        return None

    seen, error = shake.hands(context)

    if seen is not None:
        return True

    ours = isinstance(error, ssl.SSLError) and error.reason in _OURS
    return None if ours or isinstance(error, TimeoutError) else False
