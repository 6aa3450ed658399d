"""The header lines of each kind of answer, made once."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping
from urllib.parse import quote

from flask import Request

from ...controls.headers import control
from ...controls.headers import csp
from ...controls.headers.policy import Kind
from ...controls.headers.policy import permissions
from .marks import Marks

#: The name of the endpoint in ``Reporting-Endpoints``.
ENDPOINT = "stopper"

_CSP = "Content-Security-Policy"


@dataclasses.dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one kind of answer.

    :param fixed: The lines that are the same every time.
    :param names: Their names in lower case, to see at once whether the view set one.
    :param policies: The lines of the policy, in which the nonce is still to be put.
    """

    fixed: tuple[tuple[str, str], ...]
    names: frozenset[str]
    policies: tuple[tuple[str, str], ...]


class Settings:
    """The settings of the control, read once, and the lines that they make.

    :param config: What the app is configured with.
    """

    def __init__(self, config: Mapping[str, t.Any]) -> None:
        self.csp = control.CSP.read(config)
        self.strict = control.CSP_STRICT.read(config)
        self.inline = control.CSP_INLINE.read(config)
        self.trusted_types = control.TRUSTED_TYPES.read(config)
        self.clear_on_logout = control.CLEAR_ON_LOGOUT.read(config)
        self.frame = control.FRAME_ANCESTORS.read(config)
        self.referrer = control.REFERRER_POLICY.read(config)
        self.permissions = control.PERMISSIONS.read(config)
        self.opener = control.OPENER_POLICY.read(config)
        self.resource = control.RESOURCE_POLICY.read(config)
        self.report_path = control.REPORT_PATH.read(config)
        self.report_keep = control.REPORT_KEEP.read(config)

    def policy(
        self,
        marks: Marks,
        scripts: tuple[str, ...] = (),
        styles: tuple[str, ...] = (),
    ) -> csp.Policy:
        """Return the policy of a page.

        :param scripts: The hashes of inline scripts, for pages that are kept in a
            cache: a nonce in there is an old one, so own files are allowed by address.
        """
        policy = dict(csp.DEFAULT)
        policy["frame-ancestors"] = self.ancestors(marks)

        if self.inline == "hash":
            policy["script-src"] = ("'self'", csp.NONCE, *scripts)
            policy["style-src"] = ("'self'", csp.NONCE, *styles)

        policy.update(csp.trusted_types(self.trusted_types))
        changes = {**self.csp, **dict(marks.csp)}
        return csp.merged(policy, changes)

    def ancestors(self, marks: Marks) -> tuple[str, ...]:
        """Return who may show the page in a frame."""
        return self.frame if marks.frame is None else marks.frame

    def lines(
        self,
        kind: Kind,
        marks: Marks,
        *,
        prefix: str,
        secure: bool,
        reporting: bool,
        breaking: bool = False,
        scripts: tuple[str, ...] = (),
        styles: tuple[str, ...] = (),
    ) -> Lines:
        """Return the lines of an answer.

        :param prefix: Where the app is mounted, ``""`` or ``"/shop"``.
        :param secure: Whether the request came over HTTPS.
        :param reporting: Whether the control is in report mode.
        :param breaking: Whether the page's templates hold what its policy breaks.
        """
        fixed = self._fixed(kind, marks, prefix, reporting)
        policies: list[tuple[str, str]] = []

        if kind is Kind.PAGE:
            policy = self.policy(marks, scripts, styles)
            policies = self._policies(
                self._reported(csp.text(policy), prefix, secure),
                policy,
                reporting,
                breaking,
            )
        elif kind is not Kind.PART and not reporting:
            ancestors = self.ancestors(marks)
            fixed.append((_CSP, csp.text({**csp.INERT, "frame-ancestors": ancestors})))

        if "content-security-policy" in marks.off:
            policies = []

        kept = tuple(line for line in fixed if line[0].lower() not in marks.off)
        names = frozenset(name.lower() for name, _ in kept)
        return Lines(kept, names, tuple(policies))

    def _reported(self, text: str, prefix: str, secure: bool) -> str:
        if not self.report_path:
            return text

        text += f"; report-uri {prefix}{self.report_path}"
        # Over plain HTTP a browser has no endpoint of that name, and with report-to
        # there it would look at report-uri no more: it would report nothing.
        return f"{text}; report-to {ENDPOINT}" if secure else text

    def _policies(
        self, text: str, policy: csp.Policy, reporting: bool, breaking: bool
    ) -> list[tuple[str, str]]:
        if reporting:
            return [(f"{_CSP}-Report-Only", text)]

        if breaking:
            # What has nothing to do with inline code is enforced all the same.
            names = ("object-src", "base-uri", "frame-ancestors")
            rest = {n: policy[n] for n in names if n in policy}
            return [(_CSP, csp.text(rest)), (f"{_CSP}-Report-Only", text)]

        return [(_CSP, text)]

    def _fixed(
        self, kind: Kind, marks: Marks, prefix: str, reporting: bool
    ) -> list[tuple[str, str]]:
        lines = [("Referrer-Policy", self.referrer)]
        options = csp.frame_options(self.ancestors(marks))

        if kind is Kind.PAGE:
            lines += self._isolation(prefix, reporting)

        if reporting:
            return lines

        lines.append(("X-Content-Type-Options", "nosniff"))

        if kind is not Kind.PART and options:
            lines.append(("X-Frame-Options", options))

        if kind in (Kind.PAGE, Kind.DATA):
            lines.append(("Cross-Origin-Resource-Policy", self.resource))

        return lines

    def _isolation(self, prefix: str, reporting: bool) -> list[tuple[str, str]]:
        # Only a document has an opener, an agent cluster and features.
        opener, features = "Cross-Origin-Opener-Policy", "Permissions-Policy"
        endpoint = ENDPOINT if self.report_path else ""
        lines = []

        if endpoint:
            address = f'{ENDPOINT}="{prefix}{self.report_path}"'
            lines.append(("Reporting-Endpoints", address))

        if not reporting:
            return [
                *lines,
                (opener, self.opener),
                (features, permissions(self.permissions)),
                ("Origin-Agent-Cluster", "?1"),
            ]

        if not endpoint:
            return []

        return [
            *lines,
            (f"{opener}-Report-Only", f'{self.opener}; report-to="{endpoint}"'),
            (f"{features}-Report-Only", permissions(self.permissions, endpoint)),
        ]


def mount(request: Request | None) -> str:
    """Return where the app is mounted, as it may stand in a header."""
    script_name = request.environ.get("SCRIPT_NAME") if request is not None else None
    # It becomes part of a policy, in which a semicolon starts a directive.
    return quote(script_name.rstrip("/"), safe="/~") if script_name else ""
