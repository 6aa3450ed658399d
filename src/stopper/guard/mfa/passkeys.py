"""Passkeys (WebAuthn Level 3): made, and asked for as a second factor or for both."""

from __future__ import annotations

import json
import secrets
import typing as t

import webauthn
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.authentication.verify_authentication_response import (
    VerifiedAuthentication,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers import parse_client_data_json
from webauthn.helpers import parse_registration_credential_json
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import AuthenticationCredential
from webauthn.helpers.structs import AuthenticatorSelectionCriteria
from webauthn.helpers.structs import RegistrationCredential
from webauthn.helpers.structs import ResidentKeyRequirement
from webauthn.helpers.structs import UserVerificationRequirement
from webauthn.registration.verify_registration_response import VerifiedRegistration

from ...catalogue.event import Action
from ..accounts.people import Person
from ..house import House
from ..tables.database import Database
from ..tables.mixins import CredentialMixin
from .challenges import Challenges
from .challenges import PATIENCE
from .credentials import Credentials
from .credentials import PASSKEY
from .kept import descriptor
from .kept import handle_of
from .party import issuer
from .party import Party

#: How many a user may have.
MOST = 20

#: Bytes of what an authenticator knows a user by (WebAuthn Level 3, 14.6.1: random, at
#: most 64, and nothing that says who it is).
HANDLE = 32

_VERIFY = UserVerificationRequirement.REQUIRED


class Wrong(Exception):
    """A passkey was refused.

    :param reason: For the log, in a few words; nobody else is told.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Passkeys:
    """Passkeys. The user is verified at every use, so that one counts as two factors."""

    def __init__(self, house: House, credentials: Credentials) -> None:
        self._house = house
        self._credentials = credentials
        self._challenges = Challenges(house)

    def creation(self, sql: Session, person: Person, party: Party) -> dict[str, t.Any]:
        """Return what ``navigator.credentials.create()`` takes, as JSON."""
        rows = self._credentials.of(sql, person.id, PASSKEY)
        options = webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name=issuer(self._house),
            user_name=person.address,
            user_display_name=person.name or person.address,
            user_id=self._handle_for(rows),
            challenge=self._challenges.issue(f"create:{person.id}"),
            timeout=int(PATIENCE * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFY
            ),
            exclude_credentials=[descriptor(row) for row in rows],
        )
        return options_to_json_dict(options)

    def register(
        self,
        sql: Session,
        person: Person,
        party: Party,
        sent: object,
        label: str,
        now: float,
    ) -> CredentialMixin:
        """Keep a passkey that was made.

        :param sent: What the browser sent, as JSON has it.
        :raises Wrong: If it is not what was asked for, or is known already.
        """
        credential = _parsed(parse_registration_credential_json, sent)
        challenge = self._challenge(credential, f"create:{person.id}")
        made: VerifiedRegistration = _verified(
            lambda: webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=list(party.origins),
                require_user_verification=True,
            )
        )
        details = {
            "aaguid": made.aaguid,
            "transports": [x.value for x in credential.response.transports or ()],
            "device": made.credential_device_type.value,
            "backed_up": made.credential_backed_up,
            "handle": self._challenges.handle,
        }

        try:
            with sql.begin_nested():
                return self._credentials.add(
                    sql,
                    user=person.id,
                    kind=PASSKEY,
                    key=bytes_to_base64url(made.credential_id),
                    secret=made.credential_public_key,
                    counter=made.sign_count,
                    label=label,
                    details=json.dumps(details),
                    created_at=now,
                    confirmed_at=now,
                )
        except IntegrityError as e:
            raise Wrong("known already") from e

    def request(
        self, sql: Session | None, purpose: str, party: Party, user: str = ""
    ) -> dict[str, t.Any]:
        """Return what ``navigator.credentials.get()`` takes, as JSON.

        :param user: Whose passkeys are asked for; empty for anybody's, where nothing is
            told of who has one.
        """
        rows = self._credentials.of(sql, user, PASSKEY) if sql and user else ()
        options = webauthn.generate_authentication_options(
            rp_id=party.id,
            challenge=self._challenges.issue(f"{purpose}:{user}"),
            timeout=int(PATIENCE * 1000),
            allow_credentials=[descriptor(row) for row in rows],
            user_verification=_VERIFY,
        )
        return options_to_json_dict(options)

    def check(
        self,
        database: Database,
        purpose: str,
        party: Party,
        sent: object,
        user: str = "",
    ) -> CredentialMixin:
        """Return the passkey that was shown, and take what was shown: it is good once.

        Nothing is written for who has no challenge, or a wrong signature.

        :param user: Whose it has to be; empty for anybody's.
        :raises Wrong: If it is none of ours, or what was shown is wrong in any way.
        """
        credential = _parsed(parse_authentication_credential_json, sent)
        challenge = self._challenge(credential, f"{purpose}:{user}")

        with database.reading() as sql:
            row = self._row(sql, credential, user)

        shown: VerifiedAuthentication = _verified(
            lambda: webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=list(party.origins),
                credential_public_key=row.secret or b"",
                # The counter is looked at below, where a copy is told from a mistake.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        )

        with database.writing() as sql:
            self._take(sql, row, shown)

        return row

    def _handle_for(self, rows: t.Sequence[CredentialMixin]) -> bytes:
        """Return what an authenticator is to know the user by.

        That of the user's other passkeys, or else a new one, which the session keeps:
        what the browser sends back does not say it.
        """
        kept = self._challenges.handle
        found = handle_of(rows[0]) if rows else base64url_to_bytes(kept)
        found = found or secrets.token_bytes(HANDLE)
        self._challenges.handle = bytes_to_base64url(found)
        return found

    def _challenge(
        self, sent: RegistrationCredential | AuthenticationCredential, purpose: str
    ) -> bytes:
        data = _parsed(parse_client_data_json, sent.response.client_data_json)

        if data.cross_origin:
            raise Wrong("in a frame of another site")

        if not self._challenges.take(purpose, data.challenge):
            raise Wrong("no such challenge")

        return t.cast(bytes, data.challenge)

    def _row(
        self, sql: Session, sent: AuthenticationCredential, user: str
    ) -> CredentialMixin:
        table = self._credentials.table
        row = sql.scalar(
            select(table).where(
                table.kind == PASSKEY,
                table.key == bytes_to_base64url(sent.raw_id),
                table.confirmed_at.is_not(None),
            )
        )

        if row is None or (user and row.user != user):
            raise Wrong("unknown")

        handle = sent.response.user_handle

        # Who it is comes with it where nobody was asked for (WebAuthn Level 3, 7.2).
        if handle != handle_of(row) and (handle is not None or not user):
            raise Wrong("of another user")

        return row

    def _take(
        self,
        sql: Session,
        row: CredentialMixin,
        shown: VerifiedAuthentication,
    ) -> None:
        details = json.loads(row.details)

        if details.get("device") != shown.credential_device_type.value:
            raise Wrong("another kind than it was")

        details["backed_up"] = shown.credential_backed_up
        count, counter = shown.new_sign_count, self._credentials.table.counter
        # Passkeys that are kept on several devices do not count, and say 0 each time.
        grown = (counter < count) | ((counter == 0) & (count == 0))
        done = self._credentials.change(
            sql,
            row.id,
            grown,
            counter=count,
            used_at=self._house.clock(),
            details=json.dumps(details),
        )

        if not done and sql.get(self._credentials.table, row.id) is None:
            raise Wrong("removed meanwhile")

        if not done:
            self._house.emit(
                "mfa",
                "passkey-copied",
                Action.REFUSED,
                "The counter of a passkey went back: there may be a copy of it.",
                user=row.user,
                credential=row.id,
            )
            raise Wrong("its counter went back")


def _parsed(parse: t.Callable[[t.Any], t.Any], sent: object) -> t.Any:
    return _verified(lambda: parse(sent), "cannot be read")


def _verified(ask: t.Callable[[], t.Any], instead: str = "") -> t.Any:
    try:
        return ask()
    except Exception as e:
        # What a stranger sends goes through parsers of CBOR, ASN.1 and JSON that are
        # not ours, and each has errors of its own.
        raise Wrong(instead or type(e).__name__) from e
